package org.jeroboam.device.floppy;

/** What SPECIFY, CONFIGURE, PERPENDICULAR MODE and LOCK set. */
final class FdcSettings {
    private static final int NON_DMA = 0x01;

    private static final int EIS = 0x40;
    private static final int EFIFO = 0x20;
    private static final int POLL = 0x10;
    private static final int FIFOTHR = 0x0F;
    private static final int FIFO_SIZE = 16;

    private static final int OVERWRITE = 0x80;
    private static final int PERPENDICULAR_DRIVES = 0x3C;
    private static final int GAP_WGATE = 0x03;

    private static final int[] KBPS = {500, 300, 250, 1000};

    /** Step time at 500 kbit/s that a step rate of 15 means, and by which each lower code is longer. */
    private static final long STEP_UNIT = 1_000_000;

    /**
     * All that they set.
     *
     * @param stepAndUnload SRT and HUT
     * @param loadAndMode HLT and ND
     * @param configuration EIS, EFIFO, POLL and FIFOTHR
     * @param precompensation PRETRK
     * @param perpendicular D3 to D0, GAP and WGATE
     * @param locked LOCK
     */
    record State(
            int stepAndUnload,
            int loadAndMode,
            int configuration,
            int precompensation,
            int perpendicular,
            boolean locked) {
        State {
            if (((stepAndUnload | loadAndMode | precompensation) & ~0xFF) != 0
                    || (configuration & ~(EIS | EFIFO | POLL | FIFOTHR)) != 0
                    || (perpendicular & ~(PERPENDICULAR_DRIVES | GAP_WGATE)) != 0) {
                throw new IllegalArgumentException("a setting of the floppy controller is out of range");
            }
        }
    }

    private int stepAndUnload;
    private int loadAndMode;
    private int configuration;
    private int precompensation;
    private int perpendicular;
    private boolean locked;

    /** By the RESET pin. */
    void hardReset() {
        stepAndUnload = 0;
        loadAndMode = 0;
        locked = false;
        perpendicular = 0;
        softReset();
    }

    /** By DOR or DSR. */
    void softReset() {
        if (locked) {
            configuration &= EFIFO | FIFOTHR;
        } else {
            configuration = EFIFO;
            precompensation = 0;
        }
        perpendicular &= PERPENDICULAR_DRIVES;
    }

    State save() {
        return new State(stepAndUnload, loadAndMode, configuration, precompensation, perpendicular, locked);
    }

    void restore(State state) {
        stepAndUnload = state.stepAndUnload();
        loadAndMode = state.loadAndMode();
        configuration = state.configuration();
        precompensation = state.precompensation();
        perpendicular = state.perpendicular();
        locked = state.locked();
    }

    void specify(int first, int second) {
        stepAndUnload = first;
        loadAndMode = second;
    }

    void configure(int second, int third) {
        configuration = second & (EIS | EFIFO | POLL | FIFOTHR);
        precompensation = third;
    }

    void perpendicularMode(int value) {
        int kept = (value & OVERWRITE) != 0 ? GAP_WGATE | PERPENDICULAR_DRIVES : GAP_WGATE;
        perpendicular = perpendicular & ~kept | value & kept;
    }

    void lock(boolean on) {
        locked = on;
    }

    boolean locked() {
        return locked;
    }

    boolean nonDma() {
        return (loadAndMode & NON_DMA) != 0;
    }

    boolean impliedSeek() {
        return (configuration & EIS) != 0;
    }

    boolean polls() {
        return (configuration & POLL) == 0;
    }

    /** Bytes between two service requests. */
    int burst() {
        boolean fifo = (configuration & EFIFO) == 0;
        return fifo ? Math.max(1, FIFO_SIZE - 1 - (configuration & FIFOTHR)) : 1;
    }

    /** Time of a step, by SRT, which counts in units of the data rate. */
    long stepTime(int rate) {
        return (16 - (stepAndUnload >> 4)) * STEP_UNIT * 500 / KBPS[rate];
    }

    /** The last six bytes of DUMPREG. */
    void dump(int[] result, int from, int lastSector) {
        result[from] = stepAndUnload;
        result[from + 1] = loadAndMode;
        result[from + 2] = lastSector;
        result[from + 3] = (locked ? 0x80 : 0) | perpendicular;
        result[from + 4] = configuration;
        result[from + 5] = precompensation;
    }
}
