package org.jeroboam.chipset.i440bx.isa;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PciBus;
import org.jeroboam.hardware.board.PciConfigSpace;
import org.jeroboam.hardware.board.PciFunction;
import org.jeroboam.hardware.board.PciInterruptRouter;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * PIIX4 function 0, the ISA bridge: PCI interrupt routing (PIRQRC), reset control (CF9h), port 92h, and the decode
 * enables of keyboard controller and clock (XBCS, RTCCFG), after Intel's 82371AB data sheet. INTx pins reach PIRQ lines
 * turned by device number, as firmware assumes: pin INTA# of device 1 is PIRQA, of device 2 PIRQB, and so on.
 *
 * <p>A20 is open while port 92h or the keyboard controller opens it. After reset port 92h does not; the keyboard
 * controller's output port, whose pins are high then, does.
 *
 * <p>Imperfections: the other decode enables, recovery times, SERIRQ, type-F DMA and pin multiplexing keep bits without
 * effect; the clock's upper bank answers without its enable in RTCCFG, as no firmware here sets it; a soft reset of CF9h
 * is INIT of the processor.
 */
final class Piix4Isa implements Device, PciFunction, PortHandler, PciInterruptRouter {
    private static final int PIRQRCA = 0x60;
    private static final int PIRQS = 4;
    private static final int PIRQRC_DISABLED = 0x80;
    private static final int XBCS = 0x4E;
    private static final int RTCCFG = 0xCB;
    private static final int ROUTABLE = 0xDEF8; // IRQ 3-7, 9-12, 14, 15

    private static final int RCR = 0xCF9;
    private static final int RCR_SRST = 0x02;
    private static final int RCR_RCPU = 0x04;
    private static final int PORT_92 = 0x92;
    private static final int FAST_RESET = 0x01;
    private static final int FAST_A20 = 0x02;

    /**
     * The part's state.
     *
     * @param config configuration space
     * @param port92 port 92h
     * @param rcr reset control
     */
    record State(byte[] config, int port92, int rcr) {
        State {
            if (config.length != PciConfigSpace.SIZE) {
                throw new IllegalArgumentException("wrong size of the configuration space");
            }
        }
    }

    private final int pciDevice;
    private final PciConfigSpace config = new PciConfigSpace();
    private int port92;
    private int rcr;
    private Board board;
    private PciBus pci;
    private Line a20;
    private DecodeEnables decode;

    /**
     * Creates the part.
     *
     * @param pciDevice device number on bus 0
     */
    Piix4Isa(int pciDevice) {
        this.pciDevice = pciDevice;
        config.writable(0x04, 2, 0x0108);
        config.clearedByOne(0x06, 2, 0x7800);
        config.writable(0x4C, 4, 0x07FF_00FF); // IORT, XBCS
        config.writable(PIRQRCA, 4, 0x8F8F_8F8F);
        config.writable(0x64, 1, 0xFF); // SERIRQC
        config.writable(0x69, 1, 0xFE); // TOM
        config.writable(0x6A, 2, 0x80FF); // MSTAT
        config.writable(0x76, 2, 0x8F8F); // MBDMA
        config.writable(0x80, 1, 0x7F); // APICBASE
        config.writable(0x82, 1, 0x0F); // DLC
        config.writable(0x90, 2, 0xFCFC); // PDMACFG
        config.writable(0x92, 4, -1); // DDMABASE
        config.writable(0xB0, 4, -1); // GENCFG
        config.writable(RTCCFG, 1, 0x3D);
    }

    @Override
    public void attach(Board scope) {
        board = scope;
        pci = scope.pci();
        a20 = scope.line(LineId.Single.A20);
        decode = new DecodeEnables(scope);
        scope.mapPorts(PORT_92, 1, 1, this);
        scope.mapPorts(RCR, 1, 1, this);
        pci.place(pciDevice, 0, this);
        scope.provide(PciInterruptRouter.class, this);
    }

    @Override
    public void reset(ResetKind kind) {
        config.clear();
        config.set(0x00, 4, 0x7110_8086);
        config.set(0x04, 2, 0x0007);
        config.set(0x06, 2, 0x0280);
        config.set(0x08, 4, 0x0601_0001);
        config.set(0x0E, 1, 0x80);
        config.set(0x4C, 4, 0x0003_004D);
        config.set(PIRQRCA, 4, 0x8080_8080);
        config.set(0x64, 1, 0x10);
        config.set(0x69, 1, 0x02);
        config.set(0x76, 2, 0x0404);
        config.set(RTCCFG, 1, 0x21);
        rcr = 0;
        port92 = 0;
        followRegisters();
    }

    private void followRegisters() {
        a20.set((port92 & FAST_A20) != 0);
        decode.follow(config.read(XBCS, 1), config.read(RTCCFG, 1));
        pci.interruptRoutingChanged();
    }

    @Override
    public int route(int device, int pin) {
        int pirq = config.read(PIRQRCA + (pin + device - 1 & PIRQS - 1), 1);
        int irq = pirq & 15;
        return (pirq & PIRQRC_DISABLED) != 0 || (ROUTABLE & 1 << irq) == 0 ? -1 : irq;
    }

    @Override
    public int readConfig(int register, int size) {
        return config.read(register, size);
    }

    @Override
    public void writeConfig(int register, int size, int value) {
        int before = config.read(PIRQRCA, 4);
        config.write(register, size, value);
        if (config.read(PIRQRCA, 4) != before) {
            pci.interruptRoutingChanged();
        }
        decode.follow(config.read(XBCS, 1), config.read(RTCCFG, 1));
    }

    @Override
    public int readPort(int port, int size) {
        return port == RCR ? rcr : port92;
    }

    @Override
    public void writePort(int port, int size, int value) {
        if (port == RCR) {
            writeRcr(value);
        } else {
            writePort92(value);
        }
    }

    private void writeRcr(int value) {
        boolean trigger = (value & ~rcr & RCR_RCPU) != 0;
        rcr = value & (RCR_SRST | RCR_RCPU);
        if (trigger) {
            board.requestReset((value & RCR_SRST) != 0 ? ResetKind.HARD : ResetKind.CPU_INIT);
        }
    }

    private void writePort92(int value) {
        boolean trigger = (value & ~port92 & FAST_RESET) != 0;
        port92 = value & (FAST_RESET | FAST_A20);
        a20.set((value & FAST_A20) != 0);
        if (trigger) {
            board.requestReset(ResetKind.CPU_INIT);
        }
    }

    @Override
    public void save(StateWriter out) {
        out.section("piix4-isa", 1, new State(config.toBytes(), port92, rcr));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        State state = in.section("piix4-isa", 1, State.class);
        config.restore(state.config);
        port92 = state.port92 & (FAST_RESET | FAST_A20);
        rcr = state.rcr & (RCR_SRST | RCR_RCPU);
        followRegisters();
    }
}
