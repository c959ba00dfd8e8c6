package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
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

    /**
     * The host's functions. All have one type, the type of those that lock images: what the JVM makes for each type would
     * be a third of the time in which the tool starts. Registers hold more than the functions take.
     */
    private record Calls(MethodHandle open, MethodHandle lseek, MethodHandle close, ByteBuffer state) {
        static Calls find() {
            Linker linker = Linker.nativeLinker();
            return new Calls(
                    function(linker, "open"),
                    function(linker, "lseek"),
                    function(linker, "close"),
                    ByteBuffer.allocateDirect(
                            (int) Linker.Option.captureStateLayout().byteSize()));
        }

        private static MethodHandle function(Linker linker, String name) {
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow(name),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
                    Linker.Option.captureCallState("errno"));
        }

        long call(MethodHandle function, long first, long second, long third) throws IOException {
            try {
                return (long) function.invokeExact(MemorySegment.ofBuffer(state), first, second, third);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IOException("the host's functions cannot be called", e);
            }
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
        Calls calls = Calls.find();
        byte[] bytes = file.toString().getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
        ByteBuffer name = ByteBuffer.allocateDirect(bytes.length + 1).put(0, bytes);
        long address = MemorySegment.ofBuffer(name).address();
        DataMap map = new DataMap((int) calls.call(calls.open, address, O_RDONLY_CLOEXEC, 0), calls);
        Reference.reachabilityFence(name);
        return map;
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
        return calls.call(calls.lseek, descriptor, position, kind);
    }

    @Override
    public void close() throws IOException {
        if (descriptor >= 0) {
            int result = (int) calls.call(calls.close, descriptor, 0, 0);
            assert result == 0 : "close failed";
        }
    }
}
