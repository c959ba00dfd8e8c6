package org.jeroboam.machine.board;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jeroboam.hardware.board.Backing;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.BoardRole;
import org.jeroboam.hardware.board.Counter;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.MemoryHandler;
import org.jeroboam.hardware.board.Offload;
import org.jeroboam.hardware.board.PciBus;
import org.jeroboam.hardware.board.PciFunction;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.character.CharacterPort;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.clock.VirtualClock;
import org.jeroboam.hardware.display.DisplayPort;
import org.jeroboam.hardware.input.InputPort;
import org.jeroboam.hardware.memory.PhysicalMemory;
import org.jeroboam.hardware.network.NetworkPort;
import org.jeroboam.hardware.storage.BlockPort;
import org.jeroboam.machine.clock.GuestTimer;
import org.jeroboam.machine.io.Cable;
import org.jeroboam.machine.io.CharacterChannel;
import org.jeroboam.machine.io.Drive;
import org.jeroboam.machine.io.Keyboard;
import org.jeroboam.machine.io.Offloads;
import org.jeroboam.machine.io.Screen;
import org.jeroboam.machine.memory.BackingMemory;
import org.jeroboam.machine.memory.Window;

/** One part's view of the board, with a list of all it took, so that it can be taken back. */
public final class DeviceScope implements Board {
    private static final Mapping NOTHING = () -> {};
    /** Added to the rank of ports and pages taken after attach. */
    private static final long LATER = 1L << 62;

    private final Motherboard board;
    private final String name;
    private final long order;
    private final ScopedMemory memory;
    private final Set<Taken> taken = new LinkedHashSet<>();
    private final Map<LineId, Line> lines = new HashMap<>();
    private final List<GuestTimer> timers = new ArrayList<>();
    private final List<Offloads.Slot> slots = new ArrayList<>();
    private final List<CharacterChannel.End> streams = new ArrayList<>();
    private final List<Drive.Port> drives = new ArrayList<>();
    private final List<Keyboard.End> inputs = new ArrayList<>();
    private final List<Screen.End> screens = new ArrayList<>();
    private final PciBus pci = new ScopedPci();
    private long nextOrder;
    private long rank;
    private volatile boolean revoked;

    /**
     * Creates a scope.
     *
     * @param board the tables
     * @param name the part's name
     * @param index the part's place in the configuration
     */
    public DeviceScope(Motherboard board, String name, int index) {
        this.board = board;
        this.name = name;
        order = (long) index << 32;
        rank = order;
        memory = new ScopedMemory(board.memory());
    }

    /**
     * The part is attached. Ports and pages that it takes from now on, as its registers say, hide those that any part took in
     * attach: ranks come from configuration and state alone, so that a part that was replaced has the same as before.
     */
    public void attached() {
        rank = order | LATER;
    }

    /** What a device holds of something it took: after unmapping, nothing. */
    private final class Taken implements Mapping {
        private Mapping mapping;

        Taken(Mapping mapping) {
            this.mapping = mapping;
            taken.add(this);
        }

        @Override
        public void unmap() {
            if (mapping != null) {
                Mapping old = mapping;
                mapping = null;
                taken.remove(this);
                old.unmap();
            }
        }
    }

    private final class ScopedPci implements PciBus {
        @Override
        public Mapping place(int device, int function, PciFunction target) {
            return revoked ? NOTHING : new Taken(board.pci().place(name, device, function, target));
        }

        @Override
        public int readConfig(int device, int function, int register, int size) {
            return revoked ? -1 : board.pci().read(device, function, register, size);
        }

        @Override
        public void writeConfig(int device, int function, int register, int size, int value) {
            if (!revoked) {
                board.pci().write(device, function, register, size, value);
            }
        }

        @Override
        public void interruptRoutingChanged() {
            if (!revoked) {
                board.lines().reroute();
            }
        }
    }

    /** Takes back all but the levels of lines, which stay for the successor. */
    public void revoke() {
        revoked = true;
        List.copyOf(taken).forEach(Taken::unmap);
        timers.forEach(GuestTimer::revoke);
        slots.forEach(Offloads.Slot::revoke);
        streams.forEach(CharacterChannel.End::revoke);
        drives.forEach(Drive.Port::revoke);
        inputs.forEach(Keyboard.End::revoke);
        screens.forEach(Screen.End::revoke);
        timers.clear();
        slots.clear();
        streams.clear();
        drives.clear();
        inputs.clear();
        screens.clear();
        lines.clear();
        memory.revoke();
        board.roles().withdraw(name);
        board.lines().orphan(name);
    }

    /** Whether the host still works for this part. */
    public boolean busy() {
        for (Offloads.Slot slot : slots) {
            if (slot.busy()) {
                return true;
            }
        }
        return false;
    }

    /** The windows onto backings, for a saved state; null when the part took anything that cannot be described. */
    public List<Window.Description> describe() {
        List<Window.Description> windows = new ArrayList<>();
        for (Taken one : taken) {
            if (!(one.mapping instanceof Window window) || window.describe() == null) {
                return null;
            }
            windows.add(window.describe());
        }
        return timers.isEmpty() && slots.isEmpty() && lines.isEmpty() ? windows : null;
    }

    /** Revokes all that could call the part, but leaves what it mapped of its backings. */
    public void revokeCode() {
        List<Taken> kept = new ArrayList<>();
        for (Taken one : taken) {
            if (one.mapping instanceof Window window && window.describe() != null) {
                kept.add(one);
            }
        }
        taken.removeAll(kept);
        revoke();
        taken.addAll(kept);
    }

    @Override
    public String deviceName() {
        return name;
    }

    @Override
    public Mapping mapPorts(int first, int count, int width, PortHandler handler) {
        return revoked ? NOTHING : new Taken(board.ports().map(name, rank, first, count, width, handler));
    }

    @Override
    public Mapping mapDevice(long base, long length, MemoryHandler handler) {
        return revoked ? NOTHING : new Taken(board.memory().mapDevice(name, rank, base, length, handler));
    }

    @Override
    public Mapping mapBacking(long base, long length, Backing backing, long offset, boolean writable) {
        if (revoked) {
            return NOTHING;
        }
        if (!(backing instanceof BackingMemory own)) {
            throw new IllegalArgumentException("device " + name + " can only map a backing of its board");
        }
        return new Taken(board.memory().mapBacking(name, rank, base, length, own, offset, writable));
    }

    @Override
    public Backing backing(String backingName, long size) {
        return board.backings().get(name, backingName, size);
    }

    @Override
    public void setDramAccess(long base, long length, boolean readable, boolean writable) {
        if (!revoked) {
            board.memory().setDramAccess(base, length, readable, writable);
        }
    }

    @Override
    public long ramSize() {
        return board.ram().size();
    }

    @Override
    public long lowRamSize() {
        return board.ram().lowSize();
    }

    @Override
    public PhysicalMemory memory() {
        return memory;
    }

    @Override
    public Line line(LineId line) {
        if (revoked) {
            return level -> {};
        }
        return lines.computeIfAbsent(line, id -> board.lines().connect(name, id));
    }

    @Override
    public PciBus pci() {
        return pci;
    }

    @Override
    public <R extends BoardRole> void provide(Class<R> role, R implementation) {
        if (!revoked) {
            board.roles().provide(name, role, implementation);
        }
    }

    @Override
    public <R extends BoardRole> R role(Class<R> role) {
        return board.roles().handle(role);
    }

    @Override
    public VirtualClock clock() {
        return board.clock();
    }

    @Override
    public Timer timer(Runnable action) {
        GuestTimer timer = board.timers().create(name, order + nextOrder++, action, null);
        if (revoked) {
            timer.revoke();
        } else {
            timers.add(timer);
        }
        return timer;
    }

    @Override
    public Offload offload(Offload.Work work, Offload.Completion completion) {
        Offloads.Slot slot = board.offloads().create(name, order + nextOrder++, work, completion);
        if (revoked) {
            slot.revoke();
        } else {
            slots.add(slot);
        }
        return slot;
    }

    @Override
    public void requestReset(ResetKind kind) {
        if (!revoked) {
            board.signals().requestReset(kind);
        }
    }

    @Override
    public void requestPowerOff() {
        if (!revoked) {
            board.signals().requestPowerOff();
        }
    }

    @Override
    public CharacterPort characterPort(String portName) {
        CharacterChannel.End end = board.channel(portName).open(name);
        streams.add(end);
        if (revoked) {
            end.revoke();
        }
        return end;
    }

    @Override
    public BlockPort blockPort(String portName) {
        Drive.Port port = board.drive(portName).open();
        drives.add(port);
        if (revoked) {
            port.revoke();
        }
        return port;
    }

    @Override
    public NetworkPort networkPort(String portName) {
        return Cable.UNPLUGGED;
    }

    @Override
    public DisplayPort displayPort() {
        Screen.End end = board.screen().open(name);
        screens.add(end);
        if (revoked) {
            end.revoke();
        }
        return end;
    }

    @Override
    public InputPort inputPort() {
        Keyboard.End end = board.keyboard().open(name);
        inputs.add(end);
        if (revoked) {
            end.revoke();
        }
        return end;
    }

    @Override
    public Counter counter(String counterName) {
        return board.counters().get(name, counterName);
    }

    @Override
    public void report(String message) {
        if (!revoked) {
            board.report(name, message);
        }
    }
}
