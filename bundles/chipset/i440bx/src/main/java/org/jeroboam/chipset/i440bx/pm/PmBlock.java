package org.jeroboam.chipset.i440bx.pm;

import java.util.Arrays;
import org.jeroboam.chipset.i440bx.Frequency;

/**
 * The 64 bytes of I/O registers at PMBA, as bytes with masks, and the power management timer as a function of virtual
 * time. What registers do beyond keeping bits is said by {@link Effects}.
 */
final class PmBlock {
    static final int SIZE = 64;

    static final int PMSTS = 0x00;
    static final int PMEN = 0x02;
    static final int PMCNTRL = 0x04;
    static final int PMTMR = 0x08;
    static final int GPSTS = 0x0C;
    static final int GPEN = 0x0E;
    static final int PCNTRL = 0x10;
    static final int GLBSTS = 0x18;
    static final int DEVSTS = 0x1C;
    static final int GLBEN = 0x20;
    static final int GLBCTL = 0x28;
    static final int DEVCTL = 0x2C;
    static final int GPIREG = 0x30;
    static final int GPOREG = 0x34;

    static final int TMROF = 0x0001;
    static final int GBL = 0x0020;
    static final int PWRBTN = 0x0100;
    static final int WAK = 0x8000;
    static final int SCI_EN = 0x0001;
    static final int BIOS = 0x0002;
    static final int APM = 0x0020;

    private static final int SCI_SOURCES = 0x0521; // TMROF, GBL, PWRBTN, RTC
    private static final int GP_SOURCES = 0x0F01; // THRM, USB, RI, LID, GPI1
    private static final int PMCNTRL_GBL_RLS = 0x04; // byte 0
    private static final int PMCNTRL_SUS_EN = 0x20; // byte 1
    private static final int GLBCTL_SMI_EN = 0x00001;
    private static final int GLBCTL_BIOS_RLS = 0x00002;
    private static final int GLBCTL_EOS = 0x10000;
    private static final int GPO_RESET = 0x7FFF_BFFF;
    private static final int TIMER_MASK = 0xFF_FFFF;
    private static final int HALF_TIMER_SHIFT = 23;

    /** What registers do to the rest of the part. */
    interface Effects {
        /** SUS_EN was written. */
        void suspend(int type);

        /** An SMI is to be made. */
        void smi();
    }

    private final Effects effects;
    private final byte[] bytes = new byte[SIZE];
    private final byte[] writable = new byte[SIZE];
    private final byte[] clearedByOne = new byte[SIZE];
    private long overflows;

    PmBlock(Effects effects) {
        this.effects = effects;
        put(clearedByOne, PMSTS, 2, 0x8D31);
        put(writable, PMEN, 2, 0x0521);
        put(writable, PMCNTRL, 2, 0x1C03);
        put(clearedByOne, GPSTS, 2, 0x0F81);
        put(writable, GPEN, 2, 0x0F01);
        put(writable, PCNTRL, 4, 0x0003_FFFF);
        put(clearedByOne, GLBSTS, 2, 0x0027 | 0x0D00);
        put(clearedByOne, DEVSTS, 4, -1);
        put(writable, GLBEN, 2, 0x0D2F);
        put(writable, GLBCTL, 4, 0x0701_FF05);
        put(writable, DEVCTL, 4, -1);
        put(writable, GPOREG, 4, -1);
    }

    /** All zero but what the data sheet says; the timer goes on. */
    void reset(long now) {
        Arrays.fill(bytes, (byte) 0);
        put(bytes, GPOREG, 4, GPO_RESET);
        overflows = ticks(now) >> HALF_TIMER_SHIFT;
    }

    private static long ticks(long now) {
        return Frequency.PM_TIMER.ticks(now);
    }

    /** The 24-bit timer. */
    int timer(long now) {
        return (int) ticks(now) & TIMER_MASK;
    }

    /** Sets TMROF_STS when bit 23 of the timer changed since the last call. */
    void sync(long now) {
        long passed = ticks(now) >> HALF_TIMER_SHIFT;
        if (passed != overflows) {
            overflows = passed;
            raise(PMSTS, TMROF);
        }
    }

    /**
     * When TMROF_STS will make an SCI.
     *
     * @return virtual time, {@link Long#MAX_VALUE} when it will not
     */
    long nextOverflow() {
        boolean awaited = get(PMCNTRL, 2, SCI_EN) != 0 && get(PMEN, 2, TMROF) != 0 && get(PMSTS, 2, TMROF) == 0;
        return awaited ? Frequency.PM_TIMER.nanosAt(overflows + 1 << HALF_TIMER_SHIFT) : Long.MAX_VALUE;
    }

    /** Whether the block asks for an SCI. */
    boolean sci() {
        if (get(PMCNTRL, 2, SCI_EN) == 0) {
            return false;
        }
        return (get(PMSTS, 2, SCI_SOURCES) & get(PMEN, 2, SCI_SOURCES)) != 0
                || (get(GPSTS, 2, GP_SOURCES) & get(GPEN, 2, GP_SOURCES)) != 0;
    }

    int get(int register, int size, int mask) {
        int value = 0;
        for (int i = 0; i < size; i++) {
            value |= (bytes[register + i] & 0xFF) << 8 * i;
        }
        return value & mask;
    }

    void raise(int register, int bits) {
        for (int i = 0; i < 4 && bits >>> 8 * i != 0; i++) {
            bytes[register + i] |= (byte) (bits >>> 8 * i);
        }
    }

    void setSciEnable(boolean on) {
        bytes[PMCNTRL] = (byte) (on ? bytes[PMCNTRL] | SCI_EN : bytes[PMCNTRL] & ~SCI_EN);
    }

    /**
     * An SMI source: sets its status bit, and asks for an SMI when source and SMIs are enabled.
     *
     * @param bit its place in GLBSTS and GLBEN
     */
    void smiSource(int bit) {
        raise(GLBSTS, bit);
        if (get(GLBEN, 2, bit) != 0 && get(GLBCTL, 4, GLBCTL_SMI_EN) != 0) {
            put(bytes, GLBCTL, 4, get(GLBCTL, 4, ~GLBCTL_EOS));
            effects.smi();
        }
    }

    int readByte(int register, long now) {
        int value = bytes[register] & 0xFF;
        if (register >= PMTMR && register < PMTMR + 4) {
            value = timer(now) >> 8 * (register - PMTMR) & 0xFF;
        } else if (register == GLBSTS) {
            value |= get(DEVSTS, 4, -1) != 0 ? 0x10 : 0;
            value |= (get(PMSTS, 2, SCI_SOURCES) & get(PMEN, 2, SCI_SOURCES)) != 0 ? 0x40 : 0;
            value |= (get(GPSTS, 2, GP_SOURCES) & get(GPEN, 2, GP_SOURCES)) != 0 ? 0x80 : 0;
        } else if (register >= GPIREG && register < GPIREG + 3) {
            value = 0xFF; // inputs with pull-ups
        }
        return value;
    }

    void writeByte(int register, int b) {
        int kept = bytes[register] & ~writable[register] & ~(clearedByOne[register] & b);
        bytes[register] = (byte) (kept | b & writable[register]);
        if (register == PMCNTRL && (b & PMCNTRL_GBL_RLS) != 0) {
            smiSource(BIOS);
        } else if (register == PMCNTRL + 1 && (b & PMCNTRL_SUS_EN) != 0) {
            effects.suspend(b >> 2 & 7);
        } else if (register == GLBCTL && (b & GLBCTL_BIOS_RLS) != 0) {
            raise(PMSTS, GBL);
        }
    }

    byte[] toBytes() {
        return bytes.clone();
    }

    long overflows() {
        return overflows;
    }

    void restore(byte[] saved, long savedOverflows) {
        System.arraycopy(saved, 0, bytes, 0, SIZE);
        overflows = savedOverflows;
    }

    private static void put(byte[] target, int register, int size, int value) {
        for (int i = 0; i < size; i++) {
            target[register + i] = (byte) (value >>> 8 * i);
        }
    }
}
