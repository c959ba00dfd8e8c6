package org.jeroboam.cpu.recompilerx64;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls generated code as a C function {@code long f(long state, long target)} of the System V ABI: arguments in RDI and
 * RSI, result in RAX; RBX, RBP, RSP, R12 to R15, MXCSR and the x87 control word must be as before on return, DF clear
 * and the x87 stack empty. Meanwhile the thread counts as in native code: garbage collection does not wait for it.
 * A call allocates nothing.
 */
final class NativeCall {
    private static final MethodHandle CALL = Linker.nativeLinker()
            .downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

    private final MemorySegment function;

    /**
     * Prepares calls.
     *
     * @param address executable address of the function, which must stay valid as long as it is called
     */
    NativeCall(long address) {
        function = MemorySegment.ofAddress(address);
    }

    /**
     * Calls the function.
     *
     * @param state first argument
     * @param target second argument
     * @return its result
     */
    long call(long state, long target) {
        try {
            return (long) CALL.invokeExact(function, state, target);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("generated code cannot be called", e);
        }
    }
}
