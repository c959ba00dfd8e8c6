package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.jeroboam.cpu.x86.Op.*;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.Trait;

/** Blocks of x87, MMX and SSE instructions: any of them, or loads, arithmetic and stores as compilers write them. */
final class FloatingItems {
    /** Makes an instruction of one of some forms. */
    @FunctionalInterface
    interface Maker {
        void form(List<Forms.Form> forms);
    }

    private static final Set<Op> LOADS = EnumSet.of(FLD, FILD);
    private static final Set<Op> ARITHMETIC = EnumSet.of(
            FADD, FSUB, FSUBR, FMUL, FDIV, FDIVR, FIADD, FISUB, FISUBR, FIMUL, FIDIV, FIDIVR, FSQRT, FCHS, FABS,
            FRNDINT, FXCH, FSCALE, FCMOVCC);
    private static final Set<Op> COMPARE = EnumSet.of(FCOM, FUCOM, FICOM, FCOMI, FUCOMI, FTST, FXAM);
    private static final Set<Op> STORES = EnumSet.of(FSTP, FISTP);
    private static final Set<Op> POPS =
            EnumSet.of(FADDP, FSUBP, FSUBRP, FMULP, FDIVP, FDIVRP, FCOMP, FUCOMP, FCOMIP, FUCOMIP);

    private static final Set<Op> VECTOR_LOADS = EnumSet.of(
            MOVUPS, MOVAPS, MOVSS, MOVSD, MOVUPD, MOVAPD, MOVDQA, MOVDQU, MOVLPS, MOVHPS, MOVLPD, MOVHPD, MOVQ, MOVD);

    private final SplittableRandom r;
    private final Guest guest;
    private final Emitter out;
    private final Maker maker;
    private final List<Forms.Form> x87 = new ArrayList<>();
    private final List<Forms.Form> mmx = new ArrayList<>();
    private final List<Forms.Form> sse = new ArrayList<>();

    FloatingItems(SplittableRandom r, Guest guest, Emitter out, Maker maker) {
        this.r = r;
        this.guest = guest;
        this.out = out;
        this.maker = maker;
    }

    /** Takes a form if it is one of these; answers whether. */
    boolean take(Forms.Form form) {
        Op op = form.op();
        List<Forms.Form> list = op.has(Trait.FPU)
                ? x87
                : op.has(Trait.MMX) ? mmx : op.has(Trait.SSE) || op.has(Trait.SSE2) ? sse : null;
        if (list != null) {
            list.add(form);
        }
        return list != null;
    }

    /** What programs do before they compute: an empty stack, a control word. */
    void prepare() {
        if (r.nextInt(2) == 0) {
            out.put(0xDB, 0xE3).add(); // fninit
        }
        if (r.nextInt(3) == 0) {
            int at = Guest.CONTROL_WORDS + 2 * r.nextInt(Guest.CONTROLS) - guest.base(Guest.DS);
            out.put(0xD9, guest.mode.code32 ? 0x2D : 0x2E).natural(at).add(); // fldcw
        }
        if (r.nextInt(3) == 0) {
            int at = Guest.MXCSR_WORDS + 4 * r.nextInt(Guest.CONTROLS) - guest.base(Guest.DS);
            out.put(0x0F, 0xAE, guest.mode.code32 ? 0x15 : 0x16).natural(at).add(); // ldmxcsr
        }
    }

    void block() {
        switch (r.nextInt(7)) {
            case 6 -> image();
            case 0 -> any(x87);
            case 1 -> any(mmx);
            case 2 -> any(sse);
            case 3, 4 -> stack();
            default -> vectors();
        }
    }

    private void any(List<Forms.Form> forms) {
        for (int i = r.nextInt(6); i >= 0; i--) {
            maker.form(forms);
        }
        if (forms == mmx && r.nextBoolean()) {
            out.put(0x0F, 0x77).add(); // emms
        }
    }

    private static List<Forms.Form> of(List<Forms.Form> forms, Predicate<Forms.Form> which) {
        return forms.stream().filter(which).toList();
    }

    /** Loads, computes, compares, and stores as much as was loaded. */
    private void stack() {
        int depth = 1 + r.nextInt(3);
        List<Forms.Form> loads = of(x87, f -> LOADS.contains(f.op()) && f.memory());
        for (int i = 0; i < depth; i++) {
            maker.form(loads);
        }
        List<Forms.Form> arithmetic = of(x87, f -> ARITHMETIC.contains(f.op()));
        for (int i = r.nextInt(5); i >= 0; i--) {
            maker.form(arithmetic);
        }
        if (r.nextInt(3) == 0) {
            maker.form(of(x87, f -> COMPARE.contains(f.op())));
            if (r.nextBoolean()) {
                out.put(0xDF, 0xE0).add(); // fnstsw ax
                out.put(0x9E).add(); // sahf
            }
        }
        for (int i = 0; i < depth; i++) {
            boolean store = i == depth - 1 || r.nextBoolean();
            maker.form(of(x87, f -> store ? STORES.contains(f.op()) && f.memory() : POPS.contains(f.op())));
        }
    }

    /** FXSAVE, perhaps a change of the image, and mostly FXRSTOR. */
    private void image() {
        int at = Guest.DATA + r.nextInt(4) * 0x1000 + 16 * r.nextInt(0xE1) + (r.nextInt(20) == 0 ? r.nextInt(16) : 0);
        int offset = at - guest.base(Guest.DS);
        int direct = guest.mode.code32 ? 5 : 6;
        out.put(0x0F, 0xAE, direct).natural(offset).add(); // fxsave
        if (r.nextInt(3) > 0) {
            int changed = new int[] {0, 1, 2, 3, 4, 6, 7, 8, 12, 16, 20, 24, 25, 26, 32, 40, 48, 160}[r.nextInt(18)];
            out.put(0x80, 0x30 | direct)
                    .natural(offset + changed)
                    .put(r.nextInt(4) > 0 ? 1 << r.nextInt(8) : r.nextInt(256))
                    .add(); // xor byte [...], n
        }
        if (r.nextInt(4) > 0) {
            out.put(0x0F, 0xAE, 8 | direct).natural(offset).add(); // fxrstor
        }
    }

    /** Loads a few XMM registers and computes. */
    private void vectors() {
        List<Forms.Form> moves = of(sse, f -> VECTOR_LOADS.contains(f.op()) && f.memory());
        List<Forms.Form> arithmetic = of(sse, f -> f.op().has(Trait.SIMD_FP));
        for (int i = r.nextInt(4); i >= 0; i--) {
            maker.form(moves);
        }
        for (int i = r.nextInt(6); i >= 0; i--) {
            maker.form(arithmetic);
        }
        maker.form(moves);
    }
}
