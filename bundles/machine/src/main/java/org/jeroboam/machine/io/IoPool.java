package org.jeroboam.machine.io;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A few threads for disk and network work, shared by all machines of a factory. */
public final class IoPool implements Executor, AutoCloseable {
    private static final int THREADS = 8;
    private static final int QUEUE = 4096;

    private final ThreadPoolExecutor executor;

    /** Creates a pool whose threads end when there is nothing to do. */
    public IoPool() {
        AtomicInteger count = new AtomicInteger();
        executor = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                task -> {
                    Thread thread = new Thread(task, "jeroboam-io-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    thread.setContextClassLoader(IoPool.class.getClassLoader());
                    return thread;
                },
                new ThreadPoolExecutor.CallerRunsPolicy());
        executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
