package org.jeroboam.cpu.recompilerx64.lockstep;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;

/** Runs a case on two cores and compares everything that can be seen, at every event and at the end. */
final class Lockstep {
    /** How often the whole memory is compared: at one in so many events, and at the end. */
    private static final int MEMORY_EVERY = 8;
    /** A guest that halts so often is not worth waking. */
    private static final int NAPS = 40;

    /**
     * Where two runs parted.
     *
     * @param from retired instructions at which they were still seen equal
     * @param at retired instructions at which they differed
     * @param text what differed
     */
    record Difference(long from, long at, String text) {}

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final CoreUnderTest reference;
    private final CoreUnderTest tested;
    private final boolean single;

    /** @param single whether the reference runs one instruction at a time */
    Lockstep(CoreUnderTest reference, CoreUnderTest tested, boolean single) {
        this.reference = reference;
        this.tested = tested;
        this.single = single;
    }

    /** What running a case came to. */
    static final class Outcome {
        Difference difference;
        /** Retired instructions. */
        long retired;
        /** How it ended. */
        ExitReason reason = ExitReason.BUDGET;
        /** What the tested core threw. */
        Throwable thrown;
    }

    /** The first difference, or null. */
    Difference run(Case c) {
        return outcome(c).difference;
    }

    Outcome outcome(Case c) {
        Outcome outcome = new Outcome();
        try (Rig a = new Rig(reference, c, single);
                Rig b = new Rig(tested, c, false)) {
            outcome.difference = run(c, a, b, outcome);
        }
        return outcome;
    }

    private Difference run(Case c, Rig a, Rig b, Outcome outcome) {
        long done = 0;
        int next = 0;
        int naps = 0;
        while (done < c.length()) {
            boolean last = next >= c.events().size();
            long goal = last
                    ? c.length()
                    : Math.min(c.length(), c.events().get(next).at());
            long from = done;
            if (goal > done) {
                long ranA = a.advance(goal - done);
                long ranB = advance(b, goal - done, outcome);
                if (ranB < 0) {
                    return new Difference(from, from, "the core threw " + outcome.thrown);
                }
                done += ranA;
                outcome.retired = done;
                outcome.reason = a.reason();
                boolean whole = next % MEMORY_EVERY == 0 || last;
                String text = compare(a, b, ranA, ranB, whole);
                if (text != null) {
                    return new Difference(from, from + Math.max(ranA, ranB), text);
                }
                if (a.reason() == ExitReason.SHUTDOWN && done < goal) {
                    break;
                }
                if (a.reason() == ExitReason.HALT && done < goal) {
                    if (++naps > NAPS) {
                        break;
                    }
                    Event wake = new Event(done, naps % 4 == 0 ? Event.Kind.NMI : Event.Kind.INTERRUPT, 0x21, 0);
                    a.happen(wake);
                    b.happen(wake);
                }
            }
            while (next < c.events().size() && c.events().get(next).at() <= done) {
                a.happen(c.events().get(next));
                b.happen(c.events().get(next));
                next++;
            }
        }
        String text = compare(a, b, 0, 0, true);
        return text == null ? null : new Difference(done, done, text);
    }

    private static long advance(Rig rig, long instructions, Outcome outcome) {
        try {
            return rig.advance(instructions);
        } catch (RuntimeException | Error e) {
            outcome.thrown = e;
            return -1;
        }
    }

    /** What differs, or null. */
    private static String compare(Rig a, Rig b, long ranA, long ranB, boolean wholeMemory) {
        List<String> found = new ArrayList<>();
        if (ranA != ranB || a.reason() != b.reason()) {
            found.add("ran " + ranA + " until " + a.reason() + " but " + ranB + " until " + b.reason());
        }
        CpuState stateA = a.core.save();
        found.addAll(StateDifference.between(stateA, b.core.save()));
        compareLogs(found, a.pins.takeLog(), b.pins.takeLog());
        if (!a.dirty().equals(b.dirty())) {
            found.add("dirty pages " + a.dirty() + " but " + b.dirty());
        }
        if (wholeMemory || !found.isEmpty()) {
            compareMemory(found, a.memory.ram(), b.memory.ram());
            if (!b.memory.isGuardIntact()) {
                found.add("a write outside the guest's memory");
            }
        }
        return found.isEmpty() ? null : String.join("\n  ", found);
    }

    private static void compareLogs(List<String> found, List<String> a, List<String> b) {
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            String one = i < a.size() ? a.get(i) : "nothing";
            String other = i < b.size() ? b.get(i) : "nothing";
            if (!one.equals(other)) {
                found.add("bus access " + i + ": " + one + " but " + other);
                return;
            }
        }
    }

    private static void compareMemory(List<String> found, MemorySegment a, MemorySegment b) {
        long at = a.mismatch(b);
        if (at >= 0) {
            long from = at & -4;
            found.add("memory at physical " + Long.toHexString(from) + ": "
                    + Integer.toHexString(a.get(INT, from)) + " but "
                    + Integer.toHexString(b.get(INT, from)));
        }
    }
}
