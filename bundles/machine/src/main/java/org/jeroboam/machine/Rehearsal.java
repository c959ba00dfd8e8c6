package org.jeroboam.machine;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.machine.board.DeviceScope;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.memory.GuestRam;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.Part;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a version that no machine has used yet through its life once, on an empty board and on a thread of its own, while the
 * guest runs on: what the JVM has to load and link for it is there when the guest stands still, and a part that hangs is
 * found out before anything was taken apart. What it throws here decides nothing, as it misses its neighbours.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    /** Enough for a core to fetch, to decode and to translate. */
    private static final int INSTRUCTIONS = 2000;
    /** Where those instructions write: behind them. */
    private static final int SCRATCH = 0x8000;

    private static final int EBX = 3;

    private final Chassis chassis;
    private final GuestRunner runner;

    Rehearsal(Chassis chassis, GuestRunner runner) {
        this.chassis = chassis;
        this.runner = runner;
    }

    /** What is done on the stage; tells each step before it. */
    private interface Play {
        void perform(Motherboard stage, Act act) throws Exception;
    }

    private interface Act {
        void begins(String step);
    }

    /** Before a device is replaced. */
    void device(Part part, Offer<DeviceFactory> offer) throws Refusal {
        hold(part.name(), part.version(), offer, (stage, act) -> {
            act.begins(Hang.CREATE);
            Device device = offer.service().create(part.config());
            DeviceScope scope = new DeviceScope(stage, part.name(), part.index());
            try {
                act.begins("attach");
                device.attach(scope);
                scope.attached();
                act.begins("reset");
                device.reset(ResetKind.POWER_ON);
                act.begins("drain");
                device.drain();
                act.begins("save");
                StateWriter state = new StateWriter();
                device.save(state);
                act.begins("restore");
                device.restore(new StateReader(state.toBytes()));
            } finally {
                act.begins("detach");
                device.detach();
                scope.revoke();
            }
        });
    }

    /** Before the processor core is replaced. */
    void core(Offer<CpuCoreFactory> offer) throws Refusal {
        hold(PartExchange.CPU, chassis.coreOrigin.version(), offer, (stage, act) -> {
            act.begins(Hang.CREATE);
            CpuCore core = offer.service().create(stage.cpuBus(), chassis.config.cpuModel());
            try {
                act.begins(Hang.LOAD);
                // Nothing answers at the reset vector; by the vectors, which are zero, it comes to zeros: ADD [BX+SI],
                // AL.
                CpuState state = CpuState.afterReset(chassis.config.cpuModel());
                state.gpr[EBX] = SCRATCH;
                core.load(state);
                act.begins(Hang.RUN);
                core.run(INSTRUCTIONS);
                act.begins("save");
                core.save();
            } finally {
                act.begins("close");
                core.close();
            }
        });
    }

    private void hold(String part, String present, Offer<?> offer, Play play) throws Refusal {
        if (offer.known() || !chassis.is(MachineState.RUNNING)) {
            return;
        }
        Performance performance = new Performance(part, play);
        long end = System.nanoTime() + chassis.limits.call();
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("jeroboam-rehearsal-" + chassis.config.name() + "-" + part)
                .start(performance);
        thread.setContextClassLoader(Rehearsal.class.getClassLoader());
        if (!runner.runUntil(() -> !thread.isAlive(), chassis.limits.call())) {
            runner.endSlice();
            await(thread, end - System.nanoTime());
        }
        if (thread.isAlive()) {
            Hang hang = new Hang(part, performance.step, false, chassis.limits.call());
            Throwable where = new Throwable("where the thread is");
            where.setStackTrace(thread.getStackTrace());
            thread.interrupt();
            LOG.error(
                    "machine {}: {}, before it was taken into service", chassis.config.name(), hang.sentence(), where);
            throw Refusal.of(
                    hang.outside()
                            ? hang.sentence()
                            : hang.sentence() + "; version " + present + " of " + part + " goes on");
        }
        offer.use();
    }

    private static void await(Thread thread, long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The thread's task. */
    private final class Performance implements Runnable {
        private final String part;
        private final Play play;
        private volatile String step = Hang.CREATE;

        Performance(String part, Play play) {
            this.part = part;
            this.play = play;
        }

        @Override
        public void run() {
            GuestRam ram = new GuestRam(chassis.config.memoryBytes());
            Motherboard stage = new Motherboard(new Motherboard.Surroundings(
                    chassis.config, ram, Map.of(), Runnable::run, () -> {}, null, (who, message) -> {}));
            try {
                play.perform(stage, now -> step = now);
            } catch (Exception | Error e) {
                LOG.debug("machine {}: {} threw at its rehearsal in '{}'", chassis.config.name(), part, step, e);
            } finally {
                stage.backings().close();
                ram.close();
            }
        }
    }
}
