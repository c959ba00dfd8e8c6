package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.machine.SwapWay;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.machine.part.Offer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Formats of open images and the service that locks them are parts, too. */
class FormatSwapTest {
    @TempDir
    Path folder;

    private final TestDisk first = new TestDisk();
    private final AtomicInteger closedInUse = new AtomicInteger();
    private volatile CountDownLatch reading = new CountDownLatch(0);
    private volatile CountDownLatch goOn = new CountDownLatch(0);

    /** The plain format, which can be held up and notices when an image is closed under a reader. */
    private DiskFormat slow(TestDisk plain) {
        return new DiskFormat() {
            @Override
            public int recognise(FileChannel file, Path name) throws IOException {
                return plain.recognise(file, name);
            }

            @Override
            public DiskImage open(Path file, boolean readOnly) throws IOException {
                return watched(plain.open(file, readOnly));
            }
        };
    }

    private DiskImage watched(DiskImage image) {
        AtomicInteger users = new AtomicInteger();
        return new DiskImage() {
            @Override
            public long sectors() {
                return image.sectors();
            }

            @Override
            public Geometry geometry() {
                return image.geometry();
            }

            @Override
            public boolean readOnly() {
                return image.readOnly();
            }

            @Override
            public void read(long sector, int count, MemorySegment target) throws IOException {
                users.incrementAndGet();
                reading.countDown();
                try {
                    goOn.await();
                    image.read(sector, count, target);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                } finally {
                    users.decrementAndGet();
                }
            }

            @Override
            public void write(long sector, int count, MemorySegment source) throws IOException {
                image.write(sector, count, source);
            }

            @Override
            public void flush() throws IOException {
                image.flush();
            }

            @Override
            public void close() throws IOException {
                closedInUse.addAndGet(users.get());
                image.close();
            }
        };
    }

    private Rig rig(DiskFormat format, boolean removable, Limits limits) throws IOException {
        return rig(Scripts.workload(1_000_000, 60_000), format, removable, limits);
    }

    private Rig rig(Script script, DiskFormat format, boolean removable, Limits limits) throws IOException {
        Rig rig = new Rig(script).limits(limits);
        rig.clock = ClockMode.REAL;
        rig.offer(DiskFormat.class, "plain", format, "1.0.0");
        rig.offer(ImageLocks.class, "locks", first, "1.0.0");
        rig.drives.add(new MachineConfig.DriveConfig(
                "hda", TestDisk.image(folder, 1024).toString(), null, false, removable));
        return rig;
    }

    @Test
    void theFormatOfAnOpenImageIsReplacedUnderLoad() throws IOException {
        TestDisk second = new TestDisk();
        try (Rig rig = rig(slow(first), false, Limits.DEFAULT)) {
            rig.build().on();
            rig.offer(DiskFormat.class, "plain", slow(second), "1.1.0");
            rig.output(5);
            for (int i = 0; i < 20; i++) {
                rig.must(new MachineCommand.Swap("disk:hda", i % 2 == 0 ? "1.1.0" : "1.0.0"));
                rig.output(2);
            }
            assertEquals(0, closedInUse.get());
            rig.must(new MachineCommand.Swap("hda", "1.1.0"));
            assertEquals(0, first.open);
            assertEquals(1, second.open);
            MachineReply.Part part = rig.part("disk:hda");
            assertEquals("plain test.plain 1.1.0", part.type() + " " + part.bundle() + " " + part.version());
            assertEquals(21, part.swaps());
            assertEquals(SwapWay.STAGED, part.lastSwap().way());
            assertThrows(
                    ConfigurationException.class,
                    () -> first.lock(Path.of(rig.drives.getFirst().image()), false, "other"),
                    "the lock outlives the format");
            rig.output(5);
            assertEquals(
                    "no bundle offers format 'plain' as version 9; there are: 1.1.0, 1.0.0",
                    rig.refused(new MachineCommand.Swap("disk:hda", "9")));
        }
        assertEquals(0, second.open);
    }

    @Test
    void aFormatThatCannotOpenTheImageIsNotTaken() throws IOException {
        try (Rig rig = rig(slow(first), false, Limits.DEFAULT)) {
            rig.build().on();
            rig.offer(
                    DiskFormat.class,
                    "plain",
                    new TestDisk() {
                        @Override
                        public DiskImage open(Path file, boolean readOnly) throws IOException {
                            throw new IOException("its footer is odd");
                        }
                    },
                    "2.0.0");
            String message = rig.refused(new MachineCommand.Swap("disk:hda", null));
            assertTrue(message.startsWith("drive hda: version 2.0.0 cannot open "), message);
            assertTrue(message.endsWith("its footer is odd; version 1.0.0 goes on"), message);
            assertEquals(message, rig.await(MachineEvent.SwapFailed.class).message());
            assertEquals(1, first.open);
            assertEquals("1.0.0", rig.part("disk:hda").version());
            rig.output(5);
        }
    }

    @Test
    void whenNeitherFormatOpensTheImageTheMachineWaits() throws IOException {
        boolean[] broken = {false};
        TestDisk fickle = new TestDisk() {
            @Override
            public DiskImage open(Path file, boolean readOnly) throws IOException {
                if (broken[0]) {
                    throw new IOException("not again");
                }
                return super.open(file, readOnly);
            }
        };
        try (Rig rig = rig(fickle, false, Limits.DEFAULT)) {
            rig.build().on();
            broken[0] = true;
            Offer<DiskFormat> bad = rig.offer(DiskFormat.class, "plain", fickle, "2.0.0");
            String message = rig.refused(new MachineCommand.Swap("disk:hda", null));
            assertTrue(message.endsWith("not again; going back failed, too: not again"), message);
            assertEquals("disk:hda", rig.await(MachineEvent.PartFailed.class).part());
            assertEquals(MachineState.WAITING_FOR_PART, rig.status().state());
            rig.remove(bad);
            broken[0] = false;
            rig.offer(DiskFormat.class, "plain", new TestDisk(), "2.0.1");
            rig.await(MachineState.RUNNING);
            assertEquals(SwapWay.IN_PLACE, rig.part("disk:hda").lastSwap().way());
            rig.output(5);
        }
    }

    @Test
    void anImageIsNeverClosedUnderAReader() throws Exception {
        try (Rig rig = rig(slow(first), true, Limits.DEFAULT)) {
            rig.build().on();
            Path other = TestDisk.image(Files.createDirectory(folder.resolve("b")), 1024);
            for (MachineCommand command : List.of(
                    new MachineCommand.Swap("disk:hda", null),
                    new MachineCommand.InsertMedium("hda", other.toString(), null, false),
                    new MachineCommand.EjectMedium("hda"))) {
                goOn = new CountDownLatch(1);
                reading = new CountDownLatch(1);
                reading.await();
                CompletableFuture<MachineReply> reply = rig.machine.execute(command);
                assertFalse(reply.isDone());
                goOn.countDown();
                assertFalse(reply.join() instanceof MachineReply.Refused, command.toString());
                assertEquals(0, closedInUse.get(), command.toString());
            }
            assertEquals(0, first.open);
        }
    }

    @Test
    void aHostThatDoesNotFinishIsNamedAndHoldsNothingUp() throws Exception {
        Limits limits = new Limits(50_000_000L, 50_000_000L, Long.MAX_VALUE);
        Script once = new Script();
        once.op(ScriptCore.SET, 5, 3).op(ScriptCore.OUT_LONG, 5, 0x1F0).op(ScriptCore.STI);
        int loop = once.here();
        once.op(ScriptCore.HALT).op(ScriptCore.JUMP, 0, loop);
        once.handler(46).op(ScriptCore.IN, 0, 0x1F0).op(ScriptCore.RETURN);
        try (Rig rig = rig(once, slow(first), true, limits)) {
            goOn = new CountDownLatch(1);
            reading = new CountDownLatch(1);
            rig.build().on();
            reading.await();
            assertEquals(
                    "drive hda: the host does not finish the disk work of drive hda within 50 ms",
                    rig.refused(new MachineCommand.Swap("disk:hda", null)));
            assertEquals(
                    "the host does not finish the disk work of device disk within 50 ms",
                    rig.refused(new MachineCommand.Swap("disk", null)));
            assertEquals(MachineState.RUNNING, rig.status().state());
            rig.must(new MachineCommand.EjectMedium("hda"));
            assertEquals(1, first.open, "it is closed when the host is done");
            Path file = Path.of(rig.drives.getFirst().image());
            assertThrows(ConfigurationException.class, () -> first.lock(file, false, "other"));
            goOn.countDown();
            while (first.open > 0) {
                Thread.onSpinWait();
            }
            assertEquals(0, closedInUse.get());
        }
    }

    private static final Limits IMPATIENT = new Limits(1_000_000_000L, 1_000_000_000L, 200_000_000L);

    /** A format of which a step never ends until it is let go; it writes then, as one that repairs an image would. */
    private final class Stuck extends TestDisk {
        private final String step;
        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();

        Stuck(String step) {
            this.step = step;
        }

        private void at(String now) {
            if (!now.equals(step)) {
                return;
            }
            asked.incrementAndGet();
            boolean interrupted = false;
            while (goOn.getCount() > 0) {
                interrupted |= Thread.interrupted();
                Thread.onSpinWait();
            }
            ended.incrementAndGet();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public int recognise(FileChannel file, Path name) {
            at("recognise");
            return super.recognise(file, name) + 1;
        }

        @Override
        public List<Path> parents(Path file) {
            at("parents");
            return super.parents(file);
        }

        @Override
        public DiskImage open(Path file, boolean readOnly) throws IOException {
            at("open");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                if (step.equals("open")) {
                    channel.write(ByteBuffer.wrap(new byte[512]), 0);
                }
            }
            return super.open(file, readOnly);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"parents", "open"})
    void aFormatThatHangsLosesNothing(String step) throws Exception {
        Stuck stuck = new Stuck(step);
        goOn = new CountDownLatch(1);
        try (Rig rig = rig(first, false, IMPATIENT)) {
            rig.build().on();
            rig.output(2);
            rig.offer(DiskFormat.class, "plain", stuck, "2.0.0");
            String message = rig.refused(new MachineCommand.Swap("disk:hda", "2.0.0"));
            assertTrue(
                    message.contains("the format of disk:hda does not answer '" + step + "' within 200 ms"), message);
            assertTrue(step.equals("parents") || message.endsWith("; version 1.0.0 goes on"), message);
            assertEquals(MachineState.RUNNING, rig.status().state());
            assertEquals("1.0.0", rig.part("disk:hda").version());
            rig.output(5);
            goOn.countDown();
            while (stuck.ended.get() == 0) {
                Thread.onSpinWait();
            }
            rig.output(5);
            assertEquals(1, first.open);
        }
        assertEquals(0, first.open);
        assertEquals(0, stuck.open);
        byte[] sector = Files.readAllBytes(folder.resolve("disk.img"));
        assertNotEquals(0, sector[0], "what came back after it was given up has written nothing");
    }

    @Test
    void whenTheOnlyVersionHangsTheDriveWaitsForAMendedOne() throws Exception {
        Stuck stuck = new Stuck("open");
        try (Rig rig = rig(first, false, IMPATIENT)) {
            rig.build().on();
            rig.output(2);
            goOn = new CountDownLatch(1);
            rig.remove(rig.catalog.best(DiskFormat.class, "plain"));
            rig.offer(DiskFormat.class, "plain", stuck, "2.0.0");
            while (!rig.status()
                    .reason()
                    .equals("drive hda: the format of disk:hda does not answer 'open' within 200 ms;"
                            + " install a mended one")) {
                Thread.onSpinWait();
            }
            rig.device("other", "1.0.0", TestParts.Switchboard::new); // something arrives
            assertEquals(MachineState.WAITING_FOR_PART, rig.status().state());
            assertEquals(1, stuck.asked.get(), "it is not asked again of itself");
            TestDisk mended = new TestDisk();
            rig.offer(DiskFormat.class, "plain", mended, "2.0.1");
            rig.await(MachineState.RUNNING);
            assertEquals("2.0.1", rig.part("disk:hda").version());
            rig.output(5);
            goOn.countDown();
        }
    }

    @Test
    void anotherVersionTakesThePlaceOfOneThatHangs() throws Exception {
        try (Rig rig = rig(first, false, IMPATIENT)) {
            rig.build().on();
            rig.offer(DiskFormat.class, "plain", new TestDisk(), "0.9.0");
            rig.offer(DiskFormat.class, "plain", new Stuck("open"), "0.9.1");
            goOn = new CountDownLatch(1);
            rig.remove(rig.catalog.best(DiskFormat.class, "plain"));
            assertEquals(MachineState.RUNNING, rig.status().state());
            assertEquals("0.9.0", rig.part("disk:hda").version());
            rig.output(5);
            goOn.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"recognise", "parents", "open"})
    void aMediumWhoseFormatHangsLeavesThePresentOne(String step) throws Exception {
        try (Rig rig = rig(first, true, IMPATIENT)) {
            rig.build().on();
            Path other = TestDisk.image(Files.createDirectory(folder.resolve("b")), 1024);
            rig.offer(DiskFormat.class, "fancy", new Stuck(step), "1.0.0");
            goOn = new CountDownLatch(1);
            MachineReply reply = rig.tell(new MachineCommand.InsertMedium("hda", other.toString(), null, false));
            if (step.equals("recognise")) {
                assertInstanceOf(MachineReply.Done.class, reply, "the other format takes it");
            } else {
                String message =
                        assertInstanceOf(MachineReply.Refused.class, reply).message();
                assertTrue(message.contains("does not answer '" + step + "' within 200 ms"), message);
            }
            assertEquals("plain", rig.part("disk:hda").type());
            assertEquals(1, first.open);
            rig.output(5);
            goOn.countDown();
        }
    }

    @Test
    void aMachineIsMadeWithoutAFormatThatHangs() throws Exception {
        goOn = new CountDownLatch(1);
        try (Rig rig = rig(first, false, IMPATIENT)) {
            rig.offer(DiskFormat.class, "fancy", new Stuck("recognise"), "1.0.0");
            rig.build().on();
            rig.output(2);
            goOn.countDown();
        }
    }

    @Test
    void locksStayWithTheServiceThatGaveThem() throws Exception {
        TestDisk second = new TestDisk();
        try (Rig rig = rig(slow(first), true, Limits.DEFAULT)) {
            rig.build().on();
            Offer<ImageLocks> old = rig.catalog.best(ImageLocks.class, "locks");
            rig.offer(ImageLocks.class, "locks", second, "1.1.0");
            MachineReply.Swapped swapped =
                    assertInstanceOf(MachineReply.Swapped.class, rig.tell(new MachineCommand.Swap("locks", "1.1.0")));
            assertEquals(
                    "locks that are held stay with the service that gave them until their media leave the drives",
                    swapped.note());
            assertEquals("1.1.0", rig.part("locks").version());
            Path file = Path.of(rig.drives.getFirst().image());
            rig.remove(old);
            assertEquals(MachineState.RUNNING, rig.status().state());
            assertThrows(ConfigurationException.class, () -> second.lock(file, false, "other"));
            rig.must(new MachineCommand.EjectMedium("hda"));
            second.lock(file, false, "other").close();
            rig.must(new MachineCommand.InsertMedium("hda", file.toString(), null, false));
            assertThrows(ConfigurationException.class, () -> first.lock(file, false, "other"));
        }
    }
}
