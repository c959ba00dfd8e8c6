package org.jeroboam.cpu.recompilerx64;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.memory.HostMemory;

/**
 * Finds out whether this host can run generated code: Linux on an x86-64 processor with the instructions that the
 * emitter uses, a JVM that permits native access, and a system that gives code memory. It does so by running a function.
 *
 * @param usable whether it can
 * @param reason one sentence: why not, or what was found
 * @param bmi2 whether the processor has BMI2; false when not usable
 * @param avx whether the processor and the system have AVX; false when not usable
 */
record HostProbe(boolean usable, String reason, boolean bmi2, boolean avx) {
    /** {@code mov rax, 1122334455667788h; ret} */
    private static final int[] CONSTANT = {0x48, 0xB8, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0xC3};

    private static final long CONSTANT_RESULT = 0x1122_3344_5566_7788L;

    /** Puts CPUID of the leaf in the low half of the second argument to where the first one points. */
    private static final int[] CPUID = {
        0x53, // push rbx
        0x89,
        0xF0, // mov eax, esi
        0x48,
        0x89,
        0xF1, // mov rcx, rsi
        0x48,
        0xC1,
        0xE9,
        0x20, // shr rcx, 32: the subleaf
        0x0F,
        0xA2, // cpuid
        0x89,
        0x07, // mov [rdi], eax
        0x89,
        0x5F,
        0x04, // mov [rdi+4], ebx
        0x89,
        0x4F,
        0x08, // mov [rdi+8], ecx
        0x89,
        0x57,
        0x0C, // mov [rdi+12], edx
        0x5B, // pop rbx
        0xC3 // ret
    };

    /** {@code xor ecx, ecx; xgetbv; ret}: which register sets the system saves. */
    private static final int[] XGETBV = {0x31, 0xC9, 0x0F, 0x01, 0xD0, 0xC3};

    private static final int CPUID_AT = 64;
    private static final int XGETBV_AT = 128;
    private static final int EBX = 1;
    private static final int ECX = 2;
    private static final int EDX = 3;
    private static final int EXTENDED = 0x8000_0000;

    /** Looked up once: none of it changes while the process lives. */
    private static final class Once {
        static final HostProbe FOUND = look(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    /** The answer for this host. Any thread; cheap after the first time. */
    static HostProbe host() {
        return Once.FOUND;
    }

    /** The answer for a host that calls itself so. */
    static HostProbe look(String system, String architecture) {
        if (!architecture.equals("amd64") && !architecture.equals("x86_64")) {
            return no("it makes x86-64 code and this host is " + architecture);
        }
        if (!system.equals("Linux")) {
            return no("it needs Linux and this host is " + system);
        }
        try (CodeMemory memory = CodeMemory.allocate(1)) {
            return run(memory);
        } catch (CodeMemoryException e) {
            return no(e.getMessage());
        } catch (IllegalCallerException e) {
            return no("the JVM was started without --enable-native-access for this bundle");
        } catch (LinkageError | UnsupportedOperationException e) {
            return no("the JVM has no access to native functions here: " + e);
        }
    }

    private static HostProbe run(CodeMemory memory) {
        long constant = new NativeCall(put(memory, 0, CONSTANT)).call(0, 0);
        if (constant != CONSTANT_RESULT) {
            return no("code that was written does not run as written: " + Long.toHexString(constant));
        }
        NativeCall cpuid = new NativeCall(put(memory, CPUID_AT, CPUID));
        NativeCall xgetbv = new NativeCall(put(memory, XGETBV_AT, XGETBV));
        try (Arena arena = Arena.ofConfined()) {
            return judge(new Cpuid(cpuid, arena.allocate(16, 16)), xgetbv);
        }
    }

    private static HostProbe judge(Cpuid cpuid, NativeCall xgetbv) {
        List<String> missing = new ArrayList<>();
        if (!cpuid.has(1, EDX, 15)) {
            missing.add("CMOV");
        }
        if (!cpuid.has(1, EDX, 26)) {
            missing.add("SSE2");
        }
        if (!cpuid.has(EXTENDED | 1, ECX, 0)) {
            missing.add("LAHF");
        }
        if (!missing.isEmpty()) {
            return no("the host's processor lacks " + String.join(", ", missing));
        }
        boolean bmi2 = cpuid.has(7, EBX, 8);
        boolean saved = cpuid.has(1, ECX, 27) && (xgetbv.call(0, 0) & 6) == 6;
        boolean avx = saved && cpuid.has(1, ECX, 28);
        String found = (bmi2 ? " with BMI2" : "") + (avx ? bmi2 ? " and AVX" : " with AVX" : "");
        return new HostProbe(
                true, "The recompiler makes x86-64 code for this host's processor" + found + ".", bmi2, avx);
    }

    /** The answer of a host that cannot. */
    static HostProbe no(String why) {
        return new HostProbe(false, "The recompiler cannot run here: " + why + ".", false, false);
    }

    /** Writes code; answers where to call it. */
    private static long put(CodeMemory memory, int at, int[] code) {
        for (int i = 0; i < code.length; i++) {
            HostMemory.putByte(memory.writableBase() + at + i, code[i]);
        }
        return memory.executableBase() + at;
    }

    /** Asks CPUID. */
    private record Cpuid(NativeCall function, MemorySegment result) {
        /** Whether a bit is set; false for leaves beyond the last. */
        boolean has(int leaf, int register, int bit) {
            return Integer.compareUnsigned(leaf, read(leaf & EXTENDED, 0)) <= 0
                    && (read(leaf, register) >>> bit & 1) != 0;
        }

        private int read(int leaf, int register) {
            function.call(result.address(), Integer.toUnsignedLong(leaf));
            return result.get(ValueLayout.JAVA_INT, 4L * register);
        }
    }
}
