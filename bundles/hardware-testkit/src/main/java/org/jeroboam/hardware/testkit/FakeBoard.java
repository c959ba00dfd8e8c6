package org.jeroboam.hardware.testkit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** One device's scope on a {@link FakeMachine}. After {@link #revoke()} nothing that came from it has an effect. */
public final class FakeBoard implements Board {
    private final FakeMachine machine;
    private final String deviceName;
    private final Scope scope = new Scope();
    private final Map<LineId, Line> lines = new HashMap<>();
    private final Map<String, CharacterPort> characterPorts = new HashMap<>();
    private final Map<String, NetworkPort> networkPorts = new HashMap<>();
    private final Map<String, Counter> counters = new HashMap<>();
    private InputPort inputPort;

    /** Makes a machine of its own with one device named {@code device}. */
    public FakeBoard() {
        this(new FakeMachine(), "device");
    }

    FakeBoard(FakeMachine machine, String deviceName) {
        this.machine = machine;
        this.deviceName = deviceName;
    }

    /**
     * What this device shares with others.
     *
     * @return the machine
     */
    public FakeMachine machine() {
        return machine;
    }

    /**
     * Ends the scope, as a machine does right after {@link org.jeroboam.hardware.device.Device#detach()}. The
     * device's lines keep their levels until {@link #releaseLines()}.
     */
    public void revoke() {
        scope.revoke();
        lines.clear();
        characterPorts.clear();
        networkPorts.clear();
        counters.clear();
        inputPort = null;
    }

    /** Lets go of the device's lines, as a machine does when no successor comes. */
    public void releaseLines() {
        machine.lines.release(deviceName);
    }

    /**
     * What the device has registered now.
     *
     * @return one entry for each range, timer, offload, role, PCI function and back end
     */
    public List<String> registrations() {
        return scope.registrations();
    }

    /**
     * Calls on things from this board after {@link #revoke()}; they had no effect.
     *
     * @return a count
     */
    public int lateCalls() {
        return scope.lateCalls();
    }

    @Override
    public String deviceName() {
        return deviceName;
    }

    @Override
    public Mapping mapPorts(int first, int count, int width, PortHandler handler) {
        if (scope.late()) {
            return () -> {};
        }
        FakePorts.Range range = machine.ports.map(first, count, width, handler);
        return scope.add("ports " + Integer.toHexString(first) + "h", () -> machine.ports.unmap(range))::run;
    }

    @Override
    public Mapping mapDevice(long base, long length, MemoryHandler handler) {
        return map(new FakeMemory.Window(base, length, handler, null, 0, true));
    }

    @Override
    public Mapping mapBacking(long base, long length, Backing backing, long offset, boolean writable) {
        if (!(backing instanceof FakeBacking b) || offset < 0 || offset + length > b.size()) {
            throw new IllegalArgumentException("not in the backing: " + offset + ", length " + length);
        }
        return map(new FakeMemory.Window(base, length, null, backing, offset, writable));
    }

    @Override
    public Backing backing(String name, long size) {
        if (scope.late()) {
            return new FakeBacking(new byte[(int) size]);
        }
        if (size % PhysicalMemory.PAGE_SIZE != 0) {
            throw new IllegalArgumentException("not whole pages: " + size);
        }
        FakeBacking backing = machine.backings.computeIfAbsent(
                deviceName + "/" + name, k -> new FakeBacking(new byte[Math.toIntExact(size)]));
        if (backing.size() != size) {
            throw new IllegalArgumentException("backing " + name + " has another size: " + backing.size());
        }
        return backing;
    }

    @Override
    public void setDramAccess(long base, long length, boolean readable, boolean writable) {
        if (!scope.late()) {
            machine.memory.setDramAccess(base, length, readable, writable);
        }
    }

    @Override
    public long ramSize() {
        return machine.memory.ram().length;
    }

    @Override
    public long lowRamSize() {
        return ramSize();
    }

    @Override
    public PhysicalMemory memory() {
        return new ScopedMemory(scope, machine.memory);
    }

    @Override
    public Line line(LineId line) {
        return lines.computeIfAbsent(line, id -> machine.lines.connect(scope, deviceName, id));
    }

    @Override
    public PciBus pci() {
        return machine.pci.scoped(scope, deviceName);
    }

    @Override
    public <R extends BoardRole> void provide(Class<R> role, R implementation) {
        if (!scope.late()) {
            machine.roles.provide(role, implementation);
            scope.add("role " + role.getSimpleName(), () -> machine.roles.withdraw(role, implementation));
        }
    }

    @Override
    public <R extends BoardRole> R role(Class<R> role) {
        return machine.roles.scoped(scope, role);
    }

    @Override
    public VirtualClock clock() {
        return machine.clock;
    }

    @Override
    public Timer timer(Runnable action) {
        return new FakeClock.ScopedTimer(scope, machine.clock, action);
    }

    @Override
    public Offload offload(Offload.Work work, Offload.Completion completion) {
        return new FakeOffload(scope, machine.offloads, machine.clock, work, completion);
    }

    @Override
    public void requestReset(ResetKind kind) {
        if (!scope.late()) {
            machine.requestReset(kind);
        }
    }

    @Override
    public void requestPowerOff() {
        if (!scope.late()) {
            machine.requestPowerOff();
        }
    }

    @Override
    public CharacterPort characterPort(String name) {
        return characterPorts.computeIfAbsent(
                name, n -> machine.characterPort(n).scoped(scope));
    }

    @Override
    public BlockPort blockPort(String name) {
        return machine.blockPort(name).scoped(scope);
    }

    @Override
    public NetworkPort networkPort(String name) {
        return networkPorts.computeIfAbsent(name, n -> machine.networkPort(n).scoped(scope));
    }

    @Override
    public DisplayPort displayPort() {
        return machine.displayPort(deviceName).scoped(scope);
    }

    @Override
    public InputPort inputPort() {
        if (inputPort == null) {
            inputPort = machine.inputPort(deviceName).scoped(scope);
        }
        return inputPort;
    }

    @Override
    public Counter counter(String name) {
        return counters.computeIfAbsent(name, n -> amount -> {
            if (!scope.late()) {
                machine.count(deviceName + "/" + n, amount);
            }
        });
    }

    @Override
    public void report(String message) {
        if (!scope.late()) {
            machine.report(message);
        }
    }

    private Mapping map(FakeMemory.Window window) {
        if (scope.late()) {
            return () -> {};
        }
        machine.memory.map(window);
        return scope.add("pages " + Long.toHexString(window.base()) + "h", () -> machine.memory.unmap(window))::run;
    }
}
