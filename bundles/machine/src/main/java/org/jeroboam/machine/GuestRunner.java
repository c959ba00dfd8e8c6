package org.jeroboam.machine;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineScheduler;
import org.jeroboam.machine.board.AbandonedThread;
import org.jeroboam.machine.board.DeviceScope;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.board.Tenure;
import org.jeroboam.machine.clock.Processor;
import org.jeroboam.machine.io.CharacterChannel;

/** Runs guest code and what is due between two pieces of it. Machine thread, except {@link #interruptWait}. */
final class GuestRunner {
    private static final long SOON_NANOS = 50_000_000;
    private static final long LONGEST_RUN = 500_000;
    private static final long FLUSH_NANOS = 1_000_000;
    private static final int FLUSH_BYTES = 4096;
    private static final long SHORT_SLICE = 200_000;
    private static final int INTERRUPT_FLAG = 0x200;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Chassis chassis;
    private final MachineScheduler scheduler;
    private final BooleanSupplier work;
    private final BooleanSupplier closing;
    private boolean halted;
    private boolean stuck;
    /** Times that the machine has waited since the processor halted. */
    private int waits;

    private boolean shutdown;
    private Breakpoint breakpoint;
    private boolean inSlice;
    private long sliceStart;
    private long sliceEnd;
    private long reportedCpu;
    private long lastFlush;
    private final Object acquireLock = new Object();
    private Thread acquiring;

    /**
     * Creates a runner.
     *
     * @param chassis the machine
     * @param scheduler gives slices
     * @param work whether something waits for the machine thread, so that it must not park
     * @param closing whether the machine is being closed, so that it must not wait for a slice
     */
    GuestRunner(Chassis chassis, MachineScheduler scheduler, BooleanSupplier work, BooleanSupplier closing) {
        this.chassis = chassis;
        this.scheduler = scheduler;
        this.work = work;
        this.closing = closing;
    }

    /** One turn: what is due, then some guest code or a nap of at most so many nanoseconds. */
    void turn(long longestNap) {
        Motherboard board = chassis.board;
        boolean onTime = serve(board);
        boolean stalled = passOutputOn(board);
        if (board.signals().any()) {
            return;
        }
        if (!onTime || stalled) {
            nap(longestNap);
            return;
        }
        Processor processor = board.processor();
        if (halted && !processor.mustWake()) {
            waits++;
            if (waits == 2 || waits == 1 && !wakesSoon(board)) {
                look(board, processor);
                if (stuck) {
                    return;
                }
            }
            waitHalted(board, longestNap);
            return;
        }
        if (!inSlice && !beginSlice()) {
            return;
        }
        run(board, processor, board.timers().budget(LONGEST_RUN));
    }

    /** Completions and timers that are due; false when one has to wait for the host. */
    private boolean serve(Motherboard board) {
        Tenure tenure = chassis.tenure();
        tenure.enter(Tenure.BOARD, "act");
        board.offloads().deliver();
        boolean onTime = board.timers().fire();
        for (int i = 0; i < board.connectedChannels().size(); i++) {
            board.connectedChannels().get(i).settle();
        }
        tenure.leave();
        return onTime;
    }

    private void run(Motherboard board, Processor processor, long instructions) {
        halted = false;
        long before = System.nanoTime();
        long retired;
        Tenure tenure = chassis.tenure();
        tenure.enter(PartExchange.CPU, "run");
        try {
            retired = processor.run(instructions);
        } catch (RuntimeException | Error e) {
            AbandonedThread.pass(e);
            board.signals().failed(PartExchange.CPU, e);
            processor.stopped();
            tenure.leave();
            return;
        }
        tenure.leave();
        long after = System.nanoTime();
        board.timers().ran(retired, after - before);
        switch (processor.exitReason()) {
            case HALT -> {
                halted = true;
                waits = 0;
            }
            case SHUTDOWN -> shutdown = true;
            case DEBUG -> breakpoint = processor.core().breakpointHit();
            case BUDGET, REQUEST -> {
                // the loop looks what there is to do
            }
        }
        if (after - sliceEnd >= 0) {
            endSlice();
        }
    }

    /** One instruction of a machine that is paused otherwise, and what was due before it. */
    void step() {
        Motherboard board = chassis.board;
        board.clock().start();
        serve(board);
        if (!board.signals().any() && beginSlice()) {
            long before = board.processor().retired();
            do { // a request to look for commands ends a run before its first instruction
                run(board, board.processor(), 1);
            } while (board.processor().exitReason() == ExitReason.REQUEST
                    && board.processor().retired() == before);
        }
        endSlice();
        flush(board, true);
        board.clock().stop();
    }

    /** The breakpoint at which guest code stopped; asking forgets it. */
    Breakpoint takeBreakpoint() {
        Breakpoint taken = breakpoint;
        breakpoint = null;
        return taken;
    }

    /** Whether a timer is about to fire, as in a guest that idles with a tick: it shall not pay for a look at each. */
    private static boolean wakesSoon(Motherboard board) {
        return board.timers().earliest() - board.clock().now() < SOON_NANOS;
    }

    /** A processor that halted with interrupts off sleeps for ever, unless somebody uses NMIs here. */
    private void look(Motherboard board, Processor processor) {
        CpuState state = processor.core().save();
        stuck = state.halted
                && (state.eflags & INTERRUPT_FLAG) == 0
                && !state.nmiPending
                && !processor.mustWake()
                && !board.lines().nmiUsed();
    }

    private void waitHalted(Motherboard board, long longestNap) {
        endSlice();
        long deadline = board.timers().earliest();
        if (board.clock().deterministic()) {
            if (deadline != Long.MAX_VALUE) {
                board.clock().jumpTo(deadline);
            } else {
                nap(longestNap);
            }
        } else {
            nap(
                    deadline == Long.MAX_VALUE
                            ? longestNap
                            : Math.min(longestNap, deadline - board.clock().now()));
        }
    }

    private void nap(long nanos) {
        endSlice();
        Motherboard board = chassis.board;
        flush(board, true);
        if (nanos > 0 && !work.getAsBoolean() && !board.offloads().hasFinished() && !board.relieved()) {
            LockSupport.parkNanos(this, nanos);
        }
    }

    /** Passes output on, in not too small pieces; answers whether the machine has to wait for its receiver. */
    private boolean passOutputOn(Motherboard board) {
        boolean stalled = false;
        boolean any = false;
        boolean many = false;
        for (int i = 0; i < board.connectedChannels().size(); i++) {
            CharacterChannel channel = board.connectedChannels().get(i);
            stalled |= channel.stalled();
            any |= channel.waiting() > 0;
            many |= channel.waiting() >= FLUSH_BYTES;
        }
        if (any) {
            flush(board, many || stalled || halted);
        }
        return stalled;
    }

    /** Passes all output on that may be passed on. */
    void flush(Motherboard board, boolean now) {
        if (now || System.nanoTime() - lastFlush >= FLUSH_NANOS) {
            lastFlush = System.nanoTime();
            for (CharacterChannel channel : board.connectedChannels()) {
                byte[] data = channel.takeOutput();
                if (data != null) {
                    chassis.outlet.event(new MachineEvent.Output(channel.name(), data));
                }
            }
        }
    }

    private boolean beginSlice() {
        waiting(Thread.currentThread());
        try {
            if (closing.getAsBoolean()) {
                return false;
            }
            long length = scheduler.acquire(chassis.config.name());
            inSlice = true;
            sliceStart = System.nanoTime();
            sliceEnd = sliceStart + Math.max(1, length);
            return true;
        } catch (InterruptedException e) {
            return false; // the machine is being closed
        } finally {
            waiting(null);
            Thread.interrupted(); // nothing after this may meet an interrupt that came too late
        }
    }

    private void waiting(Thread thread) {
        synchronized (acquireLock) {
            acquiring = thread;
        }
    }

    /**
     * Gives the slice back, if there is one. Of a short one the duration is told: asking the host would cost as much.
     */
    void endSlice() {
        if (inSlice) {
            inSlice = false;
            long used = System.nanoTime() - sliceStart;
            if (used > SHORT_SLICE) {
                used = Math.max(0, cpuNanos() - reportedCpu);
            }
            reportedCpu += used;
            scheduler.release(chassis.config.name(), used);
        }
    }

    /** Ends a wait for a slice; any thread. */
    void interruptWait() {
        synchronized (acquireLock) {
            if (acquiring != null) {
                acquiring.interrupt();
            }
        }
    }

    /** CPU time of the calling thread. */
    static long cpuNanos() {
        return THREADS.isCurrentThreadCpuTimeSupported() ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }

    /** Another thread is the machine's now: its CPU time begins anew. */
    void threadChanged() {
        reportedCpu = 0;
        waiting(null);
    }

    /** Forgets what was noticed of the processor, which has got another state. */
    void processorChanged() {
        halted = false;
        stuck = false;
        shutdown = false;
        breakpoint = null;
    }

    /** Whether the processor halted for ever; asking forgets it. */
    boolean takeStuck() {
        boolean taken = stuck;
        stuck = false;
        return taken;
    }

    /** Whether the processor shut down; asking forgets it. */
    boolean takeShutdown() {
        boolean taken = shutdown;
        shutdown = false;
        return taken;
    }

    /**
     * Runs the guest until a condition holds, for at most so long in host time; gives up when the guest wants
     * something.
     */
    boolean runUntil(BooleanSupplier condition, long hostNanos) {
        long end = System.nanoTime() + hostNanos;
        chassis.board.clock().start();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0
                    || stuck
                    || shutdown
                    || chassis.board.signals().any()) {
                return false;
            }
            turn(1_000_000);
        }
        return true;
    }

    /** Waits until the host is done with a part's buffers, for at most so long. */
    static boolean awaitIdle(DeviceScope scope, long hostNanos) {
        long end = System.nanoTime() + hostNanos;
        while (scope.busy()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(scope, 200_000);
        }
        return true;
    }
}
