package org.jeroboam.machine.board;

/** Where it is noted that a part threw something. */
@FunctionalInterface
public interface PartFailures {
    /**
     * A part is about to be called; for calls that are rarer than port accesses.
     *
     * @param part the part's name
     * @return what {@link #back} is to be given
     */
    default String calling(String part) {
        return null;
    }

    /**
     * The part has come back. Does not return to a thread that the machine has abandoned meanwhile.
     *
     * @param outer what {@link #calling} gave
     */
    default void back(String outer) {}

    /** As {@link #back}, where nothing was noted before. */
    default void check() {}

    /**
     * Whether the calling thread is not, or no longer, the machine thread.
     *
     * @return true when nothing may be changed
     */
    default boolean stranger() {
        return false;
    }

    /** The machine thread waits for the host, not for a part. */
    default void waitingForHost() {}

    /**
     * Notes it; the machine stops at the next instruction boundary.
     *
     * @param part the part's name
     * @param failure what it threw
     */
    void failed(String part, Throwable failure);
}
