package org.jeroboam.device.keyboardmouse;

import java.util.Arrays;

/**
 * A PS/2 keyboard with the three sets of scan codes.
 *
 * <p>Imperfections: {@value #NO_TYPEMATIC}; {@value #NO_FAKE_SHIFTS}.
 */
final class Keyboard extends Ps2Device {
    static final String NO_TYPEMATIC = "keys repeat only when the input source repeats them";
    static final String NO_FAKE_SHIFTS = "navigation keys send no fake shift codes";

    private static final int ECHO = 0xEE;
    private static final int ID_1 = 0xAB;
    private static final int ID_2 = 0x83;
    private static final int FIRST_COMMAND = 0xED;
    private static final int NO_COMMAND = 0;
    private static final int DEFAULT_TYPEMATIC = 0x2B;
    private static final int KEYS = 256;
    private static final int EXTENDED_KEYS = 128;
    private static final int LEFT_SHIFT = 0x2A;
    private static final int RIGHT_SHIFT = 0x36;
    private static final int CTRL = 0x1D;
    private static final int ALT = 0x38;

    private final KeyTypes types = new KeyTypes();
    /** Keys that are down, by set 1 code, extended ones in the second half. */
    private final byte[] held = new byte[KEYS];

    private boolean scanning;
    private int set;
    private int leds;
    private int typematic;
    private int pendingCommand;

    /**
     * All that a keyboard remembers.
     *
     * @param queues bytes to be sent
     * @param scanning whether keys are reported
     * @param set scan code set, 1 to 3
     * @param leds as last set
     * @param typematic rate and delay as last set
     * @param pendingCommand command whose parameter comes next, or 0
     * @param types types of keys in set 3
     * @param held keys that are down
     */
    record State(
            Queues queues,
            boolean scanning,
            int set,
            int leds,
            int typematic,
            int pendingCommand,
            byte[] types,
            byte[] held) {
        State {
            if (queues == null || set < 1 || set > 3) {
                throw new IllegalArgumentException("the keyboard has no scan code set " + set);
            }
            if (types == null || types.length != KEYS || held == null || held.length != KEYS) {
                throw new IllegalArgumentException("the keyboard has not " + KEYS + " keys");
            }
        }
    }

    Keyboard(Runnable bytesCame) {
        super(bytesCame);
    }

    /** Power on: no key is down. */
    void reset() {
        Arrays.fill(held, (byte) 0);
        restart();
    }

    private void restart() {
        clearQueues();
        pendingCommand = NO_COMMAND;
        leds = 0;
        setDefaults();
        scanning = true;
    }

    void key(int scanCode, boolean down) {
        if (!ScanCodes.isKey(scanCode)) {
            return;
        }
        int index = scanCode & 0x7F | (scanCode > 0x7F ? EXTENDED_KEYS : 0);
        boolean repeated = held[index] != 0;
        held[index] = (byte) (down ? 1 : 0);
        if (!scanning) {
            return;
        }
        if (set == 3) {
            if (types.reports(ScanCodes.set3Code(scanCode), down, repeated)) {
                send(ScanCodes.of(set, scanCode, down));
            }
        } else if (scanCode == ScanCodes.PRINT_SCREEN && (isHeld(LEFT_SHIFT) || isHeld(RIGHT_SHIFT) || isHeld(CTRL))) {
            send(ScanCodes.plainPrintScreen(set, down));
        } else {
            send(ScanCodes.of(set, changed(scanCode), down));
        }
    }

    private boolean isHeld(int key) {
        return (held[key] | held[key | EXTENDED_KEYS]) != 0;
    }

    /** The key that another becomes while Ctrl or Alt is held. */
    private int changed(int scanCode) {
        if (scanCode == ScanCodes.PAUSE && isHeld(CTRL)) {
            return ScanCodes.CTRL_BREAK;
        }
        return scanCode == ScanCodes.PRINT_SCREEN && isHeld(ALT) ? ScanCodes.ALT_PRINT_SCREEN : scanCode;
    }

    State save() {
        return new State(saveQueues(), scanning, set, leds, typematic, pendingCommand, types.save(), held.clone());
    }

    void restore(State state) {
        restoreQueues(state.queues());
        scanning = state.scanning();
        set = state.set();
        leds = state.leds();
        typematic = state.typematic();
        pendingCommand = state.pendingCommand();
        types.restore(state.types());
        System.arraycopy(state.held(), 0, held, 0, KEYS);
    }

    @Override
    void command(int value) {
        int waiting = pendingCommand;
        pendingCommand = NO_COMMAND;
        if (waiting != NO_COMMAND && value < FIRST_COMMAND) {
            parameter(waiting, value);
            return;
        }
        switch (value) {
            case 0xED, 0xF0, 0xF3, 0xFB, 0xFC, 0xFD -> {
                pendingCommand = value;
                answer(ACK);
            }
            case 0xEE -> answer(ECHO);
            case 0xF2 -> answer(ACK, ID_1, ID_2);
            case 0xF4 -> {
                data.clear();
                scanning = true;
                answer(ACK);
            }
            case 0xF5 -> {
                setDefaults();
                scanning = false;
                answer(ACK);
            }
            case 0xF6 -> {
                setDefaults();
                answer(ACK);
            }
            case 0xF7 -> setTypes(KeyTypes.TYPEMATIC);
            case 0xF8 -> setTypes(KeyTypes.BREAK);
            case 0xF9 -> setTypes(KeyTypes.MAKE);
            case 0xFA -> setTypes(KeyTypes.TYPEMATIC | KeyTypes.BREAK);
            case 0xFE -> resend();
            case 0xFF -> {
                restart();
                answer(ACK, SELF_TEST_PASSED);
            }
            default -> answer(RESEND);
        }
    }

    private void parameter(int command, int value) {
        switch (command) {
            case 0xED -> leds = value;
            case 0xF3 -> typematic = value;
            case 0xF0 -> {
                if (value == 0) {
                    answer(ACK, set);
                    return;
                }
                if (value > 3) {
                    answer(RESEND);
                    return;
                }
                set = value;
                data.clear();
            }
            case 0xFB -> setType(command, value, KeyTypes.TYPEMATIC);
            case 0xFC -> setType(command, value, KeyTypes.BREAK);
            default -> setType(command, value, KeyTypes.MAKE);
        }
        answer(ACK);
    }

    private void setTypes(int type) {
        types.setAll(type);
        data.clear();
        answer(ACK);
    }

    /** The type of one key; any number of keys may follow. */
    private void setType(int command, int key, int type) {
        types.set(key, type);
        pendingCommand = command;
    }

    private void setDefaults() {
        types.setDefaults();
        data.clear();
        set = 2;
        typematic = DEFAULT_TYPEMATIC;
    }
}
