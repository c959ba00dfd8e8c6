package ${package};

import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.MemoryHandler;
import org.jeroboam.hardware.board.PciConfigSpace;
import org.jeroboam.hardware.board.PciFunction;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * A PCI card that copies guest memory: registers in a window of 4 KiB (BAR0), DMA, and INTA#.
 *
 * <table>
 * <caption>Registers, 32 bits each</caption>
 * <tr><td>00h</td><td>ID</td><td>reads {@value #ID}</td></tr>
 * <tr><td>04h</td><td>SCRATCH</td><td>keeps what is written</td></tr>
 * <tr><td>08h</td><td>CONTROL</td><td>bit 0 starts a copy and reads 0; bit 1 enables the interrupt</td></tr>
 * <tr><td>0Ch</td><td>STATUS</td><td>bit 0 a copy is under way; bit 1 one has ended, cleared by writing 1</td></tr>
 * <tr><td>10h</td><td>SOURCE</td><td>physical address</td></tr>
 * <tr><td>14h</td><td>TARGET</td><td>physical address</td></tr>
 * <tr><td>18h</td><td>LENGTH</td><td>bytes, at most 4096</td></tr>
 * <tr><td>1Ch</td><td>SUM</td><td>of the bytes of the last copy</td></tr>
 * </table>
 *
 * <p>Imperfections: a copy becomes visible as a whole, at its end.
 */
final class ${className} implements Device, PciFunction, MemoryHandler {
    static final int ID = 0x4A45524F;

    static final int CONTROL_START = 0x1;
    static final int CONTROL_INTERRUPT = 0x2;
    static final int STATUS_BUSY = 0x1;
    static final int STATUS_DONE = 0x2;

    /** Yours, once you have a number from the PCI SIG; this one belongs to nobody. */
    private static final int VENDOR_AND_DEVICE = 0x0001_CAFE;

    private static final int COMMAND = 0x04;
    private static final int COMMAND_MEMORY = 0x2;
    private static final int COMMAND_BUS_MASTER = 0x4;
    private static final int COMMAND_NO_INTERRUPT = 0x400;
    private static final int PCI_STATUS = 0x06;
    private static final int PCI_STATUS_INTERRUPT = 0x8;
    private static final int BAR0 = 0x10;
    private static final int WINDOW = 4096;

    private static final String SECTION = "card";
    private static final int VERSION = 1;
    private static final int MOST_BYTES = 4096;
    private static final long NANOS_PER_BYTE = 10;

    /**
     * All that the card remembers. When you change it, raise VERSION and read the old one too.
     *
     * @param config configuration space
     * @param scratch SCRATCH
     * @param control CONTROL
     * @param status STATUS
     * @param source SOURCE
     * @param target TARGET
     * @param length LENGTH
     * @param sum SUM
     * @param copyEnd when the copy under way ends, or {@link Long#MAX_VALUE}
     */
    record State(
            byte[] config,
            int scratch,
            int control,
            int status,
            int source,
            int target,
            int length,
            int sum,
            long copyEnd) {
        State {
            if (config.length != PciConfigSpace.SIZE) {
                throw new IllegalArgumentException("a configuration space of " + config.length + " bytes");
            }
        }
    }

    private final int pciDevice;
    private final PciConfigSpace config = new PciConfigSpace();
    private final byte[] buffer = new byte[MOST_BYTES];
    private final MemorySegment bufferSegment = MemorySegment.ofArray(buffer);
    private Board board;
    private Line interrupt;
    private Timer copyEnd;
    private Mapping window;
    private long base;
    private int scratch;
    private int control;
    private int status;
    private int source;
    private int target;
    private int length;
    private int sum;

    /**
     * Creates a card.
     *
     * @param pciDevice device number on bus 0
     */
    ${className}(int pciDevice) {
        this.pciDevice = pciDevice;
        config.writable(COMMAND, 2, COMMAND_MEMORY | COMMAND_BUS_MASTER | COMMAND_NO_INTERRUPT);
        config.writable(BAR0, 4, -WINDOW);
        config.writable(0x3C, 1, 0xFF);
    }

    @Override
    public void attach(Board scope) {
        board = scope;
        interrupt = scope.line(new LineId.PciInterrupt(pciDevice, 0));
        copyEnd = scope.timer(this::copy);
        scope.pci().place(pciDevice, 0, this);
    }

    @Override
    public void reset(ResetKind kind) {
        config.clear();
        config.set(0x00, 4, VENDOR_AND_DEVICE);
        config.set(0x08, 4, 0xFF00_0000); // no class of the list fits
        config.set(0x2C, 4, VENDOR_AND_DEVICE);
        config.set(0x3D, 1, 1); // INTA#
        scratch = 0;
        control = 0;
        status = 0;
        source = 0;
        target = 0;
        length = 0;
        sum = 0;
        copyEnd.disarm();
        mapWindow();
        driveInterrupt();
    }

    @Override
    public int readConfig(int register, int size) {
        return config.read(register, size);
    }

    @Override
    public void writeConfig(int register, int size, int value) {
        config.write(register, size, value);
        mapWindow();
        driveInterrupt();
    }

    private boolean command(int bit) {
        return (config.read(COMMAND, 2) & bit) != 0;
    }

    private void mapWindow() {
        long address = command(COMMAND_MEMORY) ? config.read(BAR0, 4) & 0xFFFF_F000L : 0;
        if (address != base) {
            if (window != null) {
                window.unmap();
            }
            window = address == 0 ? null : board.mapDevice(address, WINDOW, this);
            base = address;
        }
    }

    private void driveInterrupt() {
        boolean wanted = (status & STATUS_DONE) != 0 && (control & CONTROL_INTERRUPT) != 0;
        config.set(PCI_STATUS, 2, wanted ? PCI_STATUS_INTERRUPT : 0);
        interrupt.set(wanted && !command(COMMAND_NO_INTERRUPT));
    }

    /** Any size at any place: a register's bytes are read one by one. */
    @Override
    public int readMemory(long offset, int size) {
        int value = 0;
        for (int i = 0; i < size; i++) {
            long at = offset + i;
            value |= (register((int) at & ~3) >>> 8 * (at & 3) & 0xFF) << 8 * i;
        }
        return value;
    }

    private int register(int offset) {
        return switch (offset) {
            case 0x00 -> ID;
            case 0x04 -> scratch;
            case 0x08 -> control;
            case 0x0C -> status;
            case 0x10 -> source;
            case 0x14 -> target;
            case 0x18 -> length;
            case 0x1C -> sum;
            default -> 0;
        };
    }

    /** Registers take whole values only, as the data sheet of many a card says. */
    @Override
    public void writeMemory(long offset, int size, int value) {
        if (size != 4 || (offset & 3) != 0) {
            return;
        }
        switch ((int) offset) {
            case 0x04 -> scratch = value;
            case 0x08 -> writeControl(value);
            case 0x0C -> status &= ~(value & STATUS_DONE);
            case 0x10 -> source = value;
            case 0x14 -> target = value;
            case 0x18 -> length = value;
            default -> {
                return;
            }
        }
        driveInterrupt();
    }

    private void writeControl(int value) {
        control = value & CONTROL_INTERRUPT;
        boolean start = (value & CONTROL_START) != 0 && (status & STATUS_BUSY) == 0;
        if (start && command(COMMAND_BUS_MASTER)) {
            status |= STATUS_BUSY;
            copyEnd.arm(board.clock().now() + bytes() * NANOS_PER_BYTE);
        }
    }

    /** The guest may write anything to LENGTH. */
    private int bytes() {
        return Math.clamp(Integer.toUnsignedLong(length), 0, MOST_BYTES);
    }

    private void copy() {
        int bytes = bytes();
        board.memory().copyOut(Integer.toUnsignedLong(source), bufferSegment, 0, bytes);
        board.memory().copyIn(Integer.toUnsignedLong(target), bufferSegment, 0, bytes);
        sum = 0;
        for (int i = 0; i < bytes; i++) {
            sum += buffer[i] & 0xFF;
        }
        status = status & ~STATUS_BUSY | STATUS_DONE;
        driveInterrupt();
    }

    @Override
    public void save(StateWriter out) {
        out.section(
                SECTION,
                VERSION,
                new State(config.toBytes(), scratch, control, status, source, target, length, sum, copyEnd.deadline()));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        State state = in.section(SECTION, VERSION, State.class);
        config.restore(state.config);
        scratch = state.scratch;
        control = state.control & CONTROL_INTERRUPT;
        status = state.status & (STATUS_BUSY | STATUS_DONE);
        source = state.source;
        target = state.target;
        length = state.length;
        sum = state.sum;
        copyEnd.arm(state.copyEnd);
        mapWindow();
        driveInterrupt();
    }
}
