package org.jeroboam.machine;

import java.util.concurrent.TimeUnit;

/**
 * How long the steps of a replacement may take, host time in nanoseconds.
 *
 * @param drain until parts are at rest while the guest runs on
 * @param hostIo until the host has done the disk work of a part
 * @param call for one call into a part, and for guest code between two looks at the clock
 */
public record Limits(long drain, long hostIo, long call) {
    /** Framework property with the seconds of {@link #call}; 0 or less for no limit. */
    static final String CALL_PROPERTY = "jeroboam.part.timeout";

    /** What machines have unless told otherwise. */
    public static final Limits DEFAULT =
            new Limits(TimeUnit.SECONDS.toNanos(5), TimeUnit.SECONDS.toNanos(30), TimeUnit.SECONDS.toNanos(10));

    /** The same with another limit for calls, in seconds as a user wrote them; null or nonsense for this one. */
    Limits withCallSeconds(String seconds) {
        if (seconds == null || !seconds.matches("-?\\d{1,6}")) {
            return this;
        }
        int number = Integer.parseInt(seconds);
        return new Limits(drain, hostIo, number <= 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(number));
    }

    /** A limit as a sentence shows it. */
    public static String seconds(long nanos) {
        long millis = nanos / 1_000_000;
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
