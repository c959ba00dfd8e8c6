package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A version that is new works once beside the machine before it takes its place there. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RehearsalTest {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final CountDownLatch curtain = new CountDownLatch(1);

    private static Rig rig() {
        Rig rig = new Rig(Scripts.chatter(200_000));
        rig.clock = ClockMode.REAL;
        return rig;
    }

    /** Tells what happens to it, and waits in its first attach. */
    private final class Diary extends Wrapper {
        private final int number;

        Diary(int number) {
            super(new TestParts.Switchboard());
            this.number = number;
            told.add(number + " made by " + Thread.currentThread().getName());
        }

        private void note(String step) {
            told.add(number + " " + step);
        }

        @Override
        public void attach(Board board) {
            note("attach");
            if (number == 1) {
                try {
                    curtain.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            super.attach(board);
        }

        @Override
        public void reset(ResetKind kind) {
            note("reset");
            super.reset(kind);
        }

        @Override
        public void save(StateWriter out) {
            note("save");
            super.save(out);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            note("restore");
            super.restore(in);
        }

        @Override
        public void detach() {
            note("detach");
            super.detach();
        }
    }

    @Test
    void aNewDeviceWorksOnceWhileTheGuestRunsOn() {
        AtomicInteger made = new AtomicInteger();
        try (Rig rig = rig()) {
            rig.build().on();
            rig.device("switchboard", "2.0.0", () -> new Diary(made.incrementAndGet()));
            CompletableFuture<MachineReply> reply =
                    rig.machine.execute(new MachineCommand.Swap("switchboard", "2.0.0"));
            while (!told.contains("1 attach")) {
                Thread.onSpinWait();
            }
            rig.events.clear();
            rig.output(20);
            curtain.countDown();
            assertTrue(reply.join() instanceof MachineReply.Swapped, reply.toString());
            assertEquals(
                    List.of(
                            "1 made by jeroboam-rehearsal-rig-switchboard",
                            "1 attach",
                            "1 reset",
                            "1 save",
                            "1 restore",
                            "1 detach",
                            "2 made by jeroboam-machine-rig",
                            "2 attach",
                            "2 restore"),
                    told);
            rig.output(5);
            rig.must(new MachineCommand.Swap("switchboard", "1.0.0"));
            rig.must(new MachineCommand.Swap("switchboard", "2.0.0"));
            assertEquals(3, made.get(), "a version that is known needs no rehearsal");
            rig.output(5);
        }
    }

    @Test
    void aMachineThatIsPausedNeedsNone() {
        AtomicInteger made = new AtomicInteger();
        try (Rig rig = rig()) {
            rig.build().on();
            rig.device("switchboard", "2.0.0", () -> new Diary(1 + made.incrementAndGet()));
            rig.must(new MachineCommand.Pause());
            rig.must(new MachineCommand.Swap("switchboard", "2.0.0"));
            assertEquals(1, made.get());
        }
    }

    @Test
    void whatThrowsAtItsRehearsalDecidesNothing() {
        AtomicInteger made = new AtomicInteger();
        try (Rig rig = rig()) {
            rig.build().on();
            rig.device("switchboard", "2.0.0", () -> new Wrapper(new TestParts.Switchboard()) {
                private final int number = made.incrementAndGet();

                @Override
                public void attach(Board board) {
                    if (number == 1) {
                        throw new IllegalStateException("there is no interrupt controller");
                    }
                    super.attach(board);
                }
            });
            rig.must(new MachineCommand.Swap("switchboard", "2.0.0"));
            assertEquals("2.0.0", rig.part("switchboard").version());
            assertEquals(2, made.get());
            rig.output(5);
        }
    }

    /** A core that tells of its end and whether guest time goes on then. */
    private CpuCoreFactory cores(int rank, String name) {
        return new CpuCoreFactory() {
            @Override
            public Probe probe() {
                return new Probe(true, rank, "for tests");
            }

            @Override
            public CpuCore create(CpuBus bus, CpuModel model) {
                CpuCore core = new ScriptCore(bus, model);
                told.add(name + " made by " + Thread.currentThread().getName());
                return (CpuCore) Proxy.newProxyInstance(
                        CpuCore.class.getClassLoader(), new Class<?>[] {CpuCore.class}, (proxy, method, arguments) -> {
                            if (method.getName().equals("close")) {
                                long before = bus.timeStamp();
                                long end = System.nanoTime() + 2_000_000;
                                while (System.nanoTime() < end) {
                                    Thread.onSpinWait();
                                }
                                told.add(name + (bus.timeStamp() > before ? " closed in time" : " closed"));
                            }
                            try {
                                return method.invoke(core, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
            }
        };
    }

    @Test
    void aNewCoreWorksOnceAndTheOldOneIsClosedWhenTheClockGoesOn() {
        try (Rig rig = new Rig(Scripts.chatter(200_000), "old", cores(0, "old"))) {
            rig.clock = ClockMode.REAL;
            rig.build().on();
            rig.offer(CpuCoreFactory.class, "new", cores(1, "new"), "1.0.0");
            rig.output(2);
            told.clear();
            rig.must(new MachineCommand.SwitchCore("new"));
            assertEquals(
                    List.of(
                            "new made by jeroboam-rehearsal-rig-cpu",
                            "new closed",
                            "new made by jeroboam-machine-rig",
                            "old closed in time"),
                    told);
            assertEquals(MachineState.RUNNING, rig.status().state());
            rig.output(5);
            told.clear();
            rig.must(new MachineCommand.SwitchCore("old"));
            assertNotEquals(List.of(), told);
            assertEquals("old made by jeroboam-machine-rig", told.getFirst());
            rig.output(5);
        }
    }
}
