package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jeroboam.cpu.x86.exec.TransferScene.How;
import org.jeroboam.cpu.x86.exec.TransferScene.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Privilege by gate by stack by fault: every kind of transfer, from every level and V86 mode, to code of every level,
 * with stacks of every shape, and with everything that can be wrong, one thing at a time and several; registers, hidden
 * parts, flags, memory and error codes are those of {@link ManualTransfers}, and a fault changes nothing.
 */
class TransferMatrixTest {
    private static final int SOME = 10_000;
    private static final int MANY = 3_000_000;
    /** The ordinary tier runs one case in so many; a prime, so that all combinations get their turn. */
    private static final int STRIDE = 37;

    /** Which part of the scene a spoiler is about, so that it is tried where it matters. */
    private enum Part {
        GATE,
        TARGET,
        TABLES,
        TASK,
        NEW_STACK,
        OLD_STACK
    }

    private record Spoiler(String name, Part part, Consumer<TransferScene> action) {}

    private record Cause(How how, int gateType) {
        boolean task() {
            return gateType == 1 || gateType == 5 || gateType == 9;
        }
    }

    private final TransferScene scene = new TransferScene();
    private final List<Spoiler> spoilers = new ArrayList<>();
    /** What came out, by cause. */
    private final Map<String, Set<String>> outcomes = new HashMap<>();

    private int stride = 1;
    private int cases;

    @AfterEach
    void close() {
        scene.close();
    }

    private void spoil(Part part, String name, Consumer<TransferScene> action) {
        spoilers.add(new Spoiler(name, part, action));
    }

    // ---- what can be wrong

    private void gates() {
        for (int i = 0; i < 4; i++) {
            int level = i;
            spoil(Part.GATE, "gate of level " + i, s -> s.gateDpl = level);
            spoil(Part.GATE, "RPL of the gate's selector " + i, s -> s.gateRpl = level);
            spoil(Part.GATE, "RPL in the gate " + i, s -> s.selector |= level);
            spoil(Part.GATE, "null selector with RPL " + i, s -> s.selector = level);
        }
        spoil(Part.GATE, "absent gate", s -> s.gatePresent = false);
        spoil(Part.GATE, "selector beyond the table", s -> s.selector = 0x1003);
        spoil(Part.GATE, "selector at the end of the table", s -> s.selector = 0xFC);
        spoil(Part.GATE, "selector of the local table", s -> s.selector = 0xC);
        spoil(Part.GATE, "selector beyond the local table", s -> s.selector = 0x104);
        spoil(Part.GATE, "no local table", s -> {
            s.selector = 0xC;
            s.ldtAttributes = 0;
        });
        for (int i : new int[] {1, 2, 5, 31, 33}) {
            spoil(Part.GATE, i + " parameters", s -> s.parameters = i);
        }
        for (int i = 0; i < 32; i++) {
            int type = i;
            spoil(Part.GATE, "type " + i, s -> s.gateType = s.gateType == 0 ? 0 : type);
        }
    }

    private void targets() {
        for (int i = 0; i < 32; i++) {
            int access = i;
            spoil(Part.TARGET, "target's access " + i, s -> s.targetAccess = access);
        }
        for (int i = 0; i < 4; i++) {
            int level = i;
            spoil(Part.TARGET, "target of level " + i, s -> s.targetDpl = level);
        }
        spoil(Part.TARGET, "absent target", s -> s.targetPresent = false);
        spoil(Part.TARGET, "limit before the entry", s -> s.targetLimit = s.entry - 1);
        spoil(Part.TARGET, "limit at the entry", s -> s.targetLimit = s.entry);
        spoil(Part.TARGET, "entry with a high half", s -> s.entry = 0x1_8765);
        spoil(Part.TARGET, "entry with a high half and room", s -> {
            s.entry = 0x1_8765;
            s.targetLimit = 0xFFFF_FFFF;
        });
    }

    private void tables() {
        spoil(Part.TABLES, "end of the interrupt table", s -> s.idtLimit = 8 * TransferScene.VECTOR + 6);
        spoil(Part.TABLES, "just enough of the interrupt table", s -> s.idtLimit = 8 * TransferScene.VECTOR + 7);
        spoil(Part.TABLES, "end of the table in the gate", s -> s.gdtLimit = TransferScene.GATE + 6);
        spoil(Part.TABLES, "end of the table in the target", s -> s.gdtLimit = TransferScene.TARGET + 6);
        spoil(Part.TABLES, "end of the table in the stack", s -> s.gdtLimit = TransferScene.INNER + 6);
        spoil(Part.TABLES, "end of the table behind the stack", s -> s.gdtLimit = TransferScene.INNER + 7);
        spoil(Part.TABLES, "no page for the descriptors", s -> s.page(SystemBench.GDT, 6));
        spoil(Part.TABLES, "no page for the interrupt table", s -> s.page(SystemBench.IDT, 6));
        spoil(Part.TABLES, "no page for the task state", s -> s.page(SystemBench.TSS, 6));
        spoil(Part.TABLES, "tables of the supervisor", s -> {
            s.page(SystemBench.GDT, 3);
            s.page(SystemBench.IDT, 3);
            s.page(SystemBench.TSS, 3);
        });
    }

    private void tasks() {
        for (int i = 0; i < 16; i++) {
            int type = i;
            spoil(Part.TASK, "task of type " + i, s -> s.taskType = type);
        }
        for (int i = 0; i < 4; i++) {
            int level = i;
            spoil(Part.TASK, "null task with RPL " + i, s -> s.selector = level);
            spoil(Part.TASK, "RPL of the task " + i, s -> s.selector |= level);
        }
        spoil(Part.TASK, "task of the local table", s -> s.selector = 0x14);
        spoil(Part.TASK, "task beyond the table", s -> s.selector = 0x1003);
        spoil(Part.TASK, "short task", s -> s.taskLimit = 0x66);
        spoil(Part.TASK, "small and short task", s -> {
            s.taskType = 1;
            s.taskLimit = 0x2A;
        });
        spoil(Part.TASK, "small task", s -> {
            s.taskType = 1;
            s.taskLimit = 0x2B;
        });
    }

    private static final int[] ROOM = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20, 23, 24, 25, 31, 32, 35, 36, 39, 40, 41, 140,
        143, 144
    };

    private void stacks() {
        int boundary = 0x4000;
        for (int i : ROOM) {
            spoil(
                    Part.NEW_STACK,
                    "new stack with " + i + " bytes",
                    s -> s.newPointer = s.newShape == Shape.DOWN32 ? 0x100 + i : i);
            spoil(
                    Part.OLD_STACK,
                    "stack with " + i + " bytes",
                    s -> s.oldPointer = s.oldShape == Shape.DOWN32 ? 0x100 + i : i);
        }
        for (int i = 1; i < 42; i++) {
            int bytes = i;
            spoil(Part.NEW_STACK, "limit of the new stack " + i, s -> s.newLimit = s.newPointer + bytes - 9);
            spoil(Part.OLD_STACK, "limit of the stack " + i, s -> s.oldLimit = s.oldPointer + bytes - 3);
        }
        for (int i = 0; i < 4; i++) {
            int bytes = i;
            spoil(Part.OLD_STACK, "alignment checked, " + i + " bytes off", s -> {
                s.alignment = true;
                s.oldPointer += bytes;
            });
            spoil(Part.NEW_STACK, "alignment checked, new stack " + i + " bytes off", s -> {
                s.alignment = true;
                s.oldPointer += bytes;
                s.newPointer += bytes;
                s.parameters = 3;
            });
        }
        for (int rights : new int[] {0, 1, 3, 5, 6}) {
            spoil(Part.NEW_STACK, "rights of the upper page " + rights, s -> {
                s.newPointer = boundary + 6;
                s.page(TransferScene.STACKS + boundary, rights);
            });
            spoil(Part.NEW_STACK, "rights of the lower page " + rights, s -> {
                s.newPointer = boundary + 6;
                s.page(TransferScene.STACKS + boundary - 1, rights);
            });
            spoil(Part.OLD_STACK, "rights of the upper page of the old stack " + rights, s -> {
                s.oldPointer = s.how.far() || s.how.interrupt() ? boundary + 6 : boundary - 6;
                s.page(TransferScene.STACKS + boundary, rights);
            });
            spoil(Part.OLD_STACK, "rights of the lower page of the old stack " + rights, s -> {
                s.oldPointer = s.how.far() || s.how.interrupt() ? boundary + 6 : boundary - 6;
                s.page(TransferScene.STACKS + boundary - 1, rights);
            });
        }
        for (int i = 0; i < 4; i++) {
            int level = i;
            spoil(Part.NEW_STACK, "null stack with RPL " + i, s -> s.newSelector = level);
            spoil(Part.NEW_STACK, "stack of level " + i, s -> s.newDpl = level);
            spoil(Part.NEW_STACK, "RPL of the stack " + i, s -> s.newSelector = s.newSelector & ~3 | level);
        }
        for (int i = 0; i < 32; i++) {
            int access = i;
            spoil(Part.NEW_STACK, "stack's access " + i, s -> s.newAccess = access);
        }
        spoil(Part.NEW_STACK, "absent stack", s -> s.newPresent = false);
        spoil(Part.NEW_STACK, "stack beyond the table", s -> s.newSelector = 0x1003);
        spoil(Part.NEW_STACK, "stack beyond the local table", s -> s.newSelector = 0x107);
        for (int i = 0; i < 32; i++) {
            int limit = i;
            spoil(Part.NEW_STACK, "task state of " + i, s -> s.tssLimit = limit);
        }
        spoil(Part.NEW_STACK, "31 parameters", s -> s.parameters = 31);
    }

    // ---- all of it

    private boolean begin(Cause cause, int source, int dpl, boolean conforming, boolean wideTss) {
        int level = Math.min(source, 3);
        boolean v86 = source == 4;
        if (v86 && !cause.how.interrupt()) {
            return false;
        }
        scene.begin(cause.how, cause.gateType, level);
        scene.v86 = v86;
        scene.wideTss = wideTss;
        scene.target(dpl, conforming);
        if (cause.task()) {
            scene.selector = SystemBench.TSS2_SELECTOR;
            scene.taskType = cause.gateType == 1 ? 1 : 9;
        }
        return true;
    }

    private static List<Cause> entering() {
        List<Cause> causes = new ArrayList<>();
        for (How how : new How[] {How.CALL, How.JUMP}) {
            for (int type : new int[] {0, 4, 12, 1, 5, 9}) {
                causes.add(new Cause(how, type));
            }
        }
        for (How how : new How[] {How.INT_N, How.EXTERNAL, How.EXCEPTION}) {
            for (int type : new int[] {5, 6, 7, 14, 15}) {
                causes.add(new Cause(how, type));
            }
        }
        return causes;
    }

    private boolean isTurn() {
        return cases++ % stride == 0;
    }

    private String run(String what) {
        String outcome = scene.compare(what);
        String kind = scene.how + " " + scene.gateType;
        outcomes.computeIfAbsent(kind, k -> new HashSet<>())
                .add(outcome.startsWith("ok") || outcome.equals("task") ? outcome : outcome.split(":", 2)[0]);
        return outcome;
    }

    /** One thing wrong at a time: a part of the table that meets every spoiler, gate and level. */
    @Test
    void callsJumpsAndInterrupts() {
        entering(STRIDE);
    }

    @Test
    @Tag("full")
    void allCallsJumpsAndInterrupts() {
        entering(1);
    }

    private void entering(int every) {
        stride = every;
        gates();
        targets();
        tables();
        tasks();
        stacks();
        for (Cause cause : entering()) {
            for (int source = 0; source < 5; source++) {
                for (int dpl = 0; dpl < 4; dpl++) {
                    for (int bits = 0; bits < 4; bits++) {
                        one(cause, source, dpl, (bits & 1) != 0, (bits & 2) != 0);
                    }
                }
            }
        }
        for (String cause : List.of("CALL 4", "CALL 12", "INT_N 6", "INT_N 14", "EXTERNAL 7", "EXCEPTION 15")) {
            assertReached(cause, "ok 0", "ok -3", "10", "12", "13", "14");
        }
        if (every == 1) {
            assertAllReached();
        }
    }

    private void assertAllReached() {
        assertReached("CALL 12", "ok 0", "ok -3", "10", "11", "12", "13", "14");
        assertReached("CALL 4", "ok 0", "ok -1", "10", "11", "12", "13", "14");
        assertReached("JUMP 12", "ok 0", "11", "13", "14");
        assertReached("CALL 0", "ok 0", "11", "12", "13", "14", "17");
        assertReached("CALL 5", "task", "10", "11", "13");
        assertReached("JUMP 9", "task", "10", "11", "13");
        for (int type : new int[] {6, 7, 14, 15}) {
            assertReached("INT_N " + type, "ok 0", "ok -2", "ok -3", "10", "11", "12", "13", "14", "17");
            assertReached("EXTERNAL " + type, "ok 0", "ok -1", "ok -3", "10", "11", "12", "13", "14");
            assertReached("EXCEPTION " + type, "ok 0", "ok -1", "ok -3", "10", "11", "12", "13", "14");
        }
    }

    private void assertReached(String cause, String... wanted) {
        for (String outcome : wanted) {
            assertTrue(outcomes.get(cause).contains(outcome), cause + " never ended in " + outcome);
        }
    }

    private void one(Cause cause, int source, int dpl, boolean conforming, boolean wideTss) {
        String what = cause + " from " + source + " to " + (conforming ? "conforming " : "") + dpl
                + (wideTss ? "" : ", 16-bit task state");
        if (!begin(cause, source, dpl, conforming, wideTss)) {
            return;
        }
        String plain = run(what);
        boolean inward = plain.startsWith("ok -");
        boolean same = plain.equals("ok 0");
        Predicate<Part> concerned = part -> switch (part) {
            case GATE, TARGET, TABLES -> true;
            case TASK -> cause.task();
            case NEW_STACK -> inward;
            case OLD_STACK -> same;
        };
        for (Shape shape : Shape.values()) {
            for (Spoiler spoiler : spoilers) {
                boolean stack = spoiler.part == Part.NEW_STACK || spoiler.part == Part.OLD_STACK;
                if (concerned.test(spoiler.part) && (stack || shape == Shape.UP32) && isTurn()) {
                    begin(cause, source, dpl, conforming, wideTss);
                    scene.shapes(shape, shape);
                    spoiler.action.accept(scene);
                    run(what + ", " + shape + ", " + spoiler.name);
                }
            }
        }
    }

    /** Returns to every level, V86 mode too, with everything that can be wrong: a part again. */
    @Test
    void returns() {
        leaving(STRIDE);
    }

    @Test
    @Tag("full")
    void allReturns() {
        leaving(1);
    }

    private void leaving(int every) {
        stride = every;
        gates();
        targets();
        tables();
        stacks();
        for (How how : new How[] {How.RETURN, How.RETURN_RELEASING, How.INTERRUPT_RETURN}) {
            for (int cpl = 0; cpl < 4; cpl++) {
                for (int to = 0; to < 4; to++) {
                    for (int bits = 0; bits < 12; bits++) {
                        leaving(how, cpl, to, (bits & 1) != 0, (bits & 2) != 0 ? 2 : 4, Shape.values()[bits >> 2]);
                    }
                }
            }
        }
        for (How how : new How[] {How.RETURN, How.RETURN_RELEASING, How.INTERRUPT_RETURN}) {
            assertReached(how + " 0", "ok 0", "ok 1", "ok 3", "11", "12", "13", "14", "17");
        }
    }

    private void beginReturn(How how, int cpl, int to, boolean conforming, int size, Shape shape) {
        scene.begin(how, 0, cpl);
        scene.size = size;
        scene.target(to, conforming);
        scene.selector = TransferScene.TARGET | to;
        scene.shapes(shape, shape);
    }

    private void leaving(How how, int cpl, int to, boolean conforming, int size, Shape shape) {
        String what =
                how + " of " + size + " from " + cpl + " to " + (conforming ? "conforming " : "") + to + ", " + shape;
        beginReturn(how, cpl, to, conforming, size, shape);
        boolean outward = run(what).startsWith("ok") && to > cpl;
        for (Spoiler spoiler : spoilers) {
            if (spoiler.part == Part.NEW_STACK && !outward || !isTurn()) {
                continue;
            }
            beginReturn(how, cpl, to, conforming, size, shape);
            spoiler.action.accept(scene);
            run(what + ", " + spoiler.name);
        }
        if (how == How.INTERRUPT_RETURN) {
            flags(what, cpl, to, conforming, size, shape);
        }
    }

    private void flags(String what, int cpl, int to, boolean conforming, int size, Shape shape) {
        int[] images = {2, 0x3F_FFFF & ~0x2_0000, 0x3F_FFFF, 0x202, 0x3000, 0x10_0202, 0x2_3202};
        for (int image : images) {
            for (int iopl = 0; iopl < 4; iopl++) {
                beginReturn(how(), cpl, to, conforming, size, shape);
                scene.eflags = iopl << 12 | 0x2;
                scene.flagsImage = image;
                run(what + ", flags " + Integer.toHexString(image) + " IOPL " + iopl);
                beginReturn(how(), cpl, to, conforming, size, shape);
                scene.eflags = 0x3C_0AD7 | iopl << 12;
                scene.flagsImage = image;
                run(what + ", flags " + Integer.toHexString(image) + " over all, IOPL " + iopl);
            }
        }
    }

    private static How how() {
        return How.INTERRUPT_RETURN;
    }

    @Test
    void someThingsWrongAtOnce() {
        several(1, SOME);
    }

    @Test
    @Tag("full")
    void manyThingsWrongAtOnce() {
        several(2, MANY);
    }

    private void several(long seed, int count) {
        gates();
        targets();
        tables();
        tasks();
        stacks();
        SplittableRandom random = new SplittableRandom(seed);
        List<Cause> causes = entering();
        How[] returns = {How.RETURN, How.RETURN_RELEASING, How.INTERRUPT_RETURN};
        for (int i = 0; i < count; i++) {
            StringBuilder what =
                    new StringBuilder("case ").append(i).append(" of seed ").append(seed);
            if (random.nextInt(4) == 0) {
                int to = random.nextInt(4);
                beginReturn(
                        returns[random.nextInt(3)],
                        random.nextInt(to + 1),
                        to,
                        random.nextBoolean(),
                        random.nextBoolean() ? 4 : 2,
                        Shape.UP32);
                scene.flagsImage = random.nextInt() & (random.nextInt(3) == 0 ? -1 : ~0x2_0000);
            } else {
                Cause cause = causes.get(random.nextInt(causes.size()));
                int source = cause.how.interrupt() ? random.nextInt(5) : random.nextInt(4);
                begin(
                        cause,
                        source,
                        random.nextInt(Math.min(source, 3) + 1),
                        random.nextInt(4) == 0,
                        random.nextBoolean());
            }
            scene.shapes(Shape.values()[random.nextInt(3)], Shape.values()[random.nextInt(3)]);
            scene.eflags = random.nextInt() & 0x3C_7CD5 | 2;
            if (scene.how == How.INTERRUPT_RETURN) {
                scene.eflags &= ~0x4000; // NT: see TaskSwitchMatrixTest
            }
            for (int n = random.nextInt(4); n > 0; n--) {
                Spoiler spoiler = spoilers.get(random.nextInt(spoilers.size()));
                spoiler.action.accept(scene);
                what.append(", ").append(spoiler.name);
            }
            run(what.append(" ").append(scene.how).toString());
        }
    }
}
