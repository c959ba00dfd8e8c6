package org.jeroboam.chipset.i440bx.pit;

/**
 * A counter of the 8254 that is clocked pulse by pulse, written from the data sheet's words: what the closed form
 * must equal.
 */
final class PulseByPulse {
    int mode;
    boolean bcd;
    int cr;
    boolean crWritten;
    int ce;
    boolean loaded;
    boolean gate;
    boolean out;
    boolean nullCount;
    boolean trigger;
    boolean load;
    boolean armed;
    boolean strobing;
    boolean halted;
    boolean oddTail;
    long rises;

    void control(int newMode, boolean newBcd) {
        mode = newMode;
        bcd = newBcd;
        drive(mode != 0);
        nullCount = true;
        loaded = false;
        crWritten = false;
        trigger = false;
        load = false;
        armed = false;
        strobing = false;
        halted = false;
    }

    void firstByte() {
        if (mode == 0) {
            halted = true;
            out = false;
        }
    }

    void count(int value) {
        cr = value;
        crWritten = true;
        nullCount = true;
        halted = false;
        if (mode == 0) {
            out = false;
        }
        load |= mode == 0 || mode == 4 || !loaded && (mode == 2 || mode == 3);
    }

    void gate(boolean level) {
        if (level && !gate && crWritten && mode != 0 && mode != 4) {
            trigger = true;
        }
        gate = level;
        if (!level && (mode == 2 || mode == 3)) {
            out = true;
        }
    }

    void pulse() {
        if (strobing) {
            strobing = false;
            drive(true);
        }
        if (load || trigger) {
            load = false;
            trigger = false;
            loadCe();
            return;
        }
        if (!loaded || halted || !gate && mode != 1 && mode != 5) {
            return;
        }
        switch (mode) {
            case 2 -> {
                if (ce == 1) {
                    reload();
                    drive(true);
                } else {
                    ce = minusOne(ce);
                    if (ce == 1) {
                        drive(false);
                    }
                }
            }
            case 3 -> square();
            default -> {
                ce = minusOne(ce);
                if (armed && ce == 0) {
                    armed = false;
                    if (mode < 2) {
                        drive(true);
                    } else {
                        drive(false);
                        strobing = true;
                    }
                }
            }
        }
    }

    private void square() {
        if (ce == 0 && oddTail) {
            half(false);
            return;
        }
        ce = minusOne(minusOne(ce));
        if (ce == 0 && !(out && oddTail)) {
            half(!out);
        }
    }

    private void half(boolean level) {
        drive(level);
        reload();
        boolean odd = (lowDigit() & 1) != 0;
        if (odd) {
            ce = minusOne(ce);
        }
        oddTail = odd && level;
    }

    private int lowDigit() {
        return effective() & 15;
    }

    private int effective() {
        return cr == 1 && (mode == 2 || mode == 3) ? 2 : cr;
    }

    private void reload() {
        ce = effective();
        nullCount = false;
    }

    private void loadCe() {
        loaded = true;
        armed = true;
        if (mode == 3) {
            half(true);
            return;
        }
        reload();
        if (mode == 1) {
            out = false;
        } else if (mode == 2) {
            drive(true);
        }
    }

    /** Decimal digits borrow when counting in BCD. */
    private int minusOne(int value) {
        if (!bcd) {
            return value - 1 & 0xFFFF;
        }
        int result = value;
        for (int digit = 0; digit < 16; digit += 4) {
            if ((result >> digit & 15) != 0) {
                return result - (1 << digit);
            }
            result |= 9 << digit;
        }
        return result;
    }

    private void drive(boolean level) {
        if (level && !out) {
            rises++;
        }
        out = level;
    }
}
