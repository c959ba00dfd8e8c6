package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * All four kinds of task switches, between task states of both sizes, through descriptors and gates, nested, and with
 * every fault that loading the new task can end in (Intel SDM volume 3, 7.3, tables 7-1 and 7-2).
 */
class TaskSwitchMatrixTest {
    private static final int OLD = 0x4_0000;
    private static final int NEW = 0x4_2000;
    private static final int THIRD = 0x4_4000;
    private static final int OLD_SELECTOR = 0xA0;
    private static final int NEW_SELECTOR = 0xA8;
    private static final int THIRD_SELECTOR = 0xB0;
    private static final int GATE = 0xB8;
    private static final int VECTOR = 0x50;
    private static final int NT = 0x4000;
    private static final int EIP = 0x9000;
    /** Below 64 KiB, for 16-bit task states. */
    private static final int STACK = 0xE800;

    private static final int INNER_STACK = 0xF800;

    private final SystemBench bench = new SystemBench();

    private enum Kind {
        JUMP,
        CALL,
        INTERRUPT,
        RETURN;

        boolean nests() {
            return this == CALL || this == INTERRUPT;
        }
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void task(int selector, int tss, boolean wide, boolean busy, int level, int eip) {
        int type = (wide ? 0x89 : 0x81) | (busy ? 2 : 0);
        bench.descriptor(selector, tss, wide ? 0x67 : 0x2B, type);
        for (int at = 0; at < 0x68; at += 4) {
            bench.write32(tss + at, 0);
        }
        if (wide) {
            bench.write32(tss + 4, INNER_STACK);
            bench.write32(tss + 8, SystemBench.DATA0);
            bench.write32(tss + 0x20, eip);
            bench.write32(tss + 0x24, 0x202);
            for (int i = 0; i < 8; i++) {
                bench.write32(tss + 0x28 + 4 * i, i == Cpu.ESP ? STACK : 0xB0B0_1000 | i);
            }
        } else {
            bench.write16(tss + 2, INNER_STACK);
            bench.write16(tss + 4, SystemBench.DATA0);
            bench.write16(tss + 0x0E, eip);
            bench.write16(tss + 0x10, 0x202);
            for (int i = 0; i < 8; i++) {
                bench.write16(tss + 0x12 + 2 * i, i == Cpu.ESP ? STACK : 0x1000 | i);
            }
        }
        for (int i = 0; i < 6; i++) {
            setSelector(tss, wide, i, i == Cpu.CS ? SystemBench.code(level) : SystemBench.data(level));
        }
    }

    private void setSelector(int tss, boolean wide, int register, int selector) {
        if (wide) {
            bench.write16(tss + 0x48 + 4 * register, selector);
        } else if (register < 4) {
            bench.write16(tss + 0x22 + 2 * register, selector);
        }
    }

    /** Ready for a switch at level 0: the old task runs, the new one is where the kind wants it. */
    private void prepare(Kind kind, boolean fromWide, boolean toWide, boolean gate, int level) {
        bench.reset(0);
        task(OLD_SELECTOR, OLD, fromWide, true, 0, 0);
        task(NEW_SELECTOR, NEW, toWide, kind == Kind.RETURN, level, EIP);
        bench.gate(SystemBench.GDT + GATE, NEW_SELECTOR, 0, 0x85);
        bench.gate(SystemBench.IDT + 8 * VECTOR, NEW_SELECTOR, 0, 0x85);
        bench.state.segments[Cpu.TR] =
                new SegmentState(OLD_SELECTOR, OLD, fromWide ? 0x67 : 0x2B, fromWide ? 0x8B : 0x83);
        bench.state.eflags = 0x246 | (kind == Kind.RETURN ? NT : 0);
        bench.state.dr[7] = 0x7FF;
        if (kind == Kind.RETURN) {
            bench.write16(OLD, NEW_SELECTOR);
        }
        int selector = gate ? GATE : NEW_SELECTOR;
        switch (kind) {
            case JUMP -> bench.program(0xEA, 1, 2, 3, 4, selector, 0);
            case CALL -> bench.program(0x9A, 1, 2, 3, 4, selector, 0);
            case INTERRUPT -> bench.program(0xCD, VECTOR);
            default -> bench.program(0xCF);
        }
    }

    private int length(Kind kind) {
        return kind == Kind.INTERRUPT ? 2 : kind == Kind.RETURN ? 1 : 7;
    }

    private boolean isBusy(int selector) {
        return (bench.read8(SystemBench.GDT + selector + 5) & 2) != 0;
    }

    @Test
    void everyKindBetweenTasksOfBothSizes() {
        for (Kind kind : Kind.values()) {
            for (int sizes = 0; sizes < 4; sizes++) {
                for (int gate = 0; gate < 2; gate++) {
                    for (int level = 0; level < 4; level++) {
                        boolean fromWide = (sizes & 1) != 0;
                        boolean toWide = (sizes & 2) != 0;
                        prepare(kind, fromWide, toWide, gate == 1, level);
                        bench.run(1);
                        String what =
                                kind + (fromWide ? " 32" : " 16") + (toWide ? " to 32" : " to 16") + " level " + level;
                        assertSaved(what, kind, fromWide);
                        assertLoaded(what, kind, toWide, level);
                    }
                }
            }
        }
    }

    private void assertSaved(String what, Kind kind, boolean wide) {
        int flags = 0x246; // a return clears NT in what it saves
        int eip = SystemBench.CODE + length(kind);
        if (wide) {
            assertEquals(eip, bench.read32(OLD + 0x20), what);
            assertEquals(flags, bench.read32(OLD + 0x24), what);
        } else {
            assertEquals(eip & 0xFFFF, bench.read16(OLD + 0x0E), what);
            assertEquals(flags, bench.read16(OLD + 0x10), what);
        }
        for (int i = 0; i < 8; i++) {
            int value = bench.state.gpr[i];
            int saved = wide ? bench.read32(OLD + 0x28 + 4 * i) : bench.read16(OLD + 0x12 + 2 * i);
            assertEquals(wide ? value : value & 0xFFFF, saved, what);
        }
        for (int i = 0; i < (wide ? 6 : 4); i++) {
            int saved = bench.read16(wide ? OLD + 0x48 + 4 * i : OLD + 0x22 + 2 * i);
            assertEquals(bench.state.segments[i].selector(), saved, what);
        }
        assertEquals(kind.nests(), isBusy(OLD_SELECTOR), what + ": old task busy");
        assertEquals(0, bench.read32(wide ? OLD + 0x1C : OLD + 0x2A) & 0xFFFF, what + ": CR3 or LDT of the old task");
    }

    private void assertLoaded(String what, Kind kind, boolean wide, int level) {
        assertEquals(EIP, bench.after.eip, what);
        assertEquals(0x202 | (kind.nests() ? NT : 0), bench.after.eflags, what);
        for (int i = 0; i < 8; i++) {
            int wanted = i == Cpu.ESP ? STACK : wide ? 0xB0B0_1000 | i : 0x1000 | i;
            assertEquals(wanted, wide ? bench.after.gpr[i] : bench.after.gpr[i] & 0xFFFF, what);
        }
        for (int i = 0; i < 6; i++) {
            boolean absent = !wide && i >= Cpu.FS;
            int wanted = absent ? 0 : i == Cpu.CS ? SystemBench.code(level) : SystemBench.data(level);
            assertEquals(wanted, bench.selector(i), what + ": segment " + i);
        }
        assertEquals(NEW_SELECTOR, bench.selector(Cpu.TR), what);
        assertEquals(wide ? 0x8B : 0x83, bench.after.segments[Cpu.TR].attributes() & 0xFF, what);
        assertEquals(true, isBusy(NEW_SELECTOR), what + ": new task busy");
        assertEquals(kind.nests() ? OLD_SELECTOR : 0, bench.read16(NEW), what + ": back link");
        assertEquals(8, bench.after.cr0 & 8, what + ": TS");
        assertEquals(0x6AA, bench.after.dr[7] & 0x7FF, what + ": local breakpoints");
    }

    /** A calls B, an interrupt leads from B to C; both return. */
    @Test
    void nestedTasksReturnInTurn() {
        for (int sizes = 0; sizes < 8; sizes++) {
            boolean[] wide = {(sizes & 1) != 0, (sizes & 2) != 0, (sizes & 4) != 0};
            prepare(Kind.CALL, wide[0], wide[1], false, 0);
            task(THIRD_SELECTOR, THIRD, wide[2], false, 0, EIP + 0x100);
            bench.gate(SystemBench.IDT + 8 * VECTOR, THIRD_SELECTOR, 0, 0x85);
            bench.memory.write(EIP, 4, 0xCF_0000 | VECTOR << 8 | 0xCD); // int, (skipped) , iret
            bench.memory.write(EIP + 2, 1, 0xCF);
            bench.memory.write(EIP + 0x100, 1, 0xCF);
            bench.run(2);
            assertEquals(EIP + 0x100, bench.after.eip);
            assertEquals(NEW_SELECTOR, bench.read16(THIRD));
            assertEquals(OLD_SELECTOR, bench.read16(NEW));
            assertEquals(true, isBusy(OLD_SELECTOR) && isBusy(NEW_SELECTOR) && isBusy(THIRD_SELECTOR));
            bench.core.run(1);
            bench.after = bench.core.save();
            assertEquals(EIP + 2, bench.after.eip);
            assertEquals(NT, bench.after.eflags & NT, "B is still nested");
            assertEquals(false, isBusy(THIRD_SELECTOR));
            bench.core.run(1);
            bench.after = bench.core.save();
            int next = SystemBench.CODE + 7;
            assertEquals(wide[0] ? next : next & 0xFFFF, bench.after.eip);
            assertEquals(0x246, bench.after.eflags);
            assertEquals(OLD_SELECTOR, bench.selector(Cpu.TR));
            assertEquals(false, isBusy(NEW_SELECTOR));
            assertEquals(true, isBusy(OLD_SELECTOR));
            for (int i = 0; i < 8; i++) {
                int mask = wide[0] ? -1 : 0xFFFF;
                assertEquals(bench.state.gpr[i] & mask, bench.after.gpr[i] & mask);
            }
        }
    }

    /** What is wrong with the new task. */
    @FunctionalInterface
    private interface Flaw {
        void make(boolean wide);
    }

    private record Case(String name, Flaw flaw, String outcome) {}

    private void descriptor(int attributes) {
        bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, attributes);
    }

    private Case selector(String name, int register, int attributes, int rpl, String outcome) {
        return new Case(
                name,
                wide -> {
                    descriptor(attributes);
                    setSelector(NEW, wide, register, SystemBench.TEST | rpl);
                },
                outcome);
    }

    private Case ldt(String name, int selector, int attributes, String outcome) {
        return new Case(
                name,
                wide -> {
                    bench.descriptor(SystemBench.TEST, 0, 0xFF, attributes);
                    bench.write16(NEW + (wide ? 0x60 : 0x2A), selector);
                },
                outcome);
    }

    /** The faults belong to the new task, whose registers are in place; they are served on its stack for level 0. */
    @Test
    void everyFaultInTheNewTask() {
        List<Case> cases = List.of(
                ldt("LDT in the LDT", SystemBench.TEST | 4, 0x82, "10:84"),
                ldt("LDT that is a data segment", SystemBench.TEST, 0x93, "10:80"),
                ldt("LDT that is a TSS", SystemBench.TEST, 0x89, "10:80"),
                ldt("LDT not present", SystemBench.TEST, 0x02, "10:80"),
                ldt("LDT beyond the table", 0xFFF8, 0x82, "10:fff8"),
                new Case("CS null", wide -> setSelector(NEW, wide, Cpu.CS, 3), "10:0"),
                new Case("CS beyond the table", wide -> setSelector(NEW, wide, Cpu.CS, 0xFFFB), "10:fff8"),
                selector("CS data", Cpu.CS, 0xC0F3, 3, "10:80"),
                selector("CS of another level", Cpu.CS, 0xC09B, 3, "10:80"),
                selector("CS conforming, of a lower level", Cpu.CS, 0xC0DF, 1, "10:80"),
                selector("CS a system segment", Cpu.CS, 0x89, 3, "10:80"),
                selector("CS not present", Cpu.CS, 0xC07B, 3, "11:80"),
                new Case("SS null", wide -> setSelector(NEW, wide, Cpu.SS, 0), "10:0"),
                new Case("SS beyond the table", wide -> setSelector(NEW, wide, Cpu.SS, 0xFFFB), "10:fff8"),
                selector("SS read-only", Cpu.SS, 0xC0F1, 3, "10:80"),
                selector("SS code", Cpu.SS, 0xC0FB, 3, "10:80"),
                selector("SS with another RPL", Cpu.SS, 0xC0F3, 0, "10:80"),
                selector("SS with another DPL", Cpu.SS, 0xC093, 3, "10:80"),
                selector("SS not present", Cpu.SS, 0xC073, 3, "12:80"),
                selector("DS execute-only", Cpu.DS, 0xC0F9, 3, "10:80"),
                selector("DS of an inner level", Cpu.DS, 0xC0D3, 3, "10:80"),
                selector("DS a system segment", Cpu.DS, 0x82, 3, "10:80"),
                selector("DS not present", Cpu.DS, 0xC073, 3, "11:80"),
                selector("ES not present", Cpu.ES, 0xC073, 3, "11:80"),
                new Case("ES beyond the table", wide -> setSelector(NEW, wide, Cpu.ES, 0xFFFB), "10:fff8"),
                selector("FS not present", Cpu.FS, 0xC073, 3, "11:80"),
                selector("GS execute-only", Cpu.GS, 0xC0F9, 3, "10:80"),
                new Case(
                        "EIP beyond the limit",
                        wide -> {
                            bench.descriptor(SystemBench.TEST, 0, 0x8FFF, 0x40FB);
                            setSelector(NEW, wide, Cpu.CS, SystemBench.TEST | 3);
                        },
                        "13:0"));
        for (Case c : cases) {
            for (Kind kind : Kind.values()) {
                for (int sizes = 0; sizes < 4; sizes++) {
                    boolean toWide = (sizes & 2) != 0;
                    boolean reachable = toWide || !c.name.startsWith("FS") && !c.name.startsWith("GS");
                    if (reachable) {
                        fault(c, kind, (sizes & 1) != 0, toWide);
                    }
                }
            }
        }
    }

    private void fault(Case c, Kind kind, boolean fromWide, boolean toWide) {
        prepare(kind, fromWide, toWide, false, 3);
        c.flaw.make(toWide);
        bench.run(1);
        String what = c.name + ", " + kind + (fromWide ? " 32" : " 16") + (toWide ? " to 32" : " to 16");
        assertEquals(c.outcome, bench.outcome(), what);
        int esp = bench.after.gpr[Cpu.ESP];
        assertEquals(INNER_STACK - 24, esp, what + ": stack");
        assertEquals(EIP, bench.read32(esp + 4), what + ": EIP");
        int cs = bench.read16(toWide ? NEW + 0x4C : NEW + 0x24);
        assertEquals(cs, bench.read16(esp + 8), what + ": CS");
        assertEquals(0x1_0202 | (kind.nests() ? NT : 0), bench.read32(esp + 12), what + ": flags");
        assertEquals(NEW_SELECTOR, bench.selector(Cpu.TR), what);
        assertEquals(true, isBusy(NEW_SELECTOR), what);
        assertEquals(kind.nests(), isBusy(OLD_SELECTOR), what);
        assertSaved(what, kind, fromWide);
    }

    /** Before the switch is under way, faults belong to the old task and change nothing. */
    @Test
    void everyFaultBeforeTheSwitch() {
        List<Case> cases = List.of(
                new Case("busy", wide -> bench.descriptor(NEW_SELECTOR, NEW, 0x67, wide ? 0x8B : 0x83), "busy"),
                new Case(
                        "available",
                        wide -> bench.descriptor(NEW_SELECTOR, NEW, 0x67, wide ? 0x89 : 0x81),
                        "available"),
                new Case(
                        "not present",
                        wide -> bench.memory.write(
                                SystemBench.GDT + NEW_SELECTOR + 5,
                                1,
                                bench.read8(SystemBench.GDT + NEW_SELECTOR + 5) & 0x7F),
                        "11:a8"),
                new Case(
                        "too short",
                        wide -> bench.write16(SystemBench.GDT + NEW_SELECTOR, wide ? 0x66 : 0x2A),
                        "10:a8"),
                new Case("an LDT", wide -> bench.descriptor(NEW_SELECTOR, NEW, 0x67, 0x82), "no task"),
                new Case("a segment", wide -> bench.descriptor(NEW_SELECTOR, NEW, 0x67, 0x93), "no task"));
        for (Case c : cases) {
            for (Kind kind : Kind.values()) {
                for (int sizes = 0; sizes < 4; sizes++) {
                    boolean toWide = (sizes & 2) != 0;
                    prepare(kind, (sizes & 1) != 0, toWide, false, 0);
                    c.flaw.make(toWide);
                    boolean returns = kind == Kind.RETURN;
                    String refused = returns ? "10:a8" : "13:a8";
                    String wanted =
                            switch (c.outcome) {
                                case "busy" -> returns ? "-" : refused;
                                case "available" -> returns ? refused : "-";
                                case "no task" ->
                                    kind == Kind.JUMP || kind == Kind.CALL ? segmentOutcome(c, kind) : refused;
                                default -> c.outcome;
                            };
                    bench.run(1);
                    String what = c.name + ", " + kind + " sizes " + sizes;
                    assertEquals(wanted, bench.outcome(), what);
                    if (!wanted.equals("-")) {
                        assertEquals(OLD_SELECTOR, bench.selector(Cpu.TR), what);
                        assertEquals(SystemBench.CODE, bench.read32(bench.after.gpr[Cpu.ESP] + 4), what);
                        int eip = (sizes & 1) != 0 ? bench.read32(OLD + 0x20) : bench.read16(OLD + 0x0E);
                        assertEquals(0, eip, what + ": nothing saved");
                    }
                }
            }
        }
    }

    /** A far transfer to neither code nor gate nor task. */
    private static String segmentOutcome(Case c, Kind kind) {
        return kind == Kind.JUMP || c.name.startsWith("a") ? "13:a8" : "-";
    }

    /** The T bit of the new task: a debug trap before its first instruction, through every kind of switch. */
    @Test
    void trapBitOfTheNewTask() {
        for (Kind kind : Kind.values()) {
            prepare(kind, true, true, false, 0);
            bench.write16(NEW + 0x64, 1);
            bench.run(1);
            bench.core.run(1);
            bench.after = bench.core.save();
            assertEquals(SystemBench.handler(1) + 1, bench.after.eip, kind.toString());
            assertEquals(0x8000, bench.after.dr[6] & 0xE00F);
            assertEquals(EIP, bench.read32(bench.after.gpr[Cpu.ESP]));
        }
    }
}
