package org.jeroboam.hardware.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.BoardRole;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.ResetKind;

/**
 * What devices on {@link FakeBoard}s share: ports, RAM, PCI, lines, clock, back ends. A test plays the guest with
 * {@link #readPort}, {@link #memory()} and {@link #readConfig}, and the outside world with the fake back ends. One
 * thread.
 */
public final class FakeMachine {
    /** RAM of {@link #FakeMachine()}: 4 MiB. */
    public static final int DEFAULT_RAM = 4 << 20;

    final Trace trace = new Trace();
    final FakeClock clock = new FakeClock();
    final FakePorts ports = new FakePorts();
    final FakeMemory memory;
    final FakeRoles roles = new FakeRoles();
    final FakeLines lines = new FakeLines(clock, trace, roles);
    final FakePci pci = new FakePci(lines::routingChanged);
    final Offloads offloads = new Offloads();
    final Map<String, FakeBacking> backings = new LinkedHashMap<>();
    private final Map<String, FakeCharacterPort> characterPorts = new HashMap<>();
    private final Map<String, FakeBlockPort> blockPorts = new HashMap<>();
    private final Map<String, FakeNetworkPort> networkPorts = new HashMap<>();
    private final Map<String, FakeDisplayPort> displayPorts = new HashMap<>();
    private final Map<String, FakeInputPort> inputPorts = new HashMap<>();
    private final Map<String, Long> counters = new HashMap<>();
    private final List<String> reports = new ArrayList<>();
    private final List<ResetKind> resets = new ArrayList<>();
    private boolean poweredOff;

    /**
     * A change of a line.
     *
     * @param time virtual time
     * @param level the new level
     */
    public record Edge(long time, boolean level) {}

    /** Makes a machine with {@value #DEFAULT_RAM} bytes of RAM. */
    public FakeMachine() {
        this(DEFAULT_RAM);
    }

    /**
     * Makes a machine.
     *
     * @param ramSize bytes
     */
    public FakeMachine(int ramSize) {
        memory = new FakeMemory(ramSize);
    }

    /**
     * A scope for one more device.
     *
     * @param deviceName unique among the devices attached now
     * @return a new board
     */
    public FakeBoard board(String deviceName) {
        return new FakeBoard(this, deviceName);
    }

    /**
     * A guest's IN.
     *
     * @param port 0 to FFFFh
     * @param size 1, 2 or 4
     * @return the value, zero-extended
     */
    public int readPort(int port, int size) {
        int value = ports.read(port, size);
        if (trace.on()) {
            trace.add("in " + Integer.toHexString(port) + "/" + size + "=" + Integer.toHexString(value));
        }
        return value;
    }

    /**
     * A guest's OUT.
     *
     * @param port 0 to FFFFh
     * @param size 1, 2 or 4
     * @param value its low {@code size} bytes are written
     */
    public void writePort(int port, int size, int value) {
        ports.write(port, size, value);
    }

    /**
     * A guest's IN of a byte.
     *
     * @param port 0 to FFFFh
     * @return 0 to 255
     */
    public int in(int port) {
        return readPort(port, 1);
    }

    /**
     * A guest's OUT of a byte.
     *
     * @param port 0 to FFFFh
     * @param value its low 8 bits are written
     */
    public void out(int port, int value) {
        writePort(port, 1, value);
    }

    /**
     * A read from physical memory.
     *
     * @param physical address
     * @param size 1, 2 or 4
     * @return the value, zero-extended
     */
    public int readMemory(long physical, int size) {
        int value = memory.read(physical, size);
        if (trace.on()) {
            trace.add("mem " + Long.toHexString(physical) + "/" + size + "=" + Integer.toHexString(value));
        }
        return value;
    }

    /**
     * A write to physical memory.
     *
     * @param physical address
     * @param size 1, 2 or 4
     * @param value its low {@code size} bytes are written
     */
    public void writeMemory(long physical, int size, int value) {
        memory.write(physical, size, value);
    }

    /**
     * A configuration read on PCI bus 0.
     *
     * @param device 0 to 31
     * @param function 0 to 7
     * @param register byte offset
     * @param size 1, 2 or 4
     * @return the value; all ones when nothing is there
     */
    public int readConfig(int device, int function, int register, int size) {
        int value = pci.read(device, function, register, size);
        if (trace.on()) {
            trace.add("cfg " + device + "." + function + " " + Integer.toHexString(register) + "/" + size + "="
                    + Integer.toHexString(value));
        }
        return value;
    }

    /**
     * A configuration write on PCI bus 0.
     *
     * @param device 0 to 31
     * @param function 0 to 7
     * @param register byte offset
     * @param size 1, 2 or 4
     * @param value its low {@code size} bytes are written
     */
    public void writeConfig(int device, int function, int register, int size, int value) {
        pci.write(device, function, register, size, value);
    }

    /**
     * RAM and the physical map.
     *
     * @return the same for all devices
     */
    public FakeMemory memory() {
        return memory;
    }

    /**
     * The clock.
     *
     * @return moved by the test
     */
    public FakeClock clock() {
        return clock;
    }

    /**
     * The trace.
     *
     * @return off at first
     */
    public Trace trace() {
        return trace;
    }

    /**
     * A line's level.
     *
     * @param line the line
     * @return OR of its connections
     */
    public boolean level(LineId line) {
        return lines.level(line);
    }

    /**
     * The level at an input of the interrupt controller.
     *
     * @param irq 0 to 15
     * @return OR of the ISA line and the PCI pins led to it
     */
    public boolean irq(int irq) {
        return lines.irqInput(irq);
    }

    /**
     * All changes of a line so far, or since {@link #forgetEdges()}.
     *
     * @param line the line
     * @return in order
     */
    public List<Edge> edges(LineId line) {
        return lines.edges(line);
    }

    /**
     * Rising edges of an ISA interrupt line so far, or since {@link #forgetEdges()}.
     *
     * @param irq 0 to 15, but not 2
     * @return a count
     */
    public int interrupts(int irq) {
        return (int) edges(new LineId.Irq(irq)).stream().filter(Edge::level).count();
    }

    /** Forgets the recorded changes of all lines. */
    public void forgetEdges() {
        lines.forgetEdges();
    }

    /**
     * Drives a line from the outside, as another device would.
     *
     * @param line the line
     * @param level the level of the test's own connection
     */
    public void drive(LineId line, boolean level) {
        lines.set("(test)", line, level);
    }

    /**
     * A role that a device provides, as the processor or another device calls it.
     *
     * @param role which
     * @param <R> the role's interface
     * @return the handle; does nothing while nobody provides it
     */
    public <R extends BoardRole> R role(Class<R> role) {
        return roles.handle(role);
    }

    /** Lets background work become visible only at {@link #releaseOffloads()}, like a slow host. */
    public void holdOffloads() {
        offloads.hold();
    }

    /** Ends the hold; what is due becomes visible now. */
    public void releaseOffloads() {
        offloads.release();
    }

    /** Lets all background work end on the host, without anybody seeing it, as a machine does before it saves. */
    public void finishWork() {
        offloads.finishWork();
    }

    /**
     * Whether a completion is still to come.
     *
     * @return true between submission and completion of some offload
     */
    public boolean workWaiting() {
        return offloads.waiting();
    }

    /**
     * Completions that came too late, because their device was detached.
     *
     * @return a count
     */
    public int droppedCompletions() {
        return offloads.droppedCompletions();
    }

    /**
     * The byte stream with a name.
     *
     * @param name as devices ask for it
     * @return made on the first call
     */
    public FakeCharacterPort characterPort(String name) {
        return characterPorts.computeIfAbsent(name, n -> new FakeCharacterPort(trace, n));
    }

    /**
     * The drive with a name.
     *
     * @param name as devices ask for it
     * @return made on the first call, without medium
     */
    public FakeBlockPort blockPort(String name) {
        return blockPorts.computeIfAbsent(name, n -> new FakeBlockPort(trace, n));
    }

    /**
     * The network port with a name.
     *
     * @param name as devices ask for it
     * @return made on the first call
     */
    public FakeNetworkPort networkPort(String name) {
        return networkPorts.computeIfAbsent(name, n -> new FakeNetworkPort(trace, n));
    }

    /**
     * The screen of a device.
     *
     * @param device its name
     * @return made on the first call
     */
    public FakeDisplayPort displayPort(String device) {
        return displayPorts.computeIfAbsent(device, n -> new FakeDisplayPort(trace, n));
    }

    /**
     * Keys and pointer of a device.
     *
     * @param device its name
     * @return made on the first call
     */
    public FakeInputPort inputPort(String device) {
        return inputPorts.computeIfAbsent(device, n -> new FakeInputPort());
    }

    /**
     * A counter.
     *
     * @param device the device's name
     * @param name the counter's name
     * @return its value, 0 when nobody counted
     */
    public long counter(String device, String name) {
        return counters.getOrDefault(device + "/" + name, 0L);
    }

    /**
     * What devices reported.
     *
     * @return sentences in order
     */
    public List<String> reports() {
        return List.copyOf(reports);
    }

    /**
     * Resets that devices asked for.
     *
     * @return in order; the test performs them, or not
     */
    public List<ResetKind> resets() {
        return List.copyOf(resets);
    }

    /**
     * Whether a device asked for power off.
     *
     * @return true from the first request on
     */
    public boolean poweredOff() {
        return poweredOff;
    }

    /**
     * Makes this machine like another but for its devices and the levels of its lines: RAM, time, host memory, what
     * back ends hold.
     *
     * @param other stays as it is
     */
    public void takeConditionOf(FakeMachine other) {
        clock.setNow(other.clock.now());
        memory.takeConditionOf(other.memory);
        other.backings.forEach((name, backing) -> backings.put(name, backing.copy()));
        other.characterPorts.forEach((name, port) -> characterPort(name).takeConditionOf(port));
        other.blockPorts.forEach((name, port) -> blockPort(name).takeConditionOf(port));
        other.networkPorts.forEach((name, port) -> networkPort(name).takeConditionOf(port));
    }

    /**
     * Sets the connections of a device to their levels on another machine, as a machine keeps them for a successor.
     *
     * @param other stays as it is
     * @param device the device's name on both
     */
    public void takeLinesOf(FakeMachine other, String device) {
        other.lines.of(device).forEach((line, level) -> lines.set(device, line, level));
        forgetEdges();
    }

    /**
     * One access as only a broken or hostile guest makes it: anywhere in what devices answer, with any data; or some
     * time passes.
     *
     * @param random chooses
     */
    public void accessAnything(Random random) {
        Fuzzer.access(this, random);
    }

    void count(String counter, long amount) {
        if (amount < 0) {
            throw new IllegalArgumentException("counter " + counter + " cannot shrink");
        }
        counters.merge(counter, amount, Long::sum);
    }

    void report(String message) {
        reports.add(message);
        trace.add("report " + message);
    }

    void requestReset(ResetKind kind) {
        resets.add(kind);
        trace.add("reset " + kind);
    }

    void requestPowerOff() {
        poweredOff = true;
        trace.add("power off");
    }
}
