package org.jeroboam.sample.ne2000;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Counter;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.PciConfigSpace;
import org.jeroboam.hardware.board.PciFunction;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.clock.VirtualClock;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.network.NetworkPort;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * An NE2000 for PCI: Realtek's RTL8029AS (10EC:8029). A window of 32 ports holds the {@link Dp8390}'s registers (0 to Fh),
 * the data port (10h to 17h) and the reset port (18h to 1Fh). A frame takes the time of a 10 Mbit/s cable; at its end it is
 * on the network port, or at the {@link LoopbackStation} when the configuration names no network.
 *
 * <p>Imperfections: no remote DMA command Send Packet; words are little-endian whatever DCR.BOS says; in loop-back modes a
 * frame reaches the FIFO only; no collisions; frames that are no Ethernet frames (14 to 1514 bytes) are not sent, although
 * PTX says so; no boot ROM; CONFIG0 to CONFIG3 read 0.
 */
final class Ne2000 implements Device, PciFunction, PortHandler, Dp8390.Card, NetworkPort.Listener {
    private static final String SECTION = "ne2000";
    private static final int VERSION = 1;

    private static final int PCI_COMMAND = 0x04;
    private static final int PCI_BAR0 = 0x10;
    private static final int PORTS = 32;
    private static final int DATA_PORT = 0x10;
    private static final int RESET_PORT = 0x18;

    private static final int LEAST_FRAME = 14;
    private static final int MOST_FRAME = 1514;
    private static final int FRAME_BUFFER = 2048;

    /**
     * All that the card remembers.
     *
     * @param config configuration space
     * @param chip registers
     * @param memory packet memory
     * @param transmitEnd when the frame that is going out has left, or {@link Long#MAX_VALUE}
     */
    record State(byte[] config, Dp8390.State chip, byte[] memory, long transmitEnd) {
        State {
            if (config.length != PciConfigSpace.SIZE || memory.length != PacketMemory.RAM_SIZE || chip == null) {
                throw new IllegalArgumentException("wrong size of the card's memory");
            }
        }
    }

    private final int pciDevice;
    private final String network;
    private final PciConfigSpace config = new PciConfigSpace();
    private final PacketMemory memory;
    private final Dp8390 chip;
    private final byte[] frame = new byte[FRAME_BUFFER];
    private final MemorySegment frameSegment = MemorySegment.ofArray(frame);
    private Board board;
    private VirtualClock clock;
    private Line interrupt;
    private Timer transmitEnd;
    private NetworkPort cable;
    private Counter sent;
    private Counter received;
    private Counter dropped;
    private Mapping window;
    private int base;

    /**
     * Creates the card.
     *
     * @param pciDevice device number on bus 0
     * @param mac station address, 6 bytes
     * @param network name of the network port, or null for the loop-back network
     */
    Ne2000(int pciDevice, byte[] mac, String network) {
        this.pciDevice = pciDevice;
        this.network = network;
        memory = new PacketMemory(mac);
        chip = new Dp8390(this, memory);
        config.writable(PCI_COMMAND, 2, 0x0001);
        config.writable(PCI_BAR0, 4, -PORTS);
        config.writable(0x3C, 1, 0xFF);
    }

    @Override
    public void attach(Board scope) {
        board = scope;
        clock = scope.clock();
        interrupt = scope.line(new LineId.PciInterrupt(pciDevice, 0));
        transmitEnd = scope.timer(this::frameLeft);
        sent = scope.counter("frames.sent");
        received = scope.counter("frames.received");
        dropped = scope.counter("frames.dropped");
        if (network != null) {
            cable = scope.networkPort(network);
            cable.setListener(this);
        }
        scope.pci().place(pciDevice, 0, this);
    }

    @Override
    public void reset(ResetKind kind) {
        config.clear();
        config.set(0x00, 4, 0x8029_10EC);
        config.set(0x06, 2, 0x0200); // DEVSEL# medium
        config.set(0x08, 4, 0x0200_0000); // Ethernet controller
        config.set(PCI_BAR0, 4, 0x1);
        config.set(0x2C, 4, 0x8029_10EC);
        config.set(0x3D, 1, 0x01); // INTA#
        mapWindow();
        memory.clear();
        chip.powerOn();
    }

    @Override
    public int readConfig(int register, int size) {
        return config.read(register, size);
    }

    @Override
    public void writeConfig(int register, int size, int value) {
        config.write(register, size, value);
        mapWindow();
    }

    private void mapWindow() {
        boolean decodes = (config.read(PCI_COMMAND, 1) & 1) != 0;
        int address = decodes ? config.read(PCI_BAR0, 4) & -PORTS : 0;
        if (address < 0 || address > 0x10000 - PORTS) {
            address = 0;
        }
        if (address != base) {
            if (window != null) {
                window.unmap();
            }
            window = address == 0 ? null : board.mapPorts(address, PORTS, 4, this);
            base = address;
        }
    }

    @Override
    public int readPort(int port, int size) {
        int offset = port - base;
        if (offset >= RESET_PORT) {
            chip.reset();
            return 0;
        }
        if (offset >= DATA_PORT) {
            return readData(size);
        }
        int value = 0;
        for (int i = 0; i < size && offset + i < Dp8390.REGISTERS; i++) {
            value |= chip.read(offset + i) << 8 * i;
        }
        return value;
    }

    @Override
    public void writePort(int port, int size, int value) {
        int offset = port - base;
        if (offset >= RESET_PORT) {
            return; // the end of a reset pulse
        }
        if (offset >= DATA_PORT) {
            writeData(size, value);
            return;
        }
        for (int i = 0; i < size && offset + i < Dp8390.REGISTERS; i++) {
            chip.write(offset + i, value >>> 8 * i & 0xFF);
        }
    }

    /** A byte in word mode takes a word and shows its lower half, as drivers that read the PROM expect. */
    private int readData(int size) {
        int width = chip.dataWidth();
        int value = 0;
        for (int i = 0; i < size; i += width) {
            value |= chip.readData() << 8 * i;
        }
        return size == 1 ? value & 0xFF : value;
    }

    private void writeData(int size, int value) {
        int width = chip.dataWidth();
        for (int i = 0; i < size; i += width) {
            chip.writeData(value >>> 8 * i & (width == 2 ? 0xFFFF : 0xFF));
        }
    }

    @Override
    public void interruptChanged() {
        interrupt.set(chip.interrupt());
    }

    @Override
    public void transmit(long nanos) {
        transmitEnd.arm(clock.now() + nanos);
    }

    @Override
    public void abortTransmit() {
        transmitEnd.disarm();
    }

    private void frameLeft() {
        int length = chip.frame(frame);
        if (chip.loopsBack()) {
            chip.loopBack(frame, length);
            chip.transmitted(true);
            return;
        }
        boolean carrier = cable == null || cable.connected();
        boolean ethernet = length >= LEAST_FRAME && length <= MOST_FRAME;
        if (ethernet && carrier) {
            sent.add(1);
            if (cable != null) {
                cable.send(frameSegment, 0, length);
            }
        }
        chip.transmitted(carrier);
        if (ethernet && cable == null && LoopbackStation.answer(frame, length)) {
            take(length);
        }
    }

    @Override
    public boolean received(MemorySegment from, int length) {
        if (length > MOST_FRAME) {
            return false;
        }
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, 0, frame, 0, length);
        return take(length);
    }

    private boolean take(int length) {
        boolean taken = chip.receive(frame, length);
        (taken ? received : dropped).add(1);
        return taken;
    }

    /** Nothing in the chip tells of the link; it shows in the next frame's TSR. */
    @Override
    public void linkChanged(boolean connected) {
        if (!connected) {
            board.report("the network cable was pulled");
        }
    }

    @Override
    public void save(StateWriter out) {
        out.section(
                SECTION, VERSION, new State(config.toBytes(), chip.save(), memory.toBytes(), transmitEnd.deadline()));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        State state = in.section(SECTION, VERSION, State.class);
        config.restore(state.config);
        memory.restore(state.memory);
        chip.restore(state.chip);
        mapWindow();
        transmitEnd.arm(state.transmitEnd);
        interruptChanged();
    }
}
