package org.jeroboam.storage.vhd;

import java.time.Instant;

/** Time stamps: seconds since the year 2000 began in UTC, unsigned, so that they last until 2136. */
public final class VhdTime {
    private static final long EPOCH = 946_684_800;
    private static final long LAST = 0xFFFF_FFFFL;

    private VhdTime() {}

    /**
     * The stamp of an instant.
     *
     * @param instant any instant
     * @return the stamp; the nearest one when the instant is outside the range
     */
    public static int of(Instant instant) {
        return (int) Math.clamp(instant.getEpochSecond() - EPOCH, 0, LAST);
    }

    /**
     * The instant of a stamp.
     *
     * @param stamp the stamp
     * @return whole seconds
     */
    public static Instant instant(int stamp) {
        return Instant.ofEpochSecond(EPOCH + Integer.toUnsignedLong(stamp));
    }
}
