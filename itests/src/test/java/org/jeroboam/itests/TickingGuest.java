package org.jeroboam.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * A guest without an operating system that works all of the board, and what it said so far. At each tick of the timer it
 * writes a sector with a pattern made of its counter, to three disks in turn, reads back and compares the one of 30 ticks
 * ago, now and then a sector of its floppy disk, and says the counter in hexadecimal digits and a line feed on COM1 and on
 * the screen. What is wrong is said as "!".
 */
final class TickingGuest {
    private static final int DIGITS = 8;
    private static final int LINE = DIGITS + 1;

    private final Path serial;
    private int checked;
    private long next;

    private TickingGuest(Path serial) {
        this.serial = serial;
    }

    /** Makes a machine with a disk of each format, starts it and waits for the guest's first words. */
    static TickingGuest start(ServerProcess server, Path folder, String name) throws Exception {
        Path serial = folder.resolve(name + ".serial");
        Path floppy = Files.write(folder.resolve(name + ".img"), floppy());
        Path cd = Files.write(folder.resolve(name + ".iso"), Images.emptyIso());
        Path parent = folder.resolve(name + "-parent.vhd");
        StringBuilder create = new StringBuilder(
                "vm:create --memory 16M --boot a --floppy " + floppy + " --cdrom " + cd + " --serial file:" + serial);
        server.shell("vhd:create " + parent + " --size 4M");
        for (String type : new String[] {"fixed", "dynamic", "differencing"}) {
            Path disk = folder.resolve(name + "-" + type + ".vhd");
            server.shell("vhd:create " + disk + " --type " + type
                    + (type.equals("differencing") ? " --parent " + parent : " --size 4M"));
            create.append(" --disk ").append(disk);
        }
        server.shell(create.append(' ').append(name).toString());
        server.shell("vm:start " + name);
        TickingGuest guest = new TickingGuest(serial);
        guest.goesOn("it boots");
        return guest;
    }

    /** The guest must say two numbers more than it has said, and everything so far must be right. */
    void goesOn(String when) {
        long target = said(when) + 2;
        ServerProcess.await(() -> said(when) >= target, () -> "after this the guest says nothing: " + when);
    }

    /** How many numbers it has said; fails if one is missing or wrong. */
    long said(String when) {
        byte[] all = read();
        check(all, all.length, when);
        return next;
    }

    private void check(byte[] all, int end, String when) {
        while (end >= checked + LINE) {
            String line = new String(all, checked, LINE, StandardCharsets.US_ASCII);
            assertTrue(line.matches("[0-9A-F]{8}\n"), "wrong after this: " + when + ", at " + next + ": " + line);
            assertEquals(next, Long.parseLong(line.strip(), 16), "numbers are missing after this: " + when);
            checked += LINE;
            next++;
        }
    }

    private byte[] read() {
        try {
            return Files.exists(serial) ? Files.readAllBytes(serial) : new byte[0];
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A floppy disk of 1.44 MB with the guest in its boot sector. */
    private static byte[] floppy() {
        byte[] image = new byte[1_474_560];
        byte[] code = HexFormat.of()
                .parseHex(
                        ("31c0 8ed8 8ec0 8ed0 bc007c fc" // registers and stack; cld
                                        + "a06c04" // again: mov al, [46ch]: the low byte of the BIOS's ticks
                                        + "f4 3a066c04 74f9" // tick: hlt; cmp al, [46ch]; je tick
                                        + "66a1107d bd0080 e88c00" // mov eax, [n]; mov bp, 8000h; call place
                                        + "b443 cd13 7279" // extended write; jc bad
                                        + "66a1107d 6683e81e 721f" // eax = [n] - 30; jb early
                                        + "bd0080 e87600" // mov bp, 8000h; call place
                                        + "c606057d90 b442 cd13 725e" // extended read to 9000h; jc bad
                                        + "be0080 bf0090 b98000 f366a7 7550" // repe cmpsd of 128; jne bad
                                        + "f606107d1f 7517" // early: every 32nd time, else jnz say
                                        + "b80102 b90100 31d2 bb00a0 cd13 723a" // read the boot sector from floppy A
                                        + "813efea155aa 7532" // cmp word [0a1feh], 0aa55h; jne bad
                                        + "668b16107d b90800" // say: mov edx, [n]; mov cx, 8
                                        + "66c1c204 88d0 240f 3c0a 1c69 2f e86400 e2ee" // a digit at a time
                                        + "b00a e85d00" // line feed
                                        + "66ff06107d" // inc dword [n]
                                        + "b401 cd16 0f8473ff" // is there a key? jz again
                                        + "31c0 cd16 eb02" // take it
                                        + "b021" // bad: mov al, '!'
                                        + "e84500 b00a e84000 e960ff" // show: al, line feed; jmp again
                                        // place: dl = 80h + eax mod 3, sector 64 + eax mod 1024, the pattern at es:bp
                                        + "6650 6631d2 66b903000000 66f7f1 6658 80c280"
                                        + "89c1 81e1ff03 83c140 890e087d be007d c606057d80 89ef b98000"
                                        + "66ab 6669c00d661900 6640 e2f3" // eax = eax * 1664525 + 1
                                        + "b000 c3"
                                        // put: al to COM1, when it is ready, and to the screen
                                        + "52 50 bafd03 ec a820 74fb 58 b2f8 ee b40e bb0700 cd10 5a c3"
                                        // the packet of the extended calls; n
                                        + "1000 0100 0080 0000 40000000 00000000 00000000")
                                .replace(" ", ""));
        System.arraycopy(code, 0, image, 0, code.length);
        image[510] = 0x55;
        image[511] = (byte) 0xAA;
        return image;
    }
}
