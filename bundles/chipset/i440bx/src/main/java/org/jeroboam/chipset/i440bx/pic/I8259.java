package org.jeroboam.chipset.i440bx.pic;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * The two 8259A interrupt controllers of the PIIX4 (ports 20h, 21h, A0h, A1h) with its edge/level control registers
 * (4D0h, 4D1h), after Intel's 8259A and 82371AB data sheets.
 *
 * <p>Imperfections: the MCS-80/85 mode and the buffered mode of ICW4 are stored without effect; LTIM of ICW1 is
 * ignored, as in the PIIX4; INT follows the requests without delay, so that a spurious interrupt needs an acknowledge
 * cycle that comes after its request went away; ICW3 is stored, the cascade being wired to input 2; no request is made
 * before the first initialisation.
 */
final class I8259 implements Device, InterruptController, PortHandler {
    private static final int CASCADE = 2;
    private static final int SPURIOUS = 7;

    /**
     * The part's state.
     *
     * @param master IRQ 0 to 7
     * @param slave IRQ 8 to 15
     * @param causeIsSlave whether the last request that INT announced came from the slave
     */
    record State(Chip.State master, Chip.State slave, boolean causeIsSlave) {}

    private final Chip master = new Chip(1 << CASCADE, 0xF8);
    private final Chip slave = new Chip(0, 0xDE);
    private boolean causeIsSlave;
    private Line intr;

    @Override
    public void attach(Board board) {
        intr = board.line(LineId.Single.INTR);
        board.mapPorts(0x20, 2, 1, this);
        board.mapPorts(0xA0, 2, 1, this);
        board.mapPorts(0x4D0, 2, 1, this);
        board.provide(InterruptController.class, this);
    }

    @Override
    public void reset(ResetKind kind) {
        if (kind == ResetKind.POWER_ON) {
            master.dropLines();
            slave.dropLines();
        }
        master.reset();
        slave.reset();
        causeIsSlave = false;
        update();
    }

    @Override
    public void lineChanged(int irq, boolean level) {
        if (irq < 0 || irq > 15 || irq == CASCADE) {
            return;
        }
        if (irq < 8) {
            master.setLine(irq, level);
        } else {
            slave.setLine(irq - 8, level);
        }
        update();
    }

    @Override
    public int acknowledge() {
        int input = master.highestRequest();
        if (input == Chip.NONE) {
            if (!causeIsSlave) {
                return master.vector(SPURIOUS);
            }
            input = CASCADE; // the slave's request vanished after INT was seen: the slave gives its default answer
        }
        causeIsSlave = false;
        master.service(input);
        int vector = master.vector(input);
        if (master.cascades(input)) {
            int slaveInput = slave.highestRequest();
            if (slaveInput == Chip.NONE) {
                vector = slave.vector(SPURIOUS);
            } else {
                slave.service(slaveInput);
                vector = slave.vector(slaveInput);
            }
        }
        update();
        return vector;
    }

    @Override
    public boolean pending(int irq) {
        if (irq < 0 || irq > 15 || irq == CASCADE) {
            return false;
        }
        return irq < 8 ? (master.irr() & 1 << irq) != 0 : (slave.irr() & 1 << irq - 8) != 0;
    }

    @Override
    public int readPort(int port, int size) {
        int value =
                switch (port) {
                    case 0x20 -> master.readCommand();
                    case 0x21 -> master.readData();
                    case 0xA0 -> slave.readCommand();
                    case 0xA1 -> slave.readData();
                    case 0x4D0 -> master.elcr();
                    default -> slave.elcr();
                };
        update(); // a poll takes a request
        return value;
    }

    @Override
    public void writePort(int port, int size, int value) {
        int b = value & 0xFF;
        switch (port) {
            case 0x20 -> master.writeCommand(b);
            case 0x21 -> master.writeData(b);
            case 0xA0 -> slave.writeCommand(b);
            case 0xA1 -> slave.writeData(b);
            case 0x4D0 -> master.writeElcr(b);
            default -> slave.writeElcr(b);
        }
        update();
    }

    private void update() {
        master.setLine(CASCADE, slave.requests());
        int input = master.highestRequest();
        if (input != Chip.NONE) {
            causeIsSlave = master.cascades(input);
        }
        intr.set(input != Chip.NONE);
    }

    @Override
    public void save(StateWriter out) {
        out.section("i8259", 1, new State(master.save(), slave.save(), causeIsSlave));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        State state = in.section("i8259", 1, State.class);
        if (state.master == null || state.slave == null) {
            throw new StateException("damaged state of the 8259s: one of the two chips is missing");
        }
        master.restore(state.master);
        slave.restore(state.slave);
        causeIsSlave = state.causeIsSlave;
        intr.set(master.requests());
    }
}
