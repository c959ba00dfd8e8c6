package org.jeroboam.cpu.recompilerx64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.jeroboam.cpu.recompilerx64.ProcessMaps.Mapping;
import org.jeroboam.hardware.memory.HostMemory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two views of the same pages, never writable and executable at one place, guarded, and gone after closing. */
class CodeMemoryTest {
    private static final int SIZE = 1 << 20;

    /** Mappings that somebody else had before. */
    private List<Mapping> others = List.of();

    @BeforeEach
    void look() throws IOException {
        others = code();
    }

    private static List<Mapping> code() throws IOException {
        return ProcessMaps.all().stream().filter(Mapping::isCode).toList();
    }

    private void assertNothingIsLeft() throws IOException {
        assertEquals(others, code());
        assertEquals(0, ProcessMaps.openCodeFiles());
    }

    @Test
    void whatIsWrittenInOneViewIsExecutedInTheOther() {
        try (CodeMemory memory = CodeMemory.allocate(SIZE)) {
            long last = memory.size() - 8;
            // lea rax, [rdi+rsi*2]; ret
            HostMemory.putInt(memory.writableBase() + last, 0x7704_8D48);
            HostMemory.putByte(memory.writableBase() + last + 4, 0xC3);
            NativeCall call = new NativeCall(memory.executableBase() + last);
            assertEquals(1_000_000_014L, call.call(1_000_000_000L, 7));
            // Code that was run already, changed: lea rax, [rdi+rsi*4].
            HostMemory.putByte(memory.writableBase() + last + 3, 0xB7);
            assertEquals(1_000_000_028L, call.call(1_000_000_000L, 7));
            assertEquals(0xC3, HostMemory.getByte(memory.executableBase() + last + 4));
        }
    }

    @Test
    void noPlaceIsWritableAndExecutable() throws IOException {
        try (CodeMemory memory = CodeMemory.allocate(SIZE)) {
            Mapping writable = ProcessMaps.at(memory.writableBase());
            Mapping executable = ProcessMaps.at(memory.executableBase());
            assertEquals("rw-s", writable.rights());
            assertEquals("r-xs", executable.rights());
            assertEquals(memory.size(), writable.to() - writable.from());
            assertEquals(memory.size(), executable.to() - executable.from());
            assertEquals(others.size() + 2, code().size());
            for (Mapping mapping : code()) {
                assertFalse(mapping.rights().contains("w") && mapping.rights().contains("x"), mapping::toString);
            }
            assertEquals(0, ProcessMaps.openCodeFiles(), "nobody can map the pages again");
        }
    }

    @Test
    void guardsLieAroundBothViews() throws IOException {
        try (CodeMemory memory = CodeMemory.allocate(SIZE)) {
            for (long base : new long[] {memory.writableBase(), memory.executableBase()}) {
                assertEquals("---p", ProcessMaps.at(base - 1).rights());
                assertEquals("---p", ProcessMaps.at(base + memory.size()).rights());
            }
        }
    }

    @Test
    void aSizeIsRoundedUpToPages() {
        try (CodeMemory memory = CodeMemory.allocate(5000)) {
            assertEquals(8192, memory.size());
        }
    }

    @Test
    void closingTakesBothViewsAway() throws IOException {
        CodeMemory memory = CodeMemory.allocate(SIZE);
        long writable = memory.writableBase();
        memory.close();
        assertNothingIsLeft();
        assertFalse(ProcessMaps.at(writable).isCode());
        memory.close(); // again: nothing
    }

    @Test
    void whatTheHostRefusesIsSaidAndNothingIsLeft() throws IOException {
        long most = 1L << 40;
        CodeMemoryException e = assertThrows(CodeMemoryException.class, () -> {
            // The address space of a process has 47 bits, so some of these are one too many.
            CodeMemory[] taken = new CodeMemory[100];
            try {
                for (int i = 0; i < taken.length; i++) {
                    taken[i] = CodeMemory.allocate(most);
                }
            } finally {
                for (CodeMemory memory : taken) {
                    if (memory != null) {
                        memory.close();
                    }
                }
            }
        });
        assertTrue(e.getMessage().startsWith("the host refuses "), e.getMessage());
        assertTrue(e.getMessage().contains("E"), e.getMessage());
        assertNothingIsLeft();
        assertThrows(CodeMemoryException.class, () -> CodeMemory.allocate(0));
        assertThrows(CodeMemoryException.class, () -> CodeMemory.allocate(most + 1));
        assertThrows(CodeMemoryException.class, () -> CodeMemory.allocate(Long.MAX_VALUE));
    }

    @Test
    void aRefusedCallNamesFunctionAndError() {
        CodeMemoryException e = assertThrows(CodeMemoryException.class, () -> HostCalls.setLength(-1, 4096));
        assertEquals(
                "the host refuses 4096 bytes in a file in memory: ftruncate says EBADF (no such file)", e.getMessage());
        e = assertThrows(
                CodeMemoryException.class,
                () -> HostCalls.map("a view", 0, 4096, HostCalls.PROT_READ, HostCalls.MAP_SHARED, -1));
        assertEquals("the host refuses a view: mmap says EBADF (no such file)", e.getMessage());
        assertTrue(HostCalls.text(HostCalls.EPERM).startsWith("EPERM"));
        assertEquals("errno 4711", HostCalls.text(4711));
    }
}
