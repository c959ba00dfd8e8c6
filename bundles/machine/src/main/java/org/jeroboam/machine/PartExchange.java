package org.jeroboam.machine;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.device.DrainState;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.machine.board.DeviceScope;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.Part;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses parts, replaces them while the machine runs, and bridges the time in which one is missing. Machine thread.
 */
final class PartExchange {
    static final String CPU = "cpu";
    static final String FIRMWARE = "firmware";

    private static final Logger LOG = LoggerFactory.getLogger(PartExchange.class);
    private static final long DRAIN_NANOS = 5_000_000_000L;
    private static final long IDLE_NANOS = 30_000_000_000L;

    /** A call into a part. */
    @FunctionalInterface
    interface Call {
        void run() throws StateException;
    }

    private final Chassis chassis;
    private final GuestRunner runner;
    private WeakReference<Offer<?>> failed = new WeakReference<>(null);
    private Runnable boot = () -> {};

    PartExchange(Chassis chassis, GuestRunner runner) {
        this.chassis = chassis;
        this.runner = runner;
    }

    /** Sets what boots the machine once missing firmware is there. */
    void onFirmware(Runnable action) {
        boot = action;
    }

    // ---- choosing

    /** Makes all parts that are not made yet; the machine is off. */
    void choose() throws Refusal {
        for (Part part : chassis.parts) {
            if (part.device() == null) {
                Offer<DeviceFactory> offer =
                        chassis.catalog.best(DeviceFactory.class, part.config().type());
                if (offer == null) {
                    throw Refusal.of(missing(part));
                }
                try {
                    part.install(offer, offer.service().create(part.config()), null);
                } catch (ConfigurationException e) {
                    throw Refusal.of(e.getMessage());
                } catch (RuntimeException | Error e) {
                    throw Refusal.fault("device " + part.name() + " cannot be made: " + Refusal.text(e), e);
                }
            }
        }
        chooseFirmware();
        if (chassis.coreOffer == null) {
            chassis.coreOffer = chooseCore();
        }
        String drives = chassis.drives.resolve();
        if (drives != null) {
            throw Refusal.of(drives);
        }
    }

    private String missing(Part part) {
        return "device " + part.name() + " needs a bundle for type "
                + part.config().type() + "; there are: " + chassis.catalog.names(DeviceFactory.class);
    }

    private void chooseFirmware() throws Refusal {
        if (chassis.firmware != null) {
            return;
        }
        String type = chassis.config.firmware().type();
        Offer<FirmwareFactory> offer = chassis.catalog.all(FirmwareFactory.class, type).stream()
                .filter(o -> o != failed.get())
                .findFirst()
                .orElse(null);
        if (offer == null && failed.get() != null && failed.get().kind() == FirmwareFactory.class) {
            throw Refusal.of("firmware '" + type + "' failed; install a mended one");
        }
        if (offer == null) {
            throw Refusal.of("there is no bundle for firmware '" + type + "'; there are: "
                    + chassis.catalog.names(FirmwareFactory.class));
        }
        try {
            chassis.firmware =
                    offer.service().create(chassis.config.firmware().properties(), chassis.config.memoryBytes());
            chassis.firmwareOffer = offer;
        } catch (ConfigurationException e) {
            throw Refusal.of(e.getMessage());
        } catch (RuntimeException | Error e) {
            throw Refusal.fault("firmware '" + type + "' cannot be made: " + Refusal.text(e), e);
        }
    }

    private Offer<CpuCoreFactory> chooseCore() throws Refusal {
        return chooseCore(chassis.config.cpuCore(), null);
    }

    private Offer<CpuCoreFactory> chooseCore(String name, String version) throws Refusal {
        Offer<CpuCoreFactory> best = null;
        int rank = Integer.MIN_VALUE;
        String reasons = "";
        for (Offer<CpuCoreFactory> offer : chassis.catalog.all(CpuCoreFactory.class)) {
            if (name != null && !name.equals(offer.name()) || version != null && !version.equals(offer.version())) {
                continue;
            }
            CpuCoreFactory.Probe probe = offer.service().probe();
            if (!probe.usable()) {
                reasons = "; " + offer.name() + ": " + probe.reason();
            } else if (probe.rank() > rank) {
                best = offer;
                rank = probe.rank();
            }
        }
        if (best == null) {
            throw Refusal.of("there is no usable processor core" + (name == null ? "" : " '" + name + "'")
                    + (version == null ? "" : " of version " + version) + "; there are: "
                    + chassis.catalog.names(CpuCoreFactory.class) + reasons);
        }
        return best;
    }

    // ---- the processor

    /** Makes a core from the chosen factory and gives it a state. */
    void insertCore(CpuState state) throws Refusal {
        insertCore(chassis.coreOffer, state);
    }

    private void insertCore(Offer<CpuCoreFactory> offer, CpuState state) throws Refusal {
        Motherboard board = chassis.board;
        CpuCore core = null;
        try {
            core = offer.service().create(board.cpuBus(), chassis.config.cpuModel());
            core.load(state);
        } catch (RuntimeException | Error e) {
            if (core != null) {
                closeCore(core);
            }
            throw Refusal.fault("the processor core '" + offer.name() + "' cannot start: " + Refusal.text(e), e);
        }
        CpuCore old = board.processor().core();
        board.processor().insert(core);
        runner.processorChanged();
        if (old != null) {
            closeCore(old);
        }
        chassis.heldCpu = null;
        chassis.coreOffer = offer;
        chassis.coreName = offer.name();
        chassis.coreBundle = offer.bundle();
        chassis.coreVersion = offer.version();
    }

    /** Takes the core out; its state stays. */
    void removeCore() {
        Motherboard board = chassis.board;
        CpuCore core = board.processor().core();
        if (core != null) {
            try {
                chassis.heldCpu = core.save();
            } catch (RuntimeException | Error e) {
                LOG.error("machine {}: the processor core cannot be saved", chassis.config.name(), e);
            }
            board.processor().insert(null);
            closeCore(core);
        }
        chassis.coreOffer = null;
    }

    private void closeCore(CpuCore core) {
        try {
            core.close();
        } catch (RuntimeException | Error e) {
            LOG.error("machine {}: the processor core cannot be closed", chassis.config.name(), e);
        }
    }

    /** Changes the core; answers the blackout. */
    long switchCore(String name, String version) throws Refusal {
        Offer<CpuCoreFactory> offer = chooseCore(name, version);
        Motherboard board = chassis.board;
        if (board == null) {
            throw Refusal.of("machine " + chassis.config.name() + " is off; its core can be changed while it is on");
        }
        String from = chassis.coreVersion;
        MachineState before = chassis.state();
        long start = System.nanoTime();
        board.clock().stop();
        try {
            CpuState state = board.processor().core() == null
                    ? chassis.heldCpu
                    : board.processor().core().save();
            if (state == null) {
                throw Refusal.of("the processor's state is lost; power off and on again");
            }
            insertCore(offer, state);
        } finally {
            if (before == MachineState.RUNNING) {
                board.clock().start();
            }
        }
        return replaced(CPU, from, offer.version(), System.nanoTime() - start);
    }

    private long replaced(String part, String from, String to, long blackout) {
        if (part.equals(CPU)) {
            chassis.coreSwaps++;
            chassis.coreBlackout = blackout;
        } else {
            chassis.part(part).swapped(blackout);
        }
        chassis.outlet.event(new MachineEvent.PartSwapped(part, from, to, blackout));
        if (chassis.is(MachineState.WAITING_FOR_PART)) {
            resolve();
        }
        return blackout;
    }

    // ---- devices

    /** Attaches a part's new device. */
    void attach(Part part) throws Refusal {
        DeviceScope scope = new DeviceScope(chassis.board, part.name(), part.index());
        part.install(part.offer(), part.device(), scope);
        call(part, () -> part.device().attach(scope));
        scope.attached();
    }

    /** Calls a device; what it throws becomes a refusal that names it. */
    void call(Part part, Call call) throws Refusal {
        try {
            call.run();
        } catch (StateException | RuntimeException | Error e) {
            throw Refusal.fault("device " + part.name() + " failed: " + Refusal.text(e), e);
        }
    }

    /** Detaches a device and takes its scope back. */
    void detach(Part part) {
        try {
            part.device().detach();
        } catch (RuntimeException | Error e) {
            LOG.error("machine {}: device {} failed to detach", chassis.config.name(), part.name(), e);
        }
        part.scope().revoke();
    }

    /** What a device must remember. */
    byte[] save(Part part) throws Refusal {
        StateWriter out = new StateWriter();
        call(part, () -> part.device().save(out));
        byte[] bytes = out.toBytes();
        try {
            if (new StateReader(bytes).names().isEmpty()) {
                throw Refusal.fault("device " + part.name() + " saved nothing", null);
            }
        } catch (StateException e) {
            throw Refusal.fault("device " + part.name() + " saved nonsense: " + e.getMessage(), e);
        }
        return bytes;
    }

    /** Lets the guest run until these parts can be saved, then waits for their background work. */
    void quiesce(List<Part> wanted) throws Refusal {
        BooleanSupplier quiet = () -> {
            for (Part part : wanted) {
                try {
                    if (part.device().drain() != DrainState.QUIET) {
                        return false;
                    }
                } catch (RuntimeException | Error e) {
                    chassis.board.signals().failed(part.name(), e);
                    return false;
                }
            }
            return true;
        };
        boolean running = chassis.is(MachineState.RUNNING);
        boolean done = quiet.getAsBoolean() || runner.runUntil(quiet, DRAIN_NANOS);
        if (!done || !running) {
            runner.endSlice();
            if (!running) {
                chassis.board.clock().stop();
            }
        }
        if (!done) {
            throw Refusal.of("not all parts of machine " + chassis.config.name() + " came to rest; try again");
        }
    }

    private void awaitIdle(Part part) throws Refusal {
        if (!GuestRunner.awaitIdle(part.scope(), IDLE_NANOS)) {
            throw Refusal.fault("the host does not finish the disk work of device " + part.name(), null);
        }
    }

    /** Waits for all background work. */
    void awaitIdle() throws Refusal {
        for (Part part : chassis.parts) {
            awaitIdle(part);
        }
    }

    /** Replaces a part; answers the blackout. */
    long swap(String name, String version) throws Refusal {
        if (name.equals(CPU)) {
            return switchCore(chassis.coreName.isEmpty() ? null : chassis.coreName, version);
        }
        Part part = chassis.part(name);
        if (part == null) {
            throw Refusal.of("machine " + chassis.config.name() + " has no part '" + name + "'; it has: cpu, "
                    + String.join(", ", chassis.parts.stream().map(Part::name).toList()));
        }
        Offer<DeviceFactory> offer = find(part, version);
        Device device;
        try {
            device = offer.service().create(part.config());
        } catch (ConfigurationException e) {
            throw Refusal.of(e.getMessage());
        } catch (RuntimeException | Error e) {
            throw Refusal.fault("device " + name + " cannot be made: " + Refusal.text(e), e);
        }
        String from = part.version();
        if (chassis.board == null) {
            part.install(offer, device, null);
            return 0;
        }
        long start;
        if (part.device() == null) {
            start = System.nanoTime();
            byte[] state = part.heldState();
            boolean lost = part.stateLost();
            Refusal problem = place(part, offer, device, state, lost);
            if (problem != null) {
                part.hold(state);
                throw problem;
            }
        } else {
            quiesce(List.of(part));
            runner.endSlice();
            start = System.nanoTime();
            chassis.board.clock().stop();
            try {
                awaitIdle(part);
                replace(part, offer, device);
            } finally {
                if (chassis.is(MachineState.RUNNING)) {
                    chassis.board.clock().start();
                }
            }
        }
        return replaced(name, from, offer.version(), System.nanoTime() - start);
    }

    private Offer<DeviceFactory> find(Part part, String version) throws Refusal {
        List<Offer<DeviceFactory>> offers =
                chassis.catalog.all(DeviceFactory.class, part.config().type());
        for (Offer<DeviceFactory> offer : offers) {
            if (version == null || version.equals(offer.version())) {
                return offer;
            }
        }
        throw Refusal.of("no bundle offers type " + part.config().type() + " in version " + version + "; there are: "
                + String.join(", ", offers.stream().map(Offer::version).toList()));
    }

    /** Puts a new device in the place of a working one; when that fails, the old factory takes over again. */
    private void replace(Part part, Offer<DeviceFactory> offer, Device device) throws Refusal {
        byte[] state = save(part);
        Offer<DeviceFactory> old = part.offer();
        detach(part);
        Refusal problem = place(part, offer, device, state, false);
        if (problem == null) {
            return;
        }
        Refusal again;
        try {
            again = place(part, old, old.service().create(part.config()), state, false);
        } catch (ConfigurationException | RuntimeException | Error e) {
            again = Refusal.fault(Refusal.text(e), e);
        }
        if (again == null) {
            throw Refusal.fault(
                    problem.getMessage() + "; version " + old.version() + " of " + part.name() + " goes on", problem);
        }
        part.hold(state);
        noteFailure(part.name(), problem.getMessage());
        resolve();
        throw Refusal.fault(problem.getMessage() + "; going back failed, too: " + again.getMessage(), problem);
    }

    /** Attaches and restores a device; answers what went wrong, after which the part has no device. */
    private Refusal place(Part part, Offer<DeviceFactory> offer, Device device, byte[] state, boolean lost) {
        Motherboard board = chassis.board;
        board.lines().hold();
        try {
            part.install(offer, device, null);
            attach(part);
            call(part, () -> {
                if (lost) {
                    device.reset(ResetKind.HARD);
                } else {
                    device.restore(new StateReader(state));
                }
            });
            if (part.name().equals(board.signals().failedPart())) {
                Throwable thrown = board.signals().takeFailure();
                throw Refusal.fault("device " + part.name() + " failed: " + Refusal.text(thrown), thrown);
            }
            board.lines().dropOrphans(part.name());
            board.lines().release();
            return null;
        } catch (Refusal e) {
            if (part.scope() != null) {
                detach(part);
            }
            part.drop();
            board.lines().release();
            return e;
        }
    }

    // ---- parts that fail, go and come

    /** A part threw: its state is kept, and the machine waits for a mended one. */
    void partFailed(String name, Throwable thrown) {
        LOG.error("machine {}: part {} failed", chassis.config.name(), name, thrown);
        Part part = chassis.part(name);
        if (part != null && part.device() == null) {
            return; // it is gone already
        }
        if (part != null) {
            failed = new WeakReference<>(part.offer());
            hold(part);
        } else if (name.equals(CPU)) {
            failed = new WeakReference<>(chassis.coreOffer);
            removeCore();
        } else if (name.equals(FIRMWARE)) {
            failed = new WeakReference<>(chassis.firmwareOffer);
            dropFirmware();
        } else {
            throw new IllegalStateException("the board failed", thrown);
        }
        noteFailure(name, Refusal.text(thrown));
        standStill();
        resolve();
    }

    private void noteFailure(String part, String message) {
        chassis.outlet.event(new MachineEvent.PartFailed(part, message));
    }

    private void standStill() {
        runner.endSlice();
        chassis.board.clock().stop();
    }

    /** Takes a device out and keeps what it can say of its state. */
    private void hold(Part part) {
        byte[] state = null;
        try {
            awaitIdle(part);
            state = save(part);
        } catch (Refusal e) {
            LOG.error("machine {}: device {} cannot be saved and will be reset", chassis.config.name(), part.name(), e);
        }
        detach(part);
        part.hold(state);
    }

    private void dropFirmware() {
        chassis.firmware = null;
        chassis.firmwareOffer = null;
        if (chassis.firmwareScope != null) {
            chassis.firmwareScope.revokeCode();
        }
    }

    /** Lets go of services that are not in the catalog any more. */
    void dropDeparted() {
        for (Part part : List.copyOf(chassis.parts)) {
            if (part.offer() != null && !chassis.catalog.has(part.offer())) {
                departing(part.offer());
            }
        }
        for (Offer<?> offer : new Offer<?>[] {chassis.coreOffer, chassis.firmwareOffer}) {
            if (offer != null && !chassis.catalog.has(offer)) {
                departing(offer);
            }
        }
        for (Offer<?> offer : chassis.drives.offers()) {
            if (!chassis.catalog.has(offer)) {
                departing(offer);
            }
        }
    }

    /** A service goes: nothing of it is used when this returns. */
    void departing(Offer<?> offer) {
        if (failed.get() == offer) {
            failed.clear();
        }
        List<Part> gone = chassis.parts.stream().filter(p -> p.offer() == offer).toList();
        boolean core = chassis.coreOffer == offer;
        boolean drives = chassis.drives.uses(offer);
        boolean firmware = chassis.firmwareOffer == offer;
        if (chassis.board == null) {
            gone.forEach(Part::drop);
            chassis.coreOffer = core ? null : chassis.coreOffer;
            if (firmware) {
                dropFirmware();
            }
            chassis.drives.remove(offer);
            return;
        }
        if (firmware) {
            dropFirmware();
        }
        if (gone.isEmpty() && !core && !drives) {
            return;
        }
        try {
            quiesce(gone);
        } catch (Refusal e) {
            LOG.warn("machine {}: {}", chassis.config.name(), e.getMessage());
        }
        standStill();
        gone.forEach(this::hold);
        if (core) {
            removeCore();
        }
        if (drives) {
            chassis.parts.stream()
                    .filter(p -> p.scope() != null)
                    .forEach(p -> GuestRunner.awaitIdle(p.scope(), IDLE_NANOS));
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
        String problem = missing(part);
        for (Offer<DeviceFactory> offer :
                chassis.catalog.all(DeviceFactory.class, part.config().type())) {
            if (offer == failed.get()) {
                problem = "device " + part.name() + " failed in version " + offer.version() + "; install a mended one";
                continue;
            }
            byte[] state = part.heldState();
            boolean lost = part.stateLost();
            String from = part.version();
            try {
                long start = System.nanoTime();
                Refusal refused = place(part, offer, offer.service().create(part.config()), state, lost);
                if (refused == null) {
                    long blackout = System.nanoTime() - start;
                    part.swapped(blackout);
                    chassis.outlet.event(new MachineEvent.PartSwapped(part.name(), from, offer.version(), blackout));
                    return null;
                }
                problem = refused.getMessage();
            } catch (ConfigurationException | RuntimeException | Error e) {
                problem = Refusal.text(e);
            }
            part.hold(state);
        }
        return problem;
    }

    private String refillCore() {
        try {
            Offer<CpuCoreFactory> offer = chooseCore();
            if (offer == failed.get()) {
                return "the processor core '" + offer.name() + "' failed; switch to another one";
            }
            if (chassis.heldCpu == null) {
                return "the processor's state is lost; power off and on again";
            }
            insertCore(offer, chassis.heldCpu);
            return null;
        } catch (Refusal e) {
            return e.getMessage();
        }
    }

    private String findFirmware() {
        try {
            chooseFirmware();
            return null;
        } catch (Refusal e) {
            return e.getMessage();
        }
    }
}
