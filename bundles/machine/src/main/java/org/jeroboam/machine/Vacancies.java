package org.jeroboam.machine;

import java.util.List;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.machine.SwapWay;
import org.jeroboam.machine.SwapLog.Origin;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.Part;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bridges the time in which a part is missing, because its service went or because it failed: its state is held as bytes
 * and the machine waits until a factory takes it. Machine thread.
 */
final class Vacancies {
    private static final Logger LOG = LoggerFactory.getLogger(Vacancies.class);

    private final Chassis chassis;
    private final GuestRunner runner;
    private final PartChoice choice;
    private final PartCalls calls;
    private final CoreSocket socket;
    private Runnable boot = () -> {};

    Vacancies(Chassis chassis, GuestRunner runner, PartChoice choice, PartCalls calls, CoreSocket socket) {
        this.chassis = chassis;
        this.runner = runner;
        this.choice = choice;
        this.calls = calls;
        this.socket = socket;
    }

    /** Sets what boots the machine once missing firmware is there. */
    void onFirmware(Runnable action) {
        boot = action;
    }

    /** A part threw: its state is kept, and the machine waits for a mended one. */
    void partFailed(String name, Throwable thrown) {
        LOG.error("machine {}: part {} failed", chassis.config.name(), name, thrown);
        Part part = chassis.part(name);
        if (part != null && part.device() == null) {
            return; // it is gone already
        }
        if (part != null) {
            choice.fail(part.offer());
            calls.hold(part);
        } else if (name.equals(PartExchange.CPU)) {
            choice.fail(chassis.coreOffer);
            socket.remove();
        } else if (name.equals(PartExchange.FIRMWARE)) {
            choice.fail(chassis.firmwareOffer);
            dropFirmware();
        } else {
            throw new IllegalStateException("the board failed", thrown);
        }
        announceFailure(name, Refusal.text(thrown));
        standStill();
        resolve();
    }

    void announceFailure(String part, String message) {
        chassis.outlet.event(new MachineEvent.PartFailed(part, message));
    }

    void standStill() {
        runner.endSlice();
        chassis.board.clock().stop();
    }

    private void dropFirmware() {
        chassis.firmware = null;
        chassis.firmwareOffer = null;
        dropBooted();
    }

    /** Nothing of the firmware that booted the machine is called any more; its ROMs stay. */
    private void dropBooted() {
        chassis.bootedOffer = null;
        if (chassis.firmwareScope != null) {
            chassis.firmwareScope.revokeCode();
        }
    }

    /** Lets go of services that are not in the catalog any more. */
    void dropDeparted() {
        for (Part part : List.copyOf(chassis.parts)) {
            dropDeparted(part.offer());
        }
        dropDeparted(chassis.coreOffer);
        dropDeparted(chassis.firmwareOffer);
        dropDeparted(chassis.bootedOffer);
        chassis.drives.offers().forEach(this::dropDeparted);
    }

    private void dropDeparted(Offer<?> offer) {
        if (offer != null && !chassis.catalog.has(offer)) {
            departing(offer);
        }
    }

    /** A service goes: nothing of it is used when this returns, but locks that it gave. */
    void departing(Offer<?> offer) {
        choice.forgive(offer);
        chassis.drives.forgetLocks(offer);
        List<Part> gone = chassis.parts.stream().filter(p -> p.offer() == offer).toList();
        boolean core = chassis.coreOffer == offer;
        boolean drives = chassis.drives.uses(offer);
        if (chassis.firmwareOffer == offer) {
            chassis.firmware = null;
            chassis.firmwareOffer = null;
        }
        if (chassis.bootedOffer == offer) {
            dropBooted();
        }
        if (chassis.board == null) {
            gone.forEach(Part::drop);
            chassis.coreOffer = core ? null : chassis.coreOffer;
            chassis.drives.remove(offer);
            return;
        }
        if (gone.isEmpty() && !core && !drives) {
            return;
        }
        try {
            calls.quiesce(gone);
        } catch (Refusal e) {
            LOG.warn("machine {}: {}", chassis.config.name(), e.getMessage());
        }
        standStill();
        gone.forEach(calls::hold);
        if (core) {
            socket.remove();
        }
        if (drives) {
            for (Part part : chassis.parts) {
                if (part.scope() != null && !GuestRunner.awaitIdle(part.scope(), chassis.limits.hostIo())) {
                    LOG.error(
                            "machine {}: the host does not finish the disk work of device {}",
                            chassis.config.name(),
                            part.name());
                }
            }
            chassis.drives.remove(offer);
        }
        resolve();
    }

    /** Looks whether all that was missing is there now; goes on if so, else the machine waits and says for what. */
    void resolve() {
        if (!chassis.is(MachineState.WAITING_FOR_PART)) {
            chassis.resumeTo = chassis.state();
        }
        String problem = findMissing();
        if (problem == null && chassis.bootPending != null) {
            problem = chassis.firmware == null ? findFirmware() : null;
            if (problem == null) {
                boot.run();
                if (chassis.bootPending != null) {
                    return; // booting failed, which was dealt with
                }
            }
        }
        if (problem == null) {
            chassis.enter(chassis.resumeTo, "");
        } else {
            chassis.enter(MachineState.WAITING_FOR_PART, problem);
        }
    }

    private String findMissing() {
        String problem = null;
        for (Part part : chassis.parts) {
            if (part.device() == null) {
                String own = refill(part);
                problem = problem == null ? own : problem;
            }
        }
        if (chassis.board.processor().core() == null) {
            String own = refillCore();
            problem = problem == null ? own : problem;
        }
        String drives = chassis.drives.resolve();
        return problem == null ? drives : problem;
    }

    private String refill(Part part) {
        String problem = choice.missing(part);
        for (Offer<DeviceFactory> offer : choice.devices(part)) {
            if (choice.hasFailed(offer)) {
                problem = failureOf(part, offer);
                continue;
            }
            byte[] state = part.heldState();
            Origin from = new Origin(part.bundle(), part.version());
            try {
                chassis.attempt = new Chassis.Attempt(part, null, state);
                Refusal refused = calls.place(part, offer, choice.make(part, offer), state, part.stateLost());
                if (refused == null) {
                    chassis.attempt = null;
                    chassis.hung.remove(part.name());
                    long blackout = System.nanoTime() - part.vacantSince();
                    chassis.swaps.replaced(part.name(), from, Origin.of(offer), SwapWay.IN_PLACE, blackout);
                    return null;
                }
                problem = refused.getMessage();
            } catch (Refusal e) {
                problem = e.getMessage();
            }
            chassis.attempt = null;
            part.hold(state);
        }
        return problem;
    }

    private String failureOf(Part part, Offer<?> offer) {
        String how = chassis.hung.get(part.name());
        return how == null
                ? "device " + part.name() + " failed in version " + offer.version() + "; install a mended one"
                : how + "; install a mended one";
    }

    private String refillCore() {
        try {
            Offer<CpuCoreFactory> offer = choice.core();
            if (chassis.heldCpu == null) {
                String how = chassis.hung.get(PartExchange.CPU);
                return (how == null ? "" : how + "; ") + "the processor's state is lost; power off and on again";
            }
            if (choice.hasFailed(offer)) {
                return "the processor core '" + offer.name() + "' failed; switch to another one";
            }
            Origin from = chassis.coreOrigin;
            socket.insert(offer, chassis.heldCpu);
            chassis.swaps.replaced(
                    PartExchange.CPU,
                    from,
                    Origin.of(offer),
                    SwapWay.IN_PLACE,
                    System.nanoTime() - chassis.coreVacantSince);
            return null;
        } catch (Refusal e) {
            return e.getMessage();
        }
    }

    private String findFirmware() {
        try {
            choice.chooseFirmware();
            return null;
        } catch (Refusal e) {
            return e.getMessage();
        }
    }
}
