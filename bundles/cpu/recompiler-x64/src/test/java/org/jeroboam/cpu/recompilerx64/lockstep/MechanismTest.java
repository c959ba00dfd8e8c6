package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jeroboam.cpu.recompilerx64.LosingRecompilers;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.junit.jupiter.api.Test;

/**
 * What keeps a core that remembers code and translations right, one mechanism at a time, in loops that are hot. Each
 * guest is also played with a core from which the mechanism was taken away; it then ends with something else, which
 * shows that the test would notice.
 */
class MechanismTest {
    private static final int TIMES = 2000;
    private static final int SUM = TIMES * (TIMES + 1) / 2;
    private static final int COUNT = Guest.PRIVATE;

    private static void scene(Mode mode, Consumer<Scene> play) {
        scene(CoreUnderTest.chosen(), mode, play);
    }

    private static void scene(CoreUnderTest core, Mode mode, Consumer<Scene> play) {
        try (Scene scene = new Scene(core, mode)) {
            play.accept(scene);
        }
    }

    /** The same with a core that lacks the mechanism. */
    private static void shownBy(Mode mode, UnaryOperator<CoreUnderTest> off, Consumer<Scene> play) {
        scene(mode, play);
        assertThrows(AssertionError.class, () -> scene(off.apply(CoreUnderTest.chosen()), mode, play));
    }

    /** The same with a recompiler that lacks the mechanism, where there is a recompiler. */
    private static void shownByRecompiler(Mode mode, CoreUnderTest off, Consumer<Scene> play) {
        scene(mode, play);
        if (CoreUnderTest.recompiles()) {
            assertThrows(AssertionError.class, () -> scene(off, mode, play));
        }
    }

    /** Plays with all mechanisms, then without one: the second must not go well. */
    private static void shown(Mode mode, Consumer<Scene> off, Consumer<Scene> play) {
        scene(mode, play);
        assertThrows(
                AssertionError.class,
                () -> scene(mode, s -> {
                    off.accept(s);
                    play.accept(s);
                }));
    }

    private static final Consumer<Scene> NOBODY_IS_TOLD = s -> s.memory.silent = true;

    /** {@code mov ecx, TIMES} and the label {@code top}. */
    private static Code loop(Scene s) {
        return s.code.with(TIMES, 0xB9).label("top");
    }

    /** {@code dec ecx; jnz top; hlt} */
    private static void end(Code code) {
        code.put(0x49).near("top", 0x0F, 0x85).put(0xF4);
    }

    @Test
    void aStoreIntoTheRunningLoop() {
        shown(Mode.FLAT, NOBODY_IS_TOLD, s -> {
            Code c = loop(s);
            c.label("slot").with(1, 0xB8).put(0x01, 0xC3); // mov eax, 1; add ebx, eax
            c.address("slot", 0x8D, 0x15).put(0xFF, 0x42, 0x01); // lea edx, [slot]; inc dword [edx+1]
            end(c);
            assertEquals(SUM, s.start().finish().gpr[3]);
        });
    }

    @Test
    void aStoreIntoTheNextInstruction() {
        shown(Mode.PAGED_KERNEL, NOBODY_IS_TOLD, s -> {
            Code c = loop(s);
            c.address("slot", 0x8D, 0x15).put(0x89, 0x4A, 0x01); // lea edx, [slot]; mov [edx+1], ecx
            c.label("slot").with(0, 0xB8).put(0x01, 0xC3); // mov eax, 0; add ebx, eax
            end(c);
            assertEquals(SUM, s.start().finish().gpr[3]);
        });
    }

    @Test
    void aStoreByARepeatedInstruction() {
        shown(Mode.PAGED_USER, NOBODY_IS_TOLD, s -> {
            s.write(Guest.DATA, 0);
            Code c = s.code.with(TIMES, 0xBD).label("top"); // mov ebp, TIMES
            c.with(Guest.DATA, 0x89, 0x2D); // mov [DATA], ebp
            c.with(Guest.DATA, 0xBE).address("slot", 0xBF).put(0x47).with(4, 0xB9); // esi, edi + 1, ecx
            c.put(0xF3, 0xA4); // rep movsb
            c.label("slot").with(0, 0xB8).put(0x01, 0xC3);
            c.put(0x4D).near("top", 0x0F, 0x85).put(0xCD, 0x50); // dec ebp; jnz; int 50h
            c.label("halt").put(0xF4);
            s.gate(0x50, "halt");
            assertEquals(SUM, s.start().finish().gpr[3]);
        });
    }

    @Test
    void codeAcrossAPageWhoseSecondHalfChanges() {
        Consumer<Scene> play = s -> {
            Code c = loop(s);
            c.near("slot", 0xE9).fillTo(Guest.CODE + 0x1000 - 2);
            c.label("slot").with(1, 0xB8).put(0x01, 0xC3); // its immediate begins with the last byte of the page
            c.with(Guest.CODE + 0x1000, 0xFE, 0x05); // inc byte: the second byte of the immediate
            end(c);
            long expected = 0;
            for (int i = 0; i < TIMES; i++) {
                expected += 1 | (i & 0xFF) << 8;
            }
            assertEquals((int) expected, s.start().finish().gpr[3]);
        };
        shown(Mode.PAGED_KERNEL, NOBODY_IS_TOLD, play);
        shownByRecompiler(Mode.PAGED_KERNEL, LosingRecompilers::withoutTails, play);
    }

    @Test
    void aBranchAcrossAPageWhoseTargetChanges() {
        shownByRecompiler(Mode.PAGED_USER, LosingRecompilers::withoutTails, s -> {
            Code c = s.code.with(TIMES, 0xB9).label("top").near("slot", 0xE9);
            c.label("one").put(0x43).near("join", 0xE9).fillTo(Guest.CODE + 10 + 0x100); // inc ebx
            c.put(0x43, 0x43); // where the jump leads with another second byte
            c.label("join").with(Guest.CODE + 0x1000, 0x66, 0x83, 0x35).put(1); // xor word, 1
            c.put(0x49).near("top", 0x0F, 0x85).put(0xCD, 0x50); // dec ecx; jnz; int 50h
            c.label("halt").put(0xF4).fillTo(Guest.CODE + 0x1000 - 2);
            c.label("slot").near("one", 0xE9);
            s.gate(0x50, "halt");
            assertEquals(TIMES / 2 * 3, s.start().finish().gpr[3]);
        });
    }

    @Test
    void codeAcrossAPageWhoseSecondPageIsMappedElsewhere() {
        CoreUnderTest off = (bus, model) -> LosingRecompilers.withoutPageEnd(bus, model, Guest.TWO_FACED - 1, 0xB0, 17);
        shownByRecompiler(Mode.PAGED_KERNEL, off, s -> {
            int page = Guest.TWO_FACED;
            // The page before ends with the first byte of "mov al, n"; n is another one under the other tables.
            Code c = s.code.with(TIMES, 0xBE).label("top").with(0, 0xB8);
            c.near("far", 0xE8).put(0x01, 0xC3).put(0xCD, 0x34); // call; add ebx, eax; int 34h: the other tables
            c.put(0x4E).near("top", 0x0F, 0x85).put(0xF4).fillTo(page - 1);
            c.label("far").put(0xB0);
            s.start();
            s.memory.write(s.guest.physical(page) + 1, 1, 0xC3);
            s.memory.write(s.guest.secondPhysical(page) + 1, 1, 0xC3);
            s.memory.write(s.guest.physical(page), 1, 17);
            s.memory.write(s.guest.secondPhysical(page), 1, 33);
            assertEquals(TIMES / 2 * 50, s.finish().gpr[3]);
        });
    }

    @Test
    void aStoreThroughAnotherLinearAddress() {
        shown(Mode.PAGED_KERNEL, NOBODY_IS_TOLD, s -> {
            Code c = loop(s);
            c.label("slot").with(1, 0xB8).put(0x01, 0xC3);
            c.with(s.code.of("slot") + 1 + Guest.ALIAS, 0xFF, 0x05); // inc dword
            end(c);
            assertEquals(SUM, s.start().finish().gpr[3]);
        });
    }

    @Test
    void codeExecutedAtTwoLinearAddresses() {
        shown(Mode.PAGED_KERNEL, NOBODY_IS_TOLD, s -> {
            Code c = loop(s);
            c.near("slot", 0xE8); // call slot
            c.address("slot", 0xBA).with(Guest.ALIAS, 0x81, 0xC2); // mov edx, slot; add edx, ALIAS
            c.put(0xFF, 0xD2); // call edx
            c.address("slot", 0x8D, 0x15).put(0xFF, 0x42, 0x01); // inc dword [slot+1]
            end(c);
            c.label("slot").with(1, 0xB8).put(0x01, 0xC3, 0xC3); // mov eax, n; add ebx, eax; ret
            assertEquals(2 * SUM, s.start().finish().gpr[3]);
        });
    }

    @Test
    void aBusMasterWritesCode() {
        shown(Mode.PAGED_USER, NOBODY_IS_TOLD, s -> {
            Code c = s.code.label("top");
            c.label("slot").with(1, 0xB8).put(0x01, 0xC3).near("top", 0xE9); // mov eax, 1; add ebx, eax; jmp top
            s.start();
            long slot = s.guest.physical(c.of("slot") + 1);
            int expected = 0;
            for (int value = 1; value < 20; value++) {
                s.core.run(3 * 500);
                expected += 500 * value;
                s.memory.write(slot, 1, value + 1);
            }
            assertEquals(expected, s.core.save().gpr[3]);
        });
    }

    @Test
    void aBusMasterWritesCodeDuringAPortAccess() {
        shown(Mode.FLAT, NOBODY_IS_TOLD, s -> {
            Code c = loop(s);
            c.put(0x88, 0xC8, 0xE6, Pins.DMA); // mov al, cl; out DMA, al
            c.label("slot").with(0, 0xB8).put(0x31, 0xC3); // mov eax, n; xor ebx, eax
            end(c);
            s.pins.setSlots(new long[] {s.guest.physical(c.of("slot") + 1)});
            int expected = 0;
            for (int i = TIMES; i > 0; i--) {
                expected ^= (i & 0xFF) * 0x9E37_79B1;
            }
            assertEquals(expected, s.start().finish().gpr[3]);
        });
    }

    @Test
    void aFaultWithinAReadModifyWrite() {
        shownByRecompiler(
                Mode.PAGED_KERNEL,
                LosingRecompilers::withoutFlagsAtFaults,
                s -> modify(s, (Guest.ABSENT_PAGE << 12) + 8));
    }

    @Test
    void aFaultWithinAReadModifyWriteOfTwoPages() {
        scene(Mode.PAGED_KERNEL, s -> modify(s, (Guest.ABSENT_PAGE << 12) - 2));
    }

    /** The page goes away every now and then; a sum would count double what was done twice. */
    private static void modify(Scene s, int at) {
        s.write(at, 0);
        s.write(Guest.DATA, 0);
        Code c = loop(s);
        withdraw(c);
        c.put(0x39, 0xC9); // cmp ecx, ecx: CF 0
        c.put(0xF9).with(at, 0x11, 0x0D); // stc; adc [at], ecx
        c.with(Guest.DATA, 0x83, 0x15).put(0); // adc dword [DATA], 0: no carry comes out
        c.with(at, 0x87, 0x15).put(0x01, 0xD3).with(at, 0x87, 0x15); // xchg edx; add ebx, edx; xchg back
        c.with(at, 0x29, 0x1D).with(at, 0x01, 0x1D); // sub [at], ebx; add [at], ebx
        end(c);
        s.start().finish();
        assertEquals(SUM + TIMES, s.read(at));
        assertEquals(0, s.read(Guest.DATA));
    }

    /** Takes {@link Guest#ABSENT_PAGE} away when 32 divides ECX; hot code goes on behind, not in the middle of a block. */
    private static void withdraw(Code c) {
        c.put(0xF6, 0xC1, 0x1F).shortly("on", 0x75); // test cl, 31; jnz
        c.put(0xCD, 0x32).shortly("on", 0xEB).label("on"); // int 32h; jmp
    }

    @Test
    void aFaultWithinAPushAndAPop() {
        shownByRecompiler(
                Mode.PAGED_USER, LosingRecompilers::withoutStackAtFaults, s -> push(s, (Guest.ABSENT_PAGE << 12) + 32));
    }

    @Test
    void aFaultWithinAPushAndAPopOfTwoPages() {
        scene(Mode.PAGED_USER, s -> push(s, (Guest.ABSENT_PAGE << 12) + 2));
    }

    private static void push(Scene s, int stack) {
        Code c = loop(s);
        withdraw(c);
        c.with(stack, 0xBC).put(0x51, 0x58, 0x01, 0xC3); // mov esp, n; push ecx; pop eax; add ebx, eax
        c.put(0x51).put(0x01, 0x0C, 0x24, 0x8F, 0xC2); // push ecx; add [esp], ecx; pop edx
        c.put(0x01, 0xD3, 0x01, 0xE3); // add ebx, edx; add ebx, esp
        c.with(Guest.STACK, 0xBC).put(0x49).near("top", 0x0F, 0x85).put(0xCD, 0x50);
        c.label("halt").put(0xF4);
        s.gate(0x50, "halt");
        assertEquals(3 * SUM + TIMES * stack, s.start().finish().gpr[3]);
    }

    @Test
    void aFaultWithinARepeatedCopy() {
        shownByRecompiler(
                Mode.PAGED_USER, LosingRecompilers::withoutCountAtFaults, s -> copy(s, (Guest.ABSENT_PAGE << 12) + 32));
    }

    @Test
    void aFaultInTheMiddleOfARepeatedCopy() {
        scene(Mode.PAGED_USER, s -> copy(s, (Guest.ABSENT_PAGE << 12) - 32));
    }

    private static void copy(Scene s, int to) {
        Code c = loop(s);
        withdraw(c);
        c.put(0x89, 0xCD); // mov ebp, ecx
        c.with(Guest.DATA + 0xFC0, 0xBE).with(to, 0xBF).with(16, 0xB9).put(0xF3, 0xA5); // rep movsd
        c.put(0x01, 0xF3, 0x01, 0xFB, 0x01, 0xCB); // add ebx, esi; edi; ecx
        c.put(0x89, 0xE9, 0x49)
                .near("top", 0x0F, 0x85)
                .put(0xCD, 0x50)
                .label("halt")
                .put(0xF4); // mov ecx, ebp
        s.gate(0x50, "halt");
        assertEquals(TIMES * (Guest.DATA + 0xFC0 + to + 128), s.start().finish().gpr[3]);
        for (int i = 0; i < 64; i += 4) {
            assertEquals(s.read(Guest.DATA + 0xFC0 + i), s.read(to + i));
        }
    }

    @Test
    void singleStepsInAHotLoop() {
        shownBy(Mode.PAGED_USER, LosingCores::withoutTrapFlag, s -> {
            s.write(COUNT, 0);
            Code c = loop(s);
            c.put(0x01, 0xCB); // add ebx, ecx
            c.put(0xF6, 0xC1, 0x3F).shortly("on", 0x75); // test cl, 63; jnz
            c.put(0x9C, 0x80, 0x74, 0x24, 0x01, 0x01, 0x9D); // pushfd; xor byte [esp+1], 1; popfd: TF
            c.label("on").put(0x49).near("top", 0x0F, 0x85).put(0xCD, 0x50);
            c.label("step").with(COUNT, 0xFF, 0x05).put(0xCF); // inc dword [COUNT]; iretd
            c.label("halt").put(0xF4);
            s.gate(1, "step").gate(0x50, "halt");
            assertEquals(SUM, s.start().finish().gpr[3]);
            assertEquals(steps(), s.read(COUNT));
        });
    }

    /** Instructions executed with TF set at their beginning. */
    private static int steps() {
        boolean trap = false;
        int steps = 0;
        for (int i = TIMES; i > 0; i--) {
            boolean switches = (i & 63) == 0;
            steps += trap ? switches ? 8 : 5 : 0; // all of the round, POPFD and what clears TF too
            if (switches) {
                steps += trap ? -2 : 2; // DEC and JNZ behind the switch belong to the new state
                trap = !trap;
            }
        }
        return steps; // INT ends without a trap
    }

    @Test
    void theGuestsBreakpointsInHotCode() {
        shownBy(Mode.PAGED_USER, LosingCores::withoutDebugRegisters, s -> {
            s.write(COUNT, 0);
            s.write(COUNT + 4, 0);
            Code c = loop(s);
            c.put(0x01, 0xCB); // add ebx, ecx
            c.put(0xF7, 0xC1).dword(0xFF).shortly("on", 0x75); // test ecx, 255; jnz
            c.put(0xCD, 0x51); // int 51h: switches the breakpoints
            c.label("on").with(Guest.DATA, 0x89, 0x0D); // mov [DATA], ecx
            c.put(0x90).label("here").put(0x90, 0x49).near("top", 0x0F, 0x85).put(0xCD, 0x50);
            c.label("hit").put(0x50, 0x0F, 0x21, 0xF0); // push eax; mov eax, dr6
            c.put(0xA8, 1).shortly("data", 0x74); // test al, 1; jz
            c.with(COUNT, 0xFF, 0x05).label("data"); // inc dword [COUNT]
            c.put(0xA8, 2).shortly("out", 0x74).with(COUNT + 4, 0xFF, 0x05).label("out");
            c.put(0x31, 0xC0, 0x0F, 0x23, 0xF0, 0x58); // xor eax, eax; mov dr6, eax; pop eax
            c.put(0x81, 0x4C, 0x24, 0x08).dword(0x1_0000).put(0xCF); // or dword [esp+8], RF; iretd
            c.label("switch").put(0x50, 0x0F, 0x21, 0xF8).put(0x35).dword(0xA).put(0x0F, 0x23, 0xF8, 0x58, 0xCF);
            c.label("halt").put(0xF4);
            s.gate(1, "hit").gate(0x50, "halt").gate(0x51, "switch");
            s.state.dr[0] = c.of("here");
            s.state.dr[1] = Guest.DATA;
            s.state.dr[7] = 0x400 | 0xD << 20;
            assertEquals(SUM, s.start().finish().gpr[3]);
            int on = 0;
            boolean armed = false;
            for (int i = TIMES; i > 0; i--) {
                armed ^= (i & 0xFF) == 0;
                on += armed ? 1 : 0;
            }
            assertEquals(on, s.read(COUNT), "before the instruction");
            assertEquals(on, s.read(COUNT + 4), "after the store");
        });
    }

    @Test
    void aDebuggersBreakpointsInHotCode() {
        shownBy(Mode.PAGED_KERNEL, LosingCores::withoutDebugger, s -> {
            Code c = s.code.label("top").put(0x43); // inc ebx
            c.label("store").with(Guest.DATA, 0x89, 0x1D); // mov [DATA], ebx
            c.label("last").near("top", 0xE9);
            s.start();
            s.core.run(3 * TIMES);
            Breakpoint execute = new Breakpoint(Breakpoint.Kind.EXECUTE, c.of("store"), 1);
            s.core.setBreakpoints(List.of(execute));
            assertEquals(1, s.core.run(1000));
            assertEquals(ExitReason.DEBUG, s.core.exitReason());
            assertEquals(execute, s.core.breakpointHit());
            assertEquals(c.of("store"), s.core.save().eip);
            assertEquals(0, s.core.run(1000), "also as the first instruction of a run");
            Breakpoint write = new Breakpoint(Breakpoint.Kind.WRITE, Guest.DATA + 3, 1);
            s.core.setBreakpoints(List.of(write));
            assertEquals(1, s.core.run(1000));
            assertEquals(write, s.core.breakpointHit());
            assertEquals(c.of("last"), s.core.save().eip);
            s.core.setBreakpoints(List.of());
            assertEquals(1000, s.core.run(1000));
            assertEquals(ExitReason.BUDGET, s.core.exitReason());
        });
    }

    @Test
    void theGateA20MovesInAHotLoop() {
        shownBy(Mode.FLAT, LosingCores::withoutA20, s -> {
            int at = 0x10_6800;
            s.write(at, 1);
            s.write(at - 0x10_0000, 1000);
            Code c = loop(s);
            c.put(0x88, 0xC8, 0xE6, Pins.A20); // mov al, cl; out A20, al
            c.with(at, 0x03, 0x1D); // add ebx, [at]
            end(c);
            assertEquals(TIMES / 2 + TIMES / 2 * 1000, s.start().finish().gpr[3]);
        });
    }

    @Test
    void theGateA20MovesUnderCode() {
        shownBy(Mode.PAGED_KERNEL, LosingCores::withoutA20, s -> {
            Code c = loop(s);
            c.put(0x88, 0xC8, 0xE6, Pins.A20, 0x31, 0xC0); // mov al, cl; out A20, al; xor eax, eax
            c.with(Guest.HIGH, 0xBA).put(0xFF, 0xD2, 0x01, 0xC3); // mov edx, HIGH; call edx; add ebx, eax
            end(c);
            s.start();
            s.memory.write(Guest.HIGH, 4, 0xC3_9005_04); // add al, 5; nop; ret
            s.memory.write(Guest.HIGH - 0x10_0000, 4, 0xC3_9009_04); // add al, 9; nop; ret
            assertEquals(TIMES / 2 * 5 + TIMES / 2 * 9, s.finish().gpr[3]);
        });
    }

    @Test
    void shadowRamOpensUnderHotCode() {
        shown(Mode.PAGED_KERNEL, NOBODY_IS_TOLD, s -> {
            Code c = s.code.label("top").with(0, 0xB8).with(Guest.WRITTEN, 0xBA); // mov eax, 0; mov edx, WRITTEN
            c.put(0xFF, 0xD2, 0x01, 0xC3).near("top", 0xE9); // call edx; add ebx, eax; jmp top
            s.start();
            long at = s.guest.physical(Guest.WRITTEN);
            s.memory.write(at, 4, 0xC3_9005_04); // add al, 5; nop; ret
            s.memory.secondBank().set(ValueLayout.JAVA_INT, at, 0xC3_9009_04);
            int expected = 0;
            for (int round = 0; round < 20; round++) {
                s.memory.setShadowed((int) (at >> 12), round % 2 == 1);
                s.core.run(8 * 300);
                expected += 300 * (round % 2 == 1 ? 9 : 5);
            }
            assertEquals(expected, s.core.save().gpr[3]);
        });
    }

    /** Reads from one bank, writes to the other, in one instruction. */
    @Test
    void shadowRamOpensUnderHotData() {
        shown(Mode.FLAT, NOBODY_IS_TOLD, s -> {
            Code c = s.code.label("top").with(Guest.DATA, 0x83, 0x05).put(1).near("top", 0xE9); // add dword [DATA], 1
            s.start();
            long at = s.guest.physical(Guest.DATA);
            s.memory.secondBank().set(ValueLayout.JAVA_INT, at, 7000);
            s.write(Guest.DATA, 0);
            s.core.run(2 * 500);
            assertEquals(500, s.read(Guest.DATA));
            s.memory.setShadowed((int) (at >> 12), true);
            s.core.run(2 * 500);
            s.memory.setShadowed((int) (at >> 12), false);
            assertEquals(7001, s.read(Guest.DATA));
            s.memory.setReadOnly((int) (at >> 12), true);
            s.core.run(2 * 500);
            assertEquals(7001, s.read(Guest.DATA));
        });
    }

    @Test
    void theDirtyLogSeesEveryFirstStore() {
        shown(Mode.FLAT, NOBODY_IS_TOLD, s -> {
            Code c = s.code.label("top").with(Guest.DATA, 0x89, 0x1D).near("top", 0xE9); // mov [DATA], ebx
            s.start();
            s.core.run(TIMES);
            s.memory.setDirtyLog(true);
            for (int i = 0; i < 5; i++) {
                s.core.run(TIMES);
                assertEquals("{48}", s.memory.takeDirty().toString());
            }
        });
    }

    @Test
    void pagingGoesOffAndOnUnderHotCode() {
        shownByRecompiler(Mode.PAGED_KERNEL, LosingRecompilers::withoutPages, s -> {
            Code c = loop(s);
            c.put(0xCD, 0x3D); // int 3Dh: CR0.PG
            c.label("slot").with(5, 0xB8).put(0x01, 0xC3); // mov eax, n; add ebx, eax
            end(c);
            s.start();
            s.memory.write(c.of("slot") + 1, 1, 9); // where the address leads without paging
            assertEquals(TIMES / 2 * 5 + TIMES / 2 * 9, s.finish().gpr[3]);
        });
    }

    @Test
    void pagesAreExchangedUnderHotAccesses() {
        CoreUnderTest off = (bus, model) -> LosingRecompilers.withoutFlush(bus, model, 0x3_1000);
        shownByRecompiler(Mode.PAE_KERNEL, off, s -> {
            s.write(0x3_1000, 1);
            s.write(0x3_2000, 1000);
            Code c = loop(s);
            c.put(0xCD, 0x31)
                    .with(0x3_1000, 0x03, 0x1D)
                    .with(0x3_1000, 0x83, 0x05)
                    .put(1); // add ebx, [..]; add [..], 1
            end(c);
            int expected = 0;
            int[] values = {1, 1000};
            for (int i = 0; i < TIMES; i++) {
                expected += values[i + 1 & 1]++;
            }
            assertEquals(expected, s.start().finish().gpr[3]);
        });
    }

    /** The same code at level 0, where the page may be read, and at level 3, where it may not. */
    @Test
    void aPageOfTheSystemInCodeOfBothLevels() {
        CoreUnderTest off = (bus, model) -> LosingRecompilers.withoutFlush(bus, model, Guest.SUPERVISOR_PAGE << 12);
        shownByRecompiler(Mode.PAGED_KERNEL, off, s -> {
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
            c.label("kernel").with(Guest.STACK, 0xBC); // mov esp, n
            end(c);
            c.label("read").with(20, 0xBA).label("pad").put(0x4A).shortly("pad", 0x75); // mov edx, 20; dec edx; jnz
            c.with(secret, 0x03, 0x1D).put(0xC3); // add ebx, [secret]; ret
            c.label("fault").with(COUNT, 0xFF, 0x05).put(0x83, 0xC4, 0x04); // inc dword [COUNT]; add esp, 4
            c.put(0x83, 0x04, 0x24, 0x06, 0xCF); // add dword [esp], 6: behind the access; iretd
            s.gate(14, "fault").gate(0x50, "kernel");
            assertEquals(5 * TIMES, s.start().finish().gpr[3]);
            assertEquals(TIMES, s.read(COUNT));
        });
    }

    @Test
    void writeProtectionOfTheSystemInHotCode() {
        CoreUnderTest off = (bus, model) -> LosingRecompilers.withoutFlush(bus, model, Guest.READ_ONLY_PAGE << 12);
        shownByRecompiler(Mode.PAGED_KERNEL, off, s -> {
            int at = Guest.READ_ONLY_PAGE << 12;
            s.write(at, 0);
            s.write(COUNT, 0);
            Code c = loop(s);
            c.with(at, 0xFF, 0x05).put(0xCD, 0x39); // inc dword [at]; int 39h: CR0.WP
            end(c);
            c.label("fault").with(COUNT, 0xFF, 0x05).put(0x83, 0xC4, 0x04).put(0x83, 0x04, 0x24, 0x06, 0xCF);
            s.gate(14, "fault");
            s.start().finish();
            assertEquals(TIMES / 2, s.read(at));
            assertEquals(TIMES / 2, s.read(COUNT));
        });
    }

    @Test
    void anInterruptIsTakenWithinAFewInstructionsOfAHotLoop() {
        shownBy(Mode.PAGED_KERNEL, LosingCores::withoutInterrupts, s -> {
            Code c = s.code.label("top").put(0x43).near("top", 0xE9); // inc ebx; jmp top
            c.label("interrupt").put(0x41, 0xCF); // inc ecx; iretd
            s.gate(0x20, "interrupt").start();
            for (int i = 1; i <= 50; i++) {
                s.core.run(200);
                s.pins.raise(0x20);
                s.core.run(1);
                CpuState now = s.core.save();
                assertEquals(i, now.gpr[1]);
                assertEquals(0, now.eflags & EFlags.IF);
            }
        });
    }

    @Test
    void aHostThatRefusesCodeMemoryInterprets() {
        scene(LosingRecompilers::withoutCodeMemory, Mode.PAGED_USER, s -> {
            s.write(Guest.DATA, 0);
            Code c = loop(s);
            c.with(Guest.DATA, 0x01, 0x0D); // add [DATA], ecx
            c.put(0x49).near("top", 0x0F, 0x85).put(0xCD, 0x50).label("halt").put(0xF4);
            s.gate(0x50, "halt").start().finish();
            assertEquals(SUM, s.read(Guest.DATA));
        });
    }
}
