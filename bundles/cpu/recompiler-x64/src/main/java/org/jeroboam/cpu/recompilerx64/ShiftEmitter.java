package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.RCX;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;

/**
 * Shifts and rotates. What the manual leaves undefined must be what the interpreter makes of it on every host: AF is 0
 * after a shift, OF follows the last single step.
 */
final class ShiftEmitter {
    private static final Address OVERFLOW = Address.of(R15, StateBlock.FLAGS);
    private static final Address LAHF_BYTE = Address.of(R15, StateBlock.FLAGS_LAHF);

    private final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;
    private final ColdPaths cold;

    ShiftEmitter(Assembler asm, FlagKeeper flags, MemoryAccess memory, ColdPaths cold) {
        this.asm = asm;
        this.flags = flags;
        this.memory = memory;
        this.cold = cold;
    }

    /**
     * Emits an instruction.
     *
     * @param live flags that matter behind it
     */
    void emit(Instruction in, int live) {
        switch (in.op) {
            case ROL -> rotate(in, 0, live);
            case ROR -> rotate(in, 1, live);
            case RCL -> throughCarry(in, 2, live);
            case RCR -> throughCarry(in, 3, live);
            case SHL -> shift(in, 4, live);
            case SHR -> shift(in, 5, live);
            case SAR -> shift(in, 7, live);
            case SHLD -> twice(in, 0x0FA4, live);
            case SHRD -> twice(in, 0x0FAC, live);
            default -> throw new IllegalStateException("no translation of " + in.op);
        }
    }

    /** Whether a shift by CL may shift by as much as its operand has bits: then it is left to the interpreter. */
    static boolean mayExceed(Instruction in) {
        boolean shift = in.op == Op.SHL || in.op == Op.SHR || in.op == Op.SAR;
        return shift && in.kind2 != OperandKind.IMM && Operands.size(in, 1) < 4;
    }

    private void shift(Instruction in, int field, int live) {
        boolean counted = in.kind2 != OperandKind.IMM;
        if (mayExceed(in)) {
            memory.begin();
            asm.rri8(0xF6, 1, 0, RCX, Operands.size(in, 1) == 1 ? 0x18 : 0x10); // test cl
            cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        }
        if (Operands.isMemory(in, 1)) {
            memory.check(in, Operands.size(in, 1), true);
        }
        if (!counted) {
            boolean kept = live != 0 && !Operands.isMemory(in, 1) && !Operands.isHigh(in, 1);
            if (kept) {
                FlagRecipe.keep(asm, Operands.host(in, 1));
            }
            apply(in, field);
            boolean once = (in.imm & 31) == 1;
            FlagState state = field == 4 || once && field == 5 ? FlagState.SHIFTED : FlagState.SHIFTED_RIGHT;
            flags.set(kept ? state.withRecipe(FlagRecipe.shift(field, Operands.size(in, 1), in.imm & 31)) : state);
            return;
        }
        if (live == 0) {
            apply(in, field);
            flags.disturbed();
            return;
        }
        flags.save();
        asm.rri8(0xF6, 1, 0, RCX, 31); // test cl, 31: no shift, no new flags
        int none = asm.jcc(Assembler.EQUAL);
        if (field == 5) {
            // OF of SHR is the topmost bit moved down last: 0 unless the count is 1.
            operand(in, Operands.size(in, 1));
        }
        apply(in, field);
        flags.set(field == 4 ? FlagState.SHIFTED : FlagState.SHIFTED_RIGHT);
        flags.save();
        if (field == 5) {
            overflowOfSingle(in, Operands.size(in, 1));
        }
        flags.disturbed();
        asm.bind(none);
    }

    /** Puts the operand into R11, with zeros above. */
    private void operand(Instruction in, int size) {
        if (Operands.isMemory(in, 1)) {
            asm.rm(size == 4 ? 0x8B : size == 2 ? 0x0FB7 : 0x0FB6, 4, R11, HOST);
        } else if (size == 4) {
            asm.mov(R11, Operands.host(in, 1));
        } else if (Operands.isHigh(in, 1)) {
            asm.mov(R11, in.reg1 - 4);
            asm.rri8(0xC1, 4, 5, R11, 8);
            asm.rr(0x0FB6, 4, R11, R11);
        } else {
            asm.rr(size == 2 ? 0x0FB7 : 0x0FB6, 4, R11, Operands.host(in, 1));
        }
    }

    private void overflowOfSingle(Instruction in, int size) {
        boolean shiftsItsCount = !Operands.isMemory(in, 1) && !Operands.isHigh(in, 1) && Operands.host(in, 1) == RCX;
        asm.mov(R10, shiftsItsCount ? R11 : RCX);
        asm.rri8(0x83, 4, 4, R10, 31); // and
        asm.rri8(0x83, 4, 7, R10, 1); // cmp
        int longer = asm.jcc(Assembler.NOT_EQUAL);
        asm.rri8(0xC1, 4, 5, R11, 8 * size - 1); // shr
        asm.rm(0x88, 1, R11, OVERFLOW);
        asm.bind(longer);
    }

    private void apply(Instruction in, int field) {
        int size = Operands.size(in, 1);
        boolean inMemory = Operands.isMemory(in, 1);
        int narrow = size == 1 ? 0 : 1;
        if (in.kind2 != OperandKind.IMM) {
            if (inMemory) {
                asm.rm(0xD2 | narrow, size, field, HOST);
            } else {
                asm.rr(0xD2 | narrow, size, field, Operands.host(in, 1));
            }
            return;
        }
        int count = in.imm & 31;
        if (inMemory) {
            asm.rmi8(0xC0 | narrow, size, field, HOST, count);
        } else {
            asm.rri8(0xC0 | narrow, size, field, Operands.host(in, 1), count);
        }
    }

    /** RCL and RCR by 1, where CF and OF are as the manual says and the other flags stay. */
    private void throughCarry(Instruction in, int field, int live) {
        if (Operands.isMemory(in, 1)) {
            memory.check(in, Operands.size(in, 1), true);
        }
        if ((live & ~(EFlags.CF | EFlags.OF)) != 0) {
            flags.restore();
        } else {
            flags.restoreCarry();
        }
        apply(in, field);
        flags.set(FlagState.IN_HOST);
    }

    /** CF and OF follow from the result; the other flags stay. */
    private void rotate(Instruction in, int field, int live) {
        int size = Operands.size(in, 1);
        if (Operands.isMemory(in, 1)) {
            memory.check(in, size, true);
        }
        boolean counted = in.kind2 != OperandKind.IMM;
        if (!counted && (live & ~EFlags.CF) == 0) {
            apply(in, field);
            flags.set(FlagState.IN_HOST);
            return;
        }
        if ((live & ~(EFlags.CF | EFlags.OF)) != 0 || counted && live != 0) {
            flags.save();
        }
        int none = 0;
        if (counted && live != 0) {
            asm.rri8(0xF6, 1, 0, RCX, 31);
            none = asm.jcc(Assembler.EQUAL);
        }
        apply(in, field);
        if (live != 0) {
            carryOfResult(in, size, field == 0);
        }
        if (counted && live != 0) {
            asm.bind(none);
        }
        flags.disturbed();
    }

    private void carryOfResult(Instruction in, int size, boolean left) {
        operand(in, size);
        int top = 8 * size - 1;
        asm.mov(R10, R11);
        if (left) {
            asm.rri8(0x83, 4, 4, R10, 1); // CF: the bit that came in
            asm.rri8(0xC1, 4, 5, R11, top);
        } else {
            asm.rri8(0xC1, 4, 5, R10, top);
            asm.rri8(0xC1, 4, 5, R11, top - 1);
            asm.rri8(0x83, 4, 4, R11, 1);
        }
        asm.rr(0x31, 4, R10, R11); // OF
        asm.rm(0x88, 1, R11, OVERFLOW);
        asm.rmi8(0x80, 1, 4, LAHF_BYTE, 0xFE);
        asm.rm(0x08, 1, R10, LAHF_BYTE);
    }

    /** SHLD and SHRD of doublewords: OF tells of a changed sign. A count of 0 in CL changes nothing. */
    private void twice(Instruction in, int opcode, int live) {
        boolean counted = in.kind3 != OperandKind.IMM;
        boolean inMemory = Operands.isMemory(in, 1);
        if (inMemory) {
            memory.check(in, 4, true);
        }
        int none = 0;
        if (counted && live != 0) {
            flags.save();
            asm.rri8(0xF6, 1, 0, RCX, 31); // test cl, 31
            none = asm.jcc(Assembler.EQUAL);
        }
        if (inMemory) {
            asm.load(R11, HOST);
        } else {
            asm.mov(R11, Operands.host(in, 1));
        }
        double32(in, opcode, counted);
        if (live == 0) {
            flags.disturbed();
            return;
        }
        flags.set(FlagState.SHIFTED_RIGHT);
        flags.save();
        if (inMemory) {
            asm.rm(0x33, 4, R11, HOST);
        } else {
            asm.rr(0x33, 4, R11, Operands.host(in, 1));
        }
        asm.rri8(0xC1, 4, 5, R11, 31);
        asm.rm(0x88, 1, R11, OVERFLOW);
        flags.disturbed();
        if (counted) {
            asm.bind(none);
        }
    }

    private void double32(Instruction in, int opcode, boolean counted) {
        int from = Operands.host(in, 2);
        boolean inMemory = Operands.isMemory(in, 1);
        if (counted) {
            if (inMemory) {
                asm.rm(opcode + 1, 4, from, HOST);
            } else {
                asm.rr(opcode + 1, 4, from, Operands.host(in, 1));
            }
        } else if (inMemory) {
            asm.rmi8(opcode, 4, from, HOST, in.imm & 31);
        } else {
            asm.rri8(opcode, 4, from, Operands.host(in, 1), in.imm & 31);
        }
    }
}
