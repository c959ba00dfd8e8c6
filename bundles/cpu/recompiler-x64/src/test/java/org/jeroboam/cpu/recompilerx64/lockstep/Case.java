package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.List;

/**
 * A program in a guest, and what happens while it runs.
 *
 * @param seed from which all of it was made
 * @param guest the system
 * @param program the program
 * @param data what else lies in memory
 * @param events in the order of {@link Event#at}
 * @param length retired instructions at which it ends
 */
record Case(long seed, Guest guest, Program program, List<Data> data, List<Event> events, long length) {
    /**
     * Bytes in memory.
     *
     * @param linear where they begin; all in one page or in pages that follow each other in physical memory
     * @param bytes what they are
     */
    record Data(int linear, byte[] bytes) {}

    Case with(Program other) {
        return new Case(seed, guest, other, data, events, length);
    }

    Case with(List<Event> others, long otherLength) {
        return new Case(seed, guest, program, data, List.copyOf(others), otherLength);
    }
}
