package org.jeroboam.cpu.x86.exec;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Large zeroed tables outside the heap, of which only the touched pages cost memory: the C library's {@code calloc}
 * takes blocks of this size straight from the system. An arena would touch every page.
 */
public final class NativeTables {
    private static final MethodHandle CALLOC;
    private static final MethodHandle FREE;

    static {
        Linker linker = Linker.nativeLinker();
        SymbolLookup library = linker.defaultLookup();
        CALLOC = linker.downcallHandle(
                library.findOrThrow("calloc"),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        FREE = linker.downcallHandle(library.findOrThrow("free"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
    }

    private NativeTables() {}

    /**
     * Allocates zeros.
     *
     * @return host address, to be given to {@link #free}
     * @throws OutOfMemoryError when the system refuses
     */
    public static long allocate(long bytes) {
        MemorySegment block;
        try {
            block = (MemorySegment) CALLOC.invokeExact(1L, bytes);
        } catch (Throwable e) {
            throw new IllegalStateException("cannot call calloc of the C library", e);
        }
        if (block.address() == 0) {
            throw new OutOfMemoryError("no address space for the TLB of a processor: " + (bytes >> 20) + " MiB");
        }
        return block.address();
    }

    /** Frees what {@link #allocate} returned. */
    public static void free(long address) {
        try {
            FREE.invokeExact(MemorySegment.ofAddress(address));
        } catch (Throwable e) {
            throw new IllegalStateException("cannot call free of the C library", e);
        }
    }
}
