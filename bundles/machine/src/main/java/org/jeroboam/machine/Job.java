package org.jeroboam.machine;

import org.jeroboam.hardware.machine.MachineCommand;

/**
 * Something for the machine thread to do.
 *
 * @param action what
 * @param command the command behind it, or null
 * @param abandoned what is to be done instead when the thread that does it is abandoned: takes one sentence; null when it
 *     is to be done again
 */
record Job(Runnable action, MachineCommand command, Abandoned abandoned) {
    /** Who is told that a job was not finished. */
    @FunctionalInterface
    interface Abandoned {
        void told(String why);
    }

    /** A job that may be done twice. */
    static Job repeatable(Runnable action) {
        return new Job(action, null, null);
    }

    /** Whether it makes a machine that is off ready to run. */
    boolean starts() {
        return command instanceof MachineCommand.PowerOn || command instanceof MachineCommand.Restore;
    }
}
