package org.jeroboam.hardware.machine;

/** Shares the host's processors among machines: a machine thread runs guest code only within a slice. Thread-safe. */
public interface MachineScheduler {
    /**
     * Waits for a slice. Called by a machine thread that has guest code to run; not while the guest is halted.
     *
     * @param machine the machine's name
     * @return longest time to run before {@link #release}, in nanoseconds, more than 0
     * @throws InterruptedException when the machine is being closed
     */
    long acquire(String machine) throws InterruptedException;

    /**
     * Gives the slice back.
     *
     * @param machine the machine's name
     * @param cpuNanos CPU time that the machine thread used in it
     */
    void release(String machine, long cpuNanos);
}
