package org.jeroboam.device.serial;

/** All that a serial port remembers. */
record UartState(
        int ier,
        int fcr,
        int lcr,
        int mcr,
        int scr,
        int divisor,
        boolean mcrWritten,
        int msr,
        Receiving receiver,
        Sending transmitter) {

    UartState {
        if ((ier & ~0x0F | (fcr | lcr | scr | msr) & ~0xFF | mcr & ~0x1F | divisor & ~0xFFFF) != 0
                || receiver == null
                || transmitter == null) {
            throw new IllegalArgumentException("a register of the serial port is out of range");
        }
    }

    /**
     * Input.
     *
     * @param fifo characters with error bits, oldest first
     * @param lastTaken what an empty RBR shows
     * @param overrun LSR.OE
     * @param timedOut character timeout is due
     * @param inputEnded nothing waits outside
     * @param polled the guest reads the LSR without having programmed the modem lines
     * @param arrival deadline of the next characters
     * @param silence deadline of the character timeout
     */
    record Receiving(
            int[] fifo,
            int lastTaken,
            boolean overrun,
            boolean timedOut,
            boolean inputEnded,
            boolean polled,
            long arrival,
            long silence) {
        Receiving {
            checkFifo(fifo, Receiver.SIZE);
        }
    }

    /**
     * Output.
     *
     * @param fifo characters, oldest first
     * @param leaving how many of them are on their way
     * @param becameEmpty the THRE interrupt is due
     * @param departure deadline of those on their way
     */
    record Sending(int[] fifo, int leaving, boolean becameEmpty, long departure) {
        Sending {
            checkFifo(fifo, Transmitter.SIZE);
            if (leaving < 0 || leaving > fifo.length) {
                throw new IllegalArgumentException(leaving + " characters leaving of " + fifo.length);
            }
        }
    }

    private static void checkFifo(int[] fifo, int size) {
        if (fifo == null || fifo.length > size) {
            throw new IllegalArgumentException("the serial port's FIFO is missing or too long");
        }
    }
}
