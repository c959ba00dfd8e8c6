package org.jeroboam.chipset.i440bx.pit;

/**
 * One counter of the 8254 as a closed function of its clock: {@link #advance} covers any span in constant time with the
 * result that clocking it pulse by pulse would have. Times are clock pulses since power on.
 */
final class PitCounter {
    /** Answer of {@link #nextRise()} when OUT will not rise by itself. */
    static final long NEVER = Long.MAX_VALUE;

    /**
     * All that a counter remembers.
     *
     * @param at pulse up to which the rest is valid
     * @param control low six bits of the control word
     * @param cr count register as written
     * @param crWritten whether a count was written since the control word
     * @param ce counting element, 1 to 10000h after a load
     * @param tail mode 3: this half lasts one pulse longer, the count being odd
     * @param gate GATE input
     * @param out OUT pin
     * @param nullCount CR was not yet copied to CE
     * @param loadNext the next pulse copies CR to CE
     * @param active CE was loaded since the control word
     * @param armed terminal count changes OUT
     * @param halted mode 0: between the two bytes of a count
     * @param readHigh the next read gives the high byte
     * @param writeHigh the next write is the high byte
     * @param lowByte low byte of a half-written count
     * @param countLatch latched count, -1 when there is none
     * @param statusLatch latched status, -1 when there is none
     */
    record State(
            long at,
            int control,
            int cr,
            boolean crWritten,
            int ce,
            boolean tail,
            boolean gate,
            boolean out,
            boolean nullCount,
            boolean loadNext,
            boolean active,
            boolean armed,
            boolean halted,
            boolean readHigh,
            boolean writeHigh,
            int lowByte,
            int countLatch,
            int statusLatch) {}

    private long at;
    private int control;
    private int cr;
    private boolean crWritten;
    private int ce;
    private boolean tail;
    private boolean gate;
    private boolean out;
    private boolean nullCount;
    private boolean loadNext;
    private boolean active;
    private boolean armed;
    private boolean halted;
    private boolean readHigh;
    private boolean writeHigh;
    private int lowByte;
    private int countLatch = -1;
    private int statusLatch = -1;

    /** Mode 0 to 5; 6 and 7 are other names of 2 and 3. */
    int mode() {
        int mode = control >> 1 & 7;
        return mode > 5 ? mode - 4 : mode;
    }

    boolean out() {
        return out;
    }

    boolean gate() {
        return gate;
    }

    /** Pulses between two rises in modes 2 and 3. */
    int period() {
        return count();
    }

    private int accessMode() {
        return control >> 4 & 3;
    }

    private boolean bcd() {
        return (control & 1) != 0;
    }

    private int modulus() {
        return bcd() ? 10_000 : 0x10000;
    }

    /** The count in CR as a number; 1 is illegal in modes 2 and 3 and counts as 2. */
    private int count() {
        int n = cr;
        if (bcd()) {
            n = (cr >> 12 & 15) * 1000 + (cr >> 8 & 15) * 100 + (cr >> 4 & 15) * 10 + (cr & 15);
            n %= 10_000;
        }
        if (n == 0) {
            return modulus();
        }
        return n == 1 && (mode() == 2 || mode() == 3) ? 2 : n;
    }

    /** CE as the bus reads it. */
    private int value() {
        int n = Math.floorMod(ce, modulus());
        return bcd() ? n / 1000 << 12 | n / 100 % 10 << 8 | n / 10 % 10 << 4 | n % 10 : n;
    }

    /**
     * Brings the counter to a later pulse.
     *
     * @param to the pulse; earlier ones change nothing
     * @return how often OUT rose
     */
    long advance(long to) {
        long pulses = to - at;
        if (pulses <= 0) {
            return 0;
        }
        at = to;
        long rises = 0;
        if (mode() >= 4 && !out) { // a strobe lasts one pulse
            out = true;
            rises++;
        }
        if (loadNext) {
            load();
            pulses--;
        }
        if (!active || pulses == 0) {
            return rises;
        }
        return rises
                + switch (mode()) {
                    case 0 -> gate && !halted ? toTerminalCount(pulses) : 0;
                    case 1 -> toTerminalCount(pulses);
                    case 2 -> gate ? rate(pulses) : 0;
                    case 3 -> gate ? square(pulses) : 0;
                    case 4 -> gate ? strobe(pulses) : 0;
                    default -> strobe(pulses);
                };
    }

    private void load() {
        loadNext = false;
        nullCount = false;
        active = true;
        armed = true;
        if (mode() == 1) {
            out = false;
        } else if (mode() == 2) {
            out = true;
        } else if (mode() == 3) {
            out = true;
            loadHalf();
            return;
        }
        ce = count();
    }

    private void loadHalf() {
        nullCount = false;
        ce = count() & ~1;
        tail = out && (count() & 1) != 0;
    }

    private long toTerminalCount(long pulses) {
        boolean reached = armed && pulses >= ce;
        ce = (int) Math.floorMod(ce - pulses, (long) modulus());
        if (!reached) {
            return 0;
        }
        armed = false;
        boolean rose = !out;
        out = true;
        return rose ? 1 : 0;
    }

    private long strobe(long pulses) {
        boolean reached = armed && pulses >= ce;
        long rises = 0;
        if (reached) {
            armed = false;
            out = pulses > ce;
            rises = out ? 1 : 0;
        }
        ce = (int) Math.floorMod(ce - pulses, (long) modulus());
        return rises;
    }

    private long rate(long pulses) {
        long rises = 0;
        if (pulses < ce) {
            ce -= (int) pulses;
        } else {
            int n = count();
            long rest = pulses - ce;
            rises = 1 + rest / n;
            ce = n - (int) (rest % n);
            nullCount = false;
        }
        out = ce != 1;
        return rises;
    }

    private int leftInHalf() {
        return ce / 2 + (tail ? 1 : 0);
    }

    private long square(long pulses) {
        long rest = pulses;
        if (rest < leftInHalf()) {
            ce -= (int) (2 * rest);
            return 0;
        }
        rest -= leftInHalf();
        long rises = toggle();
        rises += rest / count();
        rest %= count();
        if (rest >= leftInHalf()) {
            rest -= leftInHalf();
            rises += toggle();
        }
        ce -= (int) (2 * rest);
        return rises;
    }

    private int toggle() {
        out = !out;
        loadHalf();
        return out ? 1 : 0;
    }

    /**
     * When OUT will rise if nothing is written and GATE stays.
     *
     * @return a pulse after the current one, or {@link #NEVER}
     */
    long nextRise() {
        if (!loadNext && !active) {
            return NEVER;
        }
        long start = loadNext ? at + 1 : at;
        int left = loadNext ? count() : ce;
        boolean willChange = loadNext || armed;
        long rise =
                switch (mode()) {
                    case 0 -> willChange && gate && !halted && !out ? start + left : NEVER;
                    case 1 -> willChange ? start + left : NEVER;
                    case 2 -> gate ? start + left : NEVER;
                    case 3 -> gate ? nextSquareRise(start) : NEVER;
                    default -> {
                        if (!out) {
                            yield at + 1;
                        }
                        yield willChange && (gate || mode() == 5) ? start + left + 1 : NEVER;
                    }
                };
        return Math.max(rise, at + 1);
    }

    private long nextSquareRise(long start) {
        if (loadNext) {
            return start + count();
        }
        return start + leftInHalf() + (out ? count() / 2 : 0);
    }

    /**
     * Changes GATE; the counter was advanced to now.
     *
     * @param level the new level
     */
    void setGate(boolean level) {
        boolean rising = level && !gate;
        gate = level;
        int mode = mode();
        if (rising && crWritten && mode != 0 && mode != 4) {
            loadNext = true;
        } else if (!level && (mode == 2 || mode == 3)) {
            out = true;
        }
    }

    /**
     * A control word that programs this counter; the counter was advanced to now.
     *
     * @param word the word, its access mode not 0
     * @return whether OUT rose
     */
    boolean writeControl(int word) {
        control = word & 0x3F;
        boolean before = out;
        out = mode() != 0;
        cr = 0;
        crWritten = false;
        nullCount = true;
        loadNext = false;
        active = false;
        armed = false;
        halted = false;
        readHigh = false;
        writeHigh = false;
        countLatch = -1;
        statusLatch = -1;
        return out && !before;
    }

    /**
     * A write of the counter's port; the counter was advanced to now.
     *
     * @param b the byte
     */
    void write(int b) {
        switch (accessMode()) {
            case 1 -> writeCount(b);
            case 2 -> writeCount(b << 8);
            default -> {
                if (writeHigh) {
                    writeHigh = false;
                    writeCount(b << 8 | lowByte);
                } else {
                    writeHigh = true;
                    lowByte = b;
                    if (mode() == 0) {
                        halted = true;
                        out = false;
                    }
                }
            }
        }
    }

    private void writeCount(int value) {
        cr = value;
        crWritten = true;
        nullCount = true;
        switch (mode()) {
            case 0 -> {
                halted = false;
                out = false;
                loadNext = true;
            }
            case 2, 3 -> loadNext |= !active;
            case 4 -> loadNext = true;
            default -> {} // modes 1 and 5 wait for the trigger
        }
    }

    /** The counter latch command; the counter was advanced to now. */
    void latchCount() {
        if (countLatch < 0) {
            countLatch = value();
        }
    }

    /** The status half of the read-back command; the counter was advanced to now. */
    void latchStatus() {
        if (statusLatch < 0) {
            statusLatch = (out ? 0x80 : 0) | (nullCount ? 0x40 : 0) | control;
        }
    }

    /**
     * A read of the counter's port; the counter was advanced to now.
     *
     * @return the byte
     */
    int read() {
        if (statusLatch >= 0) {
            int status = statusLatch;
            statusLatch = -1;
            return status;
        }
        int value = countLatch >= 0 ? countLatch : value();
        boolean high = accessMode() == 2 || accessMode() == 3 && readHigh;
        readHigh = accessMode() == 3 && !readHigh;
        if (!readHigh) {
            countLatch = -1; // its last byte is read
        }
        return high ? value >> 8 : value & 0xFF;
    }

    /**
     * Power on: as a BIOS leaves the counter, the data sheet calling it undefined.
     *
     * @param now current pulse
     * @param word control word
     * @param count count to load, 0 for the largest
     * @param gateLevel GATE
     */
    void reset(long now, int word, int count, boolean gateLevel) {
        at = now;
        ce = 0;
        tail = false;
        out = false;
        gate = gateLevel;
        lowByte = 0;
        writeControl(word);
        writeCount(count);
    }

    State save() {
        return new State(
                at,
                control,
                cr,
                crWritten,
                ce,
                tail,
                gate,
                out,
                nullCount,
                loadNext,
                active,
                armed,
                halted,
                readHigh,
                writeHigh,
                lowByte,
                countLatch,
                statusLatch);
    }

    void restore(State state) {
        at = Math.max(0, state.at);
        control = state.control & 0x3F;
        cr = state.cr & 0xFFFF;
        crWritten = state.crWritten;
        ce = Math.clamp(state.ce, 0, 0x10000);
        tail = state.tail;
        gate = state.gate;
        out = state.out;
        nullCount = state.nullCount;
        loadNext = state.loadNext;
        active = state.active;
        armed = state.armed;
        halted = state.halted;
        readHigh = state.readHigh;
        writeHigh = state.writeHigh;
        lowByte = state.lowByte & 0xFF;
        countLatch = Math.clamp(state.countLatch, -1, 0xFFFF);
        statusLatch = Math.clamp(state.statusLatch, -1, 0xFF);
    }
}
