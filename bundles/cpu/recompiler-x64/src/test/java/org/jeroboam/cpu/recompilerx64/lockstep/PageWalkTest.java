package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.Consumer;
import org.jeroboam.cpu.recompilerx64.LosingWalks;
import org.junit.jupiter.api.Test;

/**
 * Page walks in hot code: what they look at each time and what they note. Each guest drops the TLB in every round, and is also
 * played with a recompiler that does not look or note; it must end with something else then.
 */
class PageWalkTest {
    private static final int TIMES = 1000;
    private static final int COUNT = Guest.PRIVATE;
    private static final int ACCESSED = 0x20;
    private static final int DIRTY = 0x40;

    private static void shown(Mode mode, CoreUnderTest off, Consumer<Scene> play) {
        play(CoreUnderTest.INTERPRETER, mode, play);
        play(CoreUnderTest.chosen(), mode, play);
        if (CoreUnderTest.recompiles()) {
            assertThrows(AssertionError.class, () -> play(off, mode, play));
        }
    }

    private static void play(CoreUnderTest core, Mode mode, Consumer<Scene> play) {
        try (Scene scene = new Scene(core, mode)) {
            play.accept(scene);
        }
    }

    /** {@code mov ecx, TIMES}, the label {@code top}, and a load of CR3. */
    private static Code loop(Scene s) {
        return flush(s.code.with(TIMES, 0xB9).label("top"));
    }

    private static Code flush(Code code) {
        return code.put(0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8); // mov eax, cr3; mov cr3, eax
    }

    /** {@code dec ecx; jnz top; hlt} */
    private static Code end(Code code) {
        return code.put(0x49).near("top", 0x0F, 0x85).put(0xF4);
    }

    private static int entry(Scene s, int linear) {
        return s.guest.pageTable(false) + 4 * (linear >>> 12);
    }

    @Test
    void aPageOfTheSystemForTheUser() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutPrivilege, s -> {
            int secret = Guest.SUPERVISOR_PAGE << 12;
            s.write(secret, 5);
            s.write(COUNT, 0);
            s.code.with(Guest.USER_DATA, 0xB8).put(0x8E, 0xD8, 0x8E, 0xC0); // mov eax, n; ds, es: for both levels
            Code c = loop(s);
            c.near("read", 0xE8); // call read
            c.put(0x6A, Guest.USER_DATA)
                    .with(Guest.STACK, 0x68)
                    .with(0x3202, 0x68)
                    .put(0x6A, Guest.USER_CODE);
            c.address("user", 0x68).put(0xCF); // push user; iretd
            c.label("user").near("read", 0xE8).put(0xCD, 0x50); // call read; int 50h
            end(c.label("kernel").with(Guest.STACK, 0xBC)); // mov esp, n
            c.label("read").with(secret, 0x03, 0x1D).put(0xC3); // add ebx, [secret]; ret
            c.label("fault").with(COUNT, 0xFF, 0x05).put(0x83, 0xC4, 0x04); // inc dword [COUNT]; add esp, 4
            c.put(0x83, 0x04, 0x24, 0x06, 0xCF); // add dword [esp], 6: behind the access; iretd
            s.gate(14, "fault").gate(0x50, "kernel");
            assertEquals(5 * TIMES, s.start().finish().gpr[3]);
            assertEquals(TIMES, s.read(COUNT));
        });
    }

    @Test
    void writeProtectionOfTheSystem() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutProtection, s -> {
            int at = Guest.READ_ONLY_PAGE << 12;
            s.write(at, 0);
            s.write(COUNT, 0);
            Code c = loop(s);
            c.with(at, 0x8B, 0x15).with(at, 0xFF, 0x05); // mov edx, [at]; inc dword [at]
            flush(c.put(0xCD, 0x39)).with(at, 0xFF, 0x05); // int 39h: CR0.WP; inc dword [at]
            end(c.put(0xCD, 0x39));
            c.label("fault").with(COUNT, 0xFF, 0x05).put(0x83, 0xC4, 0x04).put(0x83, 0x04, 0x24, 0x06, 0xCF);
            s.gate(14, "fault").start().finish();
            assertEquals(TIMES, s.read(at));
            assertEquals(TIMES, s.read(COUNT));
        });
    }

    /** The system's data is read without CR0.WP, then the user writes it. */
    @Test
    void writeProtectionOfTheUser() {
        shown(Mode.PAGED_USER, LosingWalks::withoutProtection, s -> {
            int at = Guest.READ_ONLY_PAGE << 12;
            s.write(at, 3);
            s.write(COUNT, 0);
            Code c = s.code.with(TIMES, 0xB9).label("top").put(0xCD, 0x33); // int 33h: loads CR3
            c.with(at, 0x03, 0x1D).with(at, 0xFF, 0x05); // add ebx, [at]; inc dword [at]
            c.put(0x49).near("top", 0x0F, 0x85).put(0xCD, 0x50); // dec ecx; jnz top; int 50h
            c.label("fault").with(COUNT, 0xFF, 0x05).put(0x83, 0xC4, 0x04).put(0x83, 0x04, 0x24, 0x06, 0xCF);
            c.label("halt").put(0xF4);
            s.gate(14, "fault").gate(0x50, "halt").start();
            s.memory.write(entry(s, at), 1, 0x65); // dirty, from when it could be written
            assertEquals(3 * TIMES, s.finish().gpr[3]);
            assertEquals(TIMES, s.read(COUNT));
        });
    }

    @Test
    void theAccessedBitIsSetAgain() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutAccessedBits, s -> {
            bit(s, ACCESSED, 0x8B, 0x15); // mov edx, [DATA]
            assertEquals(TIMES * ACCESSED, s.start().finish().gpr[3]);
        });
    }

    @Test
    void theDirtyBitIsSetAgain() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutDirtyBits, s -> {
            bit(s, DIRTY, 0x89, 0x15); // mov [DATA], edx
            assertEquals(TIMES * DIRTY, s.start().finish().gpr[3]);
        });
    }

    @Test
    void theDirtyBitIsSetByAWriteBehindARead() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutCleanPages, s -> {
            Code c = loop(s);
            c.with(entry(s, Guest.DATA), 0x80, 0x25).put(~DIRTY & 0xFF); // and byte [entry], n
            c.with(Guest.DATA, 0x8B, 0x15).with(Guest.DATA, 0x89, 0x15); // mov edx, [DATA]; mov [DATA], edx
            c.with(entry(s, Guest.DATA), 0xA1).put(0x83, 0xE0, DIRTY, 0x01, 0xC3); // eax = [entry] & n; ebx += eax
            end(c);
            assertEquals(TIMES * DIRTY, s.start().finish().gpr[3]);
        });
    }

    @Test
    void theAccessedBitOfTheDirectoryIsSetAgain() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutDirectoryBits, s -> {
            // The page that the processor sees while the tables are changed: one more of the same.
            int spare = s.guest.directory(false) + 4;
            Code c = loop(s);
            c.with(spare, 0x80, 0x25).put(~ACCESSED & 0xFF); // and byte [spare], n
            c.with(0x40_0000 + Guest.DATA, 0x8B, 0x15); // mov edx, [..]
            c.with(spare, 0xA1).put(0x83, 0xE0, ACCESSED, 0x01, 0xC3); // eax = [spare] & n; ebx += eax
            end(c);
            s.memory.write(spare, 4, s.guest.pageTable(false) | 7);
            assertEquals(TIMES * ACCESSED, s.start().finish().gpr[3]);
        });
    }

    @Test
    void tablesThatCannotBeWritten() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutLookAtTables, s -> {
            Code c = loop(s);
            c.with(Guest.DATA, 0x8B, 0x15); // mov edx, [DATA]
            end(c);
            s.memory.setReadOnly(s.guest.pageTable(false) >> 12, true);
            s.start().finish();
            assertEquals(0, s.memory.read(entry(s, Guest.DATA), 1) & ACCESSED);
        });
    }

    /** Clears a bit of the entry of {@link Guest#DATA}, accesses that and adds up the bit. */
    private static void bit(Scene s, int bit, int... access) {
        Code c = loop(s);
        c.with(entry(s, Guest.DATA), 0x80, 0x25).put(~bit & 0xFF); // and byte [entry], n
        c.with(Guest.DATA, access);
        c.with(entry(s, Guest.DATA), 0xA1).put(0x83, 0xE0, bit, 0x01, 0xC3); // eax = [entry] & n; ebx += eax
        end(c);
    }

    @Test
    void aFlushDropsWhatWasEntered() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutList, s -> {
            int page = 0x3_1000;
            s.memory.write(s.guest.physical(page), 4, 1);
            s.memory.write(s.guest.secondPhysical(page), 4, 1000);
            Code c = loop(s);
            c.put(0xCD, 0x34).with(page, 0x03, 0x1D); // int 34h: the other tables; add ebx, [page]
            end(c);
            assertEquals(TIMES / 2 * 1001, s.start().finish().gpr[3]);
        });
    }

    @Test
    void oneInvlpgDropsAllOfALargePage() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutLargePages, PageWalkTest::large);
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutPieces, PageWalkTest::large);
    }

    /** A page of 4 MiB is read at two places, becomes another one, and one INVLPG tells of it. */
    private static void large(Scene s) {
        int directory = s.guest.directory(false) + 4;
        int table = s.guest.pageTable(true); // of no use else: all its pages lie elsewhere
        int other = Guest.KERNEL_STACK + 0x2000;
        for (int page = 0; page < 0x100; page++) {
            s.memory.write(table + 4L * page, 4, other | 0x67);
        }
        s.memory.write(Guest.VARS + 0x810, 4, 1);
        s.memory.write(other + 0x810, 4, 1000);
        s.memory.write(directory, 4, 0xE3); // 4 MiB from 0 on
        int large = 0x40_0000;
        Code c = loop(s);
        c.with(20, 0xBA).label("pad").put(0x4A).shortly("pad", 0x75); // mov edx, 20; dec edx; jnz: long enough
        c.with(Guest.VARS + 0x800, 0xA1).with(Guest.VARS + 0x1800, 0xA1); // both pages are known, and not as large ones
        c.with(TIMES / 2, 0x81, 0xF9).near("on", 0x0F, 0x87); // cmp ecx, n; ja: until all is hot
        c.with(large + Guest.VARS + 0x810, 0x03, 0x1D).with(large + Guest.VARS + 0x1810, 0xA1); // add ebx, [..]
        c.with(directory, 0xC7, 0x05).dword(table | 0x67); // mov dword [directory], n
        c.with(large + Guest.VARS + 0x1000, 0x0F, 0x01, 0x3D); // invlpg
        c.with(large + Guest.VARS + 0x810, 0x03, 0x1D)
                .with(directory, 0xC7, 0x05)
                .dword(0xE3);
        end(c.label("on"));
        s.state.cr4 |= 0x10; // PSE
        assertEquals(TIMES / 2 * 1001, s.start().finish().gpr[3]);
    }

    @Test
    void invlpgDropsAPageForBothLevels() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutClearing, s -> {
            int page = 0x3_1000;
            s.write(page, 1);
            s.write(page + 0x1000, 1000);
            int[] entries = {s.memory.read(entry(s, page), 4), s.memory.read(entry(s, page + 0x1000), 4)};
            s.code.with(Guest.USER_DATA, 0xB8).put(0x8E, 0xD8, 0x8E, 0xC0); // mov eax, n; ds, es: for both levels
            Code c = s.code.with(TIMES, 0xB9).label("top");
            c.with(20, 0xBA).label("pad").put(0x4A).shortly("pad", 0x75); // mov edx, 20; dec edx; jnz
            c.with(entry(s, page), 0x81, 0x35).dword(entries[0] ^ entries[1]); // xor dword [entry], n
            c.with(page + 0x10, 0x0F, 0x01, 0x3D); // invlpg
            c.with(page, 0x03, 0x1D).with(page, 0xFF, 0x05); // add ebx, [page]; inc dword [page]
            c.put(0x6A, Guest.USER_DATA).with(Guest.STACK, 0x68).with(0x3202, 0x68);
            c.put(0x6A, Guest.USER_CODE).address("user", 0x68).put(0xCF); // push user; iretd
            c.label("user").with(page, 0x03, 0x1D).put(0xCD, 0x50); // add ebx, [page]; int 50h
            end(c.label("kernel").with(Guest.STACK, 0xBC)); // mov esp, n
            s.gate(0x50, "kernel");
            int expected = 0;
            int[] values = {1, 1000};
            for (int i = 0; i < TIMES; i++) {
                expected += 2 * values[i + 1 & 1]++ + 1;
            }
            assertEquals(expected, s.start().finish().gpr[3]);
        });
    }

    @Test
    void invlpgOfAPageWithCode() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutUnlinking, s -> {
            int page = Guest.TWO_FACED;
            int[] entries = {s.memory.read(entry(s, page), 4), 0};
            entries[1] = entries[0] & 0xFFF | (int) s.guest.secondPhysical(page);
            Code c = s.code.with(TIMES, 0xB9).label("top");
            c.with(20, 0xBA).label("pad").put(0x4A).shortly("pad", 0x75); // mov edx, 20; dec edx; jnz
            c.with(entry(s, page), 0x81, 0x35).dword(entries[0] ^ entries[1]); // xor dword [entry], n
            c.with(page + 0x10, 0x0F, 0x01, 0x3D); // invlpg
            c.put(0x31, 0xC0).near("there", 0xE8); // xor eax, eax; call there
            end(c.put(0x01, 0xC3)).fillTo(page).label("there"); // add ebx, eax
            s.start();
            s.memory.write(s.guest.physical(page), 4, 0xC3_9005_04); // add al, 5; nop; ret
            s.memory.write(s.guest.secondPhysical(page), 4, 0xC3_9009_04); // add al, 9; nop; ret
            assertEquals(TIMES / 2 * 14, s.finish().gpr[3]);
        });
    }

    @Test
    void invlpgOfAPageOfADevice() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutDevices, s -> {
            int page = 0x3_1000;
            s.write(page, 0x4000_0000);
            int[] entries = {s.memory.read(entry(s, page), 4), 0};
            entries[1] = entries[0] & 0xFFF | 0x13_0000; // nothing is there
            Code c = s.code.with(TIMES, 0xB9).label("top");
            c.with(20, 0xBA).label("pad").put(0x4A).shortly("pad", 0x75); // mov edx, 20; dec edx; jnz
            c.with(entry(s, page), 0x81, 0x35).dword(entries[0] ^ entries[1]); // xor dword [entry], n
            c.with(page, 0x0F, 0x01, 0x3D); // invlpg
            end(c.with(page, 0x03, 0x1D)); // add ebx, [page]
            assertEquals((int) (TIMES / 2 * 0x4000_0000L - TIMES / 2), s.start().finish().gpr[3]);
        });
    }

    @Test
    void aWatchedPageStaysWatched() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutConditions, s -> {
            Code c = loop(s);
            c.with(TIMES / 2, 0x81, 0xF9).shortly("on", 0x75); // cmp ecx, n; jne
            c.with(0x400 | 0xD << 20 | 8, 0xB8).put(0x0F, 0x23, 0xF8).label("on"); // mov eax, n; mov dr7, eax
            c.with(Guest.DATA, 0x89, 0x0D).put(0x90); // mov [DATA], ecx; nop
            end(c);
            c.label("hit").put(0x43, 0xCF); // inc ebx; iretd
            s.gate(1, "hit");
            s.state.dr[1] = Guest.DATA;
            assertEquals(TIMES / 2, s.start().finish().gpr[3]);
        });
    }

    @Test
    void theGateA20MovesUnderPaging() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutConditions, s -> {
            int at = 0x10_6800;
            s.memory.write(at, 4, 1);
            s.memory.write(at - 0x10_0000, 4, 1000);
            Code c = loop(s);
            c.put(0x88, 0xC8, 0xE6, Pins.A20).with(at, 0x03, 0x1D); // mov al, cl; out A20, al; add ebx, [at]
            end(c);
            assertEquals(TIMES / 2 + TIMES / 2 * 1000, s.start().finish().gpr[3]);
        });
    }

    @Test
    void theDirtyLogSeesEveryFirstStore() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutForgetting, s -> {
            flush(s.code.label("top")).with(Guest.DATA, 0x89, 0x1D); // mov [DATA], ebx
            s.code.with(200, 0xBA).label("pad").put(0x4A).shortly("pad", 0x75).near("top", 0xE9); // dec edx; jnz; jmp
            int round = 2 + 1 + 1 + 2 * 200 + 1;
            s.start();
            s.core.run(
                    100 * round + 200); // ends, and begins again, among the pads: not with what the interpreter stores
            s.memory.setDirtyLog(true);
            for (int i = 0; i < 5; i++) {
                s.core.run(2 * round);
                assertEquals(
                        "{" + (s.guest.physical(Guest.DATA) >> 12) + "}",
                        s.memory.takeDirty().toString());
            }
        });
    }

    /** The page is written before it has any code, then it has, then it is written again. */
    @Test
    void aPageBecomesCode() {
        shown(Mode.PAGED_KERNEL, LosingWalks::withoutForgetting, s -> {
            int routine = Guest.WRITTEN;
            Code c = s.code.with(200, 0xB9).label("warm");
            flush(c).with(routine + 0x800, 0x89, 0x0D); // mov [..], ecx
            c.put(0x49).near("warm", 0x0F, 0x85); // dec ecx; jnz warm
            c.with(TIMES, 0xB9).label("top");
            c.put(0x31, 0xC0).with(routine, 0xBA).put(0xFF, 0xD2, 0x01, 0xC3); // eax = 0; call routine; ebx += eax
            flush(c).with(routine + 1, 0xFE, 0x05); // inc byte [routine + 1]
            end(c);
            s.start();
            s.memory.write(s.guest.physical(routine), 4, 0xC3_9000_04); // add al, 0; nop; ret
            int expected = 0;
            for (int i = 0; i < TIMES; i++) {
                expected += i & 0xFF;
            }
            assertEquals(expected, s.finish().gpr[3]);
        });
    }

    /** More pages than a list of those that were entered takes. */
    @Test
    void moreThanAListTakes() {
        int expected = manyPages(CoreUnderTest.INTERPRETER);
        assertEquals(expected, manyPages(CoreUnderTest.chosen()));
        if (CoreUnderTest.recompiles()) {
            assertNotEquals(expected, manyPages(LosingWalks::withoutList));
        }
    }

    /** Reads all memory by sixteen large pages, and one page by as many tables, in turn. */
    private static int manyPages(CoreUnderTest core) {
        try (Scene s = new Scene(core, Mode.PAGED_KERNEL)) {
            int large = 0x40_0000;
            int table = s.guest.pageTable(true);
            for (int page = 0; page < 0x110; page++) {
                s.memory.write(table + 4L * page, 4, Guest.KERNEL_STACK + 0x2000 | 0x67);
            }
            s.write(Guest.KERNEL_STACK + 0x2810, 0x1234_5678);
            Code c = flush(s.code.with(10, 0xB9).label("top")).with(large, 0xBE).label("page"); // mov ecx, n; esi, n
            c.with(0x810, 0x03, 0x9E).with(0x1000, 0x81, 0xC6); // add ebx, [esi + n]; add esi, n
            c.put(0x89, 0xF0).with(large - 1, 0x25).with(Guest.RAM, 0x3D); // mov eax, esi; and eax, n; cmp eax, n
            c.near("page", 0x0F, 0x82)
                    .with(-large, 0x81, 0xE6)
                    .with(large, 0x81, 0xC6); // jb page; and esi, n; add esi, n
            c.with(17 * large, 0x81, 0xFE).near("page", 0x0F, 0x82); // cmp esi, n; jb page
            for (int i = 1; i <= 16; i++) {
                s.memory.write(s.guest.directory(false) + 4L * i, 4, 0xE3);
                c.with(s.guest.directory(false) + 4 * i, 0x81, 0x35).dword(0xE3 ^ (table | 0x67)); // xor dword [...], n
            }
            end(c);
            s.state.cr4 |= 0x10; // PSE
            return s.start().finish().gpr[3];
        }
    }

    /** Tables where there is no memory, in a device, in ROM, and entries that lead nowhere. */
    @Test
    void hostileTables() {
        int[] directories = {
            -1,
            0x10_FFF7 + 0x1000,
            0xFFFF_F007,
            Guest.DEVICE | 0x67,
            Guest.ROM | 0x67,
            0x7FFF_F067,
            0xE3,
            0x40_00E3,
            0x80_20E3,
            0xFFC0_00E3
        };
        for (int value : directories) {
            int[] sums = new int[2];
            for (int i = 0; i < 2; i++) {
                try (Scene s =
                        new Scene(i == 0 ? CoreUnderTest.INTERPRETER : CoreUnderTest.chosen(), Mode.PAGED_KERNEL)) {
                    Code c = loop(s);
                    c.with(0x40_0000, 0xBE).label("page"); // mov esi, n
                    c.put(0x03, 0x1E, 0x89, 0x0E).label("next"); // add ebx, [esi]; mov [esi], ecx
                    c.with(0x1F_4004, 0x81, 0xC6).with(0x80_0000, 0x81, 0xFE).near("page", 0x0F, 0x82); // esi += n; jb
                    end(c);
                    c.label("fault").put(0x58, 0x81, 0xC3).dword(0x1_0001); // pop eax; add ebx, n
                    c.put(0x83, 0x04, 0x24, 0x02, 0xCF); // add dword [esp], 2: behind the access; iretd
                    s.gate(14, "fault");
                    s.state.cr4 |= 0x10; // PSE
                    s.start();
                    s.memory.write(s.guest.directory(false) + 4, 4, value);
                    sums[i] = s.finish().gpr[3];
                }
            }
            assertEquals(sums[0], sums[1], () -> Integer.toHexString(value));
        }
    }
}
