package org.jeroboam.chipset.i440bx.dma;

/** Registers of one 8237A: four channels and what they share. Knows nothing of memory. */
final class DmaChip {
    static final int CHANNELS = 4;

    private static final int COMMAND_DISABLE = 0x04;
    private static final int MODE_CASCADE = 3;
    private static final int MODE_AUTO_INIT = 0x10;
    private static final int MODE_DECREMENT = 0x20;

    /**
     * All that a chip remembers.
     *
     * @param baseAddress base address of each channel
     * @param baseCount base count of each channel
     * @param address current address of each channel
     * @param count current count of each channel
     * @param mode mode of each channel
     * @param mask masked channels, a bit each
     * @param terminal status bits 3:0
     * @param request software requests
     * @param command command register
     * @param high flip-flop: the next byte is the high one
     */
    record State(
            int[] baseAddress,
            int[] baseCount,
            int[] address,
            int[] count,
            int[] mode,
            int mask,
            int terminal,
            int request,
            int command,
            boolean high) {
        State {
            for (int[] each : new int[][] {baseAddress, baseCount, address, count, mode}) {
                if (each.length != CHANNELS) {
                    throw new IllegalArgumentException("a DMA controller has four channels, not " + each.length);
                }
            }
        }
    }

    private final int[] baseAddress = new int[CHANNELS];
    private final int[] baseCount = new int[CHANNELS];
    private final int[] address = new int[CHANNELS];
    private final int[] count = new int[CHANNELS];
    private final int[] mode = new int[CHANNELS];
    private int mask;
    private int terminal;
    private int request;
    private int command;
    private boolean high;

    /** Hardware reset: master clear, and channels zero. */
    void reset() {
        for (int i = 0; i < CHANNELS; i++) {
            baseAddress[i] = 0;
            baseCount[i] = 0;
            address[i] = 0;
            count[i] = 0;
            mode[i] = 0;
        }
        masterClear();
    }

    private void masterClear() {
        mask = 0xF;
        terminal = 0;
        request = 0;
        command = 0;
        high = false;
    }

    /**
     * Reads.
     *
     * @param register 0 to 15
     * @return the byte
     */
    int read(int register) {
        if (register < 8) {
            int value = (register & 1) == 0 ? address[register >> 1] : count[register >> 1];
            high = !high;
            return high ? value & 0xFF : value >> 8; // the flip-flop has moved on already
        }
        if (register == 8) {
            int status = terminal | request << 4;
            terminal = 0;
            return status;
        }
        return register == 15 ? 0xF0 | mask : 0; // 13, the temporary register, is only filled memory to memory
    }

    /**
     * Writes.
     *
     * @param register 0 to 15
     * @param b the byte
     */
    void write(int register, int b) {
        if (register < 8) {
            writeChannel(register >> 1, (register & 1) == 0, b);
            return;
        }
        int bit = 1 << (b & 3);
        switch (register) {
            case 8 -> command = b;
            case 9 -> request = (b & 4) != 0 ? request | bit : request & ~bit;
            case 10 -> mask = (b & 4) != 0 ? mask | bit : mask & ~bit;
            case 11 -> mode[b & 3] = b & 0xFC;
            case 12 -> high = false;
            case 13 -> masterClear();
            case 14 -> mask = 0;
            default -> mask = b & 0xF;
        }
    }

    private void writeChannel(int channel, boolean isAddress, int b) {
        int[] base = isAddress ? baseAddress : baseCount;
        int[] current = isAddress ? address : count;
        int kept = high ? 0x00FF : 0xFF00;
        int written = high ? b << 8 : b;
        base[channel] = base[channel] & kept | written;
        current[channel] = current[channel] & kept | written;
        high = !high;
    }

    /**
     * Whether a device's request would be served.
     *
     * @param channel 0 to 3
     * @param type transfer type of the mode register: 1 writes memory, 2 reads it; verify serves both
     * @return false when masked, disabled or set otherwise
     */
    boolean serves(int channel, int type) {
        if ((mask & 1 << channel) != 0 || (command & COMMAND_DISABLE) != 0 || mode[channel] >> 6 == MODE_CASCADE) {
            return false;
        }
        int set = mode[channel] >> 2 & 3;
        return set == type || set == 0;
    }

    /**
     * Whether a request of the controller below gets through the first channel.
     *
     * @return false when that is masked, disabled or no cascade
     */
    boolean cascades() {
        return (mask & 1) == 0 && (command & COMMAND_DISABLE) == 0 && mode[0] >> 6 == MODE_CASCADE;
    }

    /** Opens the first channel for the controller below, as a BIOS does. */
    void openCascade() {
        mode[0] = MODE_CASCADE << 6;
        mask &= ~1;
    }

    boolean verifies(int channel) {
        return (mode[channel] >> 2 & 3) == 0;
    }

    boolean decrements(int channel) {
        return (mode[channel] & MODE_DECREMENT) != 0;
    }

    int address(int channel) {
        return address[channel];
    }

    /** Transfers until terminal count. */
    int remaining(int channel) {
        return count[channel] + 1;
    }

    /**
     * Counts transfers that were made.
     *
     * @param channel 0 to 3
     * @param transfers 1 to {@link #remaining}
     * @return whether terminal count was reached
     */
    boolean advance(int channel, int transfers) {
        address[channel] = address[channel] + (decrements(channel) ? -transfers : transfers) & 0xFFFF;
        count[channel] = count[channel] - transfers & 0xFFFF;
        if (count[channel] != 0xFFFF) {
            return false;
        }
        terminal |= 1 << channel;
        request &= ~(1 << channel);
        if ((mode[channel] & MODE_AUTO_INIT) != 0) {
            address[channel] = baseAddress[channel];
            count[channel] = baseCount[channel];
        } else {
            mask |= 1 << channel;
        }
        return true;
    }

    State save() {
        return new State(
                baseAddress.clone(),
                baseCount.clone(),
                address.clone(),
                count.clone(),
                mode.clone(),
                mask,
                terminal,
                request,
                command,
                high);
    }

    void restore(State state) {
        for (int i = 0; i < CHANNELS; i++) {
            baseAddress[i] = state.baseAddress[i] & 0xFFFF;
            baseCount[i] = state.baseCount[i] & 0xFFFF;
            address[i] = state.address[i] & 0xFFFF;
            count[i] = state.count[i] & 0xFFFF;
            mode[i] = state.mode[i] & 0xFC;
        }
        mask = state.mask & 0xF;
        terminal = state.terminal & 0xF;
        request = state.request & 0xF;
        command = state.command & 0xFF;
        high = state.high;
    }
}
