package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.hardware.storage.BlockPort;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.ImageLocks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Media come and go while a machine runs. */
class MediaTest {
    @TempDir
    private Path folder;

    private final TestDisk disk = new TestDisk();

    /** A device that keeps what it sees of its drive. */
    private static final class Tray implements Device {
        volatile BlockPort port;

        @Override
        public void attach(Board board) {
            port = board.blockPort("cd");
        }

        @Override
        public void reset(ResetKind kind) {
            // nothing to do
        }

        @Override
        public void save(StateWriter out) {
            out.section("tray", 1, new State(port.changes()));
        }

        @Override
        public void restore(StateReader in) throws org.jeroboam.hardware.state.StateException {
            in.section("tray", 1, State.class);
        }

        record State(int changes) {}
    }

    private final Tray tray = new Tray();

    private Rig rig(Path image) {
        Rig rig = new Rig(Scripts.echo());
        rig.offer(DiskFormat.class, "plain", disk, "1.0.0");
        rig.offer(ImageLocks.class, "locks", disk, "1.0.0");
        rig.device("tray", "1.0.0", () -> tray);
        rig.devices.add(new DeviceConfig("tray", "tray", Map.of()));
        rig.drives.add(new MachineConfig.DriveConfig("cd", image == null ? null : image.toString(), null, true, true));
        rig.drives.add(new MachineConfig.DriveConfig("hda", null, null, false, false));
        return rig.build();
    }

    private static MachineCommand insert(Path file) {
        return new MachineCommand.InsertMedium("cd", file.toString(), null, true);
    }

    @Test
    void aMediumIsInsertedChangedAndEjected() throws Exception {
        Path small = TestDisk.image(folder, 8);
        Path large = TestDisk.image(Files.createDirectory(folder.resolve("b")), 16);
        try (Rig rig = rig(null)) {
            rig.on();
            assertFalse(tray.port.present());
            int before = tray.port.changes();
            rig.must(insert(small));
            assertTrue(tray.port.present());
            assertEquals(8, tray.port.sectors());
            rig.must(insert(large));
            assertEquals(16, tray.port.sectors());
            assertEquals(1, disk.open);
            assertEquals(before + 3, tray.port.changes());
            rig.must(new MachineCommand.EjectMedium("cd"));
            assertFalse(tray.port.present());
            assertEquals(0, tray.port.sectors());
            assertEquals(0, disk.open);
        }
    }

    @Test
    void aRefusedMediumLeavesTheOldOne() throws Exception {
        Path image = TestDisk.image(folder, 8);
        try (Rig rig = rig(image)) {
            rig.on();
            assertEquals("drive cd: there is no file nowhere", rig.refused(insert(Path.of("nowhere"))));
            assertEquals(8, tray.port.sectors());
            assertEquals(
                    "the medium of drive hda cannot be changed while the machine is on",
                    rig.refused(new MachineCommand.EjectMedium("hda")));
            assertEquals(
                    "machine rig has no drive fd; it has: cd, hda", rig.refused(new MachineCommand.EjectMedium("fd")));
        }
        assertEquals(0, disk.open);
    }

    @Test
    void whatAnImageIsReadFromIsLockedToo() throws Exception {
        Path image = TestDisk.image(folder, 8);
        Path below = TestDisk.image(Files.createDirectory(folder.resolve("b")), 16);
        disk.below = List.of(below);
        try (Rig rig = rig(image)) {
            rig.on();
            assertTrue(locked(below) && locked(image));
            rig.must(new MachineCommand.EjectMedium("cd"));
            assertFalse(locked(below) || locked(image));
            try (ImageLocks.Lock _ = disk.lock(below, false, "other")) {
                assertEquals(below + " is in use", rig.refused(insert(image)));
                assertFalse(locked(image));
            }
            rig.must(insert(image));
            assertEquals(8, tray.port.sectors());
        }
        assertFalse(locked(below) || locked(image));
    }

    private boolean locked(Path file) {
        try (ImageLocks.Lock _ = disk.lock(file, false, "test")) {
            return false;
        } catch (ConfigurationException e) {
            return true;
        }
    }

    @Test
    void aGuestEjectsItsMedium() throws Exception {
        Path image = TestDisk.image(folder, 8);
        try (Rig rig = rig(image)) {
            rig.device("ejecting", "1.0.0", Tray::new);
            rig.on();
            rig.must(new MachineCommand.Pause());
            tray.port.eject();
            assertEquals("cd", rig.await(MachineEvent.MediumEjected.class).drive());
            assertFalse(tray.port.present());
            rig.must(insert(image));
        }
    }

    @Test
    void theCountOfChangesIsSaved() throws Exception {
        Path image = TestDisk.image(folder, 8);
        Path state = folder.resolve("state");
        int changes;
        try (Rig rig = rig(image)) {
            rig.on();
            rig.must(new MachineCommand.EjectMedium("cd"));
            rig.must(insert(image));
            changes = tray.port.changes();
            rig.must(new MachineCommand.Save(state.toString()));
        }
        try (Rig rig = rig(image)) {
            assertEquals(List.of(), List.copyOf(rig.events));
            rig.must(new MachineCommand.Restore(state.toString()));
            assertEquals(changes, tray.port.changes());
        }
    }
}
