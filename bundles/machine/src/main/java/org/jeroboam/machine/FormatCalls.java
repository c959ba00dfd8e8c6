package org.jeroboam.machine;

import java.io.IOException;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.machine.part.Offer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks disk formats about files, each time on a thread of its own and for no longer than the limit, so that one that hangs
 * holds nobody up. Its thread is interrupted then, which ends a {@link java.nio.channels.FileChannel} with what it has open,
 * and an image that it opens after all is closed at once. Whose calls these are may be any one thread.
 */
final class FormatCalls {
    private static final Logger LOG = LoggerFactory.getLogger(FormatCalls.class);
    /** How long one that was interrupted may take to end, as part of the limit. */
    private static final int GRACE = 10;

    private final String machine;
    private final long limit;
    private final Map<Offer<?>, String> hung = new WeakHashMap<>();

    FormatCalls(String machine, long limit) {
        this.machine = machine;
        this.limit = limit;
    }

    /** A question. */
    interface Question<T> {
        T ask() throws IOException, ConfigurationException;
    }

    /** One sentence when a format hung and is not to be asked again of itself; else null. */
    String hangs(Offer<DiskFormat> offer) {
        return hung.get(offer);
    }

    /**
     * Asks.
     *
     * @param part for whose image, for messages
     * @param offer the format; it is remembered when it hangs
     * @param step what it is asked, for messages
     * @throws IOException when it answers so or does not answer
     */
    <T> T ask(String part, Offer<DiskFormat> offer, String step, Question<T> question)
            throws IOException, ConfigurationException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("jeroboam-format-" + machine + "-" + step)
                .unstarted(() -> put(question, answer));
        thread.setContextClassLoader(FormatCalls.class.getClassLoader());
        thread.start();
        try {
            T given = answer.get(limit, TimeUnit.NANOSECONDS);
            hung.remove(offer);
            return given;
        } catch (TimeoutException e) {
            Hang hang = new Hang(part, step, false, limit);
            hung.put(offer, hang.sentence());
            Throwable where = new Throwable("where the thread is", e);
            where.setStackTrace(thread.getStackTrace());
            LOG.error("machine {}: {}", machine, hang.sentence(), where);
            if (answer.completeExceptionally(e)) {
                thread.interrupt();
                join(thread);
            }
            throw new IOException(hang.sentence(), e);
        } catch (ExecutionException e) {
            hung.remove(offer);
            throw rethrown(e.getCause());
        } catch (InterruptedException e) {
            answer.completeExceptionally(e);
            Thread.currentThread().interrupt();
            throw new IOException("the format of " + part + " was not waited for any longer", e);
        }
    }

    private <T> void put(Question<T> question, CompletableFuture<T> answer) {
        try {
            T given = question.ask();
            if (!answer.complete(given) && given instanceof AutoCloseable late) {
                Thread.currentThread().interrupt(); // nothing may be written any more
                late.close();
            }
        } catch (Exception | Error e) {
            if (!answer.completeExceptionally(e)) {
                LOG.warn("machine {}: what a format did too late failed", machine, e);
            }
        }
    }

    private void join(Thread thread) {
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, limit / GRACE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static IOException rethrown(Throwable thrown) throws ConfigurationException {
        switch (thrown) {
            case IOException e -> {
                return e;
            }
            case ConfigurationException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> {
                return new IOException(thrown);
            }
        }
    }
}
