package org.jeroboam.platform.locks;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/**
 * A {@code flock(2)} on a file. The kernel drops it with the process, however that ends. The locks of
 * {@link java.nio.channels.FileChannel} would not do: POSIX drops those as soon as any channel to the same file is
 * closed, which every look at an image does.
 */
final class HostLock implements AutoCloseable {
    // Linux, all architectures that have JDK 25; see open(2), flock(2) and errno(3).
    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int EPERM = 1;
    private static final int EAGAIN = 11;
    private static final int EACCES = 13;
    private static final int EROFS = 30;

    // All calls have one type, and nothing is read through a variable handle: what the JVM makes for each type and each
    // handle would be a third of the time in which a small program starts. Registers hold more than the functions take.
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final int ERRNO = (int) CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle OPEN = function("open");
    private static final MethodHandle FLOCK = function("flock");
    private static final MethodHandle CLOSE = function("close");

    private final int descriptor;

    private HostLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Links the host's functions, if that was not done yet. */
    static void prepare() {
        // Done by the initialization of the class.
    }

    /**
     * Tries to lock.
     *
     * @param file an existing file
     * @param shared whether others may hold it shared too
     * @return the lock, or null when another process holds it
     * @throws AccessDeniedException when the user may not open the file so
     * @throws IOException when the host cannot open or lock the file
     */
    static HostLock tryLock(Path file, boolean shared) throws IOException {
        try {
            ByteBuffer state =
                    ByteBuffer.allocateDirect((int) CALL_STATE.byteSize()).order(ByteOrder.nativeOrder());
            int flags = (shared ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_CLOEXEC;
            ByteBuffer name = name(file);
            int descriptor = call(OPEN, state, MemorySegment.ofBuffer(name).address(), flags);
            Reference.reachabilityFence(name);
            if (descriptor < 0) {
                int errno = state.getInt(ERRNO);
                if (errno == EPERM || errno == EACCES || errno == EROFS) {
                    throw new AccessDeniedException(file.toString(), null, error(state));
                }
                throw new IOException("cannot open " + file + " to lock it: " + error(state));
            }
            HostLock lock = new HostLock(descriptor);
            if (call(FLOCK, state, descriptor, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0) {
                return lock;
            }
            String error = error(state);
            boolean taken = state.getInt(ERRNO) == EAGAIN;
            lock.close();
            if (taken) {
                return null;
            }
            throw new IOException("cannot lock " + file + ": " + error);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("cannot lock " + file + ": " + e.getMessage(), e);
        }
    }

    private static ByteBuffer name(Path file) {
        byte[] bytes = file.toString().getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
        return ByteBuffer.allocateDirect(bytes.length + 1).put(0, bytes);
    }

    private static int call(MethodHandle function, ByteBuffer state, long first, long second) throws Throwable {
        return (int) (long) function.invokeExact(MemorySegment.ofBuffer(state), first, second, 0L);
    }

    @Override
    public void close() {
        try {
            // The lock goes with its last descriptor. After close(2) the number is free whatever it returned.
            ByteBuffer state = ByteBuffer.allocateDirect((int) CALL_STATE.byteSize());
            int result = call(CLOSE, state, descriptor, 0);
            assert result == 0 : "close failed";
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("close(2) cannot be called", e);
        }
    }

    private static String error(ByteBuffer state) {
        int errno = state.getInt(ERRNO);
        return switch (errno) {
            case EPERM, EACCES -> "permission denied";
            case 2 -> "no such file";
            case 21 -> "it is a directory";
            case 23, 24 -> "too many open files";
            case EROFS -> "its file system is read-only";
            case 37 -> "the file system gives no locks";
            default -> "error " + errno;
        };
    }

    private static MethodHandle function(String name) {
        MemorySegment address = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new IllegalStateException("the host has no " + name));
        return LINKER.downcallHandle(
                address,
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
                Linker.Option.captureCallState("errno"));
    }
}
