package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jeroboam.management.Mouse;
import org.jeroboam.management.MouseButton;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.RemovableDrive;
import org.jeroboam.server.LocalVirtualServer;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.Progress;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's unmodified kernels, booted by SeaBIOS and GRUB from a VHD, use the whole board with their own drivers. */
class BiosDebianIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int FLOPPY_SIZE = 1_474_560;
    private static final int REL_WHEEL = 8;
    private static final String GRUB_SAYS = "GNU GRUB";

    @TempDir
    Path directory;

    private final Random random = new Random(Long.getLong("jeroboam.seed", 1));
    private DebianSession guest;

    @BeforeAll
    static void firmware() throws Exception {
        PreparedGuests.useFirmware();
    }

    @Test
    void the686KernelUsesTheWholeBoard() throws Exception {
        useTheWholeBoard("686", false);
    }

    @Tag("full")
    @Test
    void thePaeKernelUsesTheWholeBoardAndReboots() throws Exception {
        useTheWholeBoard("686-pae", true);
    }

    private void useTheWholeBoard(String kernel, boolean reboots) throws Exception {
        byte[] data = bytes(1 << 20);
        DemoDisk disk = DemoDisk.copy(kernel, directory);
        disk.put("/root/data", data);
        disk.put("/boot/grub/grub.cfg", DemoDisk.grub("cryptomgr.notests"));
        Path vhd = disk.vhd();
        int port = freePort();
        Path floppy = Files.write(directory.resolve("floppy.img"), bytes(FLOPPY_SIZE));
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(directory.resolve("machines"), bench.machines());
            VirtualMachine machine = server.createTransientMachine(
                    "debian",
                    MachineSettings.builder()
                            .memory("128M")
                            .disk(vhd)
                            .cdrom(cd("first", bytes(400_000)))
                            .floppy(floppy)
                            .serial2("tcp:" + port)
                            .rtcBase("2026-01-31T12:00:00Z")
                            .build());
            machine.startup();
            try (DebianSession session = new DebianSession(machine)) {
                guest = session;
                guest.awaitBoot();
                assertTrue(guest.run("uname -rm").matches("6\\..*-" + kernel + " i686"), guest::transcript);
                disk(data);
                cd(machine);
                floppy(floppy);
                secondSerialPort(port);
                clock();
                keyboard(machine);
                mouse(machine);
                if (reboots) {
                    reboot();
                    guest.type("poweroff");
                } else {
                    machine.shutdown();
                }
                guest.awaitPowerOff();
                assertTrue(guest.transcript().contains("reboot: Power down"), guest::transcript);
            }
            server.close();
        }
        try (HostFile file = HostFile.open(vhd, true)) {
            assertEquals(List.of(), Check.run(file, Progress.NONE).problems());
        }
        assertEquals(
                Digest.sha256(data), Digest.sha256(DemoDisk.of(vhd, directory).get("/root/copy")));
        byte[] bytes = Files.readAllBytes(floppy);
        assertTrue(new String(bytes, StandardCharsets.ISO_8859_1).contains("this is on the floppy"));
        Tools.run("e2fsck", "-fn", DemoDisk.of(vhd, directory).fileSystem());
    }

    private byte[] bytes(int size) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        return content;
    }

    private Path cd(String label, byte[] content) throws Exception {
        return Files.write(directory.resolve(label + ".iso"), new TinyCd(label, "DATA.BIN", content).image());
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void says(String expected, String command) throws Exception {
        assertEquals(expected, guest.run(command), () -> command + "\n" + guest.transcript());
    }

    /** ata_piix with bus-master DMA; an interrupt for each transfer, and no error. */
    private void disk(byte[] data) throws Exception {
        says("ata_piix", "basename $(readlink /sys/bus/pci/devices/0000:00:07.1/driver)");
        says("XFER_UDMA_2 XFER_UDMA_2", "echo $(cat /sys/class/ata_device/dev[12].0/dma_mode)");
        says(Digest.sha256(data) + "  data", "sha256sum data");
        says("0", "dd if=data of=copy bs=64k conv=fsync 2>/dev/null; sync; echo $?");
        guest.run("echo 3 >/proc/sys/vm/drop_caches");
        says(Digest.sha256(data) + "  copy", "sha256sum copy");
        says("0", "dmesg | grep -c -i -E 'ata[12].*(exception|error|failed|lost)'");
    }

    /** The CD is mounted and read with DMA, and changed. */
    private void cd(VirtualMachine machine) throws Exception {
        says(sha256Inside("first.iso"), "mount /media/cdrom && sha256sum </media/cdrom/data.bin");
        guest.run("umount /media/cdrom");
        Path second = cd("second", bytes(300_000));
        machine.extension().changeMedium(RemovableDrive.CDROM, second);
        says(sha256Inside("second.iso"), "mount /media/cdrom && sha256sum </media/cdrom/data.bin");
        guest.run("umount /media/cdrom");
    }

    private String sha256Inside(String iso) throws Exception {
        return Digest.sha256(TinyCd.content(Files.readAllBytes(directory.resolve(iso)))) + "  -";
    }

    /** The floppy is read as it is, formatted with a FAT, mounted and written. */
    private void floppy(Path image) throws Exception {
        byte[] track = new byte[18 * 512 * 4];
        System.arraycopy(Files.readAllBytes(image), 0, track, 0, track.length);
        says(Digest.sha256(track) + "  -", "head -c " + track.length + " /dev/fd0 | sha256sum");
        says(
                "mounted",
                "mkdosfs /dev/fd0 && mount -t vfat /dev/fd0 /media/floppy && grep -q fd0 /proc/mounts && echo mounted");
        guest.run("echo this is on the floppy >/media/floppy/text; head -c 40000 data >/media/floppy/more");
        guest.run("umount /media/floppy; echo 3 >/proc/sys/vm/drop_caches");
        says(
                "this is on the floppy\nsame",
                "mount -t vfat /dev/fd0 /media/floppy; cat /media/floppy/text;"
                        + " head -c 40000 data | cmp - /media/floppy/more && echo same; umount /media/floppy");
    }

    /** ttyS1, both ways; ttyS0 is the console of this session. */
    private void secondSerialPort(int port) throws Exception {
        says("ttyS0 at I/O 0x3f8\nttyS1 at I/O 0x2f8", "dmesg | grep -o 'ttyS[01] at I/O 0x[0-9a-f]*'");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            guest.begin("stty -F /dev/ttyS1 115200 raw -echo; exec 5<>/dev/ttyS1; echo ready;"
                    + " read line <&5; echo \"heard: $line\" >&5; head -c 20000 data >&5;"
                    + " head -c 20000 <&5 | sha256sum;"
                    + " exec 5>&-");
            byte[] data = bytes(20_000);
            socket.getOutputStream().write("good morning\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertEquals("heard: good morning\n", new String(in.readNBytes(20), StandardCharsets.ISO_8859_1));
            String sent = Digest.sha256(in.readNBytes(20_000));
            socket.getOutputStream().write(data);
            assertEquals(Digest.sha256(data) + "  -", guest.end());
            says(sent + "  -", "head -c 20000 data | sha256sum");
        }
    }

    /** rtc_cmos reads the date, and its alarm interrupts once. */
    private void clock() throws Exception {
        says("rtc_cmos 00:00", "echo $(cat /sys/class/rtc/rtc0/name)");
        says("Sat Jan 31 12", "hwclock -u | cut -c1-13");
        says(
                "1",
                "count() { sed -n 's/^ *8: *\\([0-9]*\\).*rtc0.*/\\1/p' /proc/interrupts; }; before=$(count);"
                        + " echo +2 >/sys/class/rtc/rtc0/wakealarm; while [ $(count) = $before ]; do sleep 0.2; done;"
                        + " echo $(($(count) - before))");
    }

    /** atkbd: what is typed arrives in the shell of the screen. */
    private void keyboard(VirtualMachine machine) throws Exception {
        says("AT Translated Set 2 keyboard", "cat /sys/class/input/input*/name | grep AT");
        ScreenWatch screen = new ScreenWatch(machine, PATIENCE);
        screen.await("root@jeroboam:/root#");
        screen.type("echo \"Typed: $((6 * 7)) {[<>]} ~!@#%^&*()_+|\" | tee typed\n");
        screen.await("\nTyped: 42 {[<>]} ~!@#%^&*()_+|");
        says("Typed: 42 {[<>]} ~!@#%^&*()_+|", "cat typed");
    }

    /** psmouse: an IntelliMouse's movements, buttons and wheel. The mouse itself may join movements. */
    private void mouse(VirtualMachine machine) throws Exception {
        says("ImPS/2 Generic Wheel Mouse", "cat /sys/class/input/input*/name | grep -i mouse");
        String device = guest.run("sed -n '/Mouse/,/^$/s/^H:.*\\(event[0-9]\\).*/\\1/p' /proc/bus/input/devices");
        guest.begin("cat /dev/input/" + device + " >events & sleep 1; echo ready");
        Mouse mouse = machine.getMouse();
        mouse.setHorizontalPosition(25);
        mouse.setVerticalPosition(-7);
        mouse.click(MouseButton.LEFT);
        mouse.click(MouseButton.RIGHT);
        mouse.click(MouseButton.CENTER);
        mouse.setScrollWheelPosition(2);
        mouse.setHorizontalPosition(-100);
        mouse.setVerticalPosition(30);
        guest.end();
        // An event is 16 bytes: time (four words), type, code, value (two words).
        String dump = guest.run("sleep 2; kill $! >/dev/null; od -A n -v -t x2 -w16 events");
        int[] moved = new int[3];
        List<Integer> buttons = new ArrayList<>();
        for (String line : dump.lines().filter(l -> l.length() == 40).toList()) {
            String[] words = line.strip().split(" ");
            int code = Integer.parseInt(words[5], 16);
            int value = Integer.parseUnsignedInt(words[7] + words[6], 16);
            if (words[4].equals("0001")) {
                buttons.add(value == 0 ? -code : code);
            } else if (words[4].equals("0002")) {
                moved[code == REL_WHEEL ? 2 : code] += value;
            }
        }
        assertArrayEquals(new int[] {-75, 23, -2}, moved, dump); // Linux counts the wheel away from the user
        assertEquals(List.of(0x110, -0x110, 0x111, -0x111, 0x112, -0x112), buttons, dump);
    }

    /** A reset leads through the BIOS and the boot loader again; the disk is as it was left. */
    private void reboot() throws Exception {
        guest.type("reboot");
        guest.await("reboot: Restarting system");
        guest.await(GRUB_SAYS);
        guest.awaitBoot();
        says("same", "cmp data copy && echo same");
    }
}
