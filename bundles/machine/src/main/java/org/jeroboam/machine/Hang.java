package org.jeroboam.machine;

/**
 * A machine thread that does not come back from a part.
 *
 * @param part the part
 * @param step what it was asked: a step of its life, {@link #ACCESS} or {@link #EVENT}
 * @param inGuestCode whether guest code was being run, so that the processor's state is within its core
 * @param limit how long that was waited for, in nanoseconds
 */
record Hang(String part, String step, boolean inGuestCode, long limit) {
    /** An access by guest code, or by the firmware. */
    static final String ACCESS = "an access by the guest";
    /** A timer, a completion, an interrupt line, input. */
    static final String EVENT = "an event";
    /** A factory makes the part. */
    static final String CREATE = "create";
    /** A new core takes the processor's state. */
    static final String LOAD = "load";
    /** Guest code. */
    static final String RUN = "run";

    /** Whether the part is not in the machine yet, so that what is there goes on. */
    boolean outside() {
        return step.equals(CREATE) || step.equals(LOAD);
    }

    /** One sentence without its end. */
    String sentence() {
        String within = " within " + Limits.seconds(limit);
        if (part.equals(PartExchange.CPU)) {
            return "the processor core does not come back from '" + step + "'" + within;
        }
        String who = part.equals(PartExchange.FIRMWARE)
                ? "the firmware"
                : part.startsWith(DriveBay.partName("")) ? "the format of " + part : "device " + part;
        return who + " does not answer " + (step.equals(ACCESS) || step.equals(EVENT) ? step : "'" + step + "'")
                + within;
    }
}
