package org.jeroboam.machine.io;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jeroboam.hardware.board.Offload;
import org.jeroboam.machine.board.PartFailures;
import org.jeroboam.machine.clock.GuestClock;
import org.jeroboam.machine.clock.GuestTimer;
import org.jeroboam.machine.clock.TimerQueue;

/**
 * Work off the machine thread. A slot's run has a generation number: what finishes with another one than the slot has
 * now was cancelled and is dropped. In deterministic mode a completion comes by a timer that the host can hold up; in
 * real mode through a list that I/O threads fill without locks or allocation.
 */
public final class Offloads {
    private final Executor pool;
    private final GuestClock clock;
    private final TimerQueue timers;
    private final PartFailures failures;
    private final Runnable wake;
    private final AtomicReference<Slot> finished = new AtomicReference<>();
    /** What was finished and is not delivered yet. */
    private Slot undelivered;

    private Slot completing;

    /**
     * Creates the machine's part of the pool.
     *
     * @param pool runs the work
     * @param clock guest time
     * @param timers for deterministic completions
     * @param failures told when a completion throws
     * @param wake wakes the machine thread
     */
    public Offloads(Executor pool, GuestClock clock, TimerQueue timers, PartFailures failures, Runnable wake) {
        this.pool = pool;
        this.clock = clock;
        this.timers = timers;
        this.failures = failures;
        this.wake = wake;
    }

    /** Makes a slot. */
    public Slot create(String owner, long order, Offload.Work work, Offload.Completion completion) {
        return new Slot(owner, order, work, completion);
    }

    /** Whether an I/O thread has left something. */
    public boolean hasFinished() {
        return finished.get() != null;
    }

    /** Real mode: completes what is done. */
    public void deliver() {
        deliverRest();
        if (finished.get() == null) {
            return;
        }
        Slot reversed = null;
        for (Slot slot = finished.getAndSet(null); slot != null; ) {
            Slot next = slot.next;
            slot.next = reversed;
            reversed = slot;
            slot = next;
        }
        undelivered = reversed;
        deliverRest();
    }

    /** A completion that does not come back must not take the others with it: they are not on the stack. */
    private void deliverRest() {
        while (undelivered != null) {
            Slot slot = undelivered;
            undelivered = slot.next;
            slot.next = null;
            slot.listed.set(false);
            if (!clock.deterministic() && slot.submitted && slot.hostDone() && !slot.restored) {
                slot.complete();
            }
        }
    }

    /** The completion that did not come back is to be done again. */
    public void repeat() {
        Slot slot = completing;
        completing = null;
        if (slot != null && slot.work != null && !slot.submitted) {
            slot.submitted = true;
        }
    }

    private void push(Slot slot) {
        if (slot.listed.compareAndSet(false, true)) {
            Slot top;
            do {
                top = finished.get();
                slot.next = top;
            } while (!finished.compareAndSet(top, slot));
        }
        wake.run();
    }

    /** One {@link Offload}. Fields without {@code volatile} belong to the machine thread. */
    public final class Slot implements Offload, Runnable {
        private final String owner;
        private final GuestTimer timer;
        private final AtomicBoolean listed = new AtomicBoolean();
        private Slot next;
        private volatile Work work;
        private volatile Completion completion;
        private boolean submitted;
        private boolean restored;
        private long visibleAt;
        private volatile int generation;
        private volatile int finishedGeneration;
        private String result;

        private Slot(String owner, long order, Work work, Completion completion) {
            this.owner = owner;
            this.work = work;
            this.completion = completion;
            timer = timers.create(owner, order, this::complete, this::hostDone);
        }

        @Override
        public void submit(long latency) {
            if (work == null) {
                return;
            }
            if (submitted) {
                throw new IllegalStateException(owner + " submitted work that it had submitted already");
            }
            awaitHost();
            submitted = true;
            long now = clock.now();
            visibleAt = latency <= 0 ? now : Math.min(latency, Long.MAX_VALUE - 1 - now) + now;
            generation++;
            if (clock.deterministic()) {
                timer.arm(visibleAt);
            }
            pool.execute(this);
        }

        @Override
        public void run() {
            int current = generation;
            Work now = work;
            String failure = null;
            try {
                if (now != null) {
                    now.run();
                }
            } catch (Exception | Error e) {
                failure = e.getMessage() == null ? e.toString() : e.getMessage();
            }
            result = failure;
            finishedGeneration = current;
            push(this);
        }

        private boolean hostDone() {
            return finishedGeneration == generation;
        }

        private void complete() {
            submitted = false;
            restored = false;
            String failure = result;
            result = null;
            Completion receiver = completion;
            if (receiver != null) {
                completing = this;
                String outer = failures.calling(owner);
                try {
                    receiver.completed(failure);
                } catch (RuntimeException | Error e) {
                    failures.failed(owner, e);
                }
                failures.back(outer);
                completing = null;
            }
        }

        @Override
        public boolean submitted() {
            return submitted;
        }

        @Override
        public void cancel() {
            submitted = false;
            restored = false;
            timer.disarm();
        }

        @Override
        public boolean idle() {
            if (clock.deterministic()) {
                // How fast the host is must not show in the guest.
                awaitHost();
            }
            return hostDone();
        }

        /** Waits for the host. */
        private void awaitHost() {
            while (!hostDone() && !failures.stranger()) {
                failures.waitingForHost();
                LockSupport.parkNanos(this, 1_000_000);
            }
        }

        /** Whether the host still works on it. */
        public boolean busy() {
            return !hostDone();
        }

        @Override
        public Pending pending() {
            return submitted ? new Pending(true, visibleAt, hostDone() ? result : null) : Pending.NONE;
        }

        @Override
        public void restore(Pending pending) {
            cancel();
            if (work != null && pending != null && pending.submitted()) {
                submitted = true;
                restored = true;
                result = pending.failure();
                visibleAt = pending.visibleAt();
                timer.arm(clock.deterministic() ? visibleAt : Math.min(visibleAt, clock.now()));
            }
        }

        /** Ends it for good. */
        public void revoke() {
            cancel();
            timer.revoke();
            work = null;
            completion = null;
        }
    }
}
