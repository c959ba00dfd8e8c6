package org.jeroboam.sample.ne2000;

import java.util.Arrays;

/**
 * National's DP8390 network interface controller, by its data sheet: registers in pages, the receive ring, and the remote
 * DMA channel that is the NE2000's data port. Page 0 and 3 have the RTL8029AS's identification beside.
 */
final class Dp8390 {
    /** Registers, as offsets from the base port. */
    static final int REGISTERS = 16;

    static final int CR_STP = 0x01;
    static final int CR_STA = 0x02;
    static final int CR_TXP = 0x04;
    static final int CR_RD = 0x38;
    static final int CR_RD_READ = 0x08;
    static final int CR_RD_WRITE = 0x10;
    static final int CR_RD_ABORT = 0x20;

    static final int ISR_PRX = 0x01;
    static final int ISR_PTX = 0x02;
    static final int ISR_OVW = 0x10;
    static final int ISR_CNT = 0x20;
    static final int ISR_RDC = 0x40;
    static final int ISR_RST = 0x80;

    static final int RCR_AB = 0x04;
    static final int RCR_AM = 0x08;
    static final int RCR_PRO = 0x10;
    static final int RCR_MON = 0x20;
    static final int TCR_LB = 0x06;
    static final int DCR_WTS = 0x01;

    private static final int RSR_PRX = 0x01;
    private static final int RSR_MPA = 0x10;
    private static final int RSR_PHY = 0x20;
    private static final int TSR_PTX = 0x01;
    private static final int TSR_CRS = 0x10;

    private static final int PAGE = 256;
    private static final int RING_HEADER = 4;
    private static final int CRC = 4;
    private static final int LEAST_FRAME = 60;
    private static final int NANOS_PER_BYTE = 800; // at 10 Mbit/s
    private static final int OVERHEAD = 24; // preamble, CRC and interframe gap, in bytes

    private static final int RTL8029_ID0 = 0x50;
    private static final int RTL8029_ID1 = 0x43;
    private static final int RTL8029_ASID0 = 0x29;
    private static final int RTL8029_ASID1 = 0x80;

    /** What the chip does to the card around it. */
    interface Card {
        /** The level of the interrupt output may have changed. */
        void interruptChanged();

        /** A frame goes out; it ends after so many nanoseconds by {@link Dp8390#transmitted}. */
        void transmit(long nanos);

        /** What was going out is given up. */
        void abortTransmit();
    }

    /**
     * All registers.
     *
     * @param cr Command
     * @param isr Interrupt Status
     * @param imr Interrupt Mask
     * @param rcr Receive Configuration
     * @param tcr Transmit Configuration
     * @param dcr Data Configuration
     * @param tsr Transmit Status
     * @param rsr Receive Status
     * @param pstart Page Start
     * @param pstop Page Stop
     * @param bnry Boundary
     * @param curr Current Page
     * @param tpsr Transmit Page Start
     * @param tbcr Transmit Byte Count
     * @param rsar Remote Start Address
     * @param rbcr Remote Byte Count
     * @param crda Current Remote DMA Address
     * @param rcnt bytes that the remote DMA has yet to move
     * @param clda Current Local DMA Address
     * @param tally CNTR0 to CNTR2
     * @param par Physical Address
     * @param mar Multicast Address
     * @param fifo last eight bytes of a loop-back
     * @param fifoIndex next byte of these
     */
    record State(
            int cr,
            int isr,
            int imr,
            int rcr,
            int tcr,
            int dcr,
            int tsr,
            int rsr,
            int pstart,
            int pstop,
            int bnry,
            int curr,
            int tpsr,
            int tbcr,
            int rsar,
            int rbcr,
            int crda,
            int rcnt,
            int clda,
            byte[] tally,
            byte[] par,
            byte[] mar,
            byte[] fifo,
            int fifoIndex) {
        State {
            if (tally.length != 3 || par.length != 6 || mar.length != 8 || fifo.length != 8) {
                throw new IllegalArgumentException("wrong size of a register file of the DP8390");
            }
        }
    }

    private final Card card;
    private final PacketMemory memory;
    private int cr;
    private int isr;
    private int imr;
    private int rcr;
    private int tcr;
    private int dcr;
    private int tsr;
    private int rsr;
    private int pstart;
    private int pstop;
    private int bnry;
    private int curr;
    private int tpsr;
    private int tbcr;
    private int rsar;
    private int rbcr;
    private int crda;
    private int rcnt;
    private int clda;
    private int fifoIndex;
    private final byte[] tally = new byte[3];
    private final byte[] par = new byte[6];
    private final byte[] mar = new byte[8];
    private final byte[] fifo = new byte[8];

    Dp8390(Card card, PacketMemory memory) {
        this.card = card;
        this.memory = memory;
    }

    /** Power on: as a reset, and all that this leaves undefined is 0. */
    void powerOn() {
        imr = 0;
        rcr = 0;
        tcr = 0;
        dcr = 0;
        tsr = 0;
        rsr = 0;
        pstart = 0;
        pstop = 0;
        bnry = 0;
        curr = 0;
        tpsr = 0;
        tbcr = 0;
        rsar = 0;
        rbcr = 0;
        crda = 0;
        rcnt = 0;
        clda = 0;
        fifoIndex = 0;
        Arrays.fill(tally, (byte) 0);
        Arrays.fill(par, (byte) 0);
        Arrays.fill(mar, (byte) 0);
        Arrays.fill(fifo, (byte) 0);
        isr = 0;
        reset();
    }

    /** The RESET pin (data sheet, section 11.0). */
    void reset() {
        card.abortTransmit();
        cr = CR_STP | CR_RD_ABORT;
        isr = isr & ~0x7F | ISR_RST;
        imr = 0;
        tcr &= ~TCR_LB;
        rcnt = 0;
        card.interruptChanged();
    }

    /** The level of the INT output. */
    boolean interrupt() {
        return (isr & imr & 0x7F) != 0;
    }

    int read(int register) {
        if (register == 0) {
            return cr;
        }
        return switch (cr >> 6) {
            case 0 -> readPage0(register);
            case 1 -> readPage1(register);
            case 2 -> readPage2(register);
            default -> readPage3(register);
        };
    }

    private int readPage0(int register) {
        return switch (register) {
            case 0x1 -> clda & 0xFF;
            case 0x2 -> clda >> 8;
            case 0x3 -> bnry;
            case 0x4 -> tsr;
            case 0x5 -> 0; // NCR: nobody else is on the cable
            case 0x6 -> {
                int value = fifo[fifoIndex] & 0xFF;
                fifoIndex = fifoIndex + 1 & 7;
                yield value;
            }
            case 0x7 -> isr;
            case 0x8 -> crda & 0xFF;
            case 0x9 -> crda >> 8;
            case 0xA -> RTL8029_ID0;
            case 0xB -> RTL8029_ID1;
            case 0xC -> rsr;
            default -> {
                int value = tally[register - 0xD] & 0xFF;
                tally[register - 0xD] = 0;
                yield value;
            }
        };
    }

    private int readPage1(int register) {
        return register < 0x7 ? par[register - 1] & 0xFF : register == 0x7 ? curr : mar[register - 8] & 0xFF;
    }

    private int readPage2(int register) {
        return switch (register) {
            case 0x1 -> pstart;
            case 0x2 -> pstop;
            case 0x4 -> tpsr;
            case 0xC -> rcr | 0xC0;
            case 0xD -> tcr | 0xE0;
            case 0xE -> dcr | 0x80;
            case 0xF -> imr | 0x80;
            default -> 0;
        };
    }

    private static int readPage3(int register) {
        return register == 0xE ? RTL8029_ASID0 : register == 0xF ? RTL8029_ASID1 : 0;
    }

    void write(int register, int value) {
        if (register == 0) {
            writeCr(value);
        } else if (cr >> 6 == 0) {
            writePage0(register, value);
        } else if (cr >> 6 == 1) {
            writePage1(register, value);
        }
    }

    private void writePage0(int register, int value) {
        switch (register) {
            case 0x1 -> pstart = value;
            case 0x2 -> pstop = value;
            case 0x3 -> bnry = value;
            case 0x4 -> tpsr = value;
            case 0x5 -> tbcr = tbcr & 0xFF00 | value;
            case 0x6 -> tbcr = tbcr & 0xFF | value << 8;
            case 0x7 -> {
                isr &= ~(value & 0x7F);
                card.interruptChanged();
            }
            case 0x8 -> rsar = rsar & 0xFF00 | value;
            case 0x9 -> rsar = rsar & 0xFF | value << 8;
            case 0xA -> rbcr = rbcr & 0xFF00 | value;
            case 0xB -> rbcr = rbcr & 0xFF | value << 8;
            case 0xC -> rcr = value & 0x3F;
            case 0xD -> tcr = value & 0x1F;
            case 0xE -> dcr = value & 0x7F;
            default -> {
                imr = value & 0x7F;
                card.interruptChanged();
            }
        }
    }

    private void writePage1(int register, int value) {
        if (register < 0x7) {
            par[register - 1] = (byte) value;
        } else if (register == 0x7) {
            curr = value;
        } else {
            mar[register - 8] = (byte) value;
        }
    }

    private void writeCr(int value) {
        boolean transmitting = (cr & CR_TXP) != 0;
        boolean start = (value & CR_TXP) != 0 && (value & CR_STP) == 0 && !transmitting;
        cr = value & ~CR_TXP | cr & CR_TXP;
        if ((value & CR_STP) != 0) {
            isr |= ISR_RST;
        } else if ((value & CR_STA) != 0) {
            isr &= ~ISR_RST;
        }
        int remote = value & CR_RD;
        if (remote == CR_RD_READ || remote == CR_RD_WRITE) {
            crda = rsar;
            rcnt = rbcr;
            if (rcnt == 0) {
                raise(ISR_RDC);
            }
        } else if ((remote & CR_RD_ABORT) != 0) {
            rcnt = 0;
        }
        if (start) {
            cr |= CR_TXP;
            card.transmit((long) (tbcr + OVERHEAD) * NANOS_PER_BYTE);
        }
    }

    /** A transfer of the remote DMA's data port; the width is DCR.WTS's. */
    int readData() {
        int value;
        if ((dcr & DCR_WTS) != 0) {
            value = memory.read(crda & ~1) | memory.read(crda | 1) << 8;
            advanceRemote(2);
        } else {
            value = memory.read(crda);
            advanceRemote(1);
        }
        return value;
    }

    void writeData(int value) {
        boolean words = (dcr & DCR_WTS) != 0;
        if (rcnt > 0 && (cr & CR_RD) == CR_RD_WRITE) {
            if (words) {
                memory.write(crda & ~1, value);
                memory.write(crda | 1, value >> 8);
            } else {
                memory.write(crda, value);
            }
        }
        advanceRemote(words ? 2 : 1);
    }

    /** Bytes that the data port takes at a time. */
    int dataWidth() {
        return (dcr & DCR_WTS) != 0 ? 2 : 1;
    }

    private void advanceRemote(int bytes) {
        if (rcnt == 0) {
            return;
        }
        crda = crda + bytes & 0xFFFF;
        if (crda == pstop << 8) {
            crda = pstart << 8;
        }
        rcnt = Math.max(0, rcnt - bytes);
        if (rcnt == 0) {
            raise(ISR_RDC);
        }
    }

    /** Copies the frame that TPSR and TBCR name, as far as it fits; the answer is TBCR. */
    int frame(byte[] target) {
        int length = Math.min(tbcr, target.length);
        for (int i = 0; i < length; i++) {
            target[i] = (byte) memory.read((tpsr << 8) + i);
        }
        return tbcr;
    }

    /** Whether the frame goes back into the chip and not to the cable. */
    boolean loopsBack() {
        return (tcr & TCR_LB) != 0;
    }

    /** The frame's last bytes go to the FIFO. */
    void loopBack(byte[] frame, int length) {
        for (int i = 0; i < fifo.length; i++) {
            int at = length - fifo.length + i;
            fifo[i] = at >= 0 && at < frame.length ? frame[at] : 0;
        }
        fifoIndex = 0;
        rsr = RSR_PRX;
        isr |= ISR_PRX;
    }

    /** The frame has left; {@code carrier} says whether there was a cable. */
    void transmitted(boolean carrier) {
        cr &= ~CR_TXP;
        tsr = carrier ? TSR_PTX : TSR_PTX | TSR_CRS;
        clda = (tpsr << 8) + tbcr & 0xFFFF;
        raise(ISR_PTX);
    }

    /**
     * A frame came in.
     *
     * @param frame without CRC; zeros are put behind a short one
     * @param length bytes, at most {@code frame.length}
     * @return false when it was meant for this station and there was no room
     */
    boolean receive(byte[] frame, int length) {
        if ((cr & (CR_STP | CR_STA)) != CR_STA || loopsBack() || length < 6 || !accepted(frame)) {
            return true;
        }
        int physical = (frame[0] & 1) != 0 ? RSR_PHY : 0;
        if ((rcr & RCR_MON) != 0) {
            rsr = RSR_MPA | physical;
            countMissed();
            return true;
        }
        int padded = Math.max(length, LEAST_FRAME);
        int pages = (RING_HEADER + padded + CRC + PAGE - 1) / PAGE;
        if (pages >= freePages()) {
            rsr = RSR_MPA | physical;
            countMissed();
            raise(ISR_OVW);
            return false;
        }
        Arrays.fill(frame, length, padded, (byte) 0);
        store(frame, padded, physical);
        return true;
    }

    private void store(byte[] frame, int length, int physical) {
        rsr = RSR_PRX | physical;
        int crc = Crc32.of(frame, length);
        int first = curr;
        int page = first;
        int offset = RING_HEADER;
        for (int i = 0; i < length + CRC; i++) {
            if (offset == PAGE) {
                page = next(page);
                offset = 0;
            }
            memory.write((page << 8) + offset++, i < length ? frame[i] : crc >>> 8 * (i - length));
        }
        clda = (page << 8) + offset & 0xFFFF;
        curr = next(page);
        memory.write(first << 8, rsr);
        memory.write((first << 8) + 1, curr);
        memory.write((first << 8) + 2, length + CRC);
        memory.write((first << 8) + 3, length + CRC >> 8);
        raise(ISR_PRX);
    }

    private int next(int page) {
        int next = page + 1 & 0xFF;
        return next == pstop ? pstart : next;
    }

    /** A ring whose CURR is at BNRY is empty. */
    private int freePages() {
        int size = pstop - pstart;
        int used = curr - bnry;
        return size <= 0 ? 0 : size - (used < 0 ? used + size : used);
    }

    private boolean accepted(byte[] frame) {
        if ((frame[0] & 1) == 0) {
            return (rcr & RCR_PRO) != 0 || Arrays.equals(frame, 0, 6, par, 0, 6);
        }
        boolean broadcast = true;
        for (int i = 0; i < 6; i++) {
            broadcast &= frame[i] == (byte) 0xFF;
        }
        if (broadcast && (rcr & RCR_AB) != 0) {
            return true;
        }
        int bit = Crc32.hash(frame);
        return (rcr & RCR_AM) != 0 && (mar[bit >> 3] >> (bit & 7) & 1) != 0;
    }

    /** CNTR2 stays at C0h and asks for service from 80h on. */
    private void countMissed() {
        int missed = tally[2] & 0xFF;
        if (missed < 0xC0) {
            tally[2] = (byte) ++missed;
        }
        if (missed >= 0x80) {
            raise(ISR_CNT);
        }
    }

    private void raise(int bits) {
        isr |= bits;
        card.interruptChanged();
    }

    State save() {
        return new State(
                cr,
                isr,
                imr,
                rcr,
                tcr,
                dcr,
                tsr,
                rsr,
                pstart,
                pstop,
                bnry,
                curr,
                tpsr,
                tbcr,
                rsar,
                rbcr,
                crda,
                rcnt,
                clda,
                tally.clone(),
                par.clone(),
                mar.clone(),
                fifo.clone(),
                fifoIndex);
    }

    /** Takes a state; whatever it holds, the registers are as wide as the chip's. */
    void restore(State state) {
        cr = state.cr & 0xFF;
        isr = state.isr & 0xFF;
        imr = state.imr & 0x7F;
        rcr = state.rcr & 0x3F;
        tcr = state.tcr & 0x1F;
        dcr = state.dcr & 0x7F;
        tsr = state.tsr & 0xFF;
        rsr = state.rsr & 0xFF;
        pstart = state.pstart & 0xFF;
        pstop = state.pstop & 0xFF;
        bnry = state.bnry & 0xFF;
        curr = state.curr & 0xFF;
        tpsr = state.tpsr & 0xFF;
        tbcr = state.tbcr & 0xFFFF;
        rsar = state.rsar & 0xFFFF;
        rbcr = state.rbcr & 0xFFFF;
        crda = state.crda & 0xFFFF;
        rcnt = state.rcnt & 0xFFFF;
        clda = state.clda & 0xFFFF;
        fifoIndex = state.fifoIndex & 7;
        System.arraycopy(state.tally, 0, tally, 0, tally.length);
        System.arraycopy(state.par, 0, par, 0, par.length);
        System.arraycopy(state.mar, 0, mar, 0, mar.length);
        System.arraycopy(state.fifo, 0, fifo, 0, fifo.length);
    }
}
