package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.device.DrainState;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.machine.part.Offer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts that do not come back from a call. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HangTest {
    private static final Limits LIMITS = new Limits(1_000_000_000L, 1_000_000_000L, 300_000_000L);

    @TempDir
    Path folder;

    private final CountDownLatch release = new CountDownLatch(1);
    private volatile boolean spinning = true;
    private final AtomicInteger returned = new AtomicInteger();
    private final AtomicInteger detached = new AtomicInteger();

    @AfterEach
    void letGo() {
        spinning = false;
        release.countDown();
        ScriptCore.released = true;
    }

    private Rig rig(Script script) {
        ScriptCore.released = false;
        Rig rig = new Rig(script).limits(LIMITS);
        rig.clock = ClockMode.REAL;
        return rig;
    }

    private void block() {
        boolean waiting = true;
        while (waiting) {
            try {
                release.await();
                waiting = false;
            } catch (InterruptedException e) {
                Thread.onSpinWait(); // it hears nobody
            }
        }
        returned.incrementAndGet();
    }

    /** A switchboard that hangs at one step, or in some way at a port. */
    private final class Stuck extends Wrapper implements PortHandler {
        private final String where;
        private Board board;

        Stuck(String where) {
            super(new TestParts.Switchboard());
            this.where = where;
        }

        private void at(String now) {
            if (now.equals(where)) {
                block();
            }
        }

        @Override
        public void attach(Board newBoard) {
            board = newBoard;
            super.attach(newBoard);
            board.mapPorts(0xF8, 1, 1, this);
            at("attach");
        }

        @Override
        public int readPort(int port, int size) {
            return ((PortHandler) inner).readPort(port, size);
        }

        @Override
        public void writePort(int port, int size, int value) {
            if (value == 'C') {
                switch (where) {
                    case "block" -> block();
                    case "spin", "spin and act" -> {
                        while (spinning) {
                            if (where.equals("spin and act")) {
                                board.memory().write(0x5000, 4, 0);
                            }
                        }
                        returned.incrementAndGet();
                        board.memory().write(0x6000, 4, -1);
                        board.requestPowerOff();
                    }
                    case "block and save" -> block();
                    default -> {
                        // answers
                    }
                }
            }
            ((PortHandler) inner).writePort(port, size, value);
        }

        @Override
        public DrainState drain() {
            at("drain");
            return DrainState.QUIET;
        }

        @Override
        public void reset(ResetKind kind) {
            super.reset(kind);
            if (kind == ResetKind.HARD) {
                at("reset");
            } else {
                at("power on");
            }
        }

        @Override
        public void save(StateWriter out) {
            at("save");
            if (where.equals("block and save")) {
                block();
            }
            super.save(out);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            at("restore");
            super.restore(in);
        }

        @Override
        public void detach() {
            at("detach");
            super.detach();
            detached.incrementAndGet();
        }
    }

    private Offer<DeviceFactory> stuck(Rig rig, String where) {
        return rig.device("switchboard", "2.0.0", () -> new Stuck(where));
    }

    /** Hangs in the machine, but not at its rehearsal. */
    private void stuckInPlace(Rig rig, String where) {
        AtomicInteger made = new AtomicInteger();
        rig.device(
                "switchboard",
                "2.0.0",
                () -> made.incrementAndGet() == 1 ? new TestParts.Switchboard() : new Stuck(where));
    }

    /** The only switchboard there is. */
    private Offer<DeviceFactory> onlyStuck(Rig rig, String where) {
        rig.catalog.remove(rig.catalog.best(DeviceFactory.class, "switchboard"));
        return stuck(rig, where);
    }

    private static void alphabet(Rig rig, String before) {
        String heard = before;
        while (heard.length() < 30) {
            heard += rig.output(1);
        }
        assertTrue("ABCDEFGHIJKLMNOPQRSTUVWXYZ".repeat(4).startsWith(heard), heard);
    }

    @ParameterizedTest
    @ValueSource(strings = {"block", "spin", "spin and act"})
    void aDeviceThatDoesNotAnswerIsReplacedAndTheInstructionRepeated(String how) {
        try (Rig rig = rig(Scripts.chatter(200_000))) {
            onlyStuck(rig, how);
            rig.build().on();
            String before = rig.output(2);
            String sentence = "device switchboard does not answer an access by the guest within 300 ms";
            assertEquals(
                    new MachineEvent.PartFailed("switchboard", sentence), rig.await(MachineEvent.PartFailed.class));
            rig.await(MachineState.WAITING_FOR_PART);
            MachineReply.Status status = rig.status();
            assertEquals(sentence + "; install a mended one", status.reason());
            assertEquals(status.guestNanos(), rig.status().guestNanos());
            rig.device("switchboard", "1.0.0", TestParts.Switchboard::new);
            assertEquals(MachineState.RUNNING, rig.status().state());
            alphabet(rig, before);
            letGo();
            while (returned.get() == 0 || detached.get() == 0) {
                Thread.onSpinWait();
            }
            rig.output(5);
            assertEquals(MachineState.RUNNING, rig.status().state(), "what came back changed nothing");
            MachineReply reply = rig.tell(new MachineCommand.ReadMemory(0x6000, 4));
            assertEquals(0, ((MachineReply.Memory) reply).data()[0]);
        }
    }

    @Test
    void aMendedVersionResumesTheGuestOfItself() {
        try (Rig rig = rig(Scripts.chatter(200_000))) {
            Offer<DeviceFactory> bad = onlyStuck(rig, "block");
            rig.build().on();
            String before = rig.output(2);
            rig.await(MachineState.WAITING_FOR_PART);
            rig.device("switchboard", "2.0.1", TestParts.Switchboard::new);
            rig.await(MachineState.RUNNING);
            alphabet(rig, before);
            rig.remove(bad);
            assertEquals(MachineState.RUNNING, rig.status().state());
        }
    }

    @Test
    void aDeviceThatCannotEvenBeSavedIsReset() {
        try (Rig rig = rig(Scripts.chatter(200_000))) {
            onlyStuck(rig, "block and save");
            rig.build().on();
            String before = rig.output(2);
            rig.await(MachineState.WAITING_FOR_PART);
            assertEquals(-1, rig.part("switchboard").stateBytes());
            rig.device("switchboard", "1.0.0", TestParts.Switchboard::new);
            alphabet(rig, before);
        }
    }

    @Test
    void otherMachinesDoNotNotice() {
        try (Rig rig = rig(Scripts.chatter(200_000));
                Rig other = new Rig(Scripts.chatter(200_000)).limits(LIMITS)) {
            other.clock = ClockMode.REAL;
            onlyStuck(rig, "block");
            rig.build().on();
            other.build().on();
            rig.await(MachineState.WAITING_FOR_PART);
            other.events.clear();
            other.output(5);
            assertTrue(other.told(MachineEvent.PartFailed.class).isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource({"attach, true", "restore, true", "attach, false", "save, false", "restore, false", "detach, false"})
    void aNewOneThatHangsGivesTheOldFactoryItsPlaceBack(String step, boolean inPlace) {
        try (Rig rig = rig(Scripts.chatter(200_000))) {
            rig.build().on();
            if (inPlace) {
                stuckInPlace(rig, step);
            } else {
                stuck(rig, step);
            }
            rig.output(2);
            String message = rig.refused(new MachineCommand.Swap("switchboard", "2.0.0"));
            assertEquals(
                    "device switchboard does not answer '" + step
                            + "' within 300 ms; version 1.0.0 of switchboard goes on",
                    message);
            assertEquals(
                    new MachineEvent.SwapFailed("switchboard", "1.0.0", "2.0.0", message),
                    rig.await(MachineEvent.SwapFailed.class));
            assertEquals(MachineState.RUNNING, rig.status().state());
            rig.output(5);
            letGo();
            rig.output(5);
            assertEquals("1.0.0", rig.part("switchboard").version());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aFactoryThatHangsChangesNothing(int instance) {
        try (Rig rig = rig(Scripts.chatter(200_000))) {
            rig.build().on();
            AtomicInteger made = new AtomicInteger();
            rig.device("switchboard", "2.0.0", () -> {
                if (made.incrementAndGet() == instance) {
                    block();
                }
                return new TestParts.Switchboard();
            });
            assertEquals(
                    "device switchboard does not answer 'create' within 300 ms",
                    rig.refused(new MachineCommand.Swap("switchboard", "2.0.0")));
            assertEquals(MachineState.RUNNING, rig.status().state());
            rig.output(5);
            assertEquals("1.0.0", rig.part("switchboard").version());
            assertEquals(1L, rig.status().counters().get("swap.failed"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aCoreThatHangsWhenItIsMadeLeavesTheOldOne(int instance) {
        AtomicInteger made = new AtomicInteger();
        try (Rig rig = rig(Scripts.chatter(200_000))) {
            rig.build().on();
            rig.offer(
                    CpuCoreFactory.class,
                    "script",
                    new CpuCoreFactory() {
                        @Override
                        public Probe probe() {
                            return new Probe(true, 9, "hangs");
                        }

                        @Override
                        public CpuCore create(CpuBus bus, CpuModel model) {
                            if (made.incrementAndGet() < instance) {
                                return new ScriptCore(bus, model);
                            }
                            block();
                            throw new IllegalStateException("no core");
                        }
                    },
                    "2.0.0");
            assertEquals(
                    "the processor core does not come back from 'create' within 300 ms",
                    rig.refused(new MachineCommand.Swap("cpu", null)));
            assertEquals("1.0.0", rig.part("cpu").version());
            rig.output(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"drain", "save"})
    void anOldOneThatHangsWhenItIsReplacedWaitsForAMendedOne(String step) {
        try (Rig rig = rig(Scripts.chatter(200_000))) {
            stuck(rig, step);
            rig.build().on();
            rig.output(2);
            String sentence = "device switchboard does not answer '" + step + "' within 300 ms";
            assertEquals(sentence, rig.refused(new MachineCommand.Swap("switchboard", "1.0.0")));
            // The other version is there and is taken at once.
            assertEquals("1.0.0", rig.part("switchboard").version());
            rig.output(5);
        }
    }

    @Test
    void anOldOneThatHangsWhenItLeavesIsLeftBehind() {
        try (Rig rig = rig(Scripts.chatter(200_000))) {
            Offer<DeviceFactory> offer = stuck(rig, "detach");
            rig.build().on();
            rig.output(2);
            rig.remove(offer);
            assertEquals(MachineState.RUNNING, rig.status().state());
            assertEquals("1.0.0", rig.part("switchboard").version());
            rig.output(5);
        }
    }

    @Test
    void powerGoesOffAllTheSame() {
        try (Rig rig = rig(Scripts.chatter(200_000))) {
            stuck(rig, "detach");
            rig.build().on();
            rig.output(2);
            rig.must(new MachineCommand.PowerOff());
            assertEquals(MachineState.OFF, rig.status().state());
            letGo();
            rig.on();
            rig.output(2);
        }
    }

    @Test
    void aMachineIsClosedAllTheSame() {
        Rig rig = rig(Scripts.chatter(200_000));
        stuck(rig, "block");
        rig.build().on();
        rig.output(2);
        rig.close();
        assertEquals(0, returned.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"attach", "power on"})
    void aMachineWhoseDeviceHangsAtPowerOnStaysOff(String step) {
        try (Rig rig = rig(Scripts.chatter(200_000))) {
            stuck(rig, step);
            rig.build();
            String asked = step.equals("attach") ? "attach" : "reset";
            assertEquals(
                    "device switchboard does not answer '" + asked + "' within 300 ms",
                    rig.refused(new MachineCommand.PowerOn()));
            assertEquals(MachineState.OFF, rig.status().state());
            letGo();
            rig.on();
            rig.output(2);
        }
    }

    @Test
    void aResetThatHangsIsDoneAgainWithTheMendedOne() {
        try (Rig rig = rig(Scripts.chatter(200_000))) {
            stuck(rig, "reset");
            rig.build().on();
            rig.output(2);
            assertEquals(
                    "device switchboard does not answer 'reset' within 300 ms",
                    rig.refused(new MachineCommand.Reset()));
            rig.await(MachineEvent.PartSwapped.class); // version 1.0.0 takes over
            alphabet(rig, "");
        }
    }

    @Test
    void firmwareThatHangsWaitsForAMendedOne() {
        Script good = Scripts.chatter(200_000);
        try (Rig rig = rig(good)) {
            rig.build().on();
            rig.offer(FirmwareFactory.class, "script", (properties, ram) -> context -> block(), "2.0.0");
            rig.must(new MachineCommand.Swap("firmware", "2.0.0"));
            assertEquals("the firmware does not answer 'boot' within 300 ms", rig.refused(new MachineCommand.Reset()));
            assertEquals("firmware", rig.await(MachineEvent.PartFailed.class).part());
            rig.events.clear();
            assertEquals(MachineState.RUNNING, rig.status().state(), "version 1.0.0 boots it");
            assertEquals(2, good.boots);
            rig.output(5);
        }
    }

    @Test
    void aTimerThatHangsFiresAgain() {
        int[] ticks = {0};
        try (Rig rig = rig(Scripts.chatter(200_000))) {
            rig.device("ticker", "2.0.0", () -> new Device() {
                private final Device inner = new TestParts.Ticker();

                @Override
                public void attach(Board board) {
                    inner.attach((Board) java.lang.reflect.Proxy.newProxyInstance(
                            Board.class.getClassLoader(), new Class<?>[] {Board.class}, (proxy, method, arguments) -> {
                                if (method.getName().equals("timer")) {
                                    Runnable action = (Runnable) arguments[0];
                                    arguments[0] = (Runnable) () -> {
                                        if (++ticks[0] == 10) {
                                            block();
                                        }
                                        action.run();
                                    };
                                }
                                return method.invoke(board, arguments);
                            }));
                }

                @Override
                public void reset(ResetKind kind) {
                    inner.reset(kind);
                }

                @Override
                public void save(StateWriter out) {
                    inner.save(out);
                }

                @Override
                public void restore(StateReader in) throws StateException {
                    inner.restore(in);
                }
            });
            rig.build().on();
            assertEquals(
                    "device ticker does not answer an event within 300 ms",
                    rig.await(MachineEvent.PartFailed.class).message());
            rig.await(MachineEvent.PartSwapped.class); // version 1.0.0 takes over
            rig.output(20);
        }
    }

    @Test
    void aCoreThatNeverComesBackLosesItsStateAndSaysSo() {
        Script script = new Script();
        script.op(ScriptCore.SPIN);
        try (Rig rig = rig(script)) {
            rig.build().on();
            assertEquals(
                    new MachineEvent.PartFailed(
                            "cpu", "the processor core does not come back from 'run' within 300 ms"),
                    rig.await(MachineEvent.PartFailed.class));
            rig.await(MachineState.WAITING_FOR_PART);
            assertEquals(
                    "the processor core does not come back from 'run' within 300 ms; the processor's state is lost;"
                            + " power off and on again",
                    rig.status().reason());
            rig.offer(CpuCoreFactory.class, "script", ScriptCore.factory(0), "1.1.0");
            rig.must(new MachineCommand.PowerOff());
            assertTrue(rig.refused(new MachineCommand.PowerOn()).contains("may still write to the memory"));
            letGo();
            MachineReply reply;
            do {
                reply = rig.tell(new MachineCommand.PowerOn());
            } while (reply instanceof MachineReply.Refused);
        }
    }

    @Test
    void aMachineThatWorksHardIsLeftAlone() {
        Script busy = new Script();
        busy.op(ScriptCore.JUMP, 0, busy.here());
        try (Rig rig = rig(busy)) {
            rig.build().on();
            long before = rig.status().retired();
            long end = System.nanoTime() + 4 * LIMITS.call();
            while (System.nanoTime() - end < 0) {
                rig.status();
            }
            assertTrue(rig.status().retired() > before);
            assertEquals(List.of(), rig.told(MachineEvent.PartFailed.class));
            assertEquals(MachineState.RUNNING, rig.status().state());
        }
    }
}
