package org.jeroboam.machine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.board.Tenure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that looks at all machine threads of a factory ten times within the limit for a call. A thread that has been
 * inside the same call each time is taken to hang; its stack says in which part. Looks are counted, not time, so that a
 * process that was stopped as a whole suspects nobody.
 */
final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final int LOOKS = 10;
    private static final long LONGEST = 1_000_000_000L;
    private static final String PACKAGE = "org.jeroboam.machine.";

    private final long limit;
    private final List<Watched> machines = new CopyOnWriteArrayList<>();
    private Thread thread;
    private volatile boolean closed;

    Watchdog(long limit) {
        this.limit = limit;
    }

    /** What was seen of a machine. */
    private static final class Watched {
        final LocalMachine machine;
        Tenure tenure;
        int beats;
        int looks;

        Watched(LocalMachine machine) {
            this.machine = machine;
        }
    }

    synchronized void watch(LocalMachine machine) {
        machines.add(new Watched(machine));
        if (thread == null && limit != Long.MAX_VALUE) {
            thread = new Thread(this::run, "jeroboam-watchdog");
            thread.setDaemon(true);
            thread.setContextClassLoader(Watchdog.class.getClassLoader());
            thread.start();
        }
    }

    void forget(LocalMachine machine) {
        machines.removeIf(watched -> watched.machine == machine);
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(this, Math.min(limit / LOOKS, LONGEST));
            for (Watched watched : machines) {
                try {
                    look(watched);
                } catch (RuntimeException | Error e) {
                    LOG.error("machine {} cannot be watched", watched.machine, e);
                }
            }
        }
    }

    private void look(Watched watched) {
        Tenure tenure = watched.machine.tenure();
        int beats = tenure.beats();
        if (tenure != watched.tenure || beats != watched.beats || tenure.part() == null) {
            watched.tenure = tenure;
            watched.beats = beats;
            watched.looks = 0;
            return;
        }
        watched.looks++;
        long looks = Math.max(LOOKS, limit / LONGEST);
        if (watched.looks == looks / 2) {
            watched.machine.requestExit(); // a core that only works hard comes back from this
        } else if (watched.looks >= looks) {
            watched.looks = 0;
            suspect(watched.machine, tenure, beats);
        }
    }

    private void suspect(LocalMachine machine, Tenure tenure, int beats) {
        tenure.suspect();
        StackTraceElement[] stack = tenure.thread().getStackTrace();
        Hang hang = tenure.beats() == beats ? judge(stack, tenure, machine.board()) : null;
        tenure.decide(hang != null);
        if (hang != null) {
            Throwable where = new Throwable("where the thread is");
            where.setStackTrace(stack);
            LOG.error("machine {}: {}; the machine goes on without this thread", machine, hang.sentence(), where);
            machine.takeOver(hang, tenure);
        }
    }

    /** In which part the thread is, by the innermost of our frames that calls parts; null when it is in none. */
    private Hang judge(StackTraceElement[] stack, Tenure tenure, Motherboard board) {
        boolean inGuestCode = false;
        for (StackTraceElement frame : stack) {
            inGuestCode |= is(frame, "clock.Processor", "run");
        }
        for (int i = 0; i < stack.length; i++) {
            StackTraceElement frame = stack[i];
            if (is(frame, "board.Tenure", "settle", "mine", "leave")
                    || is(frame, "board.Signals", "check", "back", "failed")) {
                return null; // it has come back
            }
            String step = null;
            String part = null;
            if (is(frame, "board.PortTable", "read", "write")) {
                part = board.ports().lastOwner();
                step = Hang.ACCESS;
            } else if (is(frame, "memory.Window", "read", "write")) {
                part = board.memory().lastOwner();
                step = Hang.ACCESS;
            } else if (callsOthers(frame)) {
                part = board.signals().called();
                step = Hang.EVENT;
            } else if (is(frame, "clock.Processor", "run")) {
                part = PartExchange.CPU;
                step = Hang.RUN;
            } else if (is(frame, "Chassis", "guarded")) {
                part = tenure.part();
                step = tenure.step();
            }
            if (part != null) {
                return i == 0 ? null : new Hang(part, step, inGuestCode, limit);
            }
        }
        return null;
    }

    private static boolean callsOthers(StackTraceElement frame) {
        return frame.getClassName().startsWith(PACKAGE + "board.Roles$")
                || is(frame, "board.PciTable", "read", "write")
                || is(frame, "clock.TimerQueue", "fire")
                || is(frame, "io.Offloads$Slot", "complete")
                || is(frame, "io.CharacterChannel$End", "readable", "writable")
                || is(frame, "io.Keyboard$End", "tell")
                || is(frame, "io.Screen$End", "paint");
    }

    private static boolean is(StackTraceElement frame, String name, String... methods) {
        return frame.getClassName().equals(PACKAGE + name) && List.of(methods).contains(frame.getMethodName());
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}
