package org.jeroboam.cpu.recompilerx64;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;

/** Which floating-point instructions are translated, which registers they need, and where to look whether those are loaded. */
final class FloatingNeeds {
    /**
     * The interpreter's: what processors compute differently, what shows pointers to code and data, and what is not
     * worth it.
     */
    private static final Set<Op> FOREIGN = EnumSet.of(
            Op.FBLD,
            Op.FBSTP,
            Op.FPREM,
            Op.FPREM1,
            Op.F2XM1,
            Op.FYL2X,
            Op.FYL2XP1,
            Op.FPTAN,
            Op.FPATAN,
            Op.FSIN,
            Op.FCOS,
            Op.FSINCOS,
            Op.FLDENV,
            Op.FRSTOR,
            Op.FNSTENV,
            Op.FNSAVE,
            Op.FNINIT,
            Op.FNOP_LEGACY,
            Op.FXSAVE,
            Op.FXRSTOR,
            Op.FFREEP,
            Op.MASKMOVQ,
            Op.MASKMOVDQU,
            Op.RCPPS,
            Op.RCPSS,
            Op.RSQRTPS,
            Op.RSQRTSS,
            Op.CLFLUSH);

    /** Need no registers of theirs. */
    private static final Set<Op> FREE = EnumSet.of(Op.SFENCE, Op.LFENCE, Op.MFENCE, Op.MOVNTI);

    private static final int ALL = FloatingState.X87 | FloatingState.SSE;

    private FloatingNeeds() {}

    /** Whether an instruction belongs to the floating-point units. */
    static boolean isFloating(Instruction in) {
        return in.op.has(Trait.FPU) || in.op.has(Trait.MMX) || in.op.has(Trait.SSE) || in.op.has(Trait.SSE2);
    }

    /** Whether such an instruction can be translated. */
    static boolean has(Instruction in) {
        return isFloating(in) && !FOREIGN.contains(in.op) && !(in.op.has(Trait.FPU) && isDuplicate(in));
    }

    /** Encodings that the manuals do not list; FSTP by D9 D8 even does something else. */
    private static boolean isDuplicate(Instruction in) {
        int modrm = in.opcode & 0xFF;
        if (in.op == Op.FWAIT || modrm < 0xC0) {
            return false;
        }
        return switch (in.opcode >>> 8) {
            case 1 -> modrm >= 0xD8 && modrm < 0xE0;
            case 4 -> modrm >= 0xD0 && modrm < 0xE0;
            case 5 -> modrm >= 0xC8 && modrm < 0xD0;
            case 6 -> modrm >= 0xD0 && modrm < 0xD8;
            case 7 -> modrm < 0xE0;
            default -> false;
        };
    }

    /** The registers that an instruction needs, as bits of {@link FloatingState}: X87, SSE, or both bits. */
    static int of(Instruction in) {
        if (!isFloating(in) || FREE.contains(in.op)) {
            return 0;
        }
        if (FloatingImages.has(in)) {
            return ALL;
        }
        if (in.op.has(Trait.FPU)) {
            return FloatingState.X87;
        }
        if (in.op.has(Trait.MMX)) {
            return in.usesXmm() ? FloatingState.SSE : FloatingState.X87;
        }
        boolean converts = in.op == Op.CVTPI2PS; // memory or not, it enters the MMX state
        return in.usesMmx() || converts ? ALL : FloatingState.SSE;
    }

    /**
     * Fills {@link Block#check} and {@link Block#need}: once seen as loaded, registers stay so until the region is left.
     *
     * @param blocks the entry first
     */
    static void compute(List<Block> blocks) {
        int[] needs = new int[blocks.size()];
        int all = 0;
        for (int i = 0; i < needs.length; i++) {
            for (Instruction in : blocks.get(i).instructions) {
                needs[i] |= of(in);
            }
            all |= needs[i];
        }
        if (all == 0) {
            return;
        }
        int[] known = new int[needs.length];
        Arrays.fill(known, ALL);
        known[0] = 0;
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int i = 0; i < needs.length; i++) {
                Block block = blocks.get(i);
                int behind = known[i] | needs[i];
                changed |= narrow(known, block.following, behind)
                        | narrow(known, block.taken, behind)
                        | narrow(known, block.back, 0);
            }
        }
        for (int i = 0; i < needs.length; i++) {
            blocks.get(i).held = known[i];
            ask(blocks.get(i), needs[i] & ~known[i]);
        }
    }

    private static boolean narrow(int[] known, Block to, int mask) {
        if (to == null || (known[to.order] & ~mask) == 0) {
            return false;
        }
        known[to.order] &= mask;
        return true;
    }

    private static void ask(Block block, int missing) {
        if (missing != 0) {
            block.need = bit(missing);
            int at = 0;
            while ((of(block.instructions.get(at)) & missing) == 0) {
                at++;
            }
            block.check = at;
        }
    }

    /** The bit of {@link FloatingState} for a set of registers. */
    static int bit(int registers) {
        return registers == ALL ? FloatingState.BOTH : registers;
    }

    /** Whether operand 2 is a general register, which ModRM.rm names; MOVD also has it as operand 1. */
    static boolean generalSource(Instruction in) {
        return in.op == Op.MOVD && in.kind1 == OperandKind.REG32
                || in.kind2 == OperandKind.REG32
                || in.kind2 == OperandKind.REG16
                || in.kind2 == OperandKind.REG8;
    }
}
