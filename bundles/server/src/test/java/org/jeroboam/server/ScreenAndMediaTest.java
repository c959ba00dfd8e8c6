package org.jeroboam.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.SerializingMachine;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.RemovableDrive;
import org.jeroboam.management.extension.ScreenImage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pictures and media, on machines that speak in bytes. */
@Timeout(20)
class ScreenAndMediaTest {
    private static final Path CD = Path.of("/images/a.iso");
    private static final Path FLOPPY = Path.of("/images/b.img");

    @TempDir
    Path directory;

    private final FakeMachines machines = new FakeMachines();
    private LocalVirtualServer server;

    @BeforeEach
    void start() {
        server = new LocalVirtualServer(directory, SerializingMachine.wrap(machines));
    }

    private static MachineSettings.Builder settings() {
        return MachineSettings.builder().kernel(Path.of("/boot/k"));
    }

    private VirtualMachine running(MachineSettings settings) throws ManagementException {
        VirtualMachine vm = server.createVirtualMachine("vm", settings);
        vm.startup();
        return vm;
    }

    /** The settings as the next server will know them. */
    private MachineSettings kept() {
        return new LocalVirtualServer(directory, machines)
                .findVirtualMachine("vm")
                .orElseThrow()
                .getSettings();
    }

    private static MachineReply.Screen screen() {
        byte[] pixels = {1, 2, 3, 0, (byte) 0xFF, 0, 0, 0};
        return new MachineReply.Screen(1, 2, 1, 0, 0, 2, 1, pixels, "hi");
    }

    @Test
    void theScreenIsPixelsAndText() throws ManagementException {
        VirtualMachine vm = running(settings().build());
        assertTrue(vm.extension().screen().isEmpty());
        machines.last().screen = screen();
        ScreenImage image = vm.extension().screen();
        assertEquals(2, image.width());
        assertEquals(1, image.height());
        assertArrayEquals(new int[] {0x030201, 0x0000FF}, image.pixels());
        assertEquals("hi", image.text());
        vm.turnOff();
        assertEquals(
                "vm is turned off",
                assertThrows(ManagementException.class, () -> vm.extension().screen())
                        .getMessage());
    }

    @Test
    void aRunLeavesItsLastPicture() throws Exception {
        Path file = directory.resolve("last.png");
        VirtualMachine vm = running(settings().screenshotOnExit(file).build());
        assertFalse(Files.exists(file), "nothing is written before the end");
        machines.last().screen = screen();
        machines.last().guestPowersOff();
        assertEquals("", vm.extension().outcome().get(10, TimeUnit.SECONDS).detail());
        BufferedImage image = ImageIO.read(file.toFile());
        assertEquals(0xFF030201, image.getRGB(0, 0));
        assertEquals(0xFF0000FF, image.getRGB(1, 0));
    }

    @Test
    void aRunThatShowedNothingLeavesNoPicture() throws Exception {
        Path file = directory.resolve("last.png");
        VirtualMachine vm = running(settings().screenshotOnExit(file).build());
        machines.last().guestPowersOff();
        vm.extension().outcome().get(10, TimeUnit.SECONDS);
        assertFalse(Files.exists(file));
    }

    @Test
    void aPictureThatCannotBeWrittenIsToldAtOnceOrAtTheEnd() throws Exception {
        VirtualMachine hopeless = server.createTransientMachine(
                "t", settings().screenshotOnExit(directory).build());
        assertTrue(assertThrows(ManagementException.class, hopeless::startup)
                .getMessage()
                .contains("screenshot"));
        Path gone = Files.createDirectory(directory.resolve("gone"));
        VirtualMachine vm =
                running(settings().screenshotOnExit(gone.resolve("p.png")).build());
        Files.delete(gone);
        machines.last().screen = screen();
        machines.last().guestPowersOff();
        Outcome outcome = vm.extension().outcome().get(10, TimeUnit.SECONDS);
        assertEquals(Outcome.Kind.POWERED_OFF, outcome.kind());
        assertTrue(outcome.detail().contains("cannot be written"), outcome.detail());
    }

    @Test
    void mediaChangeWhileTheMachineRunsAndAreKept() throws Exception {
        VirtualMachine vm = running(settings().build());
        Path writable = Files.write(directory.resolve("f.img"), new byte[512]);
        vm.extension().changeMedium(RemovableDrive.CDROM, CD);
        vm.extension().changeMedium(RemovableDrive.FLOPPY, writable);
        assertEquals(Map.of("cdrom0", CD + " iso true", "floppy0", writable + " raw false"), machines.last().media);
        assertEquals(CD, vm.getSettings().cdrom());
        assertEquals(writable, kept().floppy());
        vm.extension().changeMedium(RemovableDrive.FLOPPY, null);
        assertEquals(Map.of("cdrom0", CD + " iso true"), machines.last().media);
        assertNull(kept().floppy());
        assertEquals(CD, kept().cdrom());
    }

    @Test
    void aMediumThatIsRefusedChangesNothing() throws Exception {
        VirtualMachine vm = running(settings().cdrom(CD).build());
        ManagementException e = assertThrows(ManagementException.class, () -> vm.extension()
                .changeMedium(RemovableDrive.CDROM, Path.of("/images/bad.iso")));
        assertEquals(ManagementException.Kind.BAD_REQUEST, e.kind());
        assertEquals(CD, vm.getSettings().cdrom());
        vm.turnOff();
        machines.refusal = "drive cdrom0: there is no file";
        assertThrows(ManagementException.class, () -> vm.extension().changeMedium(RemovableDrive.CDROM, FLOPPY));
        assertEquals(CD, kept().cdrom());
    }

    @Test
    void aMachineThatIsOffHasItsMediaChangedForTheNextStart() throws Exception {
        VirtualMachine vm = server.createVirtualMachine("vm", settings().build());
        vm.extension().changeMedium(RemovableDrive.CDROM, CD);
        assertEquals(CD, kept().cdrom());
        vm.startup();
        assertTrue(machines.last().config.drives().stream()
                .anyMatch(
                        drive -> drive.name().equals("cdrom0") && CD.toString().equals(drive.image())));
        vm.save();
        assertTrue(
                assertThrows(ManagementException.class, () -> vm.extension().changeMedium(RemovableDrive.CDROM, null))
                        .getMessage()
                        .contains("saved state"));
        assertEquals(CD, vm.getSettings().cdrom());
    }

    @Test
    void whatTheGuestEjectsStaysOut() throws Exception {
        VirtualMachine vm = running(settings().cdrom(CD).floppy(FLOPPY).build());
        machines.last().guestEjects("cdrom0");
        machines.last().guestEjects("somewhere");
        assertNull(vm.getSettings().cdrom());
        assertNull(kept().cdrom());
        assertEquals(FLOPPY, kept().floppy());
        vm.turnOff();
        vm.startup();
        assertTrue(machines.last().config.drives().stream()
                .anyMatch(drive -> drive.name().equals("cdrom0") && drive.image() == null));
    }

    @Test
    void fourDisksLeaveNoCdDrive() throws Exception {
        MachineSettings.Builder four = settings();
        for (int i = 0; i < 4; i++) {
            four.disk(Path.of("/d" + i));
        }
        VirtualMachine vm = running(four.build());
        assertThrows(ManagementException.class, () -> vm.extension().changeMedium(RemovableDrive.CDROM, CD));
        assertTrue(machines.last().media.isEmpty());
    }

    @Test
    void aFloppyDiskWhoseFileCannotBeWrittenIsWriteProtected() throws IOException, ManagementException {
        Path file = Files.write(directory.resolve("f.img"), new byte[512]);
        VirtualMachine vm = running(settings().floppy(file).build());
        assertTrue(machines.last().config.drives().stream()
                .anyMatch(drive -> drive.name().equals("floppy0") && !drive.readOnly() && drive.removable()));
        vm.turnOff();
    }
}
