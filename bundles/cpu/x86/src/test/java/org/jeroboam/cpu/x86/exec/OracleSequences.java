package org.jeroboam.cpu.x86.exec;

import static org.jeroboam.cpu.x86.Op.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.cpu.x86.decode.Decoder;
import org.jeroboam.hardware.cpu.CpuModel;

/**
 * Makes cases of many instructions, for all that one alone does not show: joined instructions, flags that stay lazy,
 * stores that are read back, floating-point exceptions that the next instruction reports. Integer, x87, MMX and SSE
 * instructions with forward jumps; EBP and ESP point to memory and stay. What reads
 * an undefined flag is not taken, and which flags are undefined is known at every place.
 */
final class OracleSequences {
    private static final int LONGEST = 24;
    private static final int JUMP = 4;

    private static final Set<Op> OPS = EnumSet.of(
            ADD, ADC, SUB, SBB, CMP, AND, OR, XOR, TEST, INC, DEC, NOT, NEG, IMUL2, IMUL3, MUL, IMUL1, ROL, ROR, RCL,
            RCR, SHL, SHR, SAR, SHLD, SHRD, BT, BTS, BTR, BTC, BSF, BSR, BSWAP, XADD, CMPXCHG, MOV, XCHG, MOVSX, MOVZX,
            LEA, CBW, CWD, LAHF, SAHF, SALC, CMOVCC, SETCC, CMC, CLC, STC, CLD, STD, NOP, PUSH, POP, JCC, JMP, DAA, DAS,
            AAA, AAS, AAD);

    /** Forms that are joined with a neighbour come more often. */
    private static final Set<Op> FREQUENT = EnumSet.of(CMP, TEST, JCC, PUSH, POP, SUB, ADD, DEC, AND, INC, MOV);

    /** What is only nearly equal, or not when it faults, would spoil all that follows. */
    private static final Set<Op> NOT_EXACT = EnumSet.of(
            F2XM1,
            FYL2X,
            FYL2XP1,
            FPTAN,
            FPATAN,
            FSIN,
            FCOS,
            FSINCOS,
            RCPPS,
            RCPSS,
            RSQRTPS,
            RSQRTSS,
            FCOMI,
            FCOMIP,
            FUCOMI,
            FUCOMIP,
            FXSAVE,
            FXRSTOR,
            FNSAVE,
            FRSTOR,
            FNSTENV,
            FLDENV,
            MASKMOVQ,
            MASKMOVDQU,
            CVTPI2PS,
            CVTPI2PD,
            CVTPS2PI,
            CVTTPS2PI,
            CVTPD2PI,
            CVTTPD2PI,
            LDMXCSR);

    private final SplittableRandom r;
    private final List<OracleForms.Form> floating = new ArrayList<>();
    private final List<OracleForms.Form> forms = new ArrayList<>();
    private final Decoder decoder = new Decoder(CpuModel.PM.features());
    private final Instruction in = new Instruction();
    private final byte[] bytes = new byte[32];
    private int length;
    private int depth;

    OracleSequences(SplittableRandom r, List<OracleForms.Form> all) {
        this.r = r;
        for (OracleForms.Form form : all) {
            if (isFloating(form.op()) && !NOT_EXACT.contains(form.op())) {
                floating.add(form);
            }
            boolean narrowCodes = form.op() == BSWAP && form.prefix() == 0x66;
            if (OPS.contains(form.op()) && form.prefix() != 0xF2 && form.prefix() != 0xF3 && !narrowCodes) {
                forms.add(form);
                for (int i = 0; i < 6 && FREQUENT.contains(form.op()) && form.prefix() < 0; i++) {
                    forms.add(form);
                }
            }
        }
    }

    private static boolean isFloating(Op op) {
        return op.has(Trait.FPU) || op.has(Trait.MMX) || op.has(Trait.SSE) || op.has(Trait.SSE2);
    }

    private record Piece(byte[] code, int jump) {}

    /** Adds a case to a batch that has room. */
    void add(OracleBatch batch) {
        OracleCase c = new OracleCase();
        c.sequence = true;
        c.code32 = true;
        boolean flat = r.nextInt(4) > 0;
        int data = flat ? OracleLayout.USER_DATA : OracleLayout.DATA32.selector();
        Arrays.fill(c.segments, data);
        c.segments[Cpu.CS] = flat || r.nextBoolean() ? OracleLayout.USER_CODE : OracleLayout.CODE32.selector();
        for (int i = 0; i < 8; i++) {
            c.gpr[i] = OracleValues.word(r);
        }
        int base = OracleLayout.base(data);
        c.gpr[Cpu.ESP] = OracleLayout.STACK + 0x800 + 4 * r.nextInt(0x200) + (r.nextInt(8) == 0 ? 1 : 0) - base;
        if (r.nextInt(6) == 0) {
            c.gpr[Cpu.ESP] = OracleLayout.STACK + 0x1000 + 4 * r.nextInt(8) - base; // a run of pushes across pages
        }
        int window = OracleLayout.WRITABLE_FROM + r.nextInt(0x2E00) - base;
        c.eflags = EFlags.RESERVED_1 | EFlags.IF | r.nextInt() & (EFlags.STATUS | EFlags.DF);
        if (r.nextInt(3) == 0) {
            c.fxsave = OracleValues.state(r);
            window &= -16;
        }
        generate(c, window);
        int linear = batch.reserve(c.code.length, r.nextInt(OracleBatch.SLOT));
        c.eip = linear;
        batch.store(linear, c.code);
        batch.cases.add(c);
    }

    private void generate(OracleCase c, int window) {
        int count = 2 + r.nextInt(LONGEST - 2);
        int[] undefinedAt = new int[count + 1];
        Piece[] pieces = new Piece[count];
        depth = 0;
        for (int i = 0; i < count; i++) {
            int undefined = undefinedAt[i];
            do {
                instruction(c, window);
            } while (!accepted(undefined));
            int jump = 0;
            if (in.op == JCC || in.op == JMP) {
                jump = Math.min(count, i + 1 + r.nextInt(JUMP));
                undefinedAt[jump] |= undefined;
            }
            if (in.op != JMP) {
                undefinedAt[i + 1] |= undefined & ~in.flagsKilled() | in.flagsUndefined();
            }
            pieces[i] = new Piece(Arrays.copyOf(bytes, in.length), jump);
        }
        assemble(c, pieces, undefinedAt);
    }

    private static void assemble(OracleCase c, Piece[] pieces, int[] undefinedAt) {
        int[] at = new int[pieces.length + 1];
        for (int i = 0; i < pieces.length; i++) {
            at[i + 1] = at[i] + pieces[i].code.length;
        }
        c.code = new byte[at[pieces.length]];
        c.undefined = new int[c.code.length + 1];
        for (int i = 0; i < pieces.length; i++) {
            byte[] code = pieces[i].code;
            if (pieces[i].jump > 0) {
                code[code.length - 1] = (byte) (at[pieces[i].jump] - at[i + 1]);
            }
            System.arraycopy(code, 0, c.code, at[i], code.length);
            c.undefined[at[i]] = undefinedAt[i];
        }
        c.undefined[c.code.length] = undefinedAt[pieces.length];
    }

    private void instruction(OracleCase c, int window) {
        List<OracleForms.Form> from = c.fxsave != null && r.nextInt(4) > 0 ? floating : forms;
        OracleForms.Form form = from.get(r.nextInt(from.size()));
        length = 0;
        if (form.prefix() >= 0) {
            put(form.prefix());
        }
        if (form.twoByte()) {
            put(0x0F);
        }
        put(form.opcode());
        if (form.hasModrm()) {
            int aligned = c.fxsave != null ? -16 : -4;
            modrm(form, c, window + (r.nextInt(0xF0) & (r.nextInt(4) > 0 ? aligned : -1)));
        }
        for (int i = 0; i < 8; i += 4) {
            int value = OracleValues.word(r);
            for (int j = 0; j < 4; j++) {
                put(value >> 8 * j);
            }
        }
        decoder.decode(i -> bytes[i], true, in);
        if (form.op() == MOV && !form.hasModrm() && in.hasMemory()) {
            int at = in.length - 4;
            for (int i = 0; i < 4; i++) {
                bytes[at + i] = (byte) (window >> 8 * i);
            }
        }
    }

    private void modrm(OracleForms.Form form, OracleCase c, int target) {
        int reg = (form.reg() < 0 ? r.nextInt(8) : form.reg()) << 3;
        int rm = form.rm() < 0 ? r.nextInt(8) : form.rm();
        if (!form.memory()) {
            put(0xC0 | reg | rm);
            return;
        }
        switch (r.nextInt(4)) {
            case 0 -> {
                put(reg | 5); // [disp32]
                put32(target);
            }
            case 1 -> {
                put(0x40 | reg | 4); // [esp+disp8]
                put(0x24);
                put(r.nextInt(16) * 4);
            }
            default -> {
                put(0x80 | reg | 5); // [ebp+disp32]
                put32(target - c.gpr[Cpu.EBP]);
            }
        }
    }

    private void put(int value) {
        bytes[length++] = (byte) value;
    }

    private void put32(int value) {
        for (int i = 0; i < 4; i++) {
            put(value >> 8 * i);
        }
    }

    private boolean accepted(int undefined) {
        boolean wanted = OPS.contains(in.op) || isFloating(in.op) && !NOT_EXACT.contains(in.op);
        if (!wanted || (in.flagsRead() & undefined) != 0 || in.kind1 == OperandKind.SEG) {
            return false;
        }
        boolean written =
                in.op.writes(0) && isPointer(in.kind1, in.reg1) || in.op.writes(1) && isPointer(in.kind2, in.reg2);
        if (written) {
            return false;
        }
        return switch (in.op) {
            case JCC, JMP -> in.operandSize == 4 && in.opcode < 0x100 && in.opcode != 0xE9;
            case SHLD, SHRD -> in.operandSize == 4;
            case ROL, ROR, RCL, RCR, SHL, SHR, SAR -> wide() || in.kind2 == OperandKind.IMM && (in.imm & 31) < 8;
            case BT, BTS, BTR, BTC -> !in.hasMemory() || in.kind2 == OperandKind.IMM;
            case PUSH -> pushed(in.operandSize);
            case POP -> in.kind1 != OperandKind.MEM && pushed(-in.operandSize);
            default -> true;
        };
    }

    /** Keeps ESP within some words of its place. */
    private boolean pushed(int size) {
        if (Math.abs(depth + size) > 64) {
            return false;
        }
        depth += size;
        return true;
    }

    private boolean wide() {
        return in.kind1 == OperandKind.REG32 || in.kind1 == OperandKind.MEM && in.memorySize == 4;
    }

    private static boolean isPointer(OperandKind kind, int register) {
        return (kind == OperandKind.REG32 || kind == OperandKind.REG16) && (register == Cpu.ESP || register == Cpu.EBP);
    }
}
