package org.jeroboam.machine;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineListener;
import org.jeroboam.hardware.machine.MachineReply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread on which the outside hears of a machine: events and replies, in the order in which they came about. */
final class Outlet {
    private static final Logger LOG = LoggerFactory.getLogger(Outlet.class);
    private static final long REPORT_NANOS = 10_000_000_000L;
    private static final int REPORT_BURST = 10;

    private final String machine;
    private final MachineListener listener;
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final Map<String, long[]> reports = new HashMap<>();
    private final Thread thread;
    private boolean ended;

    Outlet(String machine, MachineListener listener) {
        this.machine = machine;
        this.listener = listener;
        thread = new Thread(this::run, "jeroboam-events-" + machine);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!ended) {
                queue.take().run();
            }
        } catch (InterruptedException e) {
            LOG.debug("events of machine {} end", machine, e);
        }
    }

    void event(MachineEvent event) {
        queue.add(() -> {
            try {
                listener.event(event);
            } catch (RuntimeException | Error e) {
                LOG.error("the listener of machine {} failed on {}", machine, event, e);
            }
        });
    }

    void reply(CompletableFuture<MachineReply> future, MachineReply reply) {
        queue.add(() -> future.complete(reply));
    }

    /** Passes a part's remark on; a part that talks too much is cut short. Machine thread. */
    void report(String part, String message) {
        long now = System.nanoTime();
        long[] burst = reports.computeIfAbsent(part, key -> new long[] {now, 0});
        if (now - burst[0] > REPORT_NANOS) {
            burst[0] = now;
            burst[1] = 0;
        }
        if (burst[1]++ < REPORT_BURST) {
            event(new MachineEvent.Reported(part, message));
        }
    }

    /** Passes on what is queued, then ends. */
    void close() {
        queue.add(() -> ended = true);
        boolean interrupted = false;
        while (thread != Thread.currentThread() && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
