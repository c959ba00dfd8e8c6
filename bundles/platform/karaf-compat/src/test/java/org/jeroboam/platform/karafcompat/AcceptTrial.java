package org.jeroboam.platform.karafcompat;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program of its own, as the JDK reads {@link EventThreads#PROPERTY} once: does a server accept a connection that comes
 * together with an event of a channel that is closed? The exit status is {@value #ACCEPTED} or
 * {@value #NOT_ACCEPTED}; another one if it failed.
 *
 * <p>Both events are made to come at once by holding the threads for events where they hand a completion over to the
 * application's threads. The closed channel still has events as a copy of its descriptor keeps it with epoll; in a
 * server that takes a close at just the wrong moment.
 */
final class AcceptTrial {
    static final int ACCEPTED = 0;
    static final int NOT_ACCEPTED = 3;

    private final Held executor = new Held();
    private final AsynchronousChannelGroup group;
    private final AsynchronousServerSocketChannel server;

    private AcceptTrial() throws IOException {
        group = AsynchronousChannelGroup.withThreadPool(executor);
        server = AsynchronousServerSocketChannel.open(group)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** @param arguments how many seconds to wait for the connection */
    public static void main(String[] arguments) throws Throwable {
        EventThreads.provide();
        boolean accepted = new AcceptTrial().accepts(Integer.parseInt(arguments[0]));
        System.exit(accepted ? ACCEPTED : NOT_ACCEPTED);
    }

    private boolean accepts(int seconds) throws Throwable {
        Socket gone = connect();
        AsynchronousSocketChannel closed = server.accept().get();
        closed.read(ByteBuffer.allocate(1));
        copySockets();
        closed.close();

        int threads = Integer.getInteger(EventThreads.PROPERTY);
        for (int i = 0; i < threads; i++) {
            Socket client = connect();
            server.accept().get().read(ByteBuffer.allocate(1), null, new Ignored());
            client.getOutputStream().write(0);
        }
        executor.entered.acquire(threads);

        Future<AsynchronousSocketChannel> accepted = server.accept();
        gone.getOutputStream().write(0);
        connect();
        executor.open.countDown();
        try {
            accepted.get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private Socket connect() throws IOException {
        InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
        return new Socket(address.getAddress(), address.getPort());
    }

    private static void copySockets() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle dup = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("dup"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).toString().startsWith("socket:")) {
                    int copy = (int) dup.invokeExact(
                            Integer.parseInt(descriptor.getFileName().toString()));
                    if (copy < 0) {
                        throw new IOException("cannot copy the descriptor " + descriptor);
                    }
                }
            }
        }
    }

    /** Two threads, as Karaf's ssh server has them, which take nothing before the latch is open. */
    private static final class Held extends ThreadPoolExecutor {
        final Semaphore entered = new Semaphore(0);
        final CountDownLatch open = new CountDownLatch(1);

        Held() {
            super(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        }

        @Override
        public void execute(Runnable task) {
            entered.release();
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts these threads", e);
            }
            super.execute(task);
        }
    }

    /** What becomes of the channels that only keep the threads busy. */
    private static final class Ignored implements CompletionHandler<Integer, Void> {
        @Override
        public void completed(Integer count, Void attachment) {
            // They have served.
        }

        @Override
        public void failed(Throwable cause, Void attachment) {
            throw new AssertionError(cause);
        }
    }
}
