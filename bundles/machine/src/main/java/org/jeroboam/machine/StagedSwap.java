package org.jeroboam.machine;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.firmware.Firmware;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.machine.SwapWay;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.machine.SwapLog.Origin;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.Part;
import org.jeroboam.machine.part.Target;

/**
 * Replaces a part by command: the new one is rehearsed and made first; only then the machine comes to rest, and when the new one fails
 * the old factory takes over again. Machine thread.
 */
final class StagedSwap {
    private final Chassis chassis;
    private final GuestRunner runner;
    private final PartChoice choice;
    private final PartCalls calls;
    private final CoreSocket socket;
    private final Vacancies vacancies;
    private final Rehearsal rehearsal;

    StagedSwap(
            Chassis chassis,
            GuestRunner runner,
            PartChoice choice,
            PartCalls calls,
            CoreSocket socket,
            Vacancies vacancies) {
        this.chassis = chassis;
        this.runner = runner;
        this.choice = choice;
        this.calls = calls;
        this.socket = socket;
        this.vacancies = vacancies;
        rehearsal = new Rehearsal(chassis, runner);
    }

    /** Replaces a part. */
    MachineReply.Swapped swap(String name, String to) throws Refusal {
        Target target = Target.of(to);
        Part part = chassis.part(name);
        if (part != null) {
            return device(part, target);
        }
        if (name.equals(PartExchange.CPU)) {
            String core = chassis.coreName.isEmpty() || target.bundle() != null ? null : chassis.coreName;
            return core(choice.core(core, target));
        }
        if (name.equals(PartExchange.FIRMWARE)) {
            return firmware(target);
        }
        String drive = chassis.drives.driveOf(name);
        if (drive != null) {
            return format(drive, target);
        }
        if (name.equals(PartExchange.LOCKS)) {
            return locks(target);
        }
        throw Refusal.of("machine " + chassis.config.name() + " has no part '" + name + "'; it has: "
                + String.join(", ", names()));
    }

    /** What a part can be replaced by; none for a part that there is not. */
    List<String> targets(String name) {
        Part part = chassis.part(name);
        String drive = chassis.drives.driveOf(name);
        List<? extends Offer<?>> offers = part != null
                ? choice.devices(part)
                : name.equals(PartExchange.CPU)
                        ? chassis.catalog.all(CpuCoreFactory.class)
                        : name.equals(PartExchange.FIRMWARE)
                                ? chassis.catalog.all(
                                        FirmwareFactory.class,
                                        chassis.config.firmware().type())
                                : drive != null
                                        ? chassis.catalog.all(DiskFormat.class, chassis.drives.format(drive))
                                        : name.equals(PartExchange.LOCKS)
                                                ? chassis.catalog.all(ImageLocks.class)
                                                : List.of();
        return Target.names(offers);
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(List.of(PartExchange.CPU, PartExchange.FIRMWARE));
        chassis.parts.forEach(part -> names.add(part.name()));
        names.addAll(chassis.drives.partNames());
        names.add(PartExchange.LOCKS);
        return names;
    }

    private MachineReply.Swapped done(String part, Origin from, Offer<?> to, SwapWay way, long blackout, String note) {
        chassis.swaps.replaced(part, from, Origin.of(to), way, blackout);
        chassis.hung.remove(part);
        if (chassis.is(MachineState.WAITING_FOR_PART)) {
            vacancies.resolve();
        }
        return new MachineReply.Swapped(blackout, note);
    }

    private Refusal failed(String part, Origin from, Offer<?> to, Refusal problem) {
        chassis.swaps.failed(part, from, Origin.of(to), problem.getMessage());
        return problem;
    }

    private interface Attempted {
        void run() throws Refusal;
    }

    /** What hangs before it is taken into service is not tried again of itself. */
    private void rehearse(Offer<?> offer, Attempted attempt) throws Refusal {
        try {
            attempt.run();
        } catch (Refusal e) {
            choice.fail(offer);
            throw e;
        }
    }

    // ---- devices

    private MachineReply.Swapped device(Part part, Target target) throws Refusal {
        Offer<DeviceFactory> offer = PartChoice.pick(
                choice.devices(part), target, "type " + part.config().type());
        Origin from = new Origin(part.bundle(), part.version());
        try {
            rehearse(offer, () -> rehearsal.device(part, offer));
            Device device = choice.make(part, offer);
            if (chassis.board == null) {
                part.install(offer, device, null);
                return done(part.name(), from, offer, SwapWay.STAGED, 0, "");
            }
            long blackout = part.device() == null ? fill(part, offer, device) : replace(part, offer, device);
            return done(part.name(), from, offer, SwapWay.STAGED, blackout, "");
        } catch (Refusal e) {
            throw failed(part.name(), from, offer, e);
        }
    }

    /** Puts a device where there is none. */
    private long fill(Part part, Offer<DeviceFactory> offer, Device device) throws Refusal {
        byte[] state = part.heldState();
        Refusal problem = calls.place(part, offer, device, state, part.stateLost());
        if (problem != null) {
            part.hold(state);
            throw problem;
        }
        return System.nanoTime() - part.vacantSince();
    }

    private long replace(Part part, Offer<DeviceFactory> offer, Device device) throws Refusal {
        calls.quiesce(List.of(part));
        runner.endSlice();
        long start = System.nanoTime();
        chassis.board.clock().stop();
        Refusal problem = null;
        try {
            calls.awaitIdle(part);
            exchange(part, offer, device);
        } catch (Refusal e) {
            problem = e;
        }
        if (chassis.is(MachineState.RUNNING)) {
            chassis.board.clock().start();
        }
        if (problem != null) {
            throw problem;
        }
        return System.nanoTime() - start;
    }

    /** Puts a new device in the place of a working one; when that fails, the old factory takes over again. */
    private void exchange(Part part, Offer<DeviceFactory> offer, Device device) throws Refusal {
        byte[] state = calls.save(part);
        Offer<DeviceFactory> old = part.offer();
        chassis.attempt = new Chassis.Attempt(part, old, state);
        calls.detach(part);
        Refusal problem = calls.place(part, offer, device, state, false);
        if (problem != null) {
            goBack(part, old, state, problem);
        }
        chassis.attempt = null;
    }

    /** The old factory takes over again; throws what went wrong. */
    void goBack(Part part, Offer<DeviceFactory> old, byte[] state, Refusal problem) throws Refusal {
        chassis.attempt = new Chassis.Attempt(part, null, state);
        Refusal again;
        try {
            again = calls.place(part, old, choice.make(part, old), state, false);
        } catch (Refusal e) {
            again = e;
        }
        chassis.attempt = null;
        if (again == null) {
            throw Refusal.fault(
                    problem.getMessage() + "; version " + old.version() + " of " + part.name() + " goes on", problem);
        }
        part.hold(state);
        vacancies.announceFailure(part.name(), problem.getMessage());
        vacancies.resolve();
        throw Refusal.fault(problem.getMessage() + "; going back failed, too: " + again.getMessage(), problem);
    }

    /** The new one hangs; answers what became of it in one sentence. */
    String giveUp(Chassis.Attempt attempt, String sentence) {
        Part part = attempt.part();
        chassis.board.lines().release();
        if (attempt.old() == null) {
            vacancies.announceFailure(part.name(), sentence);
            vacancies.resolve();
            return sentence;
        }
        Origin to = new Origin(part.bundle(), part.version());
        try {
            goBack(part, attempt.old(), attempt.state(), Refusal.fault(sentence, null));
            return sentence;
        } catch (Refusal e) {
            chassis.swaps.failed(part.name(), Origin.of(attempt.old()), to, e.getMessage());
            return e.getMessage();
        }
    }

    // ---- the rest

    /** Changes the processor core. */
    MachineReply.Swapped core(Offer<CpuCoreFactory> offer) throws Refusal {
        if (chassis.board == null) {
            throw Refusal.of("machine " + chassis.config.name() + " is off; its core can be changed while it is on");
        }
        Origin from = chassis.coreOrigin;
        try {
            rehearse(offer, () -> rehearsal.core(offer));
            long blackout = socket.change(offer);
            chassis.coreChosen = offer.name();
            return done(PartExchange.CPU, from, offer, SwapWay.STAGED, blackout, "");
        } catch (Refusal e) {
            throw failed(PartExchange.CPU, from, offer, e);
        }
    }

    private MachineReply.Swapped firmware(Target target) throws Refusal {
        String type = chassis.config.firmware().type();
        Offer<FirmwareFactory> offer =
                PartChoice.pick(chassis.catalog.all(FirmwareFactory.class, type), target, "firmware '" + type + "'");
        Origin from = chassis.firmwareOrigin;
        try {
            Firmware firmware = choice.make(offer);
            chassis.firmware = firmware;
            chassis.firmwareOffer = offer;
            chassis.firmwareOrigin = Origin.of(offer);
        } catch (Refusal e) {
            throw failed(PartExchange.FIRMWARE, from, offer, e);
        }
        boolean on = chassis.board != null && chassis.bootPending == null;
        return done(
                PartExchange.FIRMWARE,
                from,
                offer,
                SwapWay.AT_RESET,
                0,
                on ? "the new firmware boots the machine at its next reset" : "");
    }

    private MachineReply.Swapped format(String drive, Target target) throws Refusal {
        String format = chassis.drives.format(drive);
        if (format == null) {
            throw Refusal.of("drive " + drive + " of machine " + chassis.config.name() + " has no medium");
        }
        String name = DriveBay.partName(drive);
        Offer<DiskFormat> offer =
                PartChoice.pick(chassis.catalog.all(DiskFormat.class, format), target, "format '" + format + "'");
        Origin from = chassis.drives.origin(drive);
        boolean running = chassis.is(MachineState.RUNNING);
        runner.endSlice();
        long start = System.nanoTime();
        if (running) {
            chassis.board.clock().stop();
        }
        Refusal problem = null;
        try {
            chassis.drives.swap(drive, offer, chassis.limits.hostIo());
        } catch (Refusal e) {
            problem = e;
        }
        if (running) {
            chassis.board.clock().start();
        }
        if (problem != null) {
            Refusal told = failed(name, from, offer, problem);
            if (chassis.board != null && chassis.drives.orphaned(drive)) {
                vacancies.announceFailure(name, problem.getMessage());
                vacancies.resolve();
            }
            throw told;
        }
        return done(name, from, offer, SwapWay.STAGED, running ? System.nanoTime() - start : 0, "");
    }

    private MachineReply.Swapped locks(Target target) throws Refusal {
        Offer<ImageLocks> offer =
                PartChoice.pick(chassis.catalog.all(ImageLocks.class), target, "locks of image files");
        Origin from = Origin.of(chassis.drives.locks());
        chassis.drives.useLocks(offer);
        return done(
                PartExchange.LOCKS,
                from,
                offer,
                SwapWay.STAGED,
                0,
                "locks that are held stay with the service that gave them until their media leave the drives");
    }
}
