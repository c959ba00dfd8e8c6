package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Paging mode by rights of both levels by privilege by kind of access by CR0.WP: the fault with its error code, or
 * none, and the accessed and dirty bits; global pages by mode, flush and access (Intel SDM volume 3, 4.6 to 4.10).
 */
class PagingMatrixTest {
    private static final int PRESENT = 1;
    private static final int WRITABLE = 2;
    private static final int USER = 4;
    private static final int ACCESSED = 0x20;
    private static final int DIRTY = 0x40;
    private static final int LARGE = 0x80;

    private static final int DIRECTORY = 0x6_0000;
    private static final int TABLE = 0x6_1000;
    private static final int TEST_TABLE = 0x6_2000;
    private static final int POINTERS = 0x6_3000;
    private static final int PAE_DIRECTORY = 0x6_4000;
    private static final int PAE_TABLE = 0x6_5000;
    private static final int TEST_DIRECTORY = 0x6_6000;
    /** Leads to physical 8_0000h in every mode, by the first entry of its directory. */
    private static final int TEST = 0x4008_0000;

    private static final int TEST_FRAME = 0x8_0000;

    private enum Mode {
        SMALL,
        LARGE_4M,
        PAE,
        PAE_2M;

        boolean pae() {
            return this == PAE || this == PAE_2M;
        }

        boolean large() {
            return this == LARGE_4M || this == PAE_2M;
        }
    }

    private enum Access {
        READ(0x8B, 0x06), // mov eax, [esi]
        WRITE(0x89, 0x06),
        MODIFY(0x01, 0x06), // add [esi], eax
        EXECUTE;

        final int[] code;

        Access(int... code) {
            this.code = code;
        }

        boolean writes() {
            return this == WRITE || this == MODIFY;
        }
    }

    private SystemBench bench;

    @BeforeEach
    void start() {
        bench = new SystemBench();
        for (int page = 0; page < 256; page++) {
            bench.write32(TABLE + 4 * page, page << 12 | 0x67);
            bench.write32(PAE_TABLE + 8 * page, page << 12 | 0x67);
        }
        bench.write32(DIRECTORY, TABLE | 0x27);
        bench.write32(POINTERS, PAE_DIRECTORY | PRESENT);
        bench.write32(POINTERS + 8, TEST_DIRECTORY | PRESENT);
        bench.write32(PAE_DIRECTORY, PAE_TABLE | 0x27);
        bench.memory.write(TEST_FRAME, 1, 0x90);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void everyRightInEveryMode() {
        for (Mode mode : Mode.values()) {
            for (int upper = 0; upper < 8; upper++) {
                for (int lower = 0; lower < (mode.large() ? 1 : 8); lower++) {
                    for (int level = 0; level < 4; level++) {
                        for (Access access : Access.values()) {
                            one(mode, upper, lower, level, access, false);
                            one(mode, upper, lower, level, access, true);
                        }
                    }
                }
            }
        }
    }

    private int upperEntry(Mode mode) {
        return mode.pae() ? TEST_DIRECTORY : DIRECTORY + (TEST >>> 22) * 4;
    }

    private int lowerEntry(Mode mode) {
        return TEST_TABLE + (TEST >>> 12 & 0x1FF) * (mode.pae() ? 8 : 4);
    }

    private void one(Mode mode, int upper, int lower, int level, Access access, boolean protect) {
        bench.state = SystemBench.flat(level);
        bench.state.cr0 = 0x8000_0011 | (protect ? 1 << 16 : 0);
        bench.state.cr4 = (mode.pae() ? 1 << 5 : 0) | 1 << 4;
        bench.state.cr3 = mode.pae() ? POINTERS : DIRECTORY;
        if (mode.pae()) {
            bench.state.pdpte = new long[] {PAE_DIRECTORY | PRESENT, TEST_DIRECTORY | PRESENT, 0, 0};
        }
        bench.write32(upperEntry(mode), mode.large() ? upper | LARGE : TEST_TABLE | upper);
        bench.write32(lowerEntry(mode), TEST_FRAME | lower);
        bench.state.gpr[Cpu.ESI] = TEST;
        bench.memory.write(TEST_FRAME, 4, 0x9090_9090);
        if (access == Access.EXECUTE) {
            bench.state.eip = TEST;
            bench.run(1);
        } else {
            bench.step(access.code);
        }
        String what = mode + " " + rights(upper) + " " + rights(lower) + " level " + level + " " + access
                + (protect ? " WP" : "");
        int rights = mode.large() ? upper : upper & lower;
        boolean user = level == 3;
        int request = (access.writes() ? 2 : 0) | (user ? 4 : 0);
        boolean allowed =
                (!user || (rights & USER) != 0) && (!access.writes() || (rights & WRITABLE) != 0 || !user && !protect);
        boolean present = (rights & PRESENT) != 0;
        if (present && allowed) {
            assertEquals("-", bench.outcome(), what);
        } else {
            assertEquals("14:" + Integer.toHexString(request | (present ? 1 : 0)), bench.outcome(), what);
            assertEquals(TEST, bench.after.cr2, what);
        }
        int used = present && allowed ? ACCESSED : 0;
        int written = used != 0 && access.writes() ? DIRTY : 0;
        int leaf = mode.large() ? upperEntry(mode) : lowerEntry(mode);
        assertEquals(used | written, bench.read32(leaf) & (ACCESSED | DIRTY), what + ": leaf");
        if (!mode.large()) {
            assertEquals(used, bench.read32(upperEntry(mode)) & (ACCESSED | DIRTY), what + ": directory");
        }
    }

    private static String rights(int bits) {
        return ((bits & PRESENT) != 0 ? "P" : "-")
                + ((bits & WRITABLE) != 0 ? "W" : "-")
                + ((bits & USER) != 0 ? "U" : "-");
    }

    /** A translation that was used is used again until something flushes it, in every mode and for every access. */
    @Test
    void globalPagesAndFlushes() {
        int[][] flushes = {
            {}, {0x0F, 0x22, 0xD8}, {0x0F, 0x01, 0x3E}, {0x0F, 0x22, 0xE3, 0x0F, 0x22, 0xE1}, {0x0F, 0x22, 0xC2}
        }; // nothing, mov cr3, invlpg [esi], CR4.PGE off and on, mov cr0 without change
        boolean[] dropsLocal = {false, true, true, true, false};
        boolean[] dropsGlobal = {false, false, true, true, false};
        for (Mode mode : Mode.values()) {
            for (int kind = 0; kind < flushes.length; kind++) {
                for (int bits = 0; bits < 8; bits++) {
                    boolean global = (bits & 1) != 0;
                    boolean enabled = (bits & 2) != 0;
                    if (kind == 3 && !enabled) {
                        continue;
                    }
                    boolean dropped = global && enabled ? dropsGlobal[kind] : dropsLocal[kind];
                    flush(mode, flushes[kind], global, enabled, (bits & 4) != 0, dropped);
                }
            }
        }
    }

    /** Reads or writes a page, changes its entry, flushes, and reads what is there: the old page or the new one. */
    private void flush(Mode mode, int[] flush, boolean global, boolean enabled, boolean write, boolean dropped) {
        int cr4 = (mode.pae() ? 1 << 5 : 0) | 1 << 4;
        int root = mode.pae() ? POINTERS : DIRECTORY;
        int leaf = mode.large() ? upperEntry(mode) : lowerEntry(mode);
        int size = mode.large() ? LARGE : 0;
        bench.state = SystemBench.flat(0);
        bench.state.cr0 = 0x8000_0011;
        bench.state.cr4 = cr4 | (enabled ? 1 << 7 : 0);
        bench.state.cr3 = root;
        if (mode.pae()) {
            bench.state.pdpte = new long[] {PAE_DIRECTORY | PRESENT, TEST_DIRECTORY | PRESENT, 0, 0};
        }
        bench.state.gpr[Cpu.EAX] = root;
        bench.state.gpr[Cpu.ECX] = cr4 | 1 << 7;
        bench.state.gpr[Cpu.EDX] = 0x8000_0011;
        bench.state.gpr[Cpu.EBX] = cr4;
        bench.state.gpr[Cpu.ESI] = TEST;
        bench.state.gpr[Cpu.ESP] = 0x1111;
        bench.state.gpr[Cpu.EBP] = leaf;
        // A small page moves to another frame, a large one beyond RAM.
        bench.state.gpr[Cpu.EDI] = (mode.large() ? 0x40_0000 : 0x9_0000) | 0x67 | size;
        bench.write32(upperEntry(mode), TEST_TABLE | 0x27);
        bench.write32(leaf, (mode.large() ? 0 : TEST_FRAME) | 0x67 | size | (global ? 0x100 : 0));
        bench.write32(TEST_FRAME, 0x1111);
        bench.write32(0x9_0000, 0x2222);
        int[] code = new int[2 + 3 + flush.length + 2];
        code[0] = write ? 0x89 : 0x8B; // mov [esi], esp or mov esp, [esi]
        code[1] = 0x26;
        code[2] = 0x89; // mov [ebp], edi: the new entry
        code[3] = 0x7D;
        code[4] = 0;
        System.arraycopy(flush, 0, code, 5, flush.length);
        code[code.length - 2] = 0x8B;
        code[code.length - 1] = 0x26;
        bench.program(code);
        bench.run(3 + (flush.length == 6 ? 2 : flush.length > 0 ? 1 : 0));
        int moved = mode.large() ? -1 : 0x2222;
        String what = mode + " flush " + java.util.Arrays.toString(flush) + (global ? " G" : "")
                + (enabled ? " PGE" : "") + (write ? " written" : "");
        assertEquals(dropped ? moved : 0x1111, bench.after.gpr[Cpu.ESP], what);
    }
}
