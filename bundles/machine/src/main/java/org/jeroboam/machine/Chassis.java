package org.jeroboam.machine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.firmware.Firmware;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.machine.board.DeviceScope;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.memory.GuestRam;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.Part;
import org.jeroboam.machine.part.PartCatalog;

/** What the pieces of a machine share: its parts, its board while it is on, its state. Machine thread only. */
final class Chassis {
    final MachineConfig config;
    final PartCatalog catalog;
    final Outlet outlet;
    final GuestRam ram;
    final DriveBay drives;
    final List<Part> parts = new ArrayList<>();
    private final Executor pool;
    private Thread thread;
    private Runnable wake;

    /** The board; null while the machine is off. Other threads read it to interrupt guest code. */
    volatile Motherboard board;

    Offer<CpuCoreFactory> coreOffer;
    /** Name of the core in use, also of the last one. */
    String coreName = "";

    String coreBundle = "";
    String coreVersion = "";
    int coreSwaps;
    long coreBlackout = -1;
    /** The processor's state while there is no core: after power off, or while one is missing. */
    CpuState heldCpu;

    Offer<FirmwareFactory> firmwareOffer;
    Firmware firmware;
    DeviceScope firmwareScope;
    /** A reset whose boot waits for firmware. */
    ResetKind bootPending;

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

    Chassis(MachineConfig config, PartCatalog catalog, Outlet outlet, GuestRam ram, DriveBay drives, Executor pool) {
        this.config = config;
        this.catalog = catalog;
        this.outlet = outlet;
        this.ram = ram;
        this.drives = drives;
        this.pool = pool;
        for (DeviceConfig device : config.devices()) {
            parts.add(new Part(parts.size(), device));
        }
    }

    void runsOn(Thread machineThread, Runnable wakeUp) {
        thread = machineThread;
        wake = wakeUp;
    }

    Motherboard newBoard() {
        board = new Motherboard(
                new Motherboard.Surroundings(config, ram, drives.drives(), pool, wake, thread, outlet::report));
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
