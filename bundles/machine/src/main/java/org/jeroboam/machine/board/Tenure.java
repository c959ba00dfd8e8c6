package org.jeroboam.machine.board;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One thread's time as the machine thread. It says what the thread is inside of, so that a watchdog notices that a part
 * does not come back; the machine then goes on with another thread, and this one finds itself abandoned at the next
 * return into the board's tables.
 *
 * <p>Whether it is abandoned is decided while the thread cannot pass a check: it is suspected first, which holds it up at
 * a check, then its stack says whether it is still inside the part.
 */
public final class Tenure {
    /** Where the tables decide who is called. */
    public static final String BOARD = "board";

    private static final int ACTIVE = 0;
    private static final int SUSPECTED = 1;
    private static final int ABANDONED = 2;

    private volatile Thread thread;
    private volatile int state;
    private int beats;
    private final List<Runnable> last = new CopyOnWriteArrayList<>();
    private String part;
    private String step;

    /** Sets whose time it is; once, before anything else. */
    public void begin(Thread machineThread) {
        thread = machineThread;
    }

    /** The thread. */
    public Thread thread() {
        return thread;
    }

    /** Whether this thread may act for the machine. */
    public boolean mine() {
        return Thread.currentThread() == thread && state == ACTIVE;
    }

    /**
     * A part is about to be called.
     *
     * @param name the part, or {@code board} when the tables decide which
     * @param what which step, for messages
     */
    public void enter(String name, String what) {
        beats++;
        part = name;
        step = what;
    }

    /** The part has come back. */
    public void leave() {
        if (!mine()) {
            settle();
        }
        part = null;
        beats++;
    }

    /** It takes long for a good reason: the host works. */
    public void beat() {
        beats++;
    }

    /** Ends a thread that is not the machine's any more; holds a suspected one up until that is decided. */
    void settle() {
        while (Thread.currentThread() == thread && state == SUSPECTED) {
            Thread.onSpinWait();
        }
        if (!mine()) {
            throw new AbandonedThread();
        }
    }

    // ---- the watchdog

    /** Counts calls; a glance of another thread. */
    public int beats() {
        return beats;
    }

    /** What the thread is inside of, or null. */
    public String part() {
        return part;
    }

    /** The step. */
    public String step() {
        return step;
    }

    /** Holds the thread up at its next check. */
    public void suspect() {
        state = SUSPECTED;
    }

    /** Ends the suspicion. */
    public void decide(boolean abandoned) {
        state = abandoned ? ABANDONED : ACTIVE;
    }

    /** Adds something that the thread does when it has been abandoned and ends. */
    public void atEnd(Runnable action) {
        last.add(action);
    }

    /** The abandoned thread ends. */
    public List<Runnable> last() {
        return last;
    }

    /** Whether the machine goes on without this thread. */
    public boolean abandoned() {
        return state == ABANDONED;
    }
}
