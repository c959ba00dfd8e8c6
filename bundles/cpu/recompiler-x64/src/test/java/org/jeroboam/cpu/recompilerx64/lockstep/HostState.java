package org.jeroboam.cpu.recompilerx64.lockstep;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * What generated code must give back as it was: the processor's state that the JVM and the C library rely on, for the
 * calling thread.
 *
 * @param flags RFLAGS
 * @param mxcsr without its exception flags, which any computation of the JVM sets
 * @param control the x87 control word
 * @param tags the x87 tag word: FFFFh when all registers are empty
 */
record HostState(long flags, int mxcsr, int control, int tags) {
    /** Bits of {@link #flags}. */
    static final int TF = 1 << 8;

    static final int DF = 1 << 10;
    static final int AC = 1 << 18;

    private static final int EXCEPTIONS = 0x3F;
    private static final int CONTROL_AT = 8;
    private static final int TAGS_AT = 16;
    private static final int MXCSR_AT = 40;
    private static final int BYTES = 64;

    /** {@code pushfq; pop [rdi]; fnstenv [rdi+8]; fldenv [rdi+8]; stmxcsr [rdi+40]; ret} */
    private static final int[] READ = {
        0x9C, 0x8F, 0x07, 0xD9, 0x77, CONTROL_AT, 0xD9, 0x67, CONTROL_AT, 0x0F, 0xAE, 0x5F, MXCSR_AT, 0xC3
    };

    /** {@code fldcw [rdi]; ret} */
    private static final int[] SET_CONTROL = {0xD9, 0x2F, 0xC3};

    /** The two functions. */
    private static final class Functions {
        private static final Linker LINKER = Linker.nativeLinker();
        private static final long PAGE = 4096;
        private static final int READ_WRITE = 3;
        private static final int READ_EXECUTE = 5;
        private static final int PRIVATE_ANONYMOUS = 0x22;

        private static final MethodHandle READER = function(READ);
        private static final MethodHandle SETTER = function(SET_CONTROL);

        private Functions() {}

        private static MethodHandle system(String name, FunctionDescriptor type) {
            return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
        }

        private static MethodHandle function(int[] code) {
            FunctionDescriptor map = FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG);
            FunctionDescriptor protect = FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
            try {
                long at = (long) system("mmap", map).invokeExact(0L, PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
                MemorySegment page = MemorySegment.ofAddress(at).reinterpret(PAGE);
                for (int i = 0; i < code.length; i++) {
                    page.set(ValueLayout.JAVA_BYTE, i, (byte) code[i]);
                }
                int refused = (int) system("mprotect", protect).invokeExact(at, PAGE, READ_EXECUTE);
                if (refused != 0) {
                    throw new IllegalStateException("the system does not let a test's page execute");
                }
                return LINKER.downcallHandle(page, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("no function can be made", e);
            }
        }

        static void call(MethodHandle function, MemorySegment argument) {
            try {
                function.invokeExact(argument);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("a function cannot be called", e);
            }
        }
    }

    /** Reads the state of the calling thread. */
    static HostState now() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(BYTES, BYTES);
            Functions.call(Functions.READER, out);
            return new HostState(
                    out.get(ValueLayout.JAVA_LONG, 0),
                    out.get(ValueLayout.JAVA_INT, MXCSR_AT) & ~EXCEPTIONS,
                    out.get(ValueLayout.JAVA_SHORT, CONTROL_AT) & 0xFFFF,
                    out.get(ValueLayout.JAVA_SHORT, TAGS_AT) & 0xFFFF);
        }
    }

    /** Sets the x87 control word of the calling thread; to be set back soon. */
    static void setControl(int word) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocate(BYTES, BYTES);
            in.set(ValueLayout.JAVA_SHORT, 0, (short) word);
            Functions.call(Functions.SETTER, in);
        }
    }
}
