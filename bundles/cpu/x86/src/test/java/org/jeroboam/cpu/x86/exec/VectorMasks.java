package org.jeroboam.cpu.x86.exec;

import java.util.List;
import java.util.regex.Pattern;
import org.jeroboam.cpu.x86.EFlags;

/** What the 80286's vectors say that does not hold for a P6 processor, each with its reason. */
final class VectorMasks {
    /** Bits 12 to 15 are forced to 0 by the 286's real mode; later processors keep IOPL and NT. */
    static final int FLAGS_OF_286 = 0x0FFF;

    /**
     * The 286's IP wraps to 0 behind an instruction that ends at FFFFh; later ones raise #GP at the next fetch, after
     * the HLT.
     */
    static final int IP = 0xFFFF;

    private static final int SZP = EFlags.SF | EFlags.ZF | EFlags.PF;

    /** Flags that an instruction form leaves undefined. */
    private record Undefined(String forms, int flags, String reason) {
        boolean covers(String op) {
            return op.matches(forms);
        }
    }

    private static final List<Undefined> UNDEFINED = List.of(
            new Undefined("(0[89A-D]|2[0-5]|3[0-5]|8[45]|A[89]|8[0-3]\\.[146]|F[67]\\.[01])", EFlags.AF, "AF of logic"),
            new Undefined("[CD][0-3]\\.[4-7]", EFlags.AF, "AF of shifts"),
            new Undefined("(C[01]|D[23])\\.[0-7]", EFlags.OF, "OF of shifts and rotates by more than 1"),
            new Undefined("(C0|D2)\\.[4-7]", EFlags.CF, "CF of byte shifts by more than 8"),
            new Undefined("F[67]\\.[45]", SZP | EFlags.AF, "flags of products but CF and OF"),
            new Undefined("(69|6B)", SZP | EFlags.AF, "flags of products but CF and OF"),
            new Undefined("F[67]\\.[67]", EFlags.STATUS, "all flags of divisions"),
            new Undefined("(27|2F)", EFlags.OF, "OF of DAA and DAS"),
            new Undefined("(37|3F)", SZP | EFlags.OF, "flags of AAA and AAS but AF and CF"),
            new Undefined("(D4|D5)", EFlags.OF | EFlags.AF | EFlags.CF, "OF, AF and CF of AAM and AAD"));

    /** Vectors that do not apply: both patterns must match. */
    private record Skipped(Pattern forms, Pattern names, String reason) {
        Skipped(String forms, String names, String reason) {
            this(Pattern.compile(forms), Pattern.compile(names), reason);
        }

        boolean covers(Vector v) {
            return forms.matcher(v.op()).matches() && names.matcher(v.name()).matches();
        }
    }

    private static final List<Skipped> SKIPPED = List.of(new Skipped(
            ".*",
            "(?!.*lock (add|or|adc|sbb|and|sub|xor|not|neg|inc|dec|xchg) ((byte|word) )?\\[).*\\block .*",
            "LOCK is #UD on anything but a read-modify-write of memory since the 386"));

    /** Registers that an instruction which faults has changed on the 286 and not later. */
    private record Changed(String forms, List<String> registers, String reason) {
        boolean covers(Vector v, String register) {
            return v.op().matches(forms) && registers.contains(register);
        }
    }

    private static final List<Changed> CHANGED = List.of(new Changed(
            "(6[D-F]|A[4-7]|A[A-F])",
            List.of("si", "di", "cx"),
            "the 286 advances the registers of the string element that faults"));

    private VectorMasks() {}

    /** Whether a fault leaves another value in a register than on the 286. */
    static boolean changed(Vector v, String register) {
        return v.exception() >= 0 && CHANGED.stream().anyMatch(c -> c.covers(v, register));
    }

    static int undefined(Vector v) {
        int flags = 0;
        for (Undefined u : UNDEFINED) {
            if (u.covers(v.op())) {
                flags |= u.flags();
            }
        }
        return flags;
    }

    /** Why a vector does not apply, or null. */
    static String skip(Vector v) {
        if (v.length() > 10) {
            return "the 286 takes at most 10 bytes, later processors 15";
        }
        if (v.op().equals("8F") && v.exception() == GuestFault.GP) {
            return "the 286 keeps SP popped when the destination of POP faults";
        }
        for (Skipped s : SKIPPED) {
            if (s.covers(v)) {
                return s.reason();
            }
        }
        return null;
    }
}
