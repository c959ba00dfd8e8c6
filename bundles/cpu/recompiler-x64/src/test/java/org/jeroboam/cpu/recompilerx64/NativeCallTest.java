package org.jeroboam.cpu.recompilerx64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jeroboam.hardware.memory.HostMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls of generated code cost no garbage and hold no garbage collection up. */
class NativeCallTest {
    private static final int[] ADD = {0x48, 0x8D, 0x04, 0x37, 0xC3}; // lea rax, [rdi+rsi]; ret

    private static final int[] WAIT = {
        0xC7,
        0x47,
        0x04,
        1,
        0,
        0,
        0, // mov dword [rdi+4], 1
        0x83,
        0x3F,
        0, // next: cmp dword [rdi], 0
        0x75,
        0x05, // jne out
        0x48,
        0xFF,
        0xCE, // dec rsi
        0x75,
        0xF6, // jnz next
        0x48,
        0x89,
        0xF0, // out: mov rax, rsi
        0xC3 // ret
    };

    private static final long PATIENCE = 1L << 34;
    private static final int ROUNDS = 200;
    private static final int CALLS = 20_000;

    private final CodeMemory memory = CodeMemory.allocate(4096);

    @AfterEach
    void free() {
        memory.close();
    }

    private NativeCall function(int[] code) {
        for (int i = 0; i < code.length; i++) {
            HostMemory.putByte(memory.writableBase() + i, code[i]);
        }
        return new NativeCall(memory.executableBase());
    }

    @Test
    void argumentsAndResultHave64Bits() {
        NativeCall add = function(ADD);
        assertEquals(Long.MIN_VALUE, add.call(Long.MAX_VALUE, 1));
        assertEquals(0x1234_5678_9ABC_DEF0L, add.call(0x1234_5678_0000_0000L, 0x9ABC_DEF0L));
    }

    @Test
    void aCompiledCallAllocatesNothing() {
        NativeCall add = function(ADD);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        long sum = 0;
        for (int round = 0; round < ROUNDS && least >= CALLS; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                sum = add.call(sum, i);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(least < CALLS, least + " bytes for " + CALLS + " calls; the last sum is " + sum);
    }

    @Test
    void garbageCollectionDoesNotWaitForGeneratedCode() throws Exception {
        NativeCall wait = function(WAIT);
        try (ExecutorService other = Executors.newSingleThreadExecutor();
                Arena arena = Arena.ofShared()) {
            long flags = arena.allocate(8, 8).address();
            Future<Long> left = other.submit(() -> wait.call(flags, PATIENCE));
            while (HostMemory.getInt(flags + 4) == 0) {
                Thread.onSpinWait();
            }
            System.gc();
            HostMemory.putInt(flags, 1);
            assertTrue(left.get() > 0, "the collection waited until the code gave up");
        }
    }
}
