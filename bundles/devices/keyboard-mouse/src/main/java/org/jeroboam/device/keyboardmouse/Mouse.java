package org.jeroboam.device.keyboardmouse;

/**
 * A PS/2 mouse that becomes an IntelliMouse with a wheel when sample rates 200, 100 and 80 are set in a row.
 *
 * <p>Movement that does not fit into one packet follows in the next, so that the overflow bits stay 0.
 *
 * <p>Imperfections: {@value #NO_RATE}.
 */
final class Mouse extends Ps2Device {
    static final String NO_RATE = "the mouse's sample rate and resolution have no effect on its reports";

    private static final int ID_STANDARD = 0;
    private static final int ID_WHEEL = 3;
    private static final int NO_COMMAND = 0;
    private static final int MAX_MOVEMENT = 255;
    private static final int ALWAYS_ONE = 8;
    private static final int DEFAULT_RATE = 100;
    private static final int DEFAULT_RESOLUTION = 2;
    private static final int KNOCK = 200 << 16 | 100 << 8 | 80;
    private static final int NOT_TOLD = -1;
    private static final int WAITING_LIMIT = 1 << 20;

    private boolean reporting;
    private boolean remote;
    private boolean wrap;
    private boolean doubled;
    private int rate;
    private int resolution;
    private int id;
    private int lastRates;
    private int pendingCommand;
    private int dx;
    private int dy;
    private int wheel;
    private int buttons;
    private int reported;

    /**
     * All that a mouse remembers.
     *
     * @param queues bytes to be sent
     * @param reporting data reporting is enabled
     * @param remote remote mode instead of stream mode
     * @param wrap wrap mode
     * @param doubled scaling 2:1
     * @param rate sample rate
     * @param resolution 0 to 3
     * @param id 0 or 3
     * @param lastRates the last three sample rates, one byte each
     * @param pendingCommand command whose parameter comes next, or 0
     * @param dx counts to the right, not reported yet
     * @param dy counts downwards, not reported yet
     * @param wheel notches towards the user, not reported yet
     * @param buttons bit 0 left, 1 right, 2 middle
     * @param reported the buttons that the last packet told, or -1
     */
    record State(
            Queues queues,
            boolean reporting,
            boolean remote,
            boolean wrap,
            boolean doubled,
            int rate,
            int resolution,
            int id,
            int lastRates,
            int pendingCommand,
            int dx,
            int dy,
            int wheel,
            int buttons,
            int reported) {
        State {
            if (queues == null || id != ID_STANDARD && id != ID_WHEEL || (buttons & ~7) != 0) {
                throw new IllegalArgumentException("no mouse has the id " + id + " and the buttons " + buttons);
            }
        }
    }

    Mouse(Runnable bytesCame) {
        super(bytesCame);
    }

    void reset() {
        clearQueues();
        pendingCommand = NO_COMMAND;
        id = ID_STANDARD;
        lastRates = 0;
        remote = false;
        wrap = false;
        buttons = 0;
        setDefaults();
    }

    void move(int right, int down, int towardsUser, int newButtons) {
        boolean pressed = (newButtons & 7) != buttons;
        dx = limit(dx + right);
        dy = limit(dy + down);
        wheel = limit(wheel + towardsUser);
        buttons = newButtons & 7;
        if (streams() && (pressed || data.isEmpty() && moved())) {
            packet();
        }
    }

    State save() {
        return new State(
                saveQueues(),
                reporting,
                remote,
                wrap,
                doubled,
                rate,
                resolution,
                id,
                lastRates,
                pendingCommand,
                dx,
                dy,
                wheel,
                buttons,
                reported);
    }

    void restore(State state) {
        restoreQueues(state.queues());
        reporting = state.reporting();
        remote = state.remote();
        wrap = state.wrap();
        doubled = state.doubled();
        rate = state.rate();
        resolution = state.resolution();
        id = state.id();
        lastRates = state.lastRates();
        pendingCommand = state.pendingCommand();
        dx = state.dx();
        dy = state.dy();
        wheel = state.wheel();
        buttons = state.buttons();
        reported = state.reported();
    }

    @Override
    void afterSending() {
        if (data.isEmpty() && answers.isEmpty() && streams() && (moved() || buttons != reported)) {
            packet();
        }
    }

    @Override
    void command(int value) {
        int waiting = pendingCommand;
        pendingCommand = NO_COMMAND;
        if (value != 0xFE && !data.isEmpty()) {
            data.clear(); // a packet that a command interrupts is lost, as the host could not tell where it goes on
            reported = NOT_TOLD;
        }
        if (wrap && value != 0xEC && value != 0xFF) {
            answer(value);
        } else if (waiting == 0xE8) {
            resolution = value & 3;
            answer(ACK);
        } else if (waiting == 0xF3) {
            rate = value;
            lastRates = lastRates << 8 & 0xFFFFFF | value;
            answer(ACK);
        } else {
            execute(value);
        }
    }

    private void execute(int value) {
        switch (value) {
            case 0xE6, 0xE7 -> {
                doubled = value == 0xE7;
                answer(ACK);
            }
            case 0xE8, 0xF3 -> {
                pendingCommand = value;
                answer(ACK);
            }
            case 0xE9 -> answer(ACK, status(), resolution, rate);
            case 0xEA, 0xF0 -> {
                remote = value == 0xF0;
                forget();
                answer(ACK);
            }
            case 0xEB -> {
                answer(ACK);
                packet();
            }
            case 0xEC, 0xEE -> {
                wrap = value == 0xEE;
                forget();
                answer(ACK);
            }
            case 0xF2 -> {
                if (lastRates == KNOCK) {
                    id = ID_WHEEL;
                }
                answer(ACK, id);
            }
            case 0xF4, 0xF5 -> {
                reporting = value == 0xF4;
                forget();
                answer(ACK);
            }
            case 0xF6 -> {
                setDefaults();
                answer(ACK);
            }
            case 0xFE -> resend();
            case 0xFF -> {
                int held = buttons;
                reset();
                buttons = held;
                reported = held;
                answer(ACK, SELF_TEST_PASSED, ID_STANDARD);
            }
            default -> answer(RESEND);
        }
    }

    private int status() {
        return (remote ? 0x40 : 0)
                | (reporting ? 0x20 : 0)
                | (doubled ? 0x10 : 0)
                | (buttons & 1) << 2
                | (buttons & 4) >> 1
                | (buttons & 2) >> 1;
    }

    private void setDefaults() {
        reporting = false;
        remote = false;
        doubled = false;
        rate = DEFAULT_RATE;
        resolution = DEFAULT_RESOLUTION;
        forget();
    }

    private void forget() {
        data.clear();
        reported = buttons;
        dx = 0;
        dy = 0;
        wheel = 0;
    }

    private boolean streams() {
        return reporting && !remote && !wrap;
    }

    private boolean moved() {
        return (dx | dy) != 0 || wheel != 0 && id == ID_WHEEL;
    }

    /** Queues one packet; what does not fit into it, or into the queue, stays for the next. */
    private void packet() {
        int most = doubled && !remote ? MAX_MOVEMENT / 2 : MAX_MOVEMENT;
        int x = Math.clamp(dx, -most, most);
        int y = Math.clamp(-dy, -most, most);
        int z = Math.clamp(wheel, -8, 7);
        int sentX = scaled(x);
        int sentY = scaled(y);
        int flags = ALWAYS_ONE | buttons | (sentX < 0 ? 0x10 : 0) | (sentY < 0 ? 0x20 : 0);
        boolean queued = id == ID_WHEEL
                ? send(flags, sentX & 0xFF, sentY & 0xFF, z & 0xFF)
                : send(flags, sentX & 0xFF, sentY & 0xFF);
        if (queued) {
            dx -= x;
            dy += y;
            reported = buttons;
            wheel = id == ID_WHEEL ? wheel - z : 0;
        }
    }

    /** Scaling 2:1, of stream mode only. */
    private int scaled(int counts) {
        if (!doubled || remote) {
            return counts;
        }
        int size = Math.abs(counts);
        int scaled =
                switch (size) {
                    case 0, 1 -> size;
                    case 2 -> 1;
                    case 3 -> 3;
                    case 4 -> 6;
                    case 5 -> 9;
                    default -> 2 * size;
                };
        return counts < 0 ? -scaled : scaled;
    }

    private static int limit(int counts) {
        return Math.clamp(counts, -WAITING_LIMIT, WAITING_LIMIT);
    }
}
