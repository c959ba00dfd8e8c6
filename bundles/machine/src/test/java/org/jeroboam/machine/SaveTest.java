package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32C;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.state.RecordCodec;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.save.SavedMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaveTest {
    private static final int TICKS = 400;

    @TempDir
    Path folder;

    private Path image;
    private Path file;

    @BeforeEach
    void image() throws IOException {
        image = TestDisk.image(folder, 1024);
        file = folder.resolve("state");
    }

    private Rig rig(ClockMode mode) {
        Rig rig = new Rig(Scripts.workload(TICKS, 60_000));
        TestDisk disk = new TestDisk();
        rig.offer(DiskFormat.class, "plain", disk, "1.0.0");
        rig.offer(ImageLocks.class, "locks", disk, "1.0.0");
        rig.drives.add(new MachineConfig.DriveConfig("hda", image.toString(), null, false, false));
        rig.clock = mode;
        return rig;
    }

    private static String collect(Rig rig) {
        StringBuilder text = new StringBuilder();
        for (MachineEvent event : rig.events) {
            if (event instanceof MachineEvent.Output output) {
                text.append(new String(output.data(), java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        return text.toString();
    }

    private static String awaitEnd(Rig rig) {
        StringBuilder text = new StringBuilder();
        while (true) {
            MachineEvent event = rig.await(MachineEvent.class);
            if (event instanceof MachineEvent.Output output) {
                text.append(new String(output.data(), java.nio.charset.StandardCharsets.ISO_8859_1));
            } else if (event instanceof MachineEvent.Stopped) {
                return text.toString();
            }
        }
    }

    @Test
    void savesAndRestoresChangeNothing() {
        String expected;
        String said;
        MachineReply.Status end;
        try (Rig rig = rig(ClockMode.DETERMINISTIC).build().on()) {
            said = awaitEnd(rig);
            expected = rig.hash();
            end = rig.status();
        }
        assertEquals(TICKS, said.length());
        Random random = new Random(5);
        for (int round = 0; round < 3; round++) {
            Rig rig = stepped().build().on();
            StringBuilder heard = new StringBuilder();
            for (int saves = 0; saves < 10; saves++) {
                ((Rig.Stepper) rig.scheduler).grant(random.nextInt(40));
                rig.must(new MachineCommand.Save(file.toString()));
                String before = rig.hash();
                heard.append(collect(rig));
                rig.close();
                rig = stepped().build();
                rig.must(new MachineCommand.Restore(file.toString()));
                assertEquals(before, rig.hash());
                rig.must(new MachineCommand.Resume());
            }
            ((Rig.Stepper) rig.scheduler).free();
            heard.append(awaitEnd(rig));
            assertEquals(expected, rig.hash());
            assertEquals(said, heard.toString());
            assertEquals(end.guestNanos(), rig.status().guestNanos());
            rig.close();
        }
    }

    private Rig stepped() {
        Rig rig = rig(ClockMode.DETERMINISTIC);
        rig.scheduler = new Rig.Stepper();
        return rig;
    }

    @Test
    void realTimeMachinesGoOnToo() {
        Rig rig = rig(ClockMode.REAL).build().on();
        StringBuilder heard = new StringBuilder();
        for (int i = 0; i < 25; i++) {
            if (rig.tell(new MachineCommand.Save(file.toString())) instanceof MachineReply.Refused) {
                break;
            }
            heard.append(collect(rig));
            rig.close();
            rig = rig(ClockMode.REAL).build();
            rig.must(new MachineCommand.Restore(file.toString()));
            long before = rig.status().guestNanos();
            assertEquals(before, rig.status().guestNanos());
            rig.must(new MachineCommand.Resume());
        }
        heard.append(awaitEnd(rig));
        assertEquals(TICKS, heard.length());
        rig.close();
    }

    @Test
    void aMachineThatIsSavedIsPausedAndCanGoOn() {
        try (Rig rig = stepped().build().on()) {
            rig.must(new MachineCommand.Pause());
            String before = rig.hash();
            rig.must(new MachineCommand.Save(file.toString()));
            assertEquals(before, rig.hash());
            assertEquals(MachineState.PAUSED, rig.status().state());
            rig.must(new MachineCommand.Resume());
            ((Rig.Stepper) rig.scheduler).free();
            awaitEnd(rig);
            rig.must(new MachineCommand.Restore(file.toString()));
            assertEquals(before, rig.hash());
        }
    }

    @Test
    void damageIsOneSentence() throws IOException {
        try (Rig rig = stepped().build().on()) {
            rig.must(new MachineCommand.Save(file.toString()));
            rig.must(new MachineCommand.PowerOff());
            byte[] good = Files.readAllBytes(file);
            Random random = new Random(3);
            for (int i = 0; i < 60; i++) {
                byte[] bad = good.clone();
                if (i % 3 == 0) {
                    bad = java.util.Arrays.copyOf(good, random.nextInt(good.length));
                } else {
                    bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
                }
                Files.write(file, bad);
                String message = rig.refused(new MachineCommand.Restore(file.toString()));
                assertTrue(message.startsWith("cannot restore from " + file + ": it "), message);
                assertFalse(message.contains("\n"), message);
                assertEquals(MachineState.OFF, rig.status().state());
            }
            Files.delete(file);
            assertEquals(
                    "cannot restore from " + file + ": there is no such file",
                    rig.refused(new MachineCommand.Restore(file.toString())));
            Files.write(file, good);
            rig.must(new MachineCommand.Restore(file.toString()));
        }
    }

    @Test
    void aStateWhoseImageChangedIsRefused() throws IOException {
        try (Rig rig = stepped().build().on()) {
            rig.must(new MachineCommand.Save(file.toString()));
            rig.must(new MachineCommand.PowerOff());
            Files.setLastModifiedTime(image, java.nio.file.attribute.FileTime.fromMillis(1000));
            String message = rig.refused(new MachineCommand.Restore(file.toString()));
            assertTrue(message.contains("belongs to another state of " + image), message);
        }
    }

    @Test
    void aStateOfAnotherMachineIsRefused() {
        try (Rig rig = stepped().build().on()) {
            rig.must(new MachineCommand.Save(file.toString()));
        }
        Rig other = rig(ClockMode.DETERMINISTIC);
        other.memory = 32 * MachineConfig.MIB;
        try (other) {
            assertTrue(other.build()
                    .refused(new MachineCommand.Restore(file.toString()))
                    .contains("a machine with 16 MiB of memory; this one has 32"));
        }
    }

    @Test
    void whatCannotBeWrittenLeavesTheMachineRunning() throws IOException {
        try (Rig rig = stepped().build().on()) {
            Path missing = folder.resolve("none").resolve("state");
            assertEquals(
                    "cannot save to " + missing + ": there is no such folder",
                    rig.refused(new MachineCommand.Save(missing.toString())));
            assertEquals(MachineState.RUNNING, rig.status().state());
            ((Rig.Stepper) rig.scheduler).free();
            assertEquals(TICKS, awaitEnd(rig).length());
        }
    }

    @Test
    void aMachineThatWaitsForPartsIsSavedWithWhatTheyLeft() {
        String before;
        try (Rig rig = stepped().build().on()) {
            ((Rig.Stepper) rig.scheduler).grant(20);
            rig.remove(rig.catalog.best(DeviceFactory.class, "disk"));
            rig.remove(rig.catalog.best(CpuCoreFactory.class, "script"));
            rig.remove(rig.catalog.best(DiskFormat.class, "plain"));
            rig.must(new MachineCommand.Save(file.toString()));
            assertEquals(MachineState.WAITING_FOR_PART, rig.status().state());
            before = rig.hash();
        }
        try (Rig rig = stepped().build()) {
            rig.must(new MachineCommand.Restore(file.toString()));
            assertEquals(before, rig.hash());
            rig.must(new MachineCommand.Resume());
            ((Rig.Stepper) rig.scheduler).free();
            awaitEnd(rig);
        }
    }

    private Rig twoCores() {
        Rig rig = stepped();
        rig.offer(CpuCoreFactory.class, "fast", ScriptCore.factory(9), "1.0.0");
        rig.build();
        return rig;
    }

    @Test
    void aCoreThatWasChosenByCommandIsRemembered() {
        try (Rig rig = twoCores().on()) {
            assertEquals("fast", rig.status().cpuCore());
            rig.must(new MachineCommand.SwitchCore("script"));
            rig.must(new MachineCommand.Save(file.toString()));
        }
        try (Rig rig = twoCores()) {
            rig.must(new MachineCommand.Restore(file.toString()));
            assertEquals("script", rig.status().cpuCore());
            rig.must(new MachineCommand.PowerOff());
            rig.on();
            assertEquals("script", rig.status().cpuCore(), "as long as there is the machine");
        }
        try (Rig rig = stepped()) { // a host that lacks it
            rig.catalog.remove(rig.catalog.best(CpuCoreFactory.class, "script"));
            rig.offer(CpuCoreFactory.class, "fast", ScriptCore.factory(9), "1.0.0");
            rig.build().must(new MachineCommand.Restore(file.toString()));
            assertEquals("fast", rig.status().cpuCore());
            rig.must(new MachineCommand.Save(file.toString()));
        }
        try (Rig rig = twoCores()) { // which does not forget it either
            rig.must(new MachineCommand.Restore(file.toString()));
            assertEquals("script", rig.status().cpuCore());
        }
    }

    @Test
    void aCoreThatNobodyChoseIsTheBestThereIs() {
        try (Rig rig = stepped().build().on()) {
            rig.must(new MachineCommand.Save(file.toString()));
        }
        try (Rig rig = twoCores()) {
            rig.must(new MachineCommand.Restore(file.toString()));
            assertEquals("fast", rig.status().cpuCore());
        }
    }

    @Test
    void aCoreThatWasChosenComesBackWithItsBundle() {
        try (Rig rig = twoCores().on()) {
            Offer<CpuCoreFactory> script = rig.catalog.best(CpuCoreFactory.class, "script");
            rig.must(new MachineCommand.SwitchCore("script"));
            rig.remove(script);
            assertEquals("fast", rig.status().cpuCore());
            rig.catalog.add(script);
            rig.must(new MachineCommand.PowerOff());
            rig.on();
            assertEquals("script", rig.status().cpuCore());
        }
    }

    /** As it was before cores were remembered: an intermission may leave one. */
    @Test
    void aFileOfTheFormerVersionIsRead() throws Exception {
        String before;
        try (Rig rig = stepped().build().on()) {
            rig.must(new MachineCommand.Save(file.toString()));
            before = rig.hash();
        }
        ByteBuffer good = ByteBuffer.wrap(Files.readAllBytes(file));
        byte[] header = new byte[good.getInt(12)];
        good.get(16, header);
        SavedMachine.Header saved = RecordCodec.decode(header, SavedMachine.Header.class);
        byte[] old = RecordCodec.encode(new SavedMachine.Header.Version2(saved.config(), saved.images(), saved.core()));
        int rest = 16 + header.length;
        ByteBuffer out = ByteBuffer.allocate(good.capacity() - header.length + old.length);
        out.putLong(good.getLong(0)).putInt(2).putInt(old.length).put(old);
        out.put(good.slice(rest, good.capacity() - rest - 8));
        CRC32C checksum = new CRC32C();
        checksum.update(out.array(), 0, out.position());
        out.putLong(checksum.getValue());
        Files.write(file, out.array());
        try (Rig rig = stepped().build()) {
            rig.must(new MachineCommand.Restore(file.toString()));
            assertEquals(before, rig.hash());
        }
    }

    /** As a dynamic disk does that gives back space which it held in reserve. */
    @Test
    void anImageThatChangesWhenItIsClosedIsNoOtherOne() {
        try (Rig rig = stepped()) {
            TestDisk disk =
                    (TestDisk) rig.catalog.best(DiskFormat.class, "plain").service();
            disk.reserves = true;
            rig.build().on();
            ((Rig.Stepper) rig.scheduler).grant(100);
            rig.must(new MachineCommand.Save(file.toString()));
            assertEquals(1, disk.open);
            rig.must(new MachineCommand.PowerOff());
            rig.must(new MachineCommand.Restore(file.toString()));
        }
    }

    @Test
    void anImageThatAnotherFormatWouldTakeIsRefused() {
        try (Rig rig = stepped().build().on()) {
            rig.must(new MachineCommand.Save(file.toString()));
        }
        Rig other = stepped();
        other.catalog.remove(other.catalog.best(DiskFormat.class, "plain"));
        other.offer(DiskFormat.class, "fancy", new TestDisk(), "1.0.0");
        try (other) {
            String message = other.build().refused(new MachineCommand.Restore(file.toString()));
            assertTrue(message.contains("drive hda held an image of format plain, which is opened as fancy"), message);
            assertEquals(MachineState.OFF, other.status().state());
        }
    }
}
