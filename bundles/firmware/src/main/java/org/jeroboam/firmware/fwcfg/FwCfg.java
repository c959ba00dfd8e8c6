package org.jeroboam.firmware.fwcfg;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.PciBus;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * The interface through which SeaBIOS learns of its machine, after QEMU's fw_cfg specification: a word written to port
 * 510h selects an item, reads of port 511h give its bytes one after the other, then zeros.
 *
 * <p>Firmware believes it on QEMU's board only; so it answers only while the host bridge shows that board's subsystem
 * number, which is from a hard reset to the end of the self-test. For an operating system the ports are empty.
 *
 * <p>Imperfections: {@value #NO_DMA}; {@value #NO_WRITES}.
 */
final class FwCfg implements Device, PortHandler {
    static final String NO_DMA = "no DMA interface";
    static final String NO_WRITES = "items cannot be written";

    private static final int SELECTOR = 0x510;
    private static final int DATA = 0x511;
    private static final int SUBSYSTEM = 0x2C;
    private static final int QEMU_BOARD = 0x1100_1AF4;
    private static final String SECTION = "fw-cfg";

    /**
     * The part's state.
     *
     * @param selector the selected item
     * @param offset its next byte
     */
    record State(int selector, int offset) {}

    private final FwCfgSettings settings;
    private FwCfgItems items;
    private PciBus pci;
    private int selector;
    private byte[] item = {};
    private int offset;

    FwCfg(FwCfgSettings settings) {
        this.settings = settings;
    }

    @Override
    public void attach(Board board) {
        pci = board.pci();
        items = settings.items(board.lowRamSize(), board.ramSize() - board.lowRamSize());
        board.mapPorts(SELECTOR, 2, 2, this);
    }

    @Override
    public void reset(ResetKind kind) {
        select(0, 0);
    }

    private void select(int key, int first) {
        selector = key;
        item = items.find(key);
        offset = Math.clamp(first, 0, item.length);
    }

    private boolean hidden() {
        return pci.readConfig(0, 0, SUBSYSTEM, 4) != QEMU_BOARD;
    }

    @Override
    public int readPort(int port, int size) {
        if (port != DATA || hidden()) {
            return -1;
        }
        return offset < item.length ? item[offset++] & 0xFF : 0;
    }

    @Override
    public void writePort(int port, int size, int value) {
        if (port == SELECTOR && size == 2 && !hidden()) {
            select(value & 0xFFFF, 0);
        }
    }

    @Override
    public void save(StateWriter out) {
        out.section(SECTION, 1, new State(selector, offset));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        State state = in.section(SECTION, 1, State.class);
        select(state.selector() & 0xFFFF, state.offset());
    }
}
