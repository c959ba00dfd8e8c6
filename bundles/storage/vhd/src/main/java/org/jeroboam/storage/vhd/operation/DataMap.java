package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Which parts of a host file are holes, so that nobody has to read them. Where the host does not say, all is data. Not
 * thread-safe.
 */
final class DataMap implements AutoCloseable {
    // Linux; see open(2) and lseek(2).
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int NOTHING = -1;

    private final int descriptor;
    private final Calls calls;

    private record Calls(MethodHandle open, MethodHandle lseek, MethodHandle close) {
        static Calls find() {
            Linker linker = Linker.nativeLinker();
            return new Calls(
                    function(
                            linker,
                            "open",
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                            Linker.Option.firstVariadicArg(2)),
                    function(
                            linker,
                            "lseek",
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_INT)),
                    function(linker, "close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)));
        }

        private static MethodHandle function(
                Linker linker, String name, FunctionDescriptor type, Linker.Option... options) {
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
        }
    }

    private DataMap(int descriptor, Calls calls) {
        this.descriptor = descriptor;
        this.calls = calls;
    }

    /**
     * The map of a file.
     *
     * @param file an existing file
     * @return its map, to be closed
     * @throws IOException when the host's functions cannot be called
     */
    static DataMap of(Path file) throws IOException {
        if (!System.getProperty("os.name").equals("Linux")) {
            return new DataMap(NOTHING, null);
        }
        try (Arena arena = Arena.ofConfined()) {
            Calls calls = Calls.find();
            return new DataMap(
                    (int) calls.open.invokeExact(arena.allocateFrom(file.toString()), O_RDONLY_CLOEXEC), calls);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("the holes of " + file + " cannot be found", e);
        }
    }

    /**
     * Where data begin.
     *
     * @param position from where to look, inside the file
     * @param end the answer when there are none from there on
     * @return the first byte that is in no hole
     */
    long data(long position, long end) throws IOException {
        if (descriptor < 0) {
            return position;
        }
        long found = seek(position, SEEK_DATA);
        if (found < 0) {
            // None at all looks like a file system that gives no answer; that one has no holes either.
            return seek(position, SEEK_HOLE) < 0 ? position : end;
        }
        return Math.min(found, end);
    }

    /**
     * Where the next hole begins.
     *
     * @param position from where to look, inside the file
     * @param end the answer when there is none
     * @return the first byte that is in a hole
     */
    long hole(long position, long end) throws IOException {
        if (descriptor < 0) {
            return end;
        }
        long found = seek(position, SEEK_HOLE);
        return found <= position ? end : Math.min(found, end);
    }

    private long seek(long position, int kind) throws IOException {
        try {
            return (long) calls.lseek.invokeExact(descriptor, position, kind);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("lseek(2) cannot be called", e);
        }
    }

    @Override
    public void close() throws IOException {
        if (descriptor >= 0) {
            try {
                int result = (int) calls.close.invokeExact(descriptor);
                assert result == 0 : "close failed";
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IOException("close(2) cannot be called", e);
            }
        }
    }
}
