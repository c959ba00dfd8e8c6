package org.jeroboam.machine.board;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.machine.clock.GuestClock;
import org.jeroboam.machine.clock.Processor;
import org.jeroboam.machine.clock.TimerQueue;
import org.jeroboam.machine.io.CharacterChannel;
import org.jeroboam.machine.io.Drive;
import org.jeroboam.machine.io.Keyboard;
import org.jeroboam.machine.io.Offloads;
import org.jeroboam.machine.io.Screen;
import org.jeroboam.machine.memory.BackingStore;
import org.jeroboam.machine.memory.GuestRam;
import org.jeroboam.machine.memory.PhysicalMap;

/** All tables of a machine that is powered on. Made at power on, dropped at power off; machine thread only. */
public final class Motherboard {
    /**
     * What the board needs from around it.
     *
     * @param config the machine's configuration
     * @param ram the machine's RAM
     * @param drives by name
     * @param pool for work off the machine thread
     * @param wake wakes the machine thread
     * @param machineThread the machine thread; null when any thread may act for it
     * @param reports takes a part's name and what it says
     */
    public record Surroundings(
            MachineConfig config,
            GuestRam ram,
            Map<String, Drive> drives,
            Executor pool,
            Runnable wake,
            Tenure machineThread,
            BiConsumer<String, String> reports) {}

    private final Surroundings around;
    private final Processor processor = new Processor();
    private final Signals signals = new Signals(processor);
    private final GuestClock clock;
    private final TimerQueue timers;
    private final PhysicalMap memory;
    private final BackingStore backings;
    private final PortTable ports = new PortTable(signals);
    private final PciTable pci = new PciTable(signals);
    private final Roles roles = new Roles(signals);
    private final LineTable lines = new LineTable(processor, roles);
    private final Keyboard keyboard = new Keyboard(signals);
    private final Counters counters = new Counters();
    private final Map<String, CharacterChannel> channels = new LinkedHashMap<>();
    private final List<CharacterChannel> connected = new ArrayList<>();
    private final Map<String, CharacterChannel> connectedByName;
    private final Screen screen = new Screen(signals);
    private final Offloads offloads;
    private final CpuBus cpuBus;

    /**
     * Builds an empty board.
     *
     * @param around what it needs
     */
    public Motherboard(Surroundings around) {
        this.around = around;
        clock = new GuestClock(around.config().clock(), processor);
        timers = new TimerQueue(clock, processor, signals);
        memory = new PhysicalMap(around.ram(), signals);
        backings = new BackingStore(memory);
        offloads = new Offloads(around.pool(), clock, timers, signals, around.wake());
        runsOn(around.machineThread());
        cpuBus = new CpuPins(this);
        around.config().characterPorts().forEach(this::channel);
        connectedByName = Map.copyOf(channels);
    }

    /** The machine goes on with another thread. */
    public void runsOn(Tenure now) {
        signals.runsOn(now);
    }

    /** The stream with a name. */
    public CharacterChannel channel(String name) {
        return channels.computeIfAbsent(name, key -> {
            boolean leads = around.config().characterPorts().contains(name);
            CharacterChannel channel =
                    new CharacterChannel(name, leads, clock.deterministic(), processor::stopSoon, signals);
            if (leads) {
                connected.add(channel);
            }
            return channel;
        });
    }

    /** The streams that lead somewhere. */
    public List<CharacterChannel> connectedChannels() {
        return connected;
    }

    /** The connected stream with a name, or null; any thread. */
    public CharacterChannel connectedChannel(String name) {
        return connectedByName.get(name);
    }

    /** Whether a stream that holds the machine up has been relieved. */
    public boolean relieved() {
        for (int i = 0; i < connected.size(); i++) {
            if (connected.get(i).relieved()) {
                return true;
            }
        }
        return false;
    }

    /** The drive with a name; an empty one when the configuration has none. */
    public Drive drive(String name) {
        Drive drive = around.drives().get(name);
        return drive == null ? new Drive(name, false, () -> {}) : drive;
    }

    /** The screen; the video adapter that came last draws it. */
    public Screen screen() {
        return screen;
    }

    void report(String part, String message) {
        around.reports().accept(part, message);
    }

    /** RAM. */
    public GuestRam ram() {
        return around.ram();
    }

    /** The socket. */
    public Processor processor() {
        return processor;
    }

    /** What parts ask for. */
    public Signals signals() {
        return signals;
    }

    /** Guest time. */
    public GuestClock clock() {
        return clock;
    }

    /** Timers. */
    public TimerQueue timers() {
        return timers;
    }

    /** The physical map. */
    public PhysicalMap memory() {
        return memory;
    }

    /** Backings. */
    public BackingStore backings() {
        return backings;
    }

    /** Ports. */
    public PortTable ports() {
        return ports;
    }

    /** PCI. */
    public PciTable pci() {
        return pci;
    }

    /** Roles. */
    public Roles roles() {
        return roles;
    }

    /** Lines. */
    public LineTable lines() {
        return lines;
    }

    /** Keys and pointer. */
    public Keyboard keyboard() {
        return keyboard;
    }

    /** Counters. */
    public Counters counters() {
        return counters;
    }

    /** Background work. */
    public Offloads offloads() {
        return offloads;
    }

    /** The processor's pins. */
    public CpuBus cpuBus() {
        return cpuBus;
    }
}
