package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.Consumer;
import org.jeroboam.cpu.recompilerx64.LosingPrivilege;
import org.junit.jupiter.api.Test;

/**
 * Changes of privilege and loads of segment registers in hot code: what they look at each time. Each guest is also played with
 * a recompiler that does not look, and must end with something else then.
 */
class PrivilegeTest {
    private static final int TIMES = 2000;
    private static final int HALF = 300;
    private static final int SELECTOR = Guest.EXTRA;
    private static final int DESCRIPTOR = Guest.GDT + Guest.EXTRA;

    private static void shown(Mode mode, CoreUnderTest off, Consumer<Scene> play) {
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

    @Test
    void aGateThatChangesUnderHotCalls() {
        shown(Mode.PAGED_USER, LosingPrivilege::withoutComparison, s -> {
            s.code.label("top").put(0xCD, 0x50).near("top", 0xE9); // int 50h; jmp top
            s.code.label("one").put(0x83, 0xC3, 1, 0xCF); // add ebx, 1; iretd
            s.code.label("hundred").put(0x83, 0xC3, 100, 0xCF);
            s.gate(0x50, "one").start();
            s.core.run(4 * HALF);
            s.gate(0x50, "hundred");
            s.core.run(4 * HALF);
            assertEquals(HALF + 100 * HALF, s.core.save().gpr[3]);
        });
    }

    @Test
    void aDescriptorThatChangesUnderHotLoads() {
        shown(Mode.PAGED_KERNEL, LosingPrivilege::withoutComparison, s -> {
            s.write(Guest.DATA, 1);
            s.write(Guest.DATA + 4, 1000);
            s.code.label("top").with(SELECTOR, 0xB8).put(0x8E, 0xE0); // mov eax, n; mov fs, eax
            s.code.with(Guest.DATA, 0x64, 0x03, 0x1D).near("top", 0xE9); // add ebx, fs:[n]; jmp top
            s.start();
            s.core.run(4 * HALF);
            s.memory.write(DESCRIPTOR + 2, 1, 4); // its base
            s.core.run(4 * HALF);
            assertEquals(HALF + 1000 * HALF, s.core.save().gpr[3]);
        });
    }

    @Test
    void aDescriptorThatIsTakenAwayUnderHotLoads() {
        shown(Mode.PAGED_KERNEL, LosingPrivilege::withoutComparison, s -> {
            s.code.label("top").with(SELECTOR, 0xB8).put(0x8E, 0xE8).near("top", 0xE9); // mov eax, n; mov gs, eax
            s.code.label("absent").put(0x43, 0x58, 0x58, 0x58, 0x58); // inc ebx; pop eax, four times
            s.code.near("top", 0xE9);
            s.gate(11, "absent").start();
            s.core.run(3 * HALF);
            s.memory.write(DESCRIPTOR + 5, 1, 0x73); // not present
            s.core.run(8 * HALF);
            assertEquals(HALF, s.core.save().gpr[3]);
        });
    }

    @Test
    void aReturnToTheUserDropsTheSystemsSegments() {
        shown(Mode.PAGED_KERNEL, LosingPrivilege::withoutDrop, s -> {
            s.code.with(Guest.USER_DATA, 0xB8).put(0x8E, 0xD8, 0x8E, 0xC0); // mov eax, n; ds, es: for both levels
            s.code.with(TIMES, 0xB9).label("top"); // mov ecx, n
            s.code.with(Guest.FLAT_DATA, 0xB8).put(0x8E, 0xE0); // mov eax, n; mov fs, eax
            s.code.put(0x6A, Guest.USER_DATA).with(Guest.STACK, 0x68).put(0x9C, 0x6A, Guest.USER_CODE);
            s.code.address("user", 0x68).put(0xCF); // iretd
            s.code.label("user").put(0x8C, 0xE2, 0x01, 0xD3, 0xCD, 0x50); // mov edx, fs; add ebx, edx; int 50h
            s.code.label("kernel")
                    .with(Guest.STACK, 0xBC)
                    .put(0x49)
                    .near("top", 0x0F, 0x85)
                    .put(0xF4);
            s.gate(0x50, "kernel");
            assertEquals(0, s.start().finish().gpr[3]);
        });
    }

    @Test
    void esIsASegmentOfItsOwnForAMoment() {
        shown(Mode.PAGED_KERNEL, LosingPrivilege::withoutFlatData, s -> {
            s.write(Guest.DATA, 1);
            s.write(Guest.DATA + 4, 1000);
            s.code.label("top").with(SELECTOR, 0xB8).put(0x8E, 0xC0); // mov eax, n; mov es, eax
            s.code.with(Guest.DATA, 0x26, 0x03, 0x1D); // add ebx, es:[n]
            s.code.with(Guest.FLAT_DATA, 0xB8).put(0x8E, 0xC0).near("top", 0xE9);
            s.start();
            s.core.run(6 * HALF);
            s.memory.write(DESCRIPTOR + 2, 1, 4);
            s.core.run(6 * HALF);
            assertEquals(HALF + 1000 * HALF, s.core.save().gpr[3]);
        });
    }

    @Test
    void iretAsTheEndOfATask() {
        shown(Mode.PAGED_KERNEL, LosingPrivilege::withoutLookAtFlags, s -> {
            s.code.with(TIMES, 0xB9).label("top");
            s.code.put(0x9C, 0x80, 0x4C, 0x24, 1, 0x40, 0x9D); // pushf; or byte [esp+1], 40h: NT; popf
            s.code.put(0xEB, 0); // jmp: generated code is entered again
            s.code.put(0x9C, 0x0E).address("next", 0x68).put(0xCF); // pushf; push cs; push next; iretd
            s.code.label("next").put(0x49).near("top", 0x0F, 0x85).put(0xF4); // dec ecx; jnz top; hlt
            s.code.label("fault").put(0x43, 0x83, 0xC4, 0x10).near("next", 0xE9); // inc ebx; add esp, 16; jmp next
            s.gate(10, "fault");
            assertEquals(TIMES, s.start().finish().gpr[3]);
        });
    }

    /** The error code, CR2 and the instruction to come back to, from level 3 and for each kind of access. */
    @Test
    void pageFaultsOfHotCode() {
        play(CoreUnderTest.chosen(), Mode.PAGED_USER, s -> {
            int absent = Guest.ABSENT_PAGE << 12;
            int readOnly = (Guest.READ_ONLY_PAGE << 12) + 8;
            s.code.with(TIMES, 0xB9).label("top");
            s.code.with(absent + 4, 0xA1); // mov eax, [absent+4]
            s.code.with(readOnly, 0xFF, 0x05); // inc dword [readOnly]
            s.code.put(0x49).near("top", 0x0F, 0x85).put(0xCD, 0x50); // dec ecx; jnz top; int 50h
            s.code.label("fault")
                    .put(0x5A, 0x01, 0xD3, 0x0F, 0x20, 0xD2, 0x01, 0xD6); // pop edx; add ebx, edx; esi += cr2
            s.code.with(s.code.of("top") + 5, 0x81, 0x3C, 0x24).shortly("second", 0x74); // cmp dword [esp], n; je
            s.code.with(s.code.of("top") + 5, 0xC7, 0x04, 0x24).put(0xCF); // mov dword [esp], n; iretd
            s.code.label("second").with(s.code.of("top") + 11, 0xC7, 0x04, 0x24).put(0xCF);
            s.code.label("halt").put(0xF4);
            s.gate(14, "fault").gate(0x50, "halt");
            var end = s.start().finish();
            assertEquals(TIMES * (4 + 7), end.gpr[3]);
            assertEquals(TIMES * (absent + 4 + readOnly), end.gpr[6]);
        });
    }
}
