package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jeroboam.cpu.x86.EFlags;
import org.junit.jupiter.api.Test;

/**
 * Page faults at every access of every instruction that user programs have: a fault leaves registers, flags,
 * floating-point state and memory as they were, and when the page is there the instruction ends as if nothing had been.
 * The cases are those of {@link OracleTest}; no host takes part.
 */
class RestartTest {
    private static final int CASES = 60_000;
    private static final int MOST_FAULTS = 64;
    private static final int PAGE = 0x1000;
    private static final int SEQUENCES = 6;
    private static final int LONGEST = 512;

    /** Pages that are taken away before a case, by their rights: absent, or readable only. */
    private record Withdrawn(int page, int rights) {}

    private final SplittableRandom random = new SplittableRandom(3);

    @Test
    void everyInstructionCanBeRestarted() {
        List<OracleForms.Form> forms = OracleForms.all();
        OracleGenerator generator = new OracleGenerator(random);
        OracleSequences sequences = new OracleSequences(random, forms);
        int faults = 0;
        try (OracleMachine machine = new OracleMachine()) {
            for (int left = CASES; left > 0; ) {
                OracleBatch batch = new OracleBatch(random);
                while (left > 0 && batch.hasRoom(LONGEST)) {
                    if (random.nextInt(SEQUENCES) == 0) {
                        sequences.add(batch);
                    } else {
                        generator.add(batch, forms.get(left % forms.size()));
                    }
                    left--;
                }
                machine.load(batch);
                for (OracleCase c : batch.cases) {
                    faults += restart(machine, c);
                }
            }
        }
        assertTrue(faults > CASES, "only " + faults + " faults");
    }

    private int restart(OracleMachine machine, OracleCase c) {
        OracleResult undisturbed = machine.execute(c);
        if (undisturbed.trap == OracleResult.TIMED_OUT) {
            return 0;
        }
        List<Withdrawn> missing = withdraw(machine, c);
        machine.patch(c);
        OracleCase now = copy(c);
        OracleResult result = machine.run(now);
        int faults = 0;
        while (result.trap == GuestFault.PF && giveBack(machine, missing, result.cr2)) {
            assertTrue(++faults < MOST_FAULTS, () -> "faults without end: " + c);
            if (!c.sequence && c.in.rep == 0) {
                assertUnchanged(machine, c, result);
            }
            now = continued(c, result);
            result = machine.run(now);
        }
        machine.changes(result);
        missing.forEach(w -> machine.setRights(w.page, original(w.page)));
        result.eflags &= ~EFlags.RF;
        undisturbed.eflags &= ~EFlags.RF;
        OracleResult last = result;
        assertTrue(
                undisturbed.sameAs(result), () -> c + "\n   undisturbed: " + undisturbed + "\n   restarted:   " + last);
        return faults;
    }

    /** Code and data, all absent, or what is written read-only, or some of each. */
    private List<Withdrawn> withdraw(OracleMachine machine, OracleCase c) {
        List<Withdrawn> missing = new ArrayList<>();
        int kind = random.nextInt(3);
        for (OracleLayout.Region region : OracleLayout.REGIONS) {
            if (!region.isCode()) {
                for (int page = region.address(); page < region.address() + region.bytes(); page += PAGE) {
                    int rights = kind == 0 ? 0 : kind == 1 ? 1 : random.nextInt(2);
                    missing.add(new Withdrawn(page, rights));
                }
            }
        }
        if (kind != 1) {
            int first = OracleLayout.base(c.segments[Cpu.CS]) + c.eip & -PAGE;
            missing.add(new Withdrawn(first, 0));
            if (first + PAGE < OracleLayout.CODE + OracleLayout.CODE_SIZE) {
                missing.add(new Withdrawn(first + PAGE, 0));
            }
        }
        missing.forEach(w -> machine.setRights(w.page, w.rights));
        return missing;
    }

    /** The handler's work. @return false when the page was not withdrawn, so the fault is the case's own */
    private static boolean giveBack(OracleMachine machine, List<Withdrawn> missing, int address) {
        for (Withdrawn w : missing) {
            if (w.page == (address & -PAGE)) {
                machine.setRights(w.page, original(w.page));
                missing.remove(w);
                return true;
            }
        }
        return false;
    }

    private static int original(int page) {
        for (OracleLayout.Region region : OracleLayout.REGIONS) {
            int at = page - region.address();
            if (at >= 0 && at < region.bytes()) {
                return region.writable() ? 3 : 1;
            }
        }
        throw new IllegalArgumentException("no memory at " + Integer.toHexString(page));
    }

    private static void assertUnchanged(OracleMachine machine, OracleCase c, OracleResult fault) {
        boolean jumped = fault.eip != c.eip; // the fault is that of a target's fetch
        if (jumped) {
            return;
        }
        assertTrue(Arrays.equals(c.gpr, fault.gpr), () -> "registers: " + c + "\n   " + fault);
        assertEquals(c.eflags, fault.eflags & ~EFlags.RF, () -> "flags: " + c);
        if (c.fxsave != null) {
            assertTrue(sameState(c.fxsave, fault.fxsave), () -> "floating-point state: " + c + "\n   " + fault);
        }
        assertTrue(machine.unchanged(c), () -> "memory: " + c);
    }

    private static boolean sameState(byte[] a, byte[] b) {
        return Arrays.equals(a, 0, 5, b, 0, 5)
                && Arrays.equals(a, 24, 28, b, 24, 28)
                && Arrays.equals(a, 32, 288, b, 32, 288);
    }

    private static OracleCase copy(OracleCase c) {
        OracleCase copy = new OracleCase();
        copy.eip = c.eip;
        copy.eflags = c.eflags;
        System.arraycopy(c.gpr, 0, copy.gpr, 0, 8);
        System.arraycopy(c.segments, 0, copy.segments, 0, 6);
        copy.fxsave = c.fxsave;
        return copy;
    }

    /** Where a fault's handler returns to. */
    private static OracleCase continued(OracleCase c, OracleResult fault) {
        OracleCase next = copy(c);
        next.eip = fault.eip;
        next.eflags = fault.eflags;
        System.arraycopy(fault.gpr, 0, next.gpr, 0, 8);
        System.arraycopy(fault.segments, 0, next.segments, 0, 6);
        next.fxsave = fault.fxsave;
        return next;
    }
}
