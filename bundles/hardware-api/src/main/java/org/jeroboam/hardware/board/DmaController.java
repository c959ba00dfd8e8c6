package org.jeroboam.hardware.board;

import java.lang.foreign.MemorySegment;

/** The two 8237s, as ISA devices use them: one call is one burst on a channel. */
public non-sealed interface DmaController extends BoardRole {
    /**
     * Moves bytes from the device to guest memory (or nowhere in verify mode) as far as the channel's count allows.
     *
     * @param channel 0 to 7, but not 4
     * @param source device's buffer
     * @param offset first byte
     * @param length bytes offered
     * @return bytes taken, 0 when the channel is masked or set to the other direction; terminal count was reached when
     *     {@link #terminalCount} says so
     */
    int deviceToMemory(int channel, MemorySegment source, long offset, int length);

    /**
     * Moves bytes from guest memory to the device.
     *
     * @param channel 0 to 7, but not 4
     * @param target device's buffer
     * @param offset first byte
     * @param length bytes wanted
     * @return bytes given, as in {@link #deviceToMemory}
     */
    int memoryToDevice(int channel, MemorySegment target, long offset, int length);

    /**
     * Whether the last burst on the channel reached terminal count.
     *
     * @param channel 0 to 7, but not 4
     * @return the TC pin during the last byte
     */
    boolean terminalCount(int channel);
}
