package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;
import java.util.stream.LongStream;
import org.jeroboam.storage.vhd.operation.Conversion;
import org.jeroboam.storage.vhd.operation.DiskKind;
import org.jeroboam.storage.vhd.operation.Progress;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian boots through BIOS and boot loader on the deterministic clock and switches itself off: once in one process,
 * and once through a chain of processes, each of which restores what the one before saved at a random instant. Half of
 * the instants lie before the kernel's first word. All is the same: what was said, RAM, processor, screen and disk.
 */
@Tag("full")
class BiosRestoreIT {
    private static final int SAVES = 20;
    private static final String PROMPT = "root@jeroboam:/root# ";
    private static final String NEVER = Long.toString(Long.MAX_VALUE);

    @TempDir
    Path directory;

    private final Random random = new Random(Long.getLong("jeroboam.seed", 1));

    @Test
    void fromDisk() throws Exception {
        byte[] data = new byte[1 << 20];
        random.nextBytes(data);
        DemoDisk disk = DemoDisk.copy("686", directory);
        disk.put("/root/data", data);
        disk.put("/boot/grub/grub.cfg", DemoDisk.grub("cryptomgr.notests"));
        // The shell on the serial line works and switches off; the one on the screen shows its prompt.
        disk.put("/etc/profile", """
                export PATH=/usr/sbin:/usr/bin:/sbin:/bin
                export PS1='root@jeroboam:\\w# '
                if [ "$(tty)" = /dev/ttyS0 ]; then
                  sleep 2
                  cp data copy
                  sync
                  echo 3 >/proc/sys/vm/drop_caches
                  sha256sum copy
                  printf '%s' "$PS1"
                  poweroff
                fi
                """.getBytes(StandardCharsets.US_ASCII));
        String said = compare("c", disk.vhd());
        assertTrue(said.contains("GRUB") && said.contains(Digest.sha256(data) + "  copy"), said);
    }

    @Test
    void fromCd() throws Exception {
        Path cd = Files.copy(PreparedGuests.bootMedia().resolve("isolinux.iso"), directory.resolve("cd.iso"));
        configure(cd, """
                SERIAL 0 115200
                PROMPT 1
                TIMEOUT 20
                DEFAULT linux
                LABEL linux
                  LINUX /vmlinuz
                  APPEND initrd=/initrd.img console=tty0 console=ttyS0,115200 mitigations=off cryptomgr.notests \
                rdinit=/bin/busybox -- sh -c "/bin/busybox --install -s; mount -t proc proc /proc; \
                mount -t sysfs sysfs /sys; mount -t devtmpfs devtmpfs /dev; modprobe -a ata_piix sd_mod; sleep 2; \
                cat /sys/class/ata_device/dev2.0/id | sha256sum; sha256sum /bin/busybox; dmesg | tail -n 5 >/dev/tty1; \
                printf '%s' 'root@jeroboam:/root# '; poweroff -f"
                """);
        String said = compare("d", cd);
        assertTrue(said.contains("ISOLINUX") && said.contains("  /bin/busybox"), said);
    }

    /** Rewrites isolinux.cfg, which has a block of its own: only its directory record (ECMA-119, 9.1) changes. */
    private static void configure(Path cd, String text) throws Exception {
        byte[] image = Files.readAllBytes(cd);
        byte[] content = text.getBytes(StandardCharsets.US_ASCII);
        String all = new String(image, StandardCharsets.ISO_8859_1);
        int record = all.indexOf("ISOLINUX.CFG;1") - 33;
        ByteBuffer b = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        int block = b.getInt(record + 2);
        assertTrue(record > 0 && content.length <= 2048, "the CD has no isolinux.cfg or it is too long");
        b.putInt(record + 10, content.length);
        b.order(ByteOrder.BIG_ENDIAN).putInt(record + 14, content.length);
        System.arraycopy(content, 0, image, block * 2048, content.length);
        Files.write(cd, image);
    }

    /** Runs with and without saves; the answer is what the guest said. */
    private String compare(String drive, Path original) throws Exception {
        Path image = directory.resolve("image-" + original.getFileName());
        Files.copy(original, image, StandardCopyOption.REPLACE_EXISTING);
        Tools.Result first = run(drive, image, "-", NEVER, "unused");
        assertEquals(0, first.status(), first::output);
        assertTrue(first.output().contains(PROMPT), first::output);
        assertTrue(first.output().contains(BiosProcess.END + "POWERED_OFF"), first::output);
        String content = content(image);
        String[] progress =
                Files.readString(directory.resolve(BiosProcess.PROGRESS)).split(" ");

        Files.copy(original, image, StandardCopyOption.REPLACE_EXISTING);
        assertEquals(first.output(), chain(drive, image, Long.parseLong(progress[0]), Long.parseLong(progress[1])));
        assertEquals(content, content(image));
        return first.output();
    }

    private String chain(String drive, Path image, long kernel, long end) throws Exception {
        long[] instants = LongStream.concat(
                        random.longs(SAVES / 2, 0, kernel),
                        random.longs(SAVES / 2, kernel, kernel + (end - kernel) * 9 / 10))
                .sorted()
                .toArray();
        StringBuilder output = new StringBuilder();
        String state = "-";
        for (int i = 0; i < SAVES; i++) {
            Tools.Result result = run(drive, image, state, Long.toString(instants[i]), "state" + i);
            output.append(result.output());
            assertEquals(BiosProcess.SAVED, result.status(), output::toString);
            if (!state.equals("-")) {
                Files.delete(Path.of(state));
            }
            state = directory.resolve("state" + i).toString();
        }
        Tools.Result last = run(drive, image, state, NEVER, "unused");
        assertEquals(0, last.status(), last::output);
        return output.append(last.output()).toString();
    }

    private Tools.Result run(String drive, Path image, String state, String instructions, String save)
            throws Exception {
        return Tools.java(
                BiosProcess.class,
                drive,
                image.toString(),
                FirmwareFiles.fetch().bios().getParent().toString(),
                state,
                instructions,
                directory.resolve(save).toString());
    }

    /** The digest of what a disk holds, whatever its file looks like. */
    private String content(Path image) throws Exception {
        Path raw = directory.resolve("raw");
        Conversion.run(image, raw, DiskKind.RAW, true, Progress.NONE);
        return Tools.run("sha256sum", raw.toString());
    }
}
