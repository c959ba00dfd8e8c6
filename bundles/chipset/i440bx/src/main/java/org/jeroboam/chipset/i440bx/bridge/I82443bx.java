package org.jeroboam.chipset.i440bx.bridge;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.PciBus;
import org.jeroboam.hardware.board.PciConfigSpace;
import org.jeroboam.hardware.board.PciFunction;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * The 82443BX host bridge with AGP disabled: configuration mechanism 1 (CONFADD at CF8h, taken as four bytes only, and
 * CONFDATA at CFCh) and device 0 function 0, whose PAM and SMRAM registers open DRAM below 1 MiB; after Intel's 82443BX
 * data sheet.
 *
 * <p>Imperfections: DRAM timing, refresh, parity, error reporting and power registers keep bits without effect; DRB
 * registers say what RAM there is but do not move it, and above 2040 MiB they saturate; the hole at 15 MiB (FDHC),
 * SMRAM in system management mode, D_CLS and TSEG have no effect; no AGP; only bus 0 exists.
 *
 * <p>With the identity strap the bridge is, from a reset on, an 82441FX of QEMU's board to those who ask, because SeaBIOS
 * opens shadow RAM and believes fw_cfg on that board only. PAM and SMRAM lie at the same offsets in both chips. The write
 * that protects the opened F segment, with which SeaBIOS ends its self-test, makes it the 82443BX that it is, until the
 * next hard reset. Which of the two it is follows from the saved configuration space.
 */
final class I82443bx implements Device, PciFunction, PortHandler {
    private static final int CONFADD = 0xCF8;
    private static final int CONFDATA = 0xCFC;
    private static final int CONFADD_ENABLE = 1 << 31;
    private static final int CONFADD_WRITABLE = 0x80FF_FFFC;

    private static final int DRB0 = 0x60;
    private static final int ROWS = 8;
    private static final int ROW_UNITS = 32; // 256 MiB, the largest row
    private static final long UNIT = 8L << 20;
    private static final int ESMRAMC = 0x73;
    private static final int SMRAM_D_OPEN = 0x40;
    private static final int SMRAM_D_LCK = 0x10;

    private static final int VENDOR_AND_DEVICE = 0x7192_8086;
    private static final int CLASS_AND_REVISION = 0x0600_0003;
    private static final int STRAPPED_VENDOR_AND_DEVICE = 0x1237_8086;
    private static final int STRAPPED_CLASS_AND_REVISION = 0x0600_0002;
    private static final int STRAPPED_SUBSYSTEM = 0x1100_1AF4;
    private static final int PAM0_OPEN = 0x30;
    private static final int PAM0_PROTECTED = 0x10;

    /**
     * The part's state.
     *
     * @param config configuration space
     * @param confadd latch of CF8h
     */
    record State(byte[] config, int confadd) {
        State {
            if (config.length != PciConfigSpace.SIZE) {
                throw new IllegalArgumentException("wrong size of the configuration space");
            }
        }
    }

    private final boolean strap;
    private final PciConfigSpace config = new PciConfigSpace();
    private int confadd;
    private Board board;
    private PciBus pci;
    private DramMap dram;

    /**
     * Creates the part.
     *
     * @param strap whether it shows another identity until firmware has ended its self-test
     */
    I82443bx(boolean strap) {
        this.strap = strap;
        config.writable(0x04, 2, 0x0100);
        config.clearedByOne(0x06, 2, 0xF000);
        config.writable(0x0D, 1, 0xF8);
        config.writable(0x50, 4, -1); // NBXCFG, DRAMC2 in 53h
        config.writable(0x57, 2, -1); // DRAMC, DRAMT
        config.writable(DramMap.PAM0, 1, 0x30);
        config.writable(DramMap.PAM0 + 1, 4, 0x3333_3333);
        config.writable(DramMap.PAM0 + 5, 2, 0x3333);
        config.writable(DRB0, 4, -1);
        config.writable(DRB0 + 4, 4, -1);
        config.writable(0x68, 4, -1); // FDHC, MBSC
        config.writable(0x6C, 4, -1); // MBSC
        config.writable(0x70, 1, 0xFF);
        config.writable(ESMRAMC, 1, 0x87);
        config.clearedByOne(ESMRAMC, 1, 0x40);
        config.writable(0x74, 4, -1); // RPS, SDRAMC
        config.writable(0x78, 4, 0xFFFD_FFFF); // PGPOL, PMCR without its AGP strap, SCRR
        config.writable(0x7C, 1, 0xFF);
        config.writable(0x80, 1, 0x03); // EAP
        config.writable(0x90, 1, 0xFF); // ERRCMD
        config.clearedByOne(0x91, 2, 0x1F1F); // ERRSTS
        for (int register = 0x92; register < 0xF0; register++) {
            boolean agpOrStatus = register <= 0x92 || register >= 0xA0 && register < 0xC0;
            config.writable(register, 1, agpOrStatus ? 0 : 0xFF);
        }
    }

    @Override
    public void attach(Board scope) {
        board = scope;
        pci = scope.pci();
        dram = new DramMap(scope);
        scope.mapPorts(CONFADD, 4, 4, this);
        scope.mapPorts(CONFDATA, 4, 4, this);
        pci.place(0, 0, this);
    }

    @Override
    public void reset(ResetKind kind) {
        confadd = 0;
        config.clear();
        setIdentity(strap);
        config.set(0x04, 2, 0x0006);
        config.set(0x06, 2, 0x0200);
        config.set(0x57, 1, 0x08); // SDRAM
        setRows();
        config.set(DramMap.SMRAM, 1, 0x02);
        config.set(ESMRAMC, 1, 0x38);
        config.set(0x7A, 1, 0x02); // AGP disabled by strap
        config.set(0xF8, 4, 0x0000_1F20);
        lockSmram();
        dram.forget();
        dram.apply(config);
    }

    private void setIdentity(boolean strapped) {
        config.set(0x00, 4, strapped ? STRAPPED_VENDOR_AND_DEVICE : VENDOR_AND_DEVICE);
        config.set(0x08, 4, strapped ? STRAPPED_CLASS_AND_REVISION : CLASS_AND_REVISION);
        config.set(0x2C, 4, strapped ? STRAPPED_SUBSYSTEM : 0);
    }

    private boolean strapped() {
        return config.read(0x00, 4) == STRAPPED_VENDOR_AND_DEVICE;
    }

    /** RAM as firmware would have found it: rows of 256 MiB, the last register holding the whole. */
    private void setRows() {
        int total = (int) Math.min(0xFF, board.ramSize() / UNIT);
        for (int row = 0; row < ROWS; row++) {
            int top = row == ROWS - 1 ? total : Math.min(total, ROW_UNITS * (row + 1));
            config.set(DRB0 + row, 1, top);
        }
    }

    /** D_LCK closes SMRAM and makes its register read-only until reset. */
    private void lockSmram() {
        int smram = config.read(DramMap.SMRAM, 1);
        boolean locked = (smram & SMRAM_D_LCK) != 0;
        if (locked) {
            config.set(DramMap.SMRAM, 1, smram & ~SMRAM_D_OPEN);
        }
        config.writable(DramMap.SMRAM, 1, locked ? 0 : 0x78);
    }

    @Override
    public int readConfig(int register, int size) {
        return config.read(register, size);
    }

    @Override
    public void writeConfig(int register, int size, int value) {
        boolean open = config.read(DramMap.PAM0, 1) == PAM0_OPEN;
        config.write(register, size, value);
        lockSmram();
        dram.apply(config);
        if (open && config.read(DramMap.PAM0, 1) == PAM0_PROTECTED && strapped()) {
            setIdentity(false);
        }
    }

    @Override
    public int readPort(int port, int size) {
        if (port < CONFDATA) {
            return size == 4 ? confadd : -1;
        }
        if (!addressesBus0()) {
            return -1;
        }
        return pci.readConfig(confadd >> 11 & 31, confadd >> 8 & 7, confadd & 0xFC | port & 3, size);
    }

    @Override
    public void writePort(int port, int size, int value) {
        if (port < CONFDATA) {
            if (size == 4) {
                confadd = value & CONFADD_WRITABLE;
            }
        } else if (addressesBus0()) {
            pci.writeConfig(confadd >> 11 & 31, confadd >> 8 & 7, confadd & 0xFC | port & 3, size, value);
        }
    }

    private boolean addressesBus0() {
        return (confadd & (CONFADD_ENABLE | 0xFF_0000)) == CONFADD_ENABLE;
    }

    @Override
    public void save(StateWriter out) {
        out.section("i82443bx", 1, new State(config.toBytes(), confadd));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        State state = in.section("i82443bx", 1, State.class);
        config.restore(state.config);
        confadd = state.confadd & CONFADD_WRITABLE;
        lockSmram();
        dram.forget();
        dram.apply(config);
    }
}
