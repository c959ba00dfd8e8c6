package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.Consumer;
import org.jeroboam.cpu.recompilerx64.LosingReturns;
import org.junit.jupiter.api.Test;

/** Returns of hot code that the host foresees wrongly; each guest fails with a recompiler that believes the host. */
class ReturnTest {
    private static final int TIMES = 2000;

    private static void shownBy(Mode mode, CoreUnderTest off, Consumer<Scene> play) {
        scene(CoreUnderTest.chosen(), mode, play);
        if (CoreUnderTest.recompiles()) {
            assertThrows(AssertionError.class, () -> scene(off, mode, play));
        }
    }

    private static void scene(CoreUnderTest core, Mode mode, Consumer<Scene> play) {
        try (Scene scene = new Scene(core, mode)) {
            play.accept(scene);
        }
    }

    private static void end(Code c) {
        c.put(0x49).near("top", 0x0F, 0x85).put(0xF4); // dec ecx; jnz top; hlt
    }

    @Test
    void aFunctionThatReturnsElsewhere() {
        shownBy(Mode.PAGED_KERNEL, LosingReturns::withoutComparison, s -> {
            Code c = s.code.with(TIMES, 0xB9).label("top").near("f", 0xE8); // mov ecx, n; call f
            c.put(0x43).shortly("on", 0xEB); // inc ebx; jmp on
            c.label("other").put(0x83, 0xC3, 100).label("on"); // add ebx, 100
            end(c);
            c.label("f").put(0xF6, 0xC1, 1).shortly("plain", 0x74); // test cl, 1; jz plain
            c.address("other", 0xC7, 0x04, 0x24).label("plain").put(0xC3); // mov dword [esp], other; ret
            assertEquals(TIMES / 2 * 101, s.start().finish().gpr[3]);
        });
    }

    /** Deeper than the host's stack: what is not returned from is forgotten some time. */
    @Test
    void callsThatNeverReturn() {
        scene(CoreUnderTest.chosen(), Mode.PAGED_KERNEL, s -> {
            Code c = s.code.with(40, 0xBE).label("round").near("f", 0xE8); // mov esi, 40; call f
            c.put(0x01, 0xF3, 0x4E).near("round", 0x0F, 0x85).put(0xF4); // add ebx, esi; dec esi; jnz round; hlt
            c.label("f").with(TIMES, 0xB9).label("top").near("next", 0xE8);
            c.label("next").put(0x58, 0x49).near("top", 0x0F, 0x85).put(0xC3); // pop eax; dec ecx; jnz top; ret
            assertEquals(40 * 41 / 2, s.start().finish().gpr[3]);
        });
    }

    /** Calls and returns as deep as the guest's stack allows, through one recursive function. */
    @Test
    void aDeepRecursion() {
        scene(CoreUnderTest.chosen(), Mode.PAGED_KERNEL, s -> {
            Code c = s.code.with(TIMES, 0xB9).label("top").with(300, 0xB8); // mov ecx, n; mov eax, 300
            c.near("f", 0xE8);
            end(c);
            c.label("f").put(0x48).shortly("leaf", 0x74); // dec eax; jz leaf
            c.near("f", 0xE8).put(0x43).label("leaf").put(0xC3); // call f; inc ebx; ret
            assertEquals(TIMES * 299, s.start().finish().gpr[3]);
        });
    }

    /** The function behind the call changes the page tables, and so what it returns to. */
    @Test
    void aCallerThatIsMappedElsewhere() {
        shownBy(Mode.PAGED_KERNEL, LosingReturns::withoutDrop, s -> {
            int page = Guest.TWO_FACED;
            Code c = s.code.with(TIMES, 0xBE).label("top").with(page, 0xB8).put(0xFF, 0xD0); // mov esi, n; call page
            c.put(0x4E).near("top", 0x0F, 0x85).put(0xF4); // dec esi; jnz top; hlt
            c.label("tables").put(0xCD, 0x34, 0xC3); // int 34h: the other tables; ret
            s.start();
            Code f = new Code(page).with(c.of("tables") - (page + 5), 0xE8); // call tables
            put(s, s.guest.physical(page), f.put(0x01, 0xF3, 0xC3)); // add ebx, esi; ret
            f = new Code(page).with(c.of("tables") - (page + 5), 0xE8);
            put(s, s.guest.secondPhysical(page), f.put(0x29, 0xF3, 0xC3)); // sub ebx, esi; ret
            assertEquals(-TIMES / 2, s.finish().gpr[3]);
        });
    }

    private static void put(Scene s, long physical, Code code) {
        byte[] bytes = code.bytes();
        for (int i = 0; i < bytes.length; i++) {
            s.memory.write(physical + i, 1, bytes[i]);
        }
    }

    /** The system leaves a return over; the user returns to the same place, which is the user's then. */
    @Test
    void aReturnToTheSystemsCode() {
        shownBy(Mode.PAGED_USER, LosingReturns::withoutLevels, s -> {
            Code c = s.code.with(TIMES, 0xB9).label("top").put(0xCD, 0x50); // mov ecx, n; int 50h
            c.address("inner", 0x68).put(0xC3).label("next"); // push inner; ret
            c.put(0x49).near("top", 0x0F, 0x85).put(0xCD, 0x51); // dec ecx; jnz top; int 51h
            c.label("system").near("inner", 0xE8).label("inner").put(0xFA); // call inner; cli: not at level 3
            c.put(0x8C, 0xCA, 0xF6, 0xC2, 3).near("next", 0x0F, 0x85); // mov edx, cs; test dl, 3; jnz next
            c.put(0x83, 0xC4, 4, 0xCF); // add esp, 4; iretd
            c.label("fault")
                    .put(0x43, 0x83, 0xC4, 4)
                    .address("next", 0xC7, 0x04, 0x24)
                    .put(0xCF);
            c.label("halt").put(0xF4);
            s.gate(0x50, "system").gate(0x51, "halt").gate(13, "fault");
            assertEquals(TIMES, s.start().finish().gpr[3]);
        });
    }
}
