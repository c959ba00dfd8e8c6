package org.jeroboam.chipset.i440bx.pic;

/** One 8259A with its half of the PIIX4's edge/level control. Pure logic: lines in, one request out. */
final class Chip {
    /** Answer when nothing requests service. */
    static final int NONE = -1;

    /**
     * All that a chip remembers.
     *
     * @param lines levels of the inputs
     * @param latched edge requests not yet acknowledged
     * @param isr in-service register
     * @param imr interrupt mask register
     * @param elcr inputs that are level-triggered
     * @param icw1 initialisation word 1
     * @param base ICW2: vector of input 0
     * @param icw3 initialisation word 3
     * @param icw4 initialisation word 4
     * @param expected initialisation word that comes next, 2 to 4; 0 when initialised, 1 when never initialised
     * @param lowest input of lowest priority
     * @param rotateOnAutoEoi whether AEOI rotates
     * @param specialMask special mask mode
     * @param readIsr whether a read of the command port gives ISR
     * @param poll whether the next read is a poll
     */
    record State(
            int lines,
            int latched,
            int isr,
            int imr,
            int elcr,
            int icw1,
            int base,
            int icw3,
            int icw4,
            int expected,
            int lowest,
            boolean rotateOnAutoEoi,
            boolean specialMask,
            boolean readIsr,
            boolean poll) {}

    private static final int ICW1_IC4 = 0x01;
    private static final int ICW1_SNGL = 0x02;
    private static final int ICW4_AEOI = 0x02;
    private static final int ICW4_SFNM = 0x10;

    private final int cascadeInput;
    private final int elcrWritable;

    private int lines;
    private int latched;
    private int isr;
    private int imr;
    private int elcr;
    private int icw1;
    private int base;
    private int icw3;
    private int icw4;
    private int expected;
    private int lowest;
    private boolean rotateOnAutoEoi;
    private boolean specialMask;
    private boolean readIsr;
    private boolean poll;

    /**
     * Creates a chip as after power on.
     *
     * @param cascadeInput bit of the input that a slave drives, 0 when there is none; it follows the slave's level
     * @param elcrWritable inputs that can be level-triggered
     */
    Chip(int cascadeInput, int elcrWritable) {
        this.cascadeInput = cascadeInput;
        this.elcrWritable = elcrWritable;
        reset();
    }

    /** Back to before ICW1; the levels on the inputs are the board's and stay. */
    void reset() {
        latched = 0;
        isr = 0;
        imr = 0;
        elcr = 0;
        icw1 = 0;
        base = 0;
        icw3 = 0;
        icw4 = 0;
        expected = 1;
        lowest = 7;
        rotateOnAutoEoi = false;
        specialMask = false;
        readIsr = false;
        poll = false;
    }

    /** Power on: whoever drives an input says so anew. */
    void dropLines() {
        lines = 0;
    }

    void setLine(int input, boolean level) {
        int bit = 1 << input;
        if (level) {
            if ((lines & bit) == 0 && (levelTriggered() & bit) == 0) {
                latched |= bit;
            }
            lines |= bit;
        } else {
            lines &= ~bit;
            latched &= ~bit;
        }
    }

    int irr() {
        return latched | lines & levelTriggered();
    }

    /** The INT pin. */
    boolean requests() {
        return highestRequest() != NONE;
    }

    /**
     * The request that an acknowledge would take now.
     *
     * @return input 0 to 7, or {@link #NONE}
     */
    int highestRequest() {
        if (expected != 0) {
            return NONE;
        }
        int inService = specialMask ? isr & ~imr : isr;
        int nesting = (icw4 & ICW4_SFNM) != 0 ? cascadeInput : 0; // the slave may ask again while it is served
        int wanted = irr() & ~imr;
        for (int i = 1; i <= 8; i++) {
            int bit = 1 << (lowest + i & 7);
            boolean served = (inService & bit) != 0;
            if ((wanted & bit) != 0 && (!served || (nesting & bit) != 0)) {
                return lowest + i & 7;
            }
            if (served) {
                return NONE;
            }
        }
        return NONE;
    }

    /**
     * Takes a request into service.
     *
     * @param input one that requests
     */
    void service(int input) {
        latched &= ~(1 << input);
        if ((icw4 & ICW4_AEOI) == 0) {
            isr |= 1 << input;
        } else if (rotateOnAutoEoi) {
            lowest = input;
        }
    }

    int vector(int input) {
        return base | input;
    }

    boolean cascades(int input) {
        return (cascadeInput & 1 << input) != 0 && (icw1 & ICW1_SNGL) == 0;
    }

    /** Reads the command port: poll, ISR or IRR. */
    int readCommand() {
        if (poll) {
            return poll();
        }
        return readIsr ? isr : irr();
    }

    /** Reads the data port: poll or IMR. */
    int readData() {
        return poll ? poll() : imr;
    }

    private int poll() {
        poll = false;
        int input = highestRequest();
        if (input == NONE) {
            return 0;
        }
        service(input);
        return 0x80 | input;
    }

    void writeCommand(int value) {
        if ((value & 0x10) != 0) {
            writeIcw1(value);
        } else if ((value & 0x08) != 0) {
            writeOcw3(value);
        } else {
            writeOcw2(value);
        }
    }

    void writeData(int value) {
        switch (expected) {
            case 2 -> {
                base = value & 0xF8;
                expected = (icw1 & ICW1_SNGL) == 0 ? 3 : afterIcw3();
            }
            case 3 -> {
                icw3 = value;
                expected = afterIcw3();
            }
            case 4 -> {
                icw4 = value & 0x1F;
                expected = 0;
            }
            default -> imr = value;
        }
    }

    private int afterIcw3() {
        return (icw1 & ICW1_IC4) != 0 ? 4 : 0;
    }

    private void writeIcw1(int value) {
        icw1 = value;
        latched = 0;
        isr = 0;
        imr = 0;
        icw4 = 0;
        lowest = 7;
        rotateOnAutoEoi = false;
        specialMask = false;
        readIsr = false;
        poll = false;
        expected = 2;
    }

    private void writeOcw2(int value) {
        int level = value & 7;
        switch (value >> 5) {
            case 0 -> rotateOnAutoEoi = false;
            case 1 -> endOfInterrupt(highestInService(), false);
            case 3 -> endOfInterrupt(level, false);
            case 4 -> rotateOnAutoEoi = true;
            case 5 -> endOfInterrupt(highestInService(), true);
            case 6 -> lowest = level;
            case 7 -> endOfInterrupt(level, true);
            default -> {} // 2 is "no operation"
        }
    }

    /** The level that a non-specific EOI ends; special mask mode hides masked levels from it. */
    private int highestInService() {
        int candidates = specialMask ? isr & ~imr : isr;
        for (int i = 1; i <= 8; i++) {
            int input = lowest + i & 7;
            if ((candidates & 1 << input) != 0) {
                return input;
            }
        }
        return NONE;
    }

    private void endOfInterrupt(int input, boolean rotate) {
        if (input == NONE) {
            return;
        }
        isr &= ~(1 << input);
        if (rotate) {
            lowest = input;
        }
    }

    private void writeOcw3(int value) {
        if ((value & 0x40) != 0) {
            specialMask = (value & 0x20) != 0;
        }
        if ((value & 0x04) != 0) {
            poll = true;
        } else if ((value & 0x02) != 0) {
            readIsr = (value & 0x01) != 0;
        }
    }

    int elcr() {
        return elcr;
    }

    void writeElcr(int value) {
        elcr = value & elcrWritable;
        latched &= ~elcr;
    }

    private int levelTriggered() {
        return elcr | cascadeInput;
    }

    State save() {
        return new State(
                lines,
                latched,
                isr,
                imr,
                elcr,
                icw1,
                base,
                icw3,
                icw4,
                expected,
                lowest,
                rotateOnAutoEoi,
                specialMask,
                readIsr,
                poll);
    }

    void restore(State state) {
        lines = state.lines & 0xFF;
        latched = state.latched & lines;
        isr = state.isr & 0xFF;
        imr = state.imr & 0xFF;
        elcr = state.elcr & elcrWritable;
        icw1 = state.icw1 & 0xFF;
        base = state.base & 0xF8;
        icw3 = state.icw3 & 0xFF;
        icw4 = state.icw4 & 0x1F;
        expected = state.expected;
        lowest = state.lowest & 7;
        rotateOnAutoEoi = state.rotateOnAutoEoi;
        specialMask = state.specialMask;
        readIsr = state.readIsr;
        poll = state.poll;
    }
}
