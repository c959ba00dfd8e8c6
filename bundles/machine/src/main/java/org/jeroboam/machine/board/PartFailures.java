package org.jeroboam.machine.board;

/** Where it is noted that a part threw something. */
@FunctionalInterface
public interface PartFailures {
    /**
     * Notes it; the machine stops at the next instruction boundary.
     *
     * @param part the part's name
     * @param failure what it threw
     */
    void failed(String part, Throwable failure);
}
