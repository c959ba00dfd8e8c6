package org.jeroboam.device.keyboardmouse;

/**
 * A PS/2 keyboard with the three sets of scan codes.
 *
 * <p>Imperfections: {@value #NO_TYPEMATIC}; {@value #NO_FAKE_SHIFTS}; {@value #NO_KEY_TYPES}.
 */
final class Keyboard extends Ps2Device {
    static final String NO_TYPEMATIC = "keys repeat only when the input source repeats them";
    static final String NO_FAKE_SHIFTS = "navigation keys send no fake shift codes";
    static final String NO_KEY_TYPES = "in scan code set 3 all keys report press and release";

    private static final int ECHO = 0xEE;
    private static final int ID_1 = 0xAB;
    private static final int ID_2 = 0x83;
    private static final int FIRST_COMMAND = 0xED;
    private static final int NO_COMMAND = 0;
    private static final int DEFAULT_TYPEMATIC = 0x2B;

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
     */
    record State(Queues queues, boolean scanning, int set, int leds, int typematic, int pendingCommand) {
        State {
            if (queues == null || set < 1 || set > 3) {
                throw new IllegalArgumentException("the keyboard has no scan code set " + set);
            }
        }
    }

    Keyboard(Runnable bytesCame) {
        super(bytesCame);
    }

    void reset() {
        clearQueues();
        pendingCommand = NO_COMMAND;
        leds = 0;
        setDefaults();
        scanning = true;
    }

    void key(int scanCode, boolean down) {
        if (scanning) {
            send(ScanCodes.of(set, scanCode, down));
        }
    }

    State save() {
        return new State(saveQueues(), scanning, set, leds, typematic, pendingCommand);
    }

    void restore(State state) {
        restoreQueues(state.queues());
        scanning = state.scanning();
        set = state.set();
        leds = state.leds();
        typematic = state.typematic();
        pendingCommand = state.pendingCommand();
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
            case 0xF7, 0xF8, 0xF9, 0xFA -> answer(ACK);
            case 0xFE -> resend();
            case 0xFF -> {
                reset();
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
            default -> {
                // Types of single keys: any number of keys may follow.
                pendingCommand = command;
            }
        }
        answer(ACK);
    }

    private void setDefaults() {
        data.clear();
        set = 2;
        typematic = DEFAULT_TYPEMATIC;
    }
}
