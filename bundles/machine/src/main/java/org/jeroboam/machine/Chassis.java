package org.jeroboam.machine;

import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.firmware.Firmware;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.machine.board.DeviceScope;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.board.Tenure;
import org.jeroboam.machine.memory.GuestRam;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.Part;
import org.jeroboam.machine.part.PartCatalog;

/** What the pieces of a machine share: its parts, its board while it is on, its state. Machine thread only. */
final class Chassis {
    /**
     * A replacement that is under way.
     *
     * @param part which part
     * @param old what takes over again when it fails; null when nothing can
     * @param state what the part must remember; null when that is lost
     */
    record Attempt(Part part, Offer<DeviceFactory> old, byte[] state) {}

    final MachineConfig config;
    final PartCatalog catalog;
    final Outlet outlet;
    final GuestRam ram;
    final DriveBay drives;
    final List<Part> parts = new ArrayList<>();
    final SwapLog swaps;
    final Limits limits;
    private final Executor pool;
    private volatile Tenure tenure;
    private Runnable wake;

    /** The board; null while the machine is off. Other threads read it to interrupt guest code. */
    volatile Motherboard board;

    Offer<CpuCoreFactory> coreOffer;
    /** Name of the core in use, also of the last one. */
    String coreName = "";

    /** Name of the core that was chosen by command; null for what the configuration says. */
    String coreChosen;

    SwapLog.Origin coreOrigin = SwapLog.Origin.NONE;
    long coreVacantSince;
    /** The processor's state while there is no core: after power off, or while one is missing. */
    CpuState heldCpu;

    /** What boots the machine at the next reset. */
    Offer<FirmwareFactory> firmwareOffer;

    Firmware firmware;
    SwapLog.Origin firmwareOrigin = SwapLog.Origin.NONE;
    /** What booted it the last time, as long as it may be called. */
    Offer<FirmwareFactory> bootedOffer;

    SwapLog.Origin bootedOrigin = SwapLog.Origin.NONE;
    DeviceScope firmwareScope;
    /** A reset whose boot waits for firmware. */
    ResetKind bootPending;

    /** The replacement that is under way, for who goes on when the new part hangs. */
    Attempt attempt;
    /** What is known of parts that hung, by name: one sentence each. */
    final Map<String, String> hung = new HashMap<>();
    /** What is making a part or takes it into service, for who goes on when that hangs. */
    WeakReference<Offer<?>> making = new WeakReference<>(null);
    /** Whether devices are being reset. */
    boolean resetting;
    /** Abandoned threads that may write to RAM as long as they live. */
    final List<Thread> strays = new ArrayList<>();

    /** Figures of the last run, for a machine that is off. */
    long lastGuestNanos;

    long lastRetired;
    Map<String, Long> lastCounters = Map.of();
    /** What the screen showed when the power went; null when nothing is kept. */
    MachineReply.Screen lastScreen;

    private MachineState state = MachineState.OFF;
    private String reason = "";
    /** Where a machine that waits for a part goes on. */
    MachineState resumeTo = MachineState.RUNNING;

    Chassis(
            MachineConfig config,
            PartCatalog catalog,
            Outlet outlet,
            GuestRam ram,
            DriveBay drives,
            Executor pool,
            Limits limits) {
        this.limits = limits;
        swaps = new SwapLog(outlet);
        this.config = config;
        this.catalog = catalog;
        this.outlet = outlet;
        this.ram = ram;
        this.drives = drives;
        this.pool = pool;
        drives.belongTo(this);
        for (DeviceConfig device : config.devices()) {
            parts.add(new Part(parts.size(), device));
        }
    }

    /** Whose time it is; the board follows. */
    void runsOn(Tenure now, Runnable wakeUp) {
        tenure = now;
        wake = wakeUp;
        Motherboard present = board;
        if (present != null) {
            present.runsOn(now);
        }
    }

    /** The machine thread of the moment; null while the machine is being made. Any thread. */
    Tenure tenure() {
        return tenure;
    }

    /** A call into a part. */
    @FunctionalInterface
    interface Guarded<T, X extends Exception> {
        T call() throws X;
    }

    /** Calls a part under the eyes of the watchdog. */
    <T, X extends Exception> T guarded(String part, String step, Guarded<T, X> call) throws X {
        Tenure now = tenure;
        if (now == null) {
            return call.call();
        }
        now.enter(part, step);
        try {
            return call.call();
        } finally {
            now.leave();
        }
    }

    Motherboard newBoard() {
        board = new Motherboard(
                new Motherboard.Surroundings(config, ram, drives.drives(), pool, wake, tenure, outlet::report));
        return board;
    }

    /** The date that guests see at power on. */
    long wallBase() {
        Instant base = config.rtcBase();
        return base == null ? System.currentTimeMillis() : base.toEpochMilli();
    }

    MachineState state() {
        return state;
    }

    String reason() {
        return reason;
    }

    void enter(MachineState next, String why) {
        if (board != null) {
            if (next == MachineState.RUNNING) {
                board.clock().start();
            } else {
                board.clock().stop();
            }
        }
        if (next != state || !why.equals(reason)) {
            state = next;
            reason = why;
            outlet.event(new MachineEvent.StateChanged(next, why));
        }
    }

    /** Whether an abandoned core may still write to RAM. */
    boolean haunted() {
        strays.removeIf(thread -> !thread.isAlive());
        return !strays.isEmpty();
    }

    void stopped(MachineEvent.StopReason why, String detail) {
        outlet.event(new MachineEvent.Stopped(why, detail));
    }

    Part part(String name) {
        for (Part part : parts) {
            if (part.name().equals(name)) {
                return part;
            }
        }
        return null;
    }

    boolean is(MachineState... states) {
        for (MachineState one : states) {
            if (state == one) {
                return true;
            }
        }
        return false;
    }
}
