package org.jeroboam.machine;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.device.DrainState;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.machine.board.AbandonedThread;
import org.jeroboam.machine.board.DeviceScope;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.Part;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps in a device's life, each with its time limit, and none of which throws anything but a sentence. Machine thread. */
final class PartCalls {
    private static final Logger LOG = LoggerFactory.getLogger(PartCalls.class);

    /** A call into a part. */
    @FunctionalInterface
    interface Call {
        void run() throws StateException;
    }

    private final Chassis chassis;
    private final GuestRunner runner;

    PartCalls(Chassis chassis, GuestRunner runner) {
        this.chassis = chassis;
        this.runner = runner;
    }

    /** Attaches a part's new device. */
    void attach(Part part) throws Refusal {
        DeviceScope scope = new DeviceScope(chassis.board, part.name(), part.index());
        part.install(part.offer(), part.device(), scope);
        call(part, "attach", () -> part.device().attach(scope));
        scope.attached();
    }

    /** Calls a device; what it throws becomes a refusal that names it. */
    void call(Part part, String step, Call call) throws Refusal {
        try {
            chassis.<Void, StateException>guarded(part.name(), step, () -> {
                call.run();
                return null;
            });
        } catch (StateException | RuntimeException | Error e) {
            AbandonedThread.pass(e);
            throw Refusal.fault("device " + part.name() + " failed: " + Refusal.text(e), e);
        }
    }

    /** Detaches a device and takes its scope back. */
    void detach(Part part) {
        try {
            call(part, "detach", part.device()::detach);
        } catch (Refusal e) {
            LOG.error("machine {}: device {} failed to detach", chassis.config.name(), part.name(), e);
        }
        part.scope().revoke();
    }

    /** What a device must remember. */
    byte[] save(Part part) throws Refusal {
        StateWriter out = new StateWriter();
        call(part, "save", () -> part.device().save(out));
        return checked(part, out.toBytes());
    }

    static byte[] checked(Part part, byte[] state) throws Refusal {
        try {
            if (new StateReader(state).names().isEmpty()) {
                throw Refusal.fault("device " + part.name() + " saved nothing", null);
            }
        } catch (StateException e) {
            throw Refusal.fault("device " + part.name() + " saved nonsense: " + e.getMessage(), e);
        }
        return state;
    }

    /** Lets the guest run until these parts can be saved. */
    void quiesce(List<Part> wanted) throws Refusal {
        String[] busy = {""};
        BooleanSupplier quiet = () -> {
            Part waiting = firstBusy(wanted);
            busy[0] = waiting == null ? "" : waiting.name();
            return waiting == null;
        };
        boolean running = chassis.is(MachineState.RUNNING);
        boolean done = quiet.getAsBoolean() || runner.runUntil(quiet, chassis.limits.drain());
        if (!done || !running) {
            runner.endSlice();
            if (!running) {
                chassis.board.clock().stop();
            }
        }
        if (!done) {
            boolean interrupted = chassis.board.signals().any();
            throw Refusal.of("device " + busy[0] + " of machine " + chassis.config.name() + " did not come to rest "
                    + (interrupted
                            ? "before its guest or a part wanted something else; try again"
                            : "within " + Limits.seconds(chassis.limits.drain()) + "; try again"));
        }
    }

    private Part firstBusy(List<Part> wanted) {
        for (Part part : wanted) {
            try {
                boolean[] quiet = {false};
                call(part, "drain", () -> quiet[0] = part.device().drain() == DrainState.QUIET);
                if (!quiet[0]) {
                    return part;
                }
            } catch (Refusal e) {
                chassis.board.signals().failed(part.name(), e.getCause());
                return part;
            }
        }
        return null;
    }

    /** Waits until the host is done with a part's buffers. */
    void awaitIdle(Part part) throws Refusal {
        if (!GuestRunner.awaitIdle(part.scope(), chassis.limits.hostIo())) {
            throw Refusal.fault(
                    "the host does not finish the disk work of device " + part.name() + " within "
                            + Limits.seconds(chassis.limits.hostIo()),
                    null);
        }
    }

    /** Waits for all background work. */
    void awaitIdle() throws Refusal {
        for (Part part : chassis.parts) {
            if (part.scope() != null) {
                awaitIdle(part);
            }
        }
    }

    /** Attaches and restores a device; answers what went wrong, after which the part has no device. */
    Refusal place(Part part, Offer<DeviceFactory> offer, Device device, byte[] state, boolean lost) {
        Motherboard board = chassis.board;
        board.lines().hold();
        try {
            part.install(offer, device, null);
            attach(part);
            if (lost) {
                call(part, "reset", () -> device.reset(ResetKind.HARD));
            } else {
                call(part, "restore", () -> device.restore(new StateReader(state)));
            }
            if (part.name().equals(board.signals().failedPart())) {
                Throwable thrown = board.signals().takeFailure();
                throw Refusal.fault("device " + part.name() + " failed: " + Refusal.text(thrown), thrown);
            }
            board.lines().dropOrphans(part.name());
            board.lines().release();
            part.occupied();
            return null;
        } catch (Refusal e) {
            if (part.scope() != null) {
                detach(part);
            }
            part.hold(lost ? null : state);
            board.lines().release();
            return e;
        }
    }

    /** Takes a device out and keeps what it can say of its state. */
    void hold(Part part) {
        byte[] state = null;
        try {
            awaitIdle(part);
            state = save(part);
        } catch (Refusal e) {
            LOG.error("machine {}: device {} cannot be saved and will be reset", chassis.config.name(), part.name(), e);
        }
        chassis.attempt = new Chassis.Attempt(part, null, state);
        detach(part);
        part.hold(state);
        chassis.attempt = null;
    }
}
