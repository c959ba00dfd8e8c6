package org.jeroboam.chipset.i440bx.pm;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.PciConfigSpace;
import org.jeroboam.hardware.board.PciFunction;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.PowerButton;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.clock.VirtualClock;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * PIIX4 function 3: ACPI power management block, power management timer, SCI on IRQ9, soft-off, power button, SMBus
 * host, and the APM ports B2h and B3h, after Intel's 82371AB data sheet.
 *
 * <p>Imperfections: no clock control, throttling, device monitors, idle timers or traps (their registers keep bits,
 * and PLVL2 and PLVL3 read 0 at once); sleep states other than soft-off end at once with WAK_STS; the button's 4 s
 * override, lid, ring, thermal and RTC wake inputs never report; no slaves on the SMBus; GPI pins read 1. Until
 * firmware with system management mode is there, APMC itself does what its handler would: F1h sets SCI_EN, F0h clears
 * it. PCICMD is stored without effect; SMBHSTCFG and PMREGMISC alone open the I/O windows.
 */
final class Piix4Pm implements Device, PciFunction, PortHandler, PowerButton, PmBlock.Effects {
    private static final int SCI_IRQ = 9;
    private static final int APMC = 0xB2;
    private static final int APMS = 0xB3;
    private static final int ACPI_ENABLE = 0xF1;
    private static final int ACPI_DISABLE = 0xF0;

    private static final int PMBA = 0x40;
    private static final int DEVACTB = 0x58;
    private static final int DEVACTB_APMC_EN = 1 << 25;
    private static final int PMREGMISC = 0x80;
    private static final int SMBBA = 0x90;
    private static final int SMBHSTCFG = 0xD2;
    private static final int SMB_IRQ9 = 0x08; // bits 3:1 = 100
    private static final int SMB_SELECT = 0x0E;

    private static final int SOFT_OFF = 0;
    private static final int WORKING = 5;

    /**
     * The part's state.
     *
     * @param config configuration space
     * @param block registers at PMBA
     * @param overflows changes of the timer's bit 23 that TMROF_STS has seen
     * @param smbus registers at SMBBA
     * @param smbusBlock block data
     * @param smbusBlockIndex its next byte
     * @param apmc port B2h
     * @param apms port B3h
     */
    record State(
            byte[] config,
            byte[] block,
            long overflows,
            byte[] smbus,
            byte[] smbusBlock,
            int smbusBlockIndex,
            int apmc,
            int apms) {
        State {
            if (config.length != PciConfigSpace.SIZE || block.length != PmBlock.SIZE) {
                throw new IllegalArgumentException("wrong size of the register blocks");
            }
            if (smbus.length != SmbusHost.SIZE || smbusBlock.length != 32) {
                throw new IllegalArgumentException("wrong size of the SMBus registers");
            }
        }
    }

    private final int pciDevice;
    private final PciConfigSpace config = new PciConfigSpace();
    private final PmBlock block = new PmBlock(this);
    private final SmbusHost smbus = new SmbusHost();
    private int apmc;
    private int apms;
    private Board board;
    private VirtualClock clock;
    private Line sci;
    private Line smi;
    private Timer timer;
    private Mapping blockPorts;
    private int blockBase;
    private Mapping smbusPorts;
    private int smbusBase;

    /**
     * Creates the part.
     *
     * @param pciDevice device number on bus 0
     */
    Piix4Pm(int pciDevice) {
        this.pciDevice = pciDevice;
        config.writable(0x04, 2, 0x0005);
        config.clearedByOne(0x06, 2, 0xF900);
        config.writable(0x0D, 1, 0xF8);
        config.writable(0x3C, 1, 0xFF);
        config.writable(PMBA, 4, 0xFFC0);
        config.writable(0x44, 4, -1); // CNTA
        config.writable(0x48, 4, -1); // CNTB
        config.writable(0x4C, 4, -1); // GPICTL
        for (int register = 0x50; register < PMREGMISC; register += 4) {
            config.writable(register, 4, -1); // DEVRESD, DEVACTA, DEVACTB, DEVRESA to DEVRESJ
        }
        config.writable(PMREGMISC, 1, 0x01);
        config.writable(SMBBA, 4, 0xFFF0);
        config.writable(SMBHSTCFG, 1, 0x0F);
        config.writable(SMBHSTCFG + 1, 3, -1); // SMBSLVC, SMBSHDW1, SMBSHDW2
    }

    @Override
    public void attach(Board scope) {
        board = scope;
        clock = scope.clock();
        sci = scope.line(new LineId.Irq(SCI_IRQ));
        smi = scope.line(LineId.Single.SMI);
        timer = scope.timer(this::update);
        scope.mapPorts(APMC, 2, 1, this);
        scope.pci().place(pciDevice, 3, this);
        scope.provide(PowerButton.class, this);
    }

    @Override
    public void reset(ResetKind kind) {
        config.clear();
        config.set(0x00, 4, 0x7113_8086);
        config.set(0x06, 2, 0x0280);
        config.set(0x08, 4, 0x0680_0002);
        config.set(0x3D, 1, 0x01);
        config.set(PMBA, 4, 0x1);
        config.set(SMBBA, 4, 0x1);
        block.reset(clock.now());
        smbus.reset();
        apmc = 0;
        apms = 0;
        mapWindows();
        smi.set(false);
        update();
    }

    /** Sets what time brought, drives SCI and waits for the next overflow. */
    private void update() {
        block.sync(clock.now());
        driveSci();
    }

    private void driveSci() {
        boolean fromSmbus = (config.read(SMBHSTCFG, 1) & SMB_SELECT) == SMB_IRQ9 && smbus.interrupt();
        sci.set(block.sci() || fromSmbus);
        long deadline = block.nextOverflow();
        if (deadline == Long.MAX_VALUE) {
            timer.disarm();
        } else {
            timer.arm(deadline);
        }
    }

    private void mapWindows() {
        int base = (config.read(PMREGMISC, 1) & 1) != 0 ? config.read(PMBA, 2) & 0xFFC0 : 0;
        if (base != blockBase) {
            if (blockPorts != null) {
                blockPorts.unmap();
            }
            blockPorts = base == 0 ? null : board.mapPorts(base, PmBlock.SIZE, 4, this);
            blockBase = base;
        }
        base = (config.read(SMBHSTCFG, 1) & 1) != 0 ? config.read(SMBBA, 2) & 0xFFF0 : 0;
        if (base != smbusBase) {
            if (smbusPorts != null) {
                smbusPorts.unmap();
            }
            smbusPorts = base == 0 ? null : board.mapPorts(base, SmbusHost.SIZE, 1, new SmbusPorts());
            smbusBase = base;
        }
    }

    @Override
    public int readConfig(int register, int size) {
        return config.read(register, size);
    }

    @Override
    public void writeConfig(int register, int size, int value) {
        config.write(register, size, value);
        mapWindows();
        update();
    }

    @Override
    public int readPort(int port, int size) {
        long now = clock.now();
        if (port == blockBase + PmBlock.PMTMR && size == 4) {
            return block.timer(now); // the guest's clock source: nothing but arithmetic
        }
        if (port == APMC || port == APMS) {
            return port == APMC ? apmc : apms;
        }
        update();
        int value = 0;
        for (int i = 0; i < size; i++) {
            value |= block.readByte(port - blockBase + i & PmBlock.SIZE - 1, now) << 8 * i;
        }
        return value;
    }

    @Override
    public void writePort(int port, int size, int value) {
        if (port == APMC) {
            writeApmc(value & 0xFF);
        } else if (port == APMS) {
            apms = value & 0xFF;
        } else {
            block.sync(clock.now());
            for (int i = 0; i < size; i++) {
                block.writeByte(port - blockBase + i & PmBlock.SIZE - 1, value >>> 8 * i & 0xFF);
            }
        }
        driveSci();
    }

    private void writeApmc(int command) {
        apmc = command;
        if (command == ACPI_ENABLE) {
            block.setSciEnable(true);
        } else if (command == ACPI_DISABLE) {
            block.setSciEnable(false);
        }
        if ((config.read(DEVACTB, 4) & DEVACTB_APMC_EN) != 0) {
            block.smiSource(PmBlock.APM);
        }
    }

    @Override
    public void press() {
        block.raise(PmBlock.PMSTS, PmBlock.PWRBTN);
        update();
    }

    @Override
    public void suspend(int type) {
        if (type == SOFT_OFF) {
            board.requestPowerOff();
        } else if (type < WORKING) {
            block.raise(PmBlock.PMSTS, PmBlock.WAK);
        }
    }

    @Override
    public void smi() {
        pulseSmi();
    }

    private void pulseSmi() {
        smi.set(true);
        smi.set(false);
    }

    /** The second window. */
    private final class SmbusPorts implements PortHandler {
        @Override
        public int readPort(int port, int size) {
            return smbus.read(port - smbusBase & SmbusHost.SIZE - 1);
        }

        @Override
        public void writePort(int port, int size, int value) {
            boolean before = smbus.interrupt();
            smbus.write(port - smbusBase & SmbusHost.SIZE - 1, value & 0xFF);
            if (smbus.interrupt() && !before && (config.read(SMBHSTCFG, 1) & SMB_SELECT) == 0) {
                pulseSmi();
            }
            driveSci();
        }
    }

    @Override
    public void save(StateWriter out) {
        out.section(
                "piix4-pm",
                1,
                new State(
                        config.toBytes(),
                        block.toBytes(),
                        block.overflows(),
                        smbus.registers(),
                        smbus.block(),
                        smbus.blockIndex(),
                        apmc,
                        apms));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        State state = in.section("piix4-pm", 1, State.class);
        config.restore(state.config);
        block.restore(state.block, state.overflows);
        smbus.restore(state.smbus, state.smbusBlock, state.smbusBlockIndex);
        apmc = state.apmc & 0xFF;
        apms = state.apms & 0xFF;
        mapWindows();
        driveSci();
    }
}
