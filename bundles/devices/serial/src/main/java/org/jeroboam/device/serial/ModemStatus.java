package org.jeroboam.device.serial;

/** The MSR: four inputs, from the far end or in loopback from the MCR's outputs, and their changes. */
final class ModemStatus {
    private static final int CTS = 0x10;
    private static final int DSR = 0x20;
    private static final int RI = 0x40;
    private static final int DCD = 0x80;
    private static final int DELTAS = 0x0F;
    private static final int TERI = 0x04;

    private int msr;

    void reset() {
        msr = CTS | DSR | DCD;
    }

    int value() {
        return msr;
    }

    void restore(int value) {
        msr = value;
    }

    boolean changed() {
        return (msr & DELTAS) != 0;
    }

    int read() {
        int value = msr;
        msr &= ~DELTAS;
        return value;
    }

    /** The inputs after a write of the MCR. */
    void follow(int mcr) {
        int inputs = CTS | DSR | DCD;
        if ((mcr & 0x10) != 0) {
            inputs = (mcr & 1) << 5 | (mcr & 2) << 3 | (mcr & 4) << 4 | (mcr & 8) << 4;
        }
        int changes = (inputs ^ msr) >> 4 & DELTAS;
        if ((inputs & RI) != 0) {
            // Only the trailing edge of the ring indicator counts.
            changes &= ~TERI;
        }
        msr = inputs | msr & DELTAS | changes;
    }
}
