package org.jeroboam.machine.clock;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jeroboam.machine.board.PartFailures;

/**
 * All timers of a machine: a binary heap by deadline, then by the parts' order, which a replacement does not change.
 */
public final class TimerQueue {
    private final GuestClock clock;
    private final Processor processor;
    private final PartFailures failures;
    private GuestTimer[] heap = new GuestTimer[16];
    private int size;
    private long armings;
    private GuestTimer firing;
    private long firingAt;
    private double instructionsPerNano = 0.05;

    /**
     * Creates an empty queue.
     *
     * @param clock guest time
     * @param processor whose run a new earliest deadline shortens
     * @param failures told when an action throws
     */
    public TimerQueue(GuestClock clock, Processor processor, PartFailures failures) {
        this.clock = clock;
        this.processor = processor;
        this.failures = failures;
    }

    /**
     * Makes a timer.
     *
     * @param owner the part's name
     * @param order place among timers that are due at the same time
     * @param action what to do
     * @param ready asked when due; while it says no, neither this timer nor a later one fires
     * @return not armed
     */
    public GuestTimer create(String owner, long order, Runnable action, BooleanSupplier ready) {
        return new GuestTimer(this, owner, order, action, ready);
    }

    /** The earliest deadline, or {@link Long#MAX_VALUE}. */
    public long earliest() {
        return size == 0 ? Long.MAX_VALUE : heap[0].deadline;
    }

    /**
     * Fires what is due. What is armed meanwhile waits for the next call, so that a timer that is always due cannot
     * hang the machine.
     *
     * @return false when a due timer has to wait for the host
     */
    public boolean fire() {
        long now = clock.now();
        long last = armings;
        while (size > 0 && heap[0].deadline <= now && heap[0].armed <= last) {
            GuestTimer timer = heap[0];
            if (timer.ready != null && !timer.ready.getAsBoolean()) {
                return false;
            }
            firing = timer;
            firingAt = timer.deadline;
            disarm(timer);
            String outer = failures.calling(timer.owner);
            try {
                timer.action.run();
            } catch (RuntimeException | Error e) {
                failures.failed(timer.owner, e);
                failures.back(outer);
                firing = null;
                return true;
            }
            failures.back(outer);
            firing = null;
        }
        return true;
    }

    /** The action that did not come back is to be done again. */
    public void repeat() {
        GuestTimer timer = firing;
        firing = null;
        if (timer != null && timer.deadline == Long.MAX_VALUE) {
            timer.arm(firingAt);
        }
    }

    /** How many instructions to run before the next look at the clock. */
    public long budget(long longestNanos) {
        if (clock.deterministic()) {
            long now = clock.now();
            long deadline = earliest();
            long most = Math.max(1, longestNanos / GuestClock.NANOS_PER_INSTRUCTION);
            return deadline == Long.MAX_VALUE ? most : Math.clamp(instructionsUntil(deadline - now), 1, most);
        }
        long distance = size == 0 ? longestNanos : Math.min(longestNanos, earliest() - clock.now());
        return Math.max(200, (long) (distance * instructionsPerNano));
    }

    /** Learns the processor's speed. */
    public void ran(long instructions, long nanos) {
        if (instructions > 1000 && nanos > 0) {
            instructionsPerNano += ((double) instructions / nanos - instructionsPerNano) / 16;
        }
    }

    void arm(GuestTimer timer, long deadline) {
        timer.armed = ++armings;
        timer.deadline = deadline;
        if (deadline == Long.MAX_VALUE) {
            disarm(timer);
            return;
        }
        if (timer.index < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            timer.index = size++;
            heap[timer.index] = timer;
        }
        up(timer.index);
        down(timer.index);
        if (timer.index == 0 && processor.running()) {
            shortenRun(deadline);
        }
    }

    private void shortenRun(long deadline) {
        long distance = deadline - clock.now();
        long instructions = clock.deterministic()
                ? Math.max(0, instructionsUntil(distance))
                : Math.max(200, (long) (Math.max(0, distance) * instructionsPerNano));
        processor.limitRun(processor.retired() + instructions);
    }

    /** Rounded up: at the boundary after them the deadline has passed. */
    private static long instructionsUntil(long nanos) {
        return nanos <= 0 ? 0 : (nanos - 1) / GuestClock.NANOS_PER_INSTRUCTION + 1;
    }

    void disarm(GuestTimer timer) {
        timer.deadline = Long.MAX_VALUE;
        int at = timer.index;
        if (at < 0) {
            return;
        }
        timer.index = -1;
        GuestTimer moved = heap[--size];
        heap[size] = null;
        if (moved != timer) {
            heap[at] = moved;
            moved.index = at;
            up(at);
            down(moved.index);
        }
    }

    private void up(int start) {
        int at = start;
        GuestTimer timer = heap[at];
        while (at > 0 && before(timer, heap[at - 1 >>> 1])) {
            put(at, heap[at - 1 >>> 1]);
            at = at - 1 >>> 1;
        }
        put(at, timer);
    }

    private void down(int start) {
        int at = start;
        GuestTimer timer = heap[at];
        for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], timer)) {
                break;
            }
            put(at, heap[child]);
            at = child;
        }
        put(at, timer);
    }

    private void put(int at, GuestTimer timer) {
        heap[at] = timer;
        timer.index = at;
    }

    private static boolean before(GuestTimer a, GuestTimer b) {
        return a.deadline != b.deadline ? a.deadline < b.deadline : a.order < b.order;
    }
}
