package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;
import static org.jeroboam.cpu.recompilerx64.Assembler.RAX;
import static org.jeroboam.cpu.recompilerx64.Assembler.RDX;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/** Integer instructions but shifts, the stack and transfers: mostly the same instruction of the host on the same registers. */
final class IntegerEmitter {
    private static final Address FLAGS = Address.of(R15, StateBlock.FLAGS);
    private static final Address LAHF_BYTE = Address.of(R15, StateBlock.FLAGS_LAHF);

    private final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;
    private final ColdPaths cold;

    IntegerEmitter(Assembler asm, FlagKeeper flags, MemoryAccess memory, ColdPaths cold) {
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
            case ADD -> alu(in, 0, live);
            case OR -> alu(in, 1, live);
            case ADC -> alu(in, 2, live);
            case SBB -> alu(in, 3, live);
            case AND -> alu(in, 4, live);
            case SUB -> alu(in, 5, live);
            case XOR -> alu(in, 6, live);
            case CMP -> alu(in, 7, live);
            case TEST -> test(in);
            case MOV -> mov(in);
            case MOVZX -> extend(in, Operands.size(in, 2) == 1 ? 0x0FB6 : 0x0FB7);
            case MOVSX -> extend(in, Operands.size(in, 2) == 1 ? 0x0FBE : 0x0FBF);
            case LEA -> lea(in);
            case INC -> step(in, 0, live);
            case DEC -> step(in, 1, live);
            case NOT -> unary(in, 2);
            case NEG -> {
                unary(in, 3);
                flags.set(FlagState.IN_HOST);
            }
            case MUL -> multiply(in, 4, live);
            case IMUL1 -> multiply(in, 5, live);
            case IMUL2 -> imul2(in, live);
            case IMUL3 -> imul3(in, live);
            case DIV -> div(in);
            case IDIV -> idiv(in);
            case CBW -> asm.plain(0x98, in.operandSize);
            case CWD -> asm.plain(0x99, in.operandSize);
            case XCHG -> xchg(in);
            case XADD -> exchange(in, 0x0FC1, true);
            case CMPXCHG -> exchange(in, 0x0FB1, false);
            case CMPXCHG8B -> exchange8(in, live);
            case BSWAP -> bswap(Operands.host(in.reg1));
            case SETCC -> setcc(in);
            case CMOVCC -> cmov(in);
            case BT -> bits(in, 4, live);
            case BTS -> bits(in, 5, live);
            case BTR -> bits(in, 6, live);
            case BTC -> bits(in, 7, live);
            case BSF -> scan(in, 0x0FBC, live);
            case BSR -> scan(in, 0x0FBD, live);
            case CLC -> carry(0xF8, live);
            case STC -> carry(0xF9, live);
            case CMC -> {
                flags.restore();
                carry(0xF5, live);
            }
            case LAHF -> {
                flags.restore();
                asm.byte1(0x9F);
            }
            case SAHF -> {
                if ((live & EFlags.OF) != 0) {
                    flags.restore();
                }
                asm.byte1(0x9E);
                flags.set(FlagState.IN_HOST);
            }
            case XLAT -> {
                memory.checkIndexed(in);
                asm.rm(0x8A, 1, RAX, HOST);
            }
            case NOP, PAUSE, PREFETCH -> {}
            default -> throw new IllegalStateException("no translation of " + in.op);
        }
    }

    private void alu(Instruction in, int operation, int live) {
        int size = Operands.size(in, 1);
        boolean writes = operation != 7;
        if (live == EFlags.STATUS && size == 4 && keeps(in, operation)) {
            withKept(in, operation);
            return;
        }
        boolean carries = operation == 2 || operation == 3;
        int opcode = operation << 3 | (size == 1 ? 0 : 1);
        if (Operands.isMemory(in, 1)) {
            memory.check(in, size, writes);
            restoreCarry(carries);
            if (in.kind2 == OperandKind.IMM) {
                immediate(operation, size, in.imm);
            } else {
                withMemory(in, 2, opcode, size);
            }
        } else if (Operands.isMemory(in, 2)) {
            memory.check(in, size, false);
            restoreCarry(carries);
            withMemory(in, 1, opcode | 2, size);
        } else {
            restoreCarry(carries);
            int to = Operands.host(in, 1);
            if (in.kind2 == OperandKind.IMM) {
                if (size == 1) {
                    asm.rri(0x80, 1, operation, to, in.imm);
                } else if (fits(size, in.imm)) {
                    asm.rri8(0x83, size, operation, to, in.imm);
                } else {
                    asm.rri(0x81, size, operation, to, in.imm);
                }
            } else {
                asm.rr(opcode, size, Operands.host(in, 2), to);
            }
        }
        flags.set(FlagState.of(recipe(in, operation, size)));
    }

    /** Whether an operand from memory is worth keeping: an exit would otherwise need flags that nothing else can tell. */
    private static boolean keeps(Instruction in, int operation) {
        return Operands.isMemory(in, 1)
                ? operation == 7
                : Operands.isMemory(in, 2) && (operation == 0 || operation >= 5 && operation != 6);
    }

    private void withKept(Instruction in, int operation) {
        boolean first = Operands.isMemory(in, 1);
        memory.check(in, 4, false);
        asm.load(R11, HOST);
        FlagRecipe.keep(asm, R11);
        int a = first ? FlagRecipe.KEPT : Operands.host(in, 1);
        int b = !first ? FlagRecipe.KEPT : in.kind2 == OperandKind.IMM ? -1 : Operands.host(in, 2);
        if (!first) {
            asm.rr(operation << 3 | 1, 4, R11, a);
        } else if (b >= 0) {
            asm.rr(0x39, 4, b, R11);
        } else {
            asm.rri(0x81, 4, 7, R11, in.imm);
        }
        FlagRecipe.Kind kind =
                switch (operation) {
                    case 0 -> FlagRecipe.Kind.ADDED;
                    case 5 -> FlagRecipe.Kind.SUBTRACTED;
                    default -> FlagRecipe.Kind.COMPARED;
                };
        flags.set(FlagState.of(new FlagRecipe(kind, 4, a, b, in.imm, null)));
    }

    /** How the flags of ADD to CMP can be had again, or null. */
    private static FlagRecipe recipe(Instruction in, int operation, int size) {
        if (in.hasMemory()) {
            boolean result = !Operands.isMemory(in, 1) && (operation == 1 || operation == 4 || operation == 6);
            return result ? FlagRecipe.of(FlagRecipe.Kind.LOGIC, size, Operands.host(in, 1), -1) : null;
        }
        int a = Operands.host(in, 1);
        boolean immediate = in.kind2 == OperandKind.IMM;
        int b = immediate ? -1 : Operands.host(in, 2);
        return switch (operation) {
            case 1, 4, 6 -> FlagRecipe.of(FlagRecipe.Kind.LOGIC, size, a, -1);
            case 7 -> new FlagRecipe(FlagRecipe.Kind.COMPARED, size, a, b, in.imm, null);
            case 0 -> sum(FlagRecipe.Kind.ADDED, size, a, b, in.imm);
            case 5 -> sum(FlagRecipe.Kind.SUBTRACTED, size, a, b, in.imm);
            default -> null;
        };
    }

    private static FlagRecipe sum(FlagRecipe.Kind kind, int size, int a, int b, int immediate) {
        boolean high = size == 1 && (a >= 4 || b >= 4); // AH to BH take no part in sums of whole registers
        return high || a == b ? null : new FlagRecipe(kind, size, a, b, immediate, null);
    }

    private void restoreCarry(boolean wanted) {
        if (wanted) {
            flags.restoreCarry();
        }
    }

    private static boolean fits(int size, int value) {
        return size == 2 ? (short) value == (byte) value : value == (byte) value;
    }

    private void immediate(int operation, int size, int value) {
        if (size == 1) {
            asm.rmi(0x80, 1, operation, HOST, value);
        } else if (fits(size, value)) {
            asm.rmi8(0x83, size, operation, HOST, value);
        } else {
            asm.rmi(0x81, size, operation, HOST, value);
        }
    }

    /** A register and the checked memory operand. AH to BH cannot be encoded beside it, so they change places. */
    private void withMemory(Instruction in, int n, int opcode, int size) {
        if (Operands.isHigh(in, n)) {
            int parent = Operands.register(in, n) - 4;
            swapHigh(parent);
            asm.rm(opcode, 1, parent, HOST);
            swapHigh(parent);
        } else {
            asm.rm(opcode, size, Operands.host(in, n), HOST);
        }
    }

    private void swapHigh(int parent) {
        asm.rr(0x86, 1, 4 + parent, parent);
    }

    private void test(Instruction in) {
        int size = Operands.size(in, 1);
        int opcode = size == 1 ? 0x84 : 0x85;
        if (Operands.isMemory(in, 1)) {
            memory.check(in, size, false);
            if (in.kind2 == OperandKind.IMM) {
                asm.rmi(size == 1 ? 0xF6 : 0xF7, size, 0, HOST, in.imm);
            } else {
                withMemory(in, 2, opcode, size);
            }
        } else if (Operands.isMemory(in, 2)) {
            memory.check(in, size, false);
            withMemory(in, 1, opcode, size);
        } else if (in.kind2 == OperandKind.IMM) {
            asm.rri(size == 1 ? 0xF6 : 0xF7, size, 0, Operands.host(in, 1), in.imm);
        } else {
            asm.rr(opcode, size, Operands.host(in, 2), Operands.host(in, 1));
        }
        flags.set(FlagState.of(tested(in, size)));
    }

    private static FlagRecipe tested(Instruction in, int size) {
        if (in.hasMemory()) {
            return null;
        }
        int b = in.kind2 == OperandKind.IMM ? -1 : Operands.host(in, 2);
        return new FlagRecipe(FlagRecipe.Kind.TESTED, size, Operands.host(in, 1), b, in.imm, null);
    }

    private void mov(Instruction in) {
        int size = Operands.size(in, 1);
        int opcode = size == 1 ? 0x88 : 0x89;
        if (Operands.isMemory(in, 1)) {
            memory.check(in, size, true);
            if (in.kind2 == OperandKind.IMM) {
                asm.rmi(size == 1 ? 0xC6 : 0xC7, size, 0, HOST, in.imm);
            } else {
                withMemory(in, 2, opcode, size);
            }
        } else if (Operands.isMemory(in, 2)) {
            memory.check(in, size, false);
            withMemory(in, 1, opcode | 2, size);
        } else if (in.kind2 == OperandKind.IMM) {
            if (size == 4) {
                asm.movi(Operands.host(in, 1), in.imm);
            } else {
                asm.rri(size == 1 ? 0xC6 : 0xC7, size, 0, Operands.host(in, 1), in.imm);
            }
        } else {
            asm.rr(opcode, size, Operands.host(in, 2), Operands.host(in, 1));
        }
    }

    private void extend(Instruction in, int opcode) {
        int size = Operands.size(in, 1);
        int to = Operands.host(in, 1);
        if (Operands.isMemory(in, 2)) {
            memory.check(in, Operands.size(in, 2), false);
            asm.rm(opcode, size, to, HOST);
        } else if (Operands.isHigh(in, 2) && to >= 8) {
            int parent = in.reg2 - 4;
            swapHigh(parent);
            asm.rr(opcode, size, to, parent);
            swapHigh(parent);
        } else {
            asm.rr(opcode, size, to, Operands.host(in, 2));
        }
    }

    private void lea(Instruction in) {
        int to = Operands.host(in, 1);
        Address address = MemoryAccess.effective(in);
        if (in.operandSize == 2) {
            asm.lea(R10, address);
            asm.rr(0x89, 2, R10, to);
            return;
        }
        if (in.addressSize == 4 && address.isAt(to)) {
            return; // compilers fill gaps with it
        }
        asm.lea(to, address);
        if (in.addressSize == 2) {
            asm.rr(0x0FB7, 4, to, to);
        }
    }

    /** INC and DEC leave CF. */
    private void step(Instruction in, int field, int live) {
        int size = Operands.size(in, 1);
        boolean carry = (live & EFlags.CF) != 0;
        FlagRecipe recipe = null;
        if (Operands.isMemory(in, 1)) {
            memory.check(in, size, true);
            restoreCarry(carry);
            asm.rm(size == 1 ? 0xFE : 0xFF, size, field, HOST);
        } else {
            int register = Operands.host(in, 1);
            recipe = stepped(field, size, register);
            if (recipe != null && carry && !flags.hasCarry()) {
                asm.rr(0xFF, size, field, register);
                flags.set(FlagState.withoutCarry(recipe));
                return;
            }
            restoreCarry(carry);
            asm.rr(size == 1 ? 0xFE : 0xFF, size, field, register);
        }
        flags.set(FlagState.of(recipe));
    }

    /** CF must come from registers that the step does not write, or from memory. */
    private FlagRecipe stepped(int field, int size, int register) {
        FlagRecipe.Kind kind = field == 0 ? FlagRecipe.Kind.INCREMENTED : FlagRecipe.Kind.DECREMENTED;
        FlagRecipe before = flags.state().recipe();
        if (size != 4) {
            return null;
        }
        if (flags.state().memory()) {
            return FlagRecipe.step(kind, register, null);
        }
        FlagRecipe source = before != null && before.isStep() ? before.carry() : before;
        if (before == null || source != null && (source.registers() & 1 << register) != 0) {
            return null;
        }
        return FlagRecipe.step(kind, register, source);
    }

    private void unary(Instruction in, int field) {
        int size = Operands.size(in, 1);
        int opcode = size == 1 ? 0xF6 : 0xF7;
        if (Operands.isMemory(in, 1)) {
            memory.check(in, size, true);
            asm.rm(opcode, size, field, HOST);
        } else {
            asm.rr(opcode, size, field, Operands.host(in, 1));
        }
    }

    private void multiply(Instruction in, int field, int live) {
        int size = Operands.size(in, 1);
        int opcode = size == 1 ? 0xF6 : 0xF7;
        if (Operands.isMemory(in, 1)) {
            memory.check(in, size, false);
            asm.rm(opcode, size, field, HOST);
        } else {
            asm.rr(opcode, size, field, Operands.host(in, 1));
        }
        product(RAX, size, live);
    }

    private void imul2(Instruction in, int live) {
        int size = Operands.size(in, 1);
        if (Operands.isMemory(in, 2)) {
            memory.check(in, size, false);
            asm.rm(0x0FAF, size, Operands.host(in, 1), HOST);
        } else {
            asm.rr(0x0FAF, size, Operands.host(in, 1), Operands.host(in, 2));
        }
        product(Operands.host(in, 1), size, live);
    }

    private void imul3(Instruction in, int live) {
        int size = Operands.size(in, 1);
        int to = Operands.host(in, 1);
        boolean fits = fits(size, in.imm);
        if (Operands.isMemory(in, 2)) {
            memory.check(in, size, false);
            if (fits) {
                asm.rmi8(0x6B, size, to, HOST, in.imm);
            } else {
                asm.rmi(0x69, size, to, HOST, in.imm);
            }
        } else if (fits) {
            asm.rri8(0x6B, size, to, Operands.host(in, 2), in.imm);
        } else {
            asm.rri(0x69, size, to, Operands.host(in, 2), in.imm);
        }
        product(to, size, live);
    }

    /** Flags of a product: CF and OF are the host's, the others follow the low half. */
    private void product(int low, int size, int live) {
        if (live == 0) {
            flags.disturbed();
            return;
        }
        if ((live & ~(EFlags.CF | EFlags.OF)) == 0) {
            flags.set(FlagState.IN_HOST);
            return;
        }
        asm.rr(0x0F90, 1, 0, R10); // seto r10b
        asm.rr(size == 1 ? 0x84 : 0x85, size, low, low); // test
        asm.mov64(R11, RAX);
        asm.byte1(0x9F); // lahf
        asm.rr(0x88, 1, R10, RAX); // mov al, r10b
        asm.rm(0x89, 2, RAX, FLAGS);
        asm.rm(0x08, 1, R10, LAHF_BYTE); // or: CF
        asm.mov64(RAX, R11);
        flags.disturbed();
    }

    /** The quotient must fit, else the interpreter raises #DE. Flags stay. */
    private void div(Instruction in) {
        int size = Operands.size(in, 1);
        divisor(in, size);
        if (size == 1) {
            asm.mov(R10, RAX);
            asm.rri8(0xC1, 4, 5, R10, 8); // shr: AH
            asm.rr(0x3A, 1, R10, R11);
        } else {
            asm.rr(0x3B, size, RDX, R11);
        }
        cold.interpret(asm.jcc(3)); // above or equal
        asm.rr(size == 1 ? 0xF6 : 0xF7, size, 6, R11);
    }

    /** Takes quotients that surely fit: of a dividend that is less than the divisor times 2^7 or 2^15, without signs. */
    private void narrowIdiv(Instruction in, int size) {
        divisor(in, size);
        if (size == 1) {
            asm.rr(0x0FBF, 4, R10, RAX); // movsx
            asm.rr(0x0FBE, 4, R8, R11);
        } else {
            asm.rr(0x0FB7, 4, R10, RAX); // movzx
            asm.mov(R8, RDX);
            asm.rri8(0xC1, 4, 4, R8, 16); // shl
            asm.rr(0x09, 4, R8, R10); // or
            asm.rr(0x0FBF, 4, R8, R11);
        }
        absolute(R10);
        absolute(R8);
        asm.rri8(0xC1, 4, 4, R8, 8 * size - 1); // shl
        asm.rr(0x3B, 4, R10, R8);
        cold.interpret(asm.jcc(3)); // above or equal
        asm.rr(size == 1 ? 0xF6 : 0xF7, size, 7, R11);
    }

    /** Uses R9. */
    private void absolute(int register) {
        asm.mov(R9, register);
        asm.rri8(0xC1, 4, 7, R9, 31); // sar
        asm.rr(0x31, 4, R9, register); // xor
        asm.rr(0x29, 4, R9, register); // sub
    }

    /** Takes dividends that are sign-extended doublewords, and divisors other than 0 and -1: then every quotient fits. */
    private void idiv(Instruction in) {
        int size = Operands.size(in, 1);
        if (size < 4) {
            narrowIdiv(in, size);
            return;
        }
        divisor(in, 4);
        asm.mov(R10, RAX);
        asm.rri8(0xC1, 4, 7, R10, 31); // sar
        asm.rr(0x3B, 4, R10, RDX);
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        asm.lea(R10, Address.of(R11, 1));
        asm.rri8(0x83, 4, 7, R10, 1); // cmp
        cold.interpret(asm.jcc(6)); // below or equal
        asm.rr(0xF7, 4, 7, R11);
    }

    private void divisor(Instruction in, int size) {
        if (Operands.isMemory(in, 1)) {
            memory.check(in, size, false);
            asm.rm(size == 4 ? 0x8B : size == 2 ? 0x0FB7 : 0x0FB6, 4, R11, HOST);
        } else {
            flags.disturb();
            boolean high = Operands.isHigh(in, 1);
            asm.mov(R11, high ? in.reg1 - 4 : Operands.host(in, 1));
            if (high) {
                asm.rri8(0xC1, 4, 5, R11, 8); // shr
            }
        }
    }

    private void xchg(Instruction in) {
        int size = Operands.size(in, 1);
        int opcode = size == 1 ? 0x86 : 0x87;
        if (Operands.isMemory(in, 1) || Operands.isMemory(in, 2)) {
            int register = Operands.isMemory(in, 1) ? 2 : 1;
            memory.check(in, size, true);
            int parent = Operands.register(in, register) - 4;
            if (Operands.isHigh(in, register)) {
                swapHigh(parent);
            }
            int host = Operands.isHigh(in, register) ? parent : Operands.host(in, register);
            asm.rm(size == 1 ? 0x8A : 0x8B, size, R11, HOST);
            asm.rm(size == 1 ? 0x88 : 0x89, size, host, HOST);
            asm.rr(size == 1 ? 0x88 : 0x89, size, R11, host);
            if (Operands.isHigh(in, register)) {
                swapHigh(parent);
            }
        } else {
            asm.rr(opcode, size, Operands.host(in, 2), Operands.host(in, 1));
        }
    }

    /** XADD and CMPXCHG, on 2 or 4 bytes. */
    private void exchange(Instruction in, int opcode, boolean always) {
        int size = Operands.size(in, 1);
        if (Operands.isMemory(in, 1)) {
            memory.check(in, size, true);
            asm.rm(opcode, size, Operands.host(in, 2), HOST);
        } else {
            asm.rr(opcode, size, Operands.host(in, 2), Operands.host(in, 1));
        }
        if (!always && size == 4) {
            // A failed comparison need not clear the upper half of RAX on every processor.
            asm.mov(RAX, RAX);
        }
        flags.set(FlagState.IN_HOST);
    }

    /** Only ZF changes. */
    private void exchange8(Instruction in, int live) {
        memory.check(in, 8, true);
        if (live != 0) {
            flags.restore();
        }
        asm.rm(0x0FC7, 4, 1, HOST);
        flags.set(FlagState.IN_HOST);
    }

    private void bswap(int register) {
        if (register >= 8) {
            asm.byte1(0x41);
        }
        asm.byte1(0x0F);
        asm.byte1(0xC8 | register & 7);
    }

    private void setcc(Instruction in) {
        if (Operands.isMemory(in, 1)) {
            memory.check(in, 1, true);
            asm.rm(0x0F90 | flags.condition(in.condition), 1, 0, HOST);
        } else {
            asm.rr(0x0F90 | flags.condition(in.condition), 1, 0, in.reg1);
        }
    }

    private void cmov(Instruction in) {
        int size = Operands.size(in, 1);
        int to = Operands.host(in, 1);
        if (Operands.isMemory(in, 2)) {
            memory.check(in, size, false);
            asm.rm(0x0F40 | flags.condition(in.condition), size, to, HOST);
        } else {
            asm.rr(0x0F40 | flags.condition(in.condition), size, to, Operands.host(in, 2));
        }
    }

    /** Only CF changes; hosts differ in what else they do to the flags that the manual leaves undefined. */
    private void bits(Instruction in, int operation, int live) {
        int size = Operands.size(in, 1);
        boolean inMemory = Operands.isMemory(in, 1);
        if (inMemory) {
            memory.check(in, size, operation != 4);
        }
        if ((live & ~EFlags.CF) != 0) {
            flags.save();
        }
        boolean immediate = in.kind2 == OperandKind.IMM;
        int opcode = immediate ? 0x0FBA : 0x0F83 | operation << 3;
        int bit = in.imm & 8 * size - 1;
        if (inMemory) {
            asm.rmi8(opcode, size, operation, HOST, bit);
        } else if (immediate) {
            asm.rri8(opcode, size, operation, Operands.host(in, 1), bit);
        } else {
            asm.rr(opcode, size, Operands.host(in, 2), Operands.host(in, 1));
        }
        if (live == EFlags.CF) {
            flags.set(FlagState.IN_HOST);
            return;
        }
        if (live != 0) {
            asm.rr(0x0F92, 1, 0, R10); // setc r10b
            asm.rmi8(0x80, 1, 4, LAHF_BYTE, 0xFE); // and
            asm.rm(0x08, 1, R10, LAHF_BYTE); // or
        }
        flags.disturbed();
    }

    /** Of 0 the destination stays; ZF and PF tell of it, the other flags are 0. */
    private void scan(Instruction in, int opcode, int live) {
        int size = Operands.size(in, 1);
        int to = Operands.host(in, 1);
        if (Operands.isMemory(in, 2)) {
            memory.check(in, size, false);
            asm.rm(opcode, size, R10, HOST);
        } else {
            asm.rr(opcode, size, R10, Operands.host(in, 2));
        }
        asm.rr(0x0F45, size, to, R10); // cmovne
        if (live == EFlags.ZF) {
            flags.set(FlagState.IN_HOST); // as CMOV leaves them
            return;
        }
        if (live != 0) {
            asm.rr(0x0F94, 1, 0, R10); // sete
            asm.rr(0x0FB6, 4, R10, R10);
            asm.rri(0x69, 4, R10, R10, (0x40 | 0x04) << 8);
            asm.rm(0x89, 2, R10, FLAGS);
        }
        flags.disturbed();
    }

    /** CLC, STC, CMC: the other flags stay. */
    private void carry(int opcode, int live) {
        if ((live & ~EFlags.CF) != 0) {
            flags.restore();
        }
        asm.byte1(opcode);
        flags.set(FlagState.IN_HOST);
    }
}
