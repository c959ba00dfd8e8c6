package org.jeroboam.device.ide;

/** Block addresses as minutes, seconds and frames from the start of the disc: 0xMMSSFF. Block 0 is at 00:02:00. */
final class Msf {
    private static final int FRAMES = 75;
    private static final int SECONDS = 60;
    private static final int PREGAP = 150;
    private static final int MAX_MINUTE = 255;

    private Msf() {}

    /** Addresses beyond minute 255, as DVDs have them, have no such form; they show as that minute. */
    static int of(long block) {
        long frames = block + PREGAP;
        int minute = (int) Math.min(frames / FRAMES / SECONDS, MAX_MINUTE);
        return minute << 16 | (int) (frames / FRAMES % SECONDS) << 8 | (int) (frames % FRAMES);
    }

    /** The block, or a negative number when there is none with this address. */
    static long block(int minute, int second, int frame) {
        if (second >= SECONDS || frame >= FRAMES) {
            return -1;
        }
        return ((long) minute * SECONDS + second) * FRAMES + frame - PREGAP;
    }
}
