package org.jeroboam.machine;

import java.lang.ref.WeakReference;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.machine.board.AbandonedThread;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.part.Offer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts processor cores in and takes them out. Machine thread. */
final class CoreSocket {
    private static final Logger LOG = LoggerFactory.getLogger(CoreSocket.class);

    private final Chassis chassis;
    private final GuestRunner runner;

    CoreSocket(Chassis chassis, GuestRunner runner) {
        this.chassis = chassis;
        this.runner = runner;
    }

    /** Makes a core from the chosen factory and gives it a state. */
    void insert(CpuState state) throws Refusal {
        insert(chassis.coreOffer, state);
    }

    /** Makes a core that takes the place of the present one, which stays when the new one cannot start. */
    void insert(Offer<CpuCoreFactory> offer, CpuState state) throws Refusal {
        CpuCore old = replace(offer, state);
        if (old != null) {
            close(old);
        }
    }

    /** The same; answers the core that was there, which nobody calls any more, to be closed. */
    private CpuCore replace(Offer<CpuCoreFactory> offer, CpuState state) throws Refusal {
        Motherboard board = chassis.board;
        CpuCore core = null;
        chassis.making = new WeakReference<>(offer);
        try {
            core = call(Hang.CREATE, () -> offer.service().create(board.cpuBus(), chassis.config.cpuModel()));
            CpuCore made = core;
            call(Hang.LOAD, () -> {
                made.load(state);
                return null;
            });
        } catch (RuntimeException | Error e) {
            AbandonedThread.pass(e);
            if (core != null) {
                close(core);
            }
            throw Refusal.fault("the processor core '" + offer.name() + "' cannot start: " + Refusal.text(e), e);
        }
        CpuCore old = board.processor().core();
        board.processor().insert(core);
        runner.processorChanged();
        chassis.heldCpu = null;
        chassis.coreOffer = offer;
        chassis.coreName = offer.name();
        chassis.coreOrigin = SwapLog.Origin.of(offer);
        offer.use();
        return old;
    }

    /** Takes the core out; its state stays. */
    void remove() {
        Motherboard board = chassis.board;
        CpuCore core = board.processor().core();
        if (core != null) {
            chassis.coreVacantSince = System.nanoTime();
            try {
                chassis.heldCpu = call("save", core::save);
            } catch (RuntimeException | Error e) {
                AbandonedThread.pass(e);
                LOG.error("machine {}: the processor core cannot be saved", chassis.config.name(), e);
            }
            board.processor().insert(null);
            close(core);
        }
        chassis.coreOffer = null;
    }

    private void close(CpuCore core) {
        try {
            call("close", () -> {
                core.close();
                return null;
            });
        } catch (RuntimeException | Error e) {
            AbandonedThread.pass(e);
            LOG.error("machine {}: the processor core cannot be closed", chassis.config.name(), e);
        }
    }

    private <T> T call(String step, Chassis.Guarded<T, RuntimeException> call) {
        return chassis.guarded(PartExchange.CPU, step, call);
    }

    /** Changes the core while the machine is on; answers the blackout. The old one is closed when guest time goes on again. */
    long change(Offer<CpuCoreFactory> offer) throws Refusal {
        Motherboard board = chassis.board;
        boolean running = chassis.is(MachineState.RUNNING);
        long start = System.nanoTime();
        board.clock().stop();
        CpuCore old;
        try {
            CpuCore present = board.processor().core();
            CpuState state = present == null ? chassis.heldCpu : call("save", present::save);
            if (state == null) {
                throw Refusal.of("the processor's state is lost; power off and on again");
            }
            old = replace(offer, state);
        } catch (Refusal | RuntimeException | Error e) {
            AbandonedThread.pass(e);
            if (running) {
                board.clock().start();
            }
            throw e;
        }
        if (running) {
            board.clock().start();
        }
        long blackout = System.nanoTime() - start;
        if (old != null) {
            close(old);
        }
        return blackout;
    }
}
