package org.jeroboam.device.serial;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.character.CharacterPort;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * A PC16550D universal asynchronous receiver and transmitter with FIFOs (National Semiconductor, 1995). OUT2 opens the
 * interrupt pin, as on PC boards.
 *
 * <p>Imperfections: {@value #NO_LINE_FORMAT}; {@value #NO_BREAK}; {@value #NO_OVERRUN}; {@value #MODEM_ALWAYS_READY};
 * {@value #LOOSE_TIME}.
 */
final class Uart16550 implements Device, PortHandler {
    static final String NO_LINE_FORMAT = "characters always have 8 bits and no parity or framing errors";
    static final String NO_BREAK = "a break is seen in loopback only";
    static final String NO_OVERRUN = "input waits outside instead of causing an overrun";
    static final String MODEM_ALWAYS_READY = "CTS DSR and DCD are always active and RI never";
    static final String LOOSE_TIME = "THRE and TEMT change together when all queued characters are sent";

    static final int PORTS = 8;

    static final int IER_RDA = 1;
    static final int IER_THRE = 2;
    static final int IER_RLS = 4;
    static final int IER_MS = 8;

    private static final int IIR_NONE = 0x01;
    private static final int IIR_MS = 0x00;
    private static final int IIR_THRE = 0x02;
    private static final int IIR_RDA = 0x04;
    private static final int IIR_RLS = 0x06;
    private static final int IIR_TIMEOUT = 0x0C;
    private static final int IIR_FIFO = 0xC0;

    private static final int FCR_ENABLE = 1;
    private static final int FCR_RESET_RECEIVER = 2;
    private static final int FCR_RESET_TRANSMITTER = 4;

    private static final int LCR_PEN = 0x08;
    private static final int LCR_EPS = 0x10;
    private static final int LCR_BREAK = 0x40;
    private static final int LCR_DLAB = 0x80;

    private static final int MCR_RTS = 2;
    private static final int MCR_OUT2 = 8;
    private static final int MCR_LOOP = 0x10;

    private static final int LSR_THRE_TEMT = 0x60;
    private static final int POWER_ON_DIVISOR = 12;

    private static final String SECTION = "serial-16550";
    private static final int VERSION = 1;

    private final int base;
    private final LineId.Irq irqId;
    private final String stream;
    private final boolean paced;
    private final ModemStatus modem = new ModemStatus();
    private Board board;
    private Line irq;
    private Receiver receiver;
    private Transmitter transmitter;
    private int ier;
    private int fcr;
    private int lcr;
    private int mcr;
    private int scr;
    private int divisor;
    private boolean mcrWritten;

    Uart16550(int base, LineId.Irq irqId, String stream, boolean paced) {
        this.base = base;
        this.irqId = irqId;
        this.stream = stream;
        this.paced = paced;
    }

    @Override
    public void attach(Board scope) {
        board = scope;
        scope.mapPorts(base, PORTS, 1, this);
        irq = scope.line(irqId);
        CharacterPort port = scope.characterPort(stream);
        receiver = new Receiver(this, scope, port);
        transmitter = new Transmitter(this, scope, port, paced);
        port.setListener(new CharacterPort.Listener() {
            @Override
            public void readable() {
                receiver.inputCame();
            }

            @Override
            public void writable() {
                transmitter.roomCame();
            }
        });
    }

    @Override
    public void reset(ResetKind kind) {
        ier = 0;
        fcr = 0;
        lcr = 0;
        mcr = 0;
        scr = 0;
        divisor = POWER_ON_DIVISOR;
        mcrWritten = false;
        modem.reset();
        transmitter.reset();
        receiver.reset();
        update();
    }

    @Override
    public void save(StateWriter out) {
        out.section(
                SECTION,
                VERSION,
                new UartState(
                        ier,
                        fcr,
                        lcr,
                        mcr,
                        scr,
                        divisor,
                        mcrWritten,
                        modem.value(),
                        receiver.save(),
                        transmitter.save()));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        UartState state = in.section(SECTION, VERSION, UartState.class);
        ier = state.ier();
        fcr = state.fcr();
        lcr = state.lcr();
        mcr = state.mcr();
        scr = state.scr();
        divisor = state.divisor();
        mcrWritten = state.mcrWritten();
        modem.restore(state.msr());
        receiver.restore(state.receiver());
        transmitter.restore(state.transmitter());
        update();
    }

    @Override
    public int readPort(int port, int size) {
        return switch (port - base) {
            case 0 -> dlab() ? divisor & 0xFF : receiver.take();
            case 1 -> dlab() ? divisor >> 8 : ier;
            case 2 -> readIir();
            case 3 -> lcr;
            case 4 -> mcr;
            case 5 -> readLsr();
            case 6 -> readMsr();
            default -> scr;
        };
    }

    @Override
    public void writePort(int port, int size, int value) {
        switch (port - base) {
            case 0 -> {
                if (dlab()) {
                    divisor = divisor & 0xFF00 | value;
                } else {
                    transmitter.put(value);
                }
            }
            case 1 -> {
                if (dlab()) {
                    divisor = divisor & 0xFF | value << 8;
                } else {
                    writeIer(value & 0x0F);
                }
            }
            case 2 -> writeFcr(value);
            case 3 -> writeLcr(value);
            case 4 -> writeMcr(value & 0x1F);
            case 7 -> scr = value;
            default -> {
                // LSR and MSR are written in factory tests only.
            }
        }
    }

    /** Drives the interrupt pin. */
    void update() {
        irq.set((mcr & MCR_OUT2) != 0 && interrupt() != IIR_NONE);
    }

    boolean fifo() {
        return (fcr & FCR_ENABLE) != 0;
    }

    /** The receiver's level of interrupt: 1, 4, 8 or 14. */
    int trigger() {
        return switch (fifo() ? fcr >> 6 : 0) {
            case 0 -> 1;
            case 1 -> 4;
            case 2 -> 8;
            default -> 14;
        };
    }

    boolean loop() {
        return (mcr & MCR_LOOP) != 0;
    }

    /**
     * Whether the far end may send. A far end with handshake waits for RTS, so that what was typed early is not lost in
     * FIFO resets while a driver probes. Guests that do not care about the modem lines show otherwise that they listen.
     */
    boolean listening(boolean polled) {
        return !loop() && ((mcr & MCR_RTS) != 0 || (ier & IER_RDA) != 0 || !mcrWritten && polled);
    }

    /** Whether nobody has programmed the modem lines since reset. */
    boolean modemUntouched() {
        return !mcrWritten;
    }

    /** Time of one character on the line. */
    long frameNanos() {
        long bits = 1 + 5 + (lcr & 3) + (lcr >> 3 & 1) + 1 + (lcr >> 2 & 1);
        long exact = bits * (divisor == 0 ? 0x10000 : divisor) * 1_000_000_000L / 115_200;
        return paced ? exact : Math.min(exact, 10 * 1_000_000_000L / 115_200);
    }

    void receive(int character) {
        receiver.receive(character, 0);
    }

    private boolean dlab() {
        return (lcr & LCR_DLAB) != 0;
    }

    private int interrupt() {
        if ((ier & IER_RLS) != 0 && receiver.hasError()) {
            return IIR_RLS;
        }
        if ((ier & IER_RDA) != 0 && receiver.reachedTrigger()) {
            return IIR_RDA;
        }
        if ((ier & IER_RDA) != 0 && receiver.timedOut()) {
            return IIR_TIMEOUT;
        }
        if ((ier & IER_THRE) != 0 && transmitter.becameEmpty()) {
            return IIR_THRE;
        }
        return (ier & IER_MS) != 0 && modem.changed() ? IIR_MS : IIR_NONE;
    }

    private int readIir() {
        int cause = interrupt();
        if (cause == IIR_THRE) {
            transmitter.acknowledgeEmpty();
            update();
        }
        return cause | (fifo() ? IIR_FIFO : 0);
    }

    private int readLsr() {
        receiver.polled();
        int value = receiver.status() | (transmitter.empty() ? LSR_THRE_TEMT : 0);
        receiver.clearErrors();
        update();
        return value;
    }

    private int readMsr() {
        int value = modem.read();
        update();
        return value;
    }

    private void writeIer(int value) {
        if ((value & ~ier & IER_THRE) != 0) {
            transmitter.announceIfEmpty();
        }
        ier = value;
        receiver.listen();
        update();
    }

    private void writeFcr(int value) {
        boolean switched = ((value ^ fcr) & FCR_ENABLE) != 0;
        boolean enabled = (value & FCR_ENABLE) != 0;
        fcr = enabled ? value & 0xC9 : 0;
        if (switched || enabled && (value & FCR_RESET_RECEIVER) != 0) {
            receiver.clear();
        }
        if (switched || enabled && (value & FCR_RESET_TRANSMITTER) != 0) {
            transmitter.clear();
        }
        receiver.listen();
        update();
    }

    private void writeLcr(int value) {
        if (loop() && (value & ~lcr & LCR_BREAK) != 0) {
            // All bits are spaces, the stop bit and the parity bit too.
            boolean oddParity = (value & (LCR_PEN | LCR_EPS)) == LCR_PEN;
            receiver.receive(0, oddParity ? Receiver.BREAK | Receiver.PARITY_ERROR : Receiver.BREAK);
        }
        lcr = value;
    }

    private void writeMcr(int value) {
        mcr = value;
        mcrWritten = true;
        modem.follow(value);
        receiver.listen();
        update();
    }
}
