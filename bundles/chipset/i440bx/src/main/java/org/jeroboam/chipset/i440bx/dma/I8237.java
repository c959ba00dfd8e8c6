package org.jeroboam.chipset.i440bx.dma;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.DmaController;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.memory.PhysicalMemory;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * The two 8237A DMA controllers (ports 00h to 0Fh, C0h to DEh) with the page registers (80h to 8Fh), after Intel's
 * 8237A and 82371AB data sheets. A device moves a burst in one call; it ends at terminal count. The PIIX4's controllers
 * make no memory-to-memory transfers. After reset channel 4 cascades and is not masked, as a BIOS leaves it, since
 * direct boot has none.
 *
 * <p>Imperfections: transfers take no time; single, block and demand mode do the same; software requests only show in
 * the status; priorities, timing and polarities of the command register have no effect; the page registers have no
 * aliases at 90h to 9Fh. Port 80h keeps POST codes like the other spare page registers.
 */
final class I8237 implements Device, PortHandler, DmaController {
    private static final int PAGES = 16;
    private static final int WRITES_MEMORY = 1;
    private static final int READS_MEMORY = 2;
    private static final int[] PAGE_OF_CHANNEL = {0x7, 0x3, 0x1, 0x2, 0xF, 0xB, 0x9, 0xA};

    /**
     * The part's state.
     *
     * @param low channels 0 to 3
     * @param high channels 4 to 7
     * @param pages ports 80h to 8Fh
     * @param terminal channels whose last burst reached terminal count, a bit each
     */
    record State(DmaChip.State low, DmaChip.State high, byte[] pages, int terminal) {
        State {
            if (low == null || high == null || pages.length != PAGES) {
                throw new IllegalArgumentException("two DMA controllers and 16 page registers were expected");
            }
        }
    }

    private final DmaChip low = new DmaChip();
    private final DmaChip high = new DmaChip();
    private final byte[] pages = new byte[PAGES];
    private int terminal;
    private PhysicalMemory memory;

    /** Creates the part. */
    I8237() {}

    @Override
    public void attach(Board board) {
        memory = board.memory();
        board.mapPorts(0x00, 16, 1, this);
        board.mapPorts(0x80, PAGES, 1, this);
        board.mapPorts(0xC0, 32, 1, this);
        board.provide(DmaController.class, this);
    }

    @Override
    public void reset(ResetKind kind) {
        low.reset();
        high.reset();
        high.openCascade();
        Arrays.fill(pages, (byte) 0);
        terminal = 0;
    }

    @Override
    public int readPort(int port, int size) {
        if (port < 0x10) {
            return low.read(port);
        }
        if (port < 0x90) {
            return pages[port & PAGES - 1] & 0xFF;
        }
        return (port & 1) == 0 ? high.read(port - 0xC0 >> 1) : 0xFF;
    }

    @Override
    public void writePort(int port, int size, int value) {
        int b = value & 0xFF;
        if (port < 0x10) {
            low.write(port, b);
        } else if (port < 0x90) {
            pages[port & PAGES - 1] = (byte) b;
        } else if ((port & 1) == 0) {
            high.write(port - 0xC0 >> 1, b);
        }
    }

    @Override
    public int deviceToMemory(int channel, MemorySegment source, long offset, int length) {
        return burst(channel, WRITES_MEMORY, source, offset, length);
    }

    @Override
    public int memoryToDevice(int channel, MemorySegment target, long offset, int length) {
        return burst(channel, READS_MEMORY, target, offset, length);
    }

    @Override
    public boolean terminalCount(int channel) {
        return channel >= 0 && channel < 8 && (terminal & 1 << channel) != 0;
    }

    private int burst(int channel, int type, MemorySegment buffer, long offset, int length) {
        if (channel < 0 || channel > 7 || channel == 4) {
            return 0;
        }
        terminal &= ~(1 << channel);
        DmaChip chip = channel < 4 ? low : high;
        int index = channel & 3;
        int unitShift = channel < 4 ? 0 : 1;
        int transfers = Math.min(Math.max(length, 0) >> unitShift, chip.remaining(index));
        if (transfers == 0 || !chip.serves(index, type) || channel < 4 && !high.cascades()) {
            return 0;
        }
        int bytes = transfers << unitShift;
        if (!chip.verifies(index)) {
            move(channel, chip, type, buffer, offset, bytes);
        } else if (type == READS_MEMORY) {
            buffer.asSlice(offset, bytes).fill((byte) 0);
        }
        if (chip.advance(index, transfers)) {
            terminal |= 1 << channel;
        }
        return bytes;
    }

    /** Copies the burst; addresses wrap within 64 KiB, on 16-bit channels within 128 KiB. */
    private void move(int channel, DmaChip chip, int type, MemorySegment buffer, long offset, int bytes) {
        int index = channel & 3;
        boolean words = channel > 4;
        int page = pages[PAGE_OF_CHANNEL[channel]] & 0xFF;
        long base = (long) (words ? page & 0xFE : page) << 16;
        int wrap = words ? 0x1_FFFF : 0xFFFF;
        int at = words ? chip.address(index) << 1 : chip.address(index);
        if (chip.decrements(index)) {
            int unit = words ? 2 : 1;
            for (int done = 0; done < bytes; done += unit) {
                copy(type, base + (at - done & wrap), buffer, offset + done, unit);
            }
            return;
        }
        int first = Math.min(bytes, wrap + 1 - at);
        copy(type, base + at, buffer, offset, first);
        if (first < bytes) {
            copy(type, base, buffer, offset + first, bytes - first);
        }
    }

    private void copy(int type, long physical, MemorySegment buffer, long offset, int bytes) {
        if (type == WRITES_MEMORY) {
            memory.copyIn(physical, buffer, offset, bytes);
        } else {
            memory.copyOut(physical, buffer, offset, bytes);
        }
    }

    @Override
    public void save(StateWriter out) {
        out.section("i8237", 1, new State(low.save(), high.save(), pages.clone(), terminal));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        State state = in.section("i8237", 1, State.class);
        low.restore(state.low);
        high.restore(state.high);
        System.arraycopy(state.pages, 0, pages, 0, PAGES);
        terminal = state.terminal & 0xFF;
    }
}
