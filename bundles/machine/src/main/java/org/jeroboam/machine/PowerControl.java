package org.jeroboam.machine;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.firmware.BootContext;
import org.jeroboam.hardware.machine.MachineEvent.StopReason;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.machine.board.AbandonedThread;
import org.jeroboam.machine.board.DeviceScope;
import org.jeroboam.machine.board.LineTable;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.memory.GuestRam;
import org.jeroboam.machine.part.Part;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Power on, power off and resets. Machine thread. */
final class PowerControl {
    private static final Logger LOG = LoggerFactory.getLogger(PowerControl.class);
    /** CR0 bits CD and NW, which INIT leaves alone. */
    private static final int CACHE_BITS = 0x6000_0000;

    private final Chassis chassis;
    private final GuestRunner runner;
    private final PartExchange parts;

    PowerControl(Chassis chassis, GuestRunner runner, PartExchange parts) {
        this.chassis = chassis;
        this.runner = runner;
        this.parts = parts;
    }

    /** OFF to RUNNING. */
    void on() throws Refusal {
        Motherboard board = assemble();
        try {
            board.clock().set(0, chassis.wallBase());
            board.lines().hold();
            for (Part part : chassis.parts) {
                parts.attach(part);
            }
            for (Part part : chassis.parts) {
                parts.call(part, "reset", () -> part.device().reset(ResetKind.POWER_ON));
            }
            board.lines().releaseAll();
            boot();
            Throwable failure = board.signals().takeFailure();
            if (failure != null) {
                throw failure;
            }
        } catch (Refusal e) {
            dismantle();
            throw e;
        } catch (Throwable e) {
            AbandonedThread.pass(e);
            dismantle();
            throw Refusal.fault("machine " + chassis.config.name() + " cannot power on: " + Refusal.text(e), e);
        }
        chassis.enter(MachineState.RUNNING, "");
    }

    /** Chooses parts and makes an empty board with a processor; all or nothing. */
    Motherboard assemble() throws Refusal {
        if (chassis.haunted()) {
            throw Refusal.of("a processor core that hangs may still write to the memory of machine "
                    + chassis.config.name() + "; restart the server to use the machine again");
        }
        chassis.hung.clear();
        parts.choose();
        discard();
        Motherboard board = chassis.newBoard();
        try {
            parts.insertCore(CpuState.afterReset(chassis.config.cpuModel()));
        } catch (Refusal e) {
            dismantle();
            throw e;
        }
        runner.processorChanged();
        return board;
    }

    /** Forgets what a machine that is off still shows of its last run, and frees its memory. */
    void discard() {
        chassis.heldCpu = null;
        chassis.lastScreen = null;
        chassis.ram.clear();
    }

    /** Any state to OFF; says why when it was on. */
    void off(StopReason why, String detail) {
        if (chassis.board != null) {
            dismantle();
            chassis.enter(MachineState.OFF, detail);
            chassis.stopped(why, detail);
        }
    }

    /** Takes the machine apart; RAM, processor state and the last picture stay for questions. */
    void dismantle() {
        Motherboard board = chassis.board;
        runner.endSlice();
        board.clock().stop();
        boolean idle = true;
        for (Part part : chassis.parts) {
            idle &= part.scope() == null || GuestRunner.awaitIdle(part.scope(), chassis.limits.hostIo());
        }
        runner.flush(board, true);
        chassis.lastGuestNanos = board.clock().now();
        chassis.lastRetired = board.processor().retired();
        chassis.lastCounters = board.counters().values();
        chassis.lastScreen = board.screen().look(0);
        for (Part part : chassis.parts) {
            if (part.scope() != null) {
                parts.detach(part);
            }
            part.drop();
        }
        if (chassis.firmwareScope != null) {
            chassis.firmwareScope.revoke();
            chassis.firmwareScope = null;
            chassis.bootedOffer = null;
        }
        chassis.bootPending = null;
        chassis.attempt = null;
        parts.removeCore();
        chassis.board = null;
        if (idle) {
            board.backings().close();
        } else {
            LOG.error(
                    "machine {}: the host does not finish its disk work; some memory stays taken",
                    chassis.config.name());
        }
        chassis.drives.flush();
    }

    /** A hard reset: all parts, then firmware. */
    void hardReset() {
        Motherboard board = chassis.board;
        LineTable lines = board.lines();
        lines.hold();
        lines.setFerr(false);
        chassis.resetting = true;
        for (Part part : chassis.parts) {
            try {
                parts.call(part, "reset", () -> part.device().reset(ResetKind.HARD));
            } catch (Refusal e) {
                board.signals().failed(part.name(), e.getCause());
            }
        }
        chassis.resetting = false;
        lines.releaseAll();
        chassis.bootPending = ResetKind.HARD;
        if (board.signals().failedPart() == null) {
            bootPending();
        }
    }

    /** Boots after a reset, when there is firmware; else the machine waits for it. */
    void bootPending() {
        if (chassis.bootPending == null) {
            return;
        }
        if (chassis.firmware == null) {
            parts.resolve();
            return;
        }
        try {
            chassis.bootPending = null;
            boot();
        } catch (RuntimeException | Error e) {
            AbandonedThread.pass(e);
            chassis.bootPending = ResetKind.HARD;
            parts.partFailed(PartExchange.FIRMWARE, e);
        }
    }

    /**
     * INIT: the processor only; x87, SSE, model specific registers and the cache bits stay (Intel SDM volume 3, table
     * 9-1).
     */
    void initProcessor() {
        Motherboard board = chassis.board;
        CpuState old = board.processor().core().save();
        CpuState state = CpuState.afterReset(chassis.config.cpuModel());
        state.fxsave = old.fxsave;
        state.msrNumbers = old.msrNumbers;
        state.msrValues = old.msrValues;
        state.tscOffset = old.tscOffset;
        state.cr0 = state.cr0 & ~CACHE_BITS | old.cr0 & CACHE_BITS;
        state.ferr = old.ferr;
        load(state);
    }

    private void boot() {
        Motherboard board = chassis.board;
        if (chassis.firmwareScope != null) {
            chassis.firmwareScope.revoke();
            board.lines().dropOrphans(PartExchange.FIRMWARE);
        }
        chassis.firmwareScope = new DeviceScope(board, PartExchange.FIRMWARE, chassis.parts.size());
        CpuState state = CpuState.afterReset(chassis.config.cpuModel());
        state.tscOffset = -board.clock().timeStamp();
        chassis.bootedOffer = chassis.firmwareOffer;
        chassis.bootedOrigin = chassis.firmwareOrigin;
        chassis.guarded(PartExchange.FIRMWARE, "boot", () -> {
            chassis.firmware.boot(new Context(board, chassis.firmwareScope, state));
            return null;
        });
        load(state);
    }

    private void load(CpuState state) {
        Motherboard board = chassis.board;
        state.retired = board.processor().retired();
        state.a20 = board.lines().a20Open();
        state.interruptLine = board.lines().interruptLevel();
        board.processor().load(state);
        runner.processorChanged();
    }

    private record Context(Motherboard motherboard, Board board, CpuState cpu) implements BootContext {
        @Override
        public int readPort(int port, int size) {
            return motherboard.ports().read(port, size);
        }

        @Override
        public void writePort(int port, int size, int value) {
            motherboard.ports().write(port, size, value);
        }

        @Override
        public List<MemoryRange> ram() {
            List<MemoryRange> ranges = new ArrayList<>();
            ranges.add(new MemoryRange(0, motherboard.ram().lowSize()));
            if (motherboard.ram().highSize() > 0) {
                ranges.add(new MemoryRange(GuestRam.HIGH_BASE, motherboard.ram().highSize()));
            }
            return ranges;
        }
    }
}
