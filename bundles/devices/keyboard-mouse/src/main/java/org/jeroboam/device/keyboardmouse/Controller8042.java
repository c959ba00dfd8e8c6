package org.jeroboam.device.keyboardmouse;

import java.util.Arrays;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.input.InputPort;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * The 8042 keyboard controller of a PS/2 board with its keyboard and mouse (IBM PS/2 Hardware Interface Technical
 * Reference, keyboard and auxiliary device controller). After reset the command byte is as firmware leaves it:
 * keyboard interrupt and translation on, mouse off. The pins of the output port are high after reset, so that A20 is open.
 *
 * <p>Imperfections: {@value #NO_PASSWORD}; {@value #WHOLE_RESET}; those of {@link Keyboard} and {@link Mouse}.
 */
final class Controller8042 implements Device, PortHandler {
    static final String NO_PASSWORD = "the controller has no password and no programmable pulse but reset";

    static final String WHOLE_RESET = "the reset pin resets the whole board, not the processor alone";

    private static final int DATA_PORT = 0x60;
    private static final int COMMAND_PORT = 0x64;

    private static final int STATUS_OBF = 0x01;
    private static final int STATUS_SYS = 0x04;
    private static final int STATUS_COMMAND = 0x08;
    private static final int STATUS_UNLOCKED = 0x10;
    private static final int STATUS_AUX = 0x20;

    private static final int CCB_KEYBOARD_IRQ = 0x01;
    private static final int CCB_AUX_IRQ = 0x02;
    private static final int CCB_SYS = 0x04;
    private static final int CCB_KEYBOARD_OFF = 0x10;
    private static final int CCB_AUX_OFF = 0x20;
    private static final int CCB_TRANSLATE = 0x40;
    private static final int CCB_AFTER_RESET = CCB_KEYBOARD_IRQ | CCB_AUX_OFF | CCB_TRANSLATE;

    private static final int OUTPUT_RUN = 0x01;
    private static final int OUTPUT_A20 = 0x02;
    private static final int OUTPUT_IRQ1 = 0x10;
    private static final int OUTPUT_IRQ12 = 0x20;
    private static final int OUTPUT_IDLE = 0xC0;

    private static final int INPUT_PORT = 0xB0;
    private static final int BREAK = 0xF0;
    private static final int NOTHING = -1;
    private static final int RAM = 32;
    /** Time between two bytes of a device. Programs that read a byte twice must see it twice. */
    private static final long GAP = 100_000;

    private static final String SECTION = "i8042";
    private static final int VERSION = 2;

    private final Keyboard keyboard = new Keyboard(this::bytesCame);
    private final Mouse mouse = new Mouse(this::bytesCame);
    private final byte[] ram = new byte[RAM];
    private Board board;
    private Line irq1;
    private Line irq12;
    private Line a20;
    private Timer transfer;
    private int outputBuffer;
    private boolean full;
    private boolean fromAux;
    private boolean lastWasCommand;
    private int pendingCommand;
    private int waitingAnswer;
    private boolean waitingAux;
    private boolean breakPrefix;
    private boolean a20Open;

    @Override
    public void attach(Board scope) {
        board = scope;
        scope.mapPorts(DATA_PORT, 1, 1, this);
        scope.mapPorts(COMMAND_PORT, 1, 1, this);
        irq1 = scope.line(new LineId.Irq(1));
        irq12 = scope.line(new LineId.Irq(12));
        a20 = scope.line(LineId.Single.A20);
        transfer = scope.timer(this::transfer);
        scope.inputPort().setListener(new InputPort.Listener() {
            @Override
            public void key(int scanCode, boolean down) {
                keyboard.key(scanCode, down);
            }

            @Override
            public void pointer(int dx, int dy, int wheel, int buttons) {
                mouse.move(dx, dy, wheel, buttons);
            }
        });
    }

    @Override
    public void reset(ResetKind kind) {
        transfer.disarm();
        Arrays.fill(ram, (byte) 0);
        ram[0] = CCB_AFTER_RESET;
        outputBuffer = 0;
        full = false;
        fromAux = false;
        lastWasCommand = false;
        pendingCommand = 0;
        waitingAnswer = NOTHING;
        waitingAux = false;
        breakPrefix = false;
        a20Open = true;
        keyboard.reset();
        mouse.reset();
        update();
    }

    @Override
    public void save(StateWriter out) {
        out.section(
                SECTION,
                VERSION,
                new ControllerState(
                        ram.clone(),
                        outputBuffer,
                        full,
                        fromAux,
                        lastWasCommand,
                        pendingCommand,
                        waitingAnswer,
                        waitingAux,
                        breakPrefix,
                        a20Open,
                        transfer.deadline(),
                        keyboard.save(),
                        mouse.save()));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        ControllerState state = in.section(SECTION, VERSION, ControllerState.class);
        System.arraycopy(state.ram(), 0, ram, 0, RAM);
        outputBuffer = state.outputBuffer();
        full = state.full();
        fromAux = state.fromAux();
        lastWasCommand = state.lastWasCommand();
        pendingCommand = state.pendingCommand();
        waitingAnswer = state.waitingAnswer();
        waitingAux = state.waitingAux();
        breakPrefix = state.breakPrefix();
        a20Open = state.a20Open();
        transfer.arm(state.transfer());
        keyboard.restore(state.keyboard());
        mouse.restore(state.mouse());
        update();
    }

    @Override
    public int readPort(int port, int size) {
        return port == DATA_PORT ? readData() : status();
    }

    @Override
    public void writePort(int port, int size, int value) {
        lastWasCommand = port == COMMAND_PORT;
        if (lastWasCommand) {
            pendingCommand = 0;
            command(value);
        } else {
            data(value);
        }
        bytesCame();
        update();
    }

    private int status() {
        return STATUS_UNLOCKED
                | (full ? STATUS_OBF : 0)
                | ram[0] & STATUS_SYS
                | (lastWasCommand ? STATUS_COMMAND : 0)
                | (full && fromAux ? STATUS_AUX : 0);
    }

    private int readData() {
        int value = outputBuffer;
        if (full) {
            full = false;
            update();
            if (waitingAnswer != NOTHING) {
                fill(waitingAnswer, waitingAux);
                waitingAnswer = NOTHING;
            }
            bytesCame();
        }
        return value;
    }

    private void command(int value) {
        switch (value) {
            case 0xA7 -> set(CCB_AUX_OFF, true);
            case 0xA8 -> set(CCB_AUX_OFF, false);
            case 0xA4 -> answer(0xF1);
            case 0xA9, 0xAB -> answer(0x00);
            case 0xAA -> {
                set(CCB_SYS, true);
                full = false; // it begins anew: firmware takes the next byte for the result
                waitingAnswer = NOTHING;
                answer(0x55);
            }
            case 0xAD -> set(CCB_KEYBOARD_OFF, true);
            case 0xAE -> set(CCB_KEYBOARD_OFF, false);
            case 0xC0 -> answer(INPUT_PORT);
            case 0xD0 -> answer(outputPort());
            case 0xD1, 0xD2, 0xD3, 0xD4 -> pendingCommand = value;
            case 0xDD -> a20Open = false;
            case 0xDF -> a20Open = true;
            case 0xE0 -> answer(0x00);
            default -> commandRange(value);
        }
    }

    private void commandRange(int value) {
        if (value >= 0x20 && value < 0x40) {
            answer(ram[value & RAM - 1] & 0xFF);
        } else if (value >= 0x60 && value < 0x80) {
            pendingCommand = value;
        } else if (value >= 0xF0 && (value & OUTPUT_RUN) == 0) {
            board.requestReset(ResetKind.HARD);
        }
    }

    private void data(int value) {
        int command = pendingCommand;
        pendingCommand = 0;
        switch (command) {
            case 0 -> {
                set(CCB_KEYBOARD_OFF, false);
                keyboard.command(value);
            }
            case 0xD1 -> {
                a20Open = (value & OUTPUT_A20) != 0;
                if ((value & OUTPUT_RUN) == 0) {
                    board.requestReset(ResetKind.HARD);
                }
            }
            case 0xD2 -> answer(value, false);
            case 0xD3 -> answer(value, true);
            case 0xD4 -> {
                set(CCB_AUX_OFF, false);
                mouse.command(value);
            }
            default -> ram[command & RAM - 1] = (byte) value;
        }
    }

    private int outputPort() {
        return OUTPUT_IDLE
                | OUTPUT_RUN
                | (a20Open ? OUTPUT_A20 : 0)
                | (full && !fromAux ? OUTPUT_IRQ1 : 0)
                | (full && fromAux ? OUTPUT_IRQ12 : 0);
    }

    private void set(int bit, boolean on) {
        ram[0] = (byte) (on ? ram[0] | bit : ram[0] & ~bit);
    }

    private boolean is(int bit) {
        return (ram[0] & bit) != 0;
    }

    private void answer(int value) {
        answer(value, false);
    }

    /** The controller's own byte waits for the buffer, but not behind bytes of the devices. */
    private void answer(int value, boolean aux) {
        if (full) {
            waitingAnswer = value;
            waitingAux = aux;
        } else {
            fill(value, aux);
        }
    }

    private void fill(int value, boolean aux) {
        outputBuffer = value;
        full = true;
        fromAux = aux;
        update();
    }

    private void bytesCame() {
        if (!full && transfer.deadline() == Long.MAX_VALUE && sender() != null) {
            transfer.arm(board.clock().now() + GAP);
        }
    }

    private Ps2Device sender() {
        if (!is(CCB_KEYBOARD_OFF) && keyboard.hasByte()) {
            return keyboard;
        }
        return !is(CCB_AUX_OFF) && mouse.hasByte() ? mouse : null;
    }

    private void transfer() {
        Ps2Device sender = full ? null : sender();
        if (sender == null) {
            return;
        }
        int value = sender.nextByte();
        if (sender == keyboard && is(CCB_TRANSLATE)) {
            if (value == BREAK) {
                breakPrefix = true;
                bytesCame();
                return;
            }
            value = ScanCodes.translate(value) | (breakPrefix ? 0x80 : 0);
            breakPrefix = false;
        }
        fill(value, sender == mouse);
    }

    private void update() {
        irq1.set(full && !fromAux && is(CCB_KEYBOARD_IRQ));
        irq12.set(full && fromAux && is(CCB_AUX_IRQ));
        a20.set(a20Open);
    }
}
