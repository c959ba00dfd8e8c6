package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.device.DrainState;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.machine.SwapWay;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.machine.part.Offer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwapTest {
    @TempDir
    Path folder;

    private Rig rig(int ticks) throws java.io.IOException {
        Rig rig = new Rig(Scripts.workload(ticks, 60_000));
        TestDisk disk = new TestDisk();
        rig.offer(DiskFormat.class, "plain", disk, "1.0.0");
        rig.offer(ImageLocks.class, "locks", disk, "1.0.0");
        rig.drives.add(new MachineConfig.DriveConfig(
                "hda", TestDisk.image(folder, 1024).toString(), null, false, false));
        return rig;
    }

    private static MachineReply.Part part(Rig rig, String name) {
        return assertInstanceOf(MachineReply.Parts.class, rig.tell(new MachineCommand.GetParts())).parts().stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theProcessorSaysWhyABetterCoreDoesNotServe() throws java.io.IOException {
        try (Rig rig = rig(1).build().on()) {
            rig.offer(CpuCoreFactory.class, "fast", new DecliningCore(), "1.0.0");
            assertEquals(
                    List.of("fast is not used: This host is too old."),
                    part(rig, "cpu").imperfections());
        }
    }

    /** A core that no host can run. */
    private static final class DecliningCore implements CpuCoreFactory {
        @Override
        public Probe probe() {
            return new Probe(false, 100, "This host is too old.");
        }

        @Override
        public CpuCore create(CpuBus bus, CpuModel model) {
            throw new AssertionError("a core that declines is never made");
        }
    }

    @Test
    void swapsUnderLoadChangeNothing() throws java.io.IOException {
        String expected;
        try (Rig rig = rig(400).build().on()) {
            rig.await(MachineEvent.Stopped.class);
            expected = rig.hash();
        }
        Rig rig = rig(400);
        for (String name : List.of("pic", "ticker", "switchboard", "disk")) {
            rig.device(
                    name,
                    "1.1.0",
                    switch (name) {
                        case "pic" -> TestParts.Pic::new;
                        case "ticker" -> TestParts.Ticker::new;
                        case "switchboard" -> TestParts.Switchboard::new;
                        default -> TestParts.Disk::new;
                    });
        }
        rig.offer(CpuCoreFactory.class, "script", ScriptCore.factory(0), "1.1.0");
        Rig.Stepper stepper = new Rig.Stepper();
        rig.scheduler = stepper;
        Random random = new Random(9);
        try (rig) {
            rig.build().on();
            for (int round = 0; round < 12; round++) {
                for (String name : List.of("ticker", "disk", "pic", "switchboard", "cpu")) {
                    stepper.grant(random.nextInt(6));
                    rig.must(new MachineCommand.Swap(name, round % 2 == 0 ? "1.1.0" : "1.0.0"));
                }
            }
            stepper.free();
            rig.await(MachineEvent.Stopped.class);
            assertEquals(expected, rig.hash());
            assertEquals(12, part(rig, "disk").swaps());
        }
    }

    @Test
    void theHighestVersionIsTakenAndReported() {
        Rig rig = new Rig(Scripts.chatter(1_000_000));
        rig.clock = ClockMode.REAL;
        try (rig) {
            rig.build().on();
            rig.device("switchboard", "1.10.0", TestParts.Switchboard::new);
            rig.device("switchboard", "1.9.0", TestParts.Switchboard::new);
            assertEquals("1.0.0", part(rig, "switchboard").version());
            MachineReply.Swapped swapped = assertInstanceOf(
                    MachineReply.Swapped.class, rig.tell(new MachineCommand.Swap("switchboard", null)));
            MachineEvent.PartSwapped event = rig.await(MachineEvent.PartSwapped.class);
            assertEquals(
                    new MachineEvent.PartSwapped(
                            "switchboard", "1.0.0", "1.10.0", SwapWay.STAGED, swapped.blackoutNanos()),
                    event);
            MachineReply.Part part = part(rig, "switchboard");
            assertEquals("1.10.0", part.version());
            assertEquals("test.switchboard", part.bundle());
            assertEquals(List.of("is a test part"), part.imperfections());
            assertEquals(1, part.swaps());
            assertEquals(swapped.blackoutNanos(), part.lastSwap().blackoutNanos());
            assertTrue(part.stateBytes() > 0);
            rig.output(5);
            assertEquals(
                    "no bundle offers type switchboard as version 2.0.0; there are: 1.10.0, 1.9.0, 1.0.0",
                    rig.refused(new MachineCommand.Swap("switchboard", "2.0.0")));
            assertEquals(
                    "machine rig has no part 'com7'; it has: cpu, firmware, pic, ticker, switchboard, disk, locks",
                    rig.refused(new MachineCommand.Swap("com7", null)));
        }
    }

    @Test
    void whenTheNewOneFailsTheOldFactoryTakesOver() {
        Rig rig = new Rig(Scripts.chatter(200_000));
        rig.clock = ClockMode.REAL;
        try (rig) {
            rig.build().on();
            rig.device("switchboard", "2.0.0", () -> new Wrapper(new TestParts.Switchboard()) {
                @Override
                public void restore(StateReader in) throws StateException {
                    throw new StateException("this version reads nothing");
                }
            });
            rig.device("switchboard", "3.0.0", () -> new Wrapper(new TestParts.Switchboard()) {
                @Override
                public void attach(Board board) {
                    super.attach(board);
                    throw new IllegalStateException("no");
                }
            });
            assertEquals(
                    "device switchboard failed: this version reads nothing; version 1.0.0 of switchboard goes on",
                    rig.refused(new MachineCommand.Swap("switchboard", "2.0.0")));
            assertEquals(
                    "device switchboard failed: no; version 1.0.0 of switchboard goes on",
                    rig.refused(new MachineCommand.Swap("switchboard", null)));
            rig.events.clear();
            String heard = rig.output(60);
            assertTrue("ABCDEFGHIJKLMNOPQRSTUVWXYZ".repeat(4).contains(heard.substring(0, 26)), heard);
            assertEquals("1.0.0", part(rig, "switchboard").version());
        }
    }

    @Test
    void aPartThatNeedsTimeGetsIt() {
        Script busy = new Script();
        busy.op(ScriptCore.JUMP, 0, busy.here());
        Rig rig = new Rig(busy);
        int[] asked = {0};
        rig.device("switchboard", "0.9.0", () -> new Wrapper(new TestParts.Switchboard()) {
            @Override
            public DrainState drain() {
                return ++asked[0] < 5 ? DrainState.DRAINING : DrainState.QUIET;
            }
        });
        try (rig) {
            rig.build().on();
            rig.must(new MachineCommand.Swap("switchboard", "0.9.0"));
            rig.must(new MachineCommand.Pause());
            long before = rig.status().retired();
            rig.must(new MachineCommand.Swap("switchboard", "1.0.0"));
            assertEquals(5, asked[0]);
            assertEquals(MachineState.PAUSED, rig.status().state());
            assertTrue(rig.status().retired() > before);
        }
    }

    @Test
    void aLineThatIsHighMakesNoEdge() {
        // The echo's guest has taken the input's interrupt but the level stays while there is more to read.
        Script script = new Script().op(ScriptCore.STI);
        int loop = script.here();
        script.op(ScriptCore.HALT).op(ScriptCore.JUMP, 0, loop);
        script.handler(36)
                .op(ScriptCore.SET, 1, '!')
                .op(ScriptCore.OUT, 1, 0xF8)
                .op(ScriptCore.RETURN);
        Rig rig = new Rig(script);
        rig.device("switchboard", "1.1.0", () -> new Wrapper(new TestParts.Switchboard()) {
            private org.jeroboam.hardware.board.Line line;

            @Override
            public void attach(Board board) {
                super.attach(board);
                line = board.line(new org.jeroboam.hardware.board.LineId.Irq(4));
            }

            @Override
            public void restore(StateReader in) throws StateException {
                super.restore(in);
                line.set(true);
            }
        });
        rig.clock = ClockMode.REAL;
        try (rig) {
            rig.build().on();
            rig.must(new MachineCommand.Send("com1", new byte[] {1}));
            assertEquals("!", rig.output(1));
            for (int i = 0; i < 5; i++) {
                rig.must(new MachineCommand.Swap("switchboard", "1.1.0"));
            }
            rig.must(new MachineCommand.Swap("pic", null));
            rig.must(new MachineCommand.Send("com1", new byte[] {2}));
            rig.events.clear();
            rig.must(new MachineCommand.PressPowerButton());
            rig.await(MachineEvent.Stopped.class);
            assertTrue(rig.events.stream().noneMatch(MachineEvent.Output.class::isInstance));
        }
    }

    @Test
    void aPartThatThrowsStopsTheMachineUntilAMendedOneComes() {
        Script script =
                new Script().op(ScriptCore.STI).op(ScriptCore.SET, 1, 'x').op(ScriptCore.OUT, 1, 0xF8);
        script.out(0xF4, 3).op(ScriptCore.OUT, 1, 0xF8).out(0xF4, 1);
        try (Rig rig = new Rig(script).build().on()) {
            assertEquals(
                    new MachineEvent.PartFailed("switchboard", "the guest hit a nerve"),
                    rig.await(MachineEvent.PartFailed.class));
            rig.await(MachineState.WAITING_FOR_PART);
            MachineReply.Status status = rig.status();
            assertEquals("device switchboard failed in version 1.0.0; install a mended one", status.reason());
            assertEquals("machine rig waits: " + status.reason(), rig.refused(new MachineCommand.Resume()));
            long time = status.guestNanos();
            assertEquals(time, rig.status().guestNanos());
            rig.device("switchboard", "1.0.1", TestParts.Switchboard::new);
            rig.await(MachineState.RUNNING);
            rig.await(MachineEvent.Stopped.class);
            assertEquals(2L, rig.status().counters().get("switchboard.bytes"));
        }
    }

    @Test
    void aCoreThatThrowsIsAPartToo() {
        Script script = new Script().op(ScriptCore.CRASH);
        try (Rig rig = new Rig(script).build().on()) {
            assertEquals("cpu", rig.await(MachineEvent.PartFailed.class).part());
            rig.await(MachineState.WAITING_FOR_PART);
            assertTrue(rig.refused(new MachineCommand.SwitchCore("none")).contains("no usable processor core 'none'"));
            rig.must(new MachineCommand.PowerOff());
            assertEquals(MachineState.OFF, rig.status().state());
        }
    }

    @Test
    void aFactoryThatGoesInPlaceTakesItsPartWithIt() throws java.io.IOException {
        String expected;
        try (Rig rig = rig(300).build().on()) {
            rig.await(MachineEvent.Stopped.class);
            expected = rig.hash();
        }
        Rig rig = rig(300);
        Offer<DeviceFactory> second = rig.device("disk", "0.5.0", TestParts.Disk::new);
        Rig.Stepper stepper = new Rig.Stepper();
        rig.scheduler = stepper;
        try (rig) {
            rig.build().on();
            stepper.grant(20);
            Offer<DeviceFactory> first = rig.catalog.best(DeviceFactory.class, "disk");
            assertEquals("1.0.0", first.version());
            rig.remove(first);
            // The other version accepts the state: the machine went on at once.
            assertEquals("0.5.0", part(rig, "disk").version());
            rig.remove(second);
            MachineReply.Status status = rig.status();
            assertEquals(MachineState.WAITING_FOR_PART, status.state());
            assertTrue(status.reason().startsWith("device disk needs a bundle for type disk"), status.reason());
            assertEquals(status.guestNanos(), rig.status().guestNanos());
            assertTrue(part(rig, "disk").stateBytes() > 0);
            rig.catalog.add(first);
            stepper.free();
            rig.await(MachineEvent.Stopped.class);
            assertEquals(expected, rig.hash());
            assertEquals(MachineState.OFF, rig.status().state());
        }
    }

    @Test
    void firmwareFormatsAndCoresMayGoToo() throws java.io.IOException {
        Rig rig = rig(1_000_000);
        rig.clock = ClockMode.REAL;
        try (rig) {
            rig.build().on();
            Offer<DiskFormat> format = rig.catalog.best(DiskFormat.class, "plain");
            TestDisk disk = (TestDisk) format.service();
            assertEquals(1, disk.open);
            rig.catalog.remove(format);
            assertEquals(0, disk.open);
            assertEquals(MachineState.WAITING_FOR_PART, rig.status().state());
            rig.catalog.add(format);
            assertEquals(MachineState.RUNNING, rig.status().state());
            assertEquals(1, disk.open);

            Offer<CpuCoreFactory> core = rig.catalog.best(CpuCoreFactory.class, "script");
            rig.catalog.remove(core);
            assertEquals(MachineState.WAITING_FOR_PART, rig.status().state());
            rig.must(new MachineCommand.Pause());
            rig.catalog.add(core);
            assertEquals(MachineState.PAUSED, rig.status().state());
            rig.must(new MachineCommand.Resume());

            Offer<org.jeroboam.hardware.firmware.FirmwareFactory> firmware =
                    rig.catalog.best(org.jeroboam.hardware.firmware.FirmwareFactory.class, "script");
            rig.catalog.remove(firmware);
            assertEquals(MachineState.RUNNING, rig.status().state());
            rig.must(new MachineCommand.Reset());
            assertEquals(MachineState.WAITING_FOR_PART, rig.status().state());
            rig.catalog.add(firmware);
            assertEquals(MachineState.RUNNING, rig.status().state());
        }
    }

    @Test
    void nothingOfADetachedPartIsReferredTo() throws Exception {
        Rig rig = new Rig(Scripts.chatter(200_000));
        rig.clock = ClockMode.REAL;
        WeakReference<ClassLoader> swapped = foreign(rig, "9.0.0");
        try (rig) {
            rig.build().on();
            assertEquals("9.0.0", part(rig, "switchboard").version());
            rig.output(3);
            rig.must(new MachineCommand.Swap("switchboard", "1.0.0"));
            rig.catalog.remove(rig.catalog.best(DeviceFactory.class, "switchboard"));
            rig.output(3);
            collectable(swapped);
            // In place, while the machine is running on it.
            WeakReference<ClassLoader> removed = foreign(rig, "9.0.1");
            rig.must(new MachineCommand.Swap("switchboard", "9.0.1"));
            rig.output(3);
            rig.catalog.remove(rig.catalog.best(DeviceFactory.class, "switchboard"));
            rig.output(3);
            collectable(removed);
            // And one of a machine that is off.
            WeakReference<ClassLoader> powered = foreign(rig, "9.0.2");
            rig.must(new MachineCommand.Swap("switchboard", "9.0.2"));
            rig.must(new MachineCommand.PowerOff());
            rig.catalog.remove(rig.catalog.best(DeviceFactory.class, "switchboard"));
            collectable(powered);
        }
    }

    /** Offers a switchboard from a class loader of its own. */
    private static WeakReference<ClassLoader> foreign(Rig rig, String version) throws ReflectiveOperationException {
        ClassLoader loader = new PartLoader();
        Class<?> type = loader.loadClass("org.jeroboam.machine.TestParts$Switchboard");
        assertEquals(loader, type.getClassLoader());
        java.lang.reflect.Constructor<?> maker = type.getDeclaredConstructor();
        maker.setAccessible(true);
        rig.device("switchboard", version, () -> {
            try {
                return (Device) maker.newInstance();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        });
        return new WeakReference<>(loader);
    }

    private static void collectable(WeakReference<ClassLoader> gone) {
        for (int i = 0; i < 50 && gone.get() != null; i++) {
            System.gc();
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        assertTrue(gone.refersTo(null), "the class loader of the old part is still referred to");
    }

    /** Loads the test parts anew, as a bundle of their own would. */
    private static final class PartLoader extends ClassLoader {
        PartLoader() {
            super(SwapTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("org.jeroboam.machine.TestParts")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                try (var in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                    byte[] bytes = in.readAllBytes();
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (java.io.IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
        }
    }
}
