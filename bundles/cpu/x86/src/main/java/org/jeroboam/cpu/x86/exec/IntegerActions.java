package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;

/**
 * The complete integer instruction set on operands of any kind: every form that has no faster class of its own runs
 * through here. Sources are read before destinations; a destination in memory is probed for writing before flags
 * change.
 */
final class IntegerActions {
    private IntegerActions() {}

    /** The action of an operation, made when it is first met; null when it is not one of these. */
    static SystemInsn.Action of(Op op) {
        return switch (op) {
            case ADD -> group(Alu.ADD);
            case OR -> group(Alu.OR);
            case ADC -> group(Alu.ADC);
            case SBB -> group(Alu.SBB);
            case AND -> group(Alu.AND);
            case SUB -> group(Alu.SUB);
            case XOR -> group(Alu.XOR);
            case CMP -> IntegerActions::cmp;
            case TEST -> IntegerActions::test;
            case INC -> IntegerActions::inc;
            case DEC -> IntegerActions::dec;
            case NOT -> (cpu, in) -> Operands.write(cpu, in, 1, ~Operands.modify(cpu, in));
            case NEG -> IntegerActions::neg;
            case MUL -> Multiply::mul;
            case IMUL1 -> Multiply::imul1;
            case IMUL2 -> IntegerActions::imul2;
            case IMUL3 -> IntegerActions::imul3;
            case DIV -> Multiply::div;
            case IDIV -> Multiply::idiv;
            case DAA -> (cpu, in) -> Decimal.daa(cpu);
            case DAS -> (cpu, in) -> Decimal.das(cpu);
            case AAA -> (cpu, in) -> Decimal.aaa(cpu);
            case AAS -> (cpu, in) -> Decimal.aas(cpu);
            case AAM -> Decimal::aam;
            case AAD -> Decimal::aad;
            case ROL -> shift(Shifts::rol);
            case ROR -> shift(Shifts::ror);
            case RCL -> shift(Shifts::rcl);
            case RCR -> shift(Shifts::rcr);
            case SHL -> shift(Shifts::shl);
            case SHR -> shift(Shifts::shr);
            case SAR -> shift(Shifts::sar);
            case SHLD -> (cpu, in) -> doubleShift(cpu, in, Shifts::shld);
            case SHRD -> (cpu, in) -> doubleShift(cpu, in, Shifts::shrd);
            case XADD -> IntegerActions::xadd;
            case CMPXCHG -> IntegerActions::cmpxchg;
            case CMPXCHG8B -> IntegerActions::cmpxchg8b;
            case BSWAP -> IntegerActions::bswap;
            case BT -> (cpu, in) -> BitTests.run(cpu, in, BitTests.TEST);
            case BTS -> (cpu, in) -> BitTests.run(cpu, in, BitTests.SET);
            case BTR -> (cpu, in) -> BitTests.run(cpu, in, BitTests.RESET);
            case BTC -> (cpu, in) -> BitTests.run(cpu, in, BitTests.COMPLEMENT);
            case BSF -> BitTests::scanForward;
            case BSR -> BitTests::scanReverse;
            case MOV -> (cpu, in) -> Operands.write(cpu, in, 1, Operands.read(cpu, in, 2));
            case XCHG -> IntegerActions::xchg;
            case MOVZX -> (cpu, in) -> Operands.write(cpu, in, 1, Operands.read(cpu, in, 2));
            case MOVSX ->
                (cpu, in) -> Operands.write(cpu, in, 1, Alu.extend(Operands.size(in, 2), Operands.read(cpu, in, 2)));
            case LEA -> (cpu, in) -> Operands.write(cpu, in, 1, Operands.offset(cpu, in));
            case CBW -> IntegerActions::cbw;
            case CWD -> IntegerActions::cwd;
            case XLAT -> IntegerActions::xlat;
            case LAHF -> (cpu, in) -> Operands.setReg8(cpu, 4, cpu.eflags());
            case SAHF -> IntegerActions::sahf;
            case SALC -> (cpu, in) -> Operands.setReg8(cpu, 0, cpu.carries >> 31);
            case CMOVCC -> IntegerActions::cmov;
            case SETCC -> (cpu, in) -> Operands.write(cpu, in, 1, Conditions.holds(cpu, in.condition) ? 1 : 0);
            case CMC -> (cpu, in) -> cpu.carries ^= 0xC000_0000;
            case CLC -> (cpu, in) -> setCarry(cpu, false);
            case STC -> (cpu, in) -> setCarry(cpu, true);
            case CLD -> (cpu, in) -> cpu.systemFlags &= ~EFlags.DF;
            case STD -> (cpu, in) -> cpu.systemFlags |= EFlags.DF;
            case NOP -> (cpu, in) -> {};
            case PAUSE -> (cpu, in) -> {};
            case PREFETCH -> (cpu, in) -> {};
            case PUSH -> (cpu, in) -> cpu.stack.push(in.operandSize, Operands.read(cpu, in, 1));
            case PUSH_SEG -> (cpu, in) -> cpu.stack.push(in.operandSize, cpu.selector[in.reg1]);
            case POP -> StackFrames::pop;
            case PUSHA -> StackFrames::pushAll;
            case POPA -> StackFrames::popAll;
            case ENTER -> StackFrames::enter;
            case LEAVE -> StackFrames::leave;
            case MOV_FROM_SEG -> (cpu, in) -> Operands.write(cpu, in, 1, cpu.selector[in.reg2]);
            case BOUND -> IntegerActions::bound;
            case IN -> IntegerActions::in;
            case OUT -> IntegerActions::out;
            case UD ->
                (cpu, in) -> {
                    throw cpu.fault(GuestFault.UD);
                };
            case GP_TOO_LONG ->
                (cpu, in) -> {
                    throw cpu.fault(GuestFault.GP, 0);
                };
            default -> null;
        };
    }

    /** A shift by a count other than 0. */
    @FunctionalInterface
    private interface Shift {
        int apply(Cpu cpu, int size, int a, int count);
    }

    @FunctionalInterface
    private interface DoubleShift {
        int apply(Cpu cpu, int size, int a, int fill, int count);
    }

    private static SystemInsn.Action group(int number) {
        return (cpu, in) -> {
            int b = Operands.read(cpu, in, 2);
            int a = Operands.modify(cpu, in);
            Operands.write(cpu, in, 1, Alu.group(cpu, number, Operands.size(in, 1), a, b));
        };
    }

    private static SystemInsn.Action shift(Shift shift) {
        return (cpu, in) -> {
            int count = Operands.read(cpu, in, 2) & 31;
            int a = Operands.modify(cpu, in);
            Operands.write(cpu, in, 1, count == 0 ? a : shift.apply(cpu, Operands.size(in, 1), a, count));
        };
    }

    private static void doubleShift(Cpu cpu, Instruction in, DoubleShift shift) {
        int count = Operands.read(cpu, in, 3) & 31;
        int fill = Operands.read(cpu, in, 2);
        int a = Operands.modify(cpu, in);
        Operands.write(cpu, in, 1, count == 0 ? a : shift.apply(cpu, Operands.size(in, 1), a, fill, count));
    }

    private static void cmp(Cpu cpu, Instruction in) {
        int b = Operands.read(cpu, in, 2);
        int a = Operands.read(cpu, in, 1);
        Alu.group(cpu, Alu.CMP, Operands.size(in, 1), a, b);
    }

    private static void test(Cpu cpu, Instruction in) {
        int b = Operands.read(cpu, in, 2);
        int a = Operands.read(cpu, in, 1);
        Alu.logic(cpu, Operands.size(in, 1), a & b);
    }

    private static void inc(Cpu cpu, Instruction in) {
        int a = Operands.modify(cpu, in);
        Operands.write(cpu, in, 1, Alu.inc(cpu, Operands.size(in, 1), a));
    }

    private static void dec(Cpu cpu, Instruction in) {
        int a = Operands.modify(cpu, in);
        Operands.write(cpu, in, 1, Alu.dec(cpu, Operands.size(in, 1), a));
    }

    private static void neg(Cpu cpu, Instruction in) {
        int a = Operands.modify(cpu, in);
        Operands.write(cpu, in, 1, Alu.group(cpu, Alu.SUB, Operands.size(in, 1), 0, a));
    }

    private static void imul2(Cpu cpu, Instruction in) {
        int b = Operands.read(cpu, in, 2);
        Operands.write(cpu, in, 1, Multiply.imul(cpu, in.operandSize, Operands.read(cpu, in, 1), b));
    }

    private static void imul3(Cpu cpu, Instruction in) {
        int a = Operands.read(cpu, in, 2);
        Operands.write(cpu, in, 1, Multiply.imul(cpu, in.operandSize, a, in.imm));
    }

    private static void xadd(Cpu cpu, Instruction in) {
        int a = Operands.modify(cpu, in);
        int b = Operands.read(cpu, in, 2);
        int sum = Alu.group(cpu, Alu.ADD, Operands.size(in, 1), a, b);
        if (in.kind1 == OperandKind.MEM) {
            Operands.write(cpu, in, 1, sum); // first: the register may be part of the address
            Operands.write(cpu, in, 2, a);
        } else {
            Operands.write(cpu, in, 2, a);
            Operands.write(cpu, in, 1, sum);
        }
    }

    private static void cmpxchg(Cpu cpu, Instruction in) {
        int size = Operands.size(in, 1);
        int a = Operands.modify(cpu, in);
        Alu.group(cpu, Alu.CMP, size, Operands.reg(cpu, size, Cpu.EAX), a);
        if (cpu.result == 0) {
            Operands.write(cpu, in, 1, Operands.read(cpu, in, 2));
        } else {
            Operands.write(cpu, in, 1, a); // the bus cycle happens either way
            Operands.setReg(cpu, size, Cpu.EAX, a);
        }
    }

    private static void cmpxchg8b(Cpu cpu, Instruction in) {
        int linear = cpu.seg.linearWrite(in.segment, Operands.offset(cpu, in), 8);
        cpu.mmu.probeWrite(linear, 8);
        int[] gpr = cpu.gpr;
        long a = cpu.mmu.read64(linear);
        long expected = (long) gpr[Cpu.EDX] << 32 | gpr[Cpu.EAX] & 0xFFFF_FFFFL;
        boolean equal = a == expected;
        if (equal) {
            cpu.mmu.write64(linear, (long) gpr[Cpu.ECX] << 32 | gpr[Cpu.EBX] & 0xFFFF_FFFFL);
        } else {
            cpu.mmu.write64(linear, a);
            gpr[Cpu.EAX] = (int) a;
            gpr[Cpu.EDX] = (int) (a >>> 32);
        }
        cpu.setEflags(equal ? EFlags.ZF : 0, EFlags.ZF);
    }

    private static void bswap(Cpu cpu, Instruction in) {
        if (in.operandSize == 4) {
            cpu.gpr[in.reg1] = Integer.reverseBytes(cpu.gpr[in.reg1]);
        } else {
            Operands.setReg16(cpu, in.reg1, 0); // undefined; what P6 processors leave
        }
    }

    private static void xchg(Cpu cpu, Instruction in) {
        int a = Operands.modify(cpu, in);
        int b = Operands.read(cpu, in, 2);
        Operands.write(cpu, in, 1, b);
        Operands.write(cpu, in, 2, a);
    }

    private static void cbw(Cpu cpu, Instruction in) {
        if (in.operandSize == 2) {
            Operands.setReg16(cpu, Cpu.EAX, (byte) cpu.gpr[Cpu.EAX]);
        } else {
            cpu.gpr[Cpu.EAX] = (short) cpu.gpr[Cpu.EAX];
        }
    }

    private static void cwd(Cpu cpu, Instruction in) {
        if (in.operandSize == 2) {
            Operands.setReg16(cpu, Cpu.EDX, (short) cpu.gpr[Cpu.EAX] >> 15);
        } else {
            cpu.gpr[Cpu.EDX] = cpu.gpr[Cpu.EAX] >> 31;
        }
    }

    private static void xlat(Cpu cpu, Instruction in) {
        int offset = cpu.gpr[Cpu.EBX] + (cpu.gpr[Cpu.EAX] & 0xFF);
        if (in.addressSize == 2) {
            offset &= 0xFFFF;
        }
        Operands.setReg8(cpu, Cpu.EAX, cpu.seg.read8(in.segment, offset));
    }

    private static void sahf(Cpu cpu, Instruction in) {
        int mask = EFlags.STATUS & ~EFlags.OF;
        cpu.setStatus(cpu.eflags() & EFlags.OF | cpu.gpr[Cpu.EAX] >>> 8 & mask);
    }

    private static void cmov(Cpu cpu, Instruction in) {
        int value = Operands.read(cpu, in, 2);
        if (Conditions.holds(cpu, in.condition)) {
            Operands.write(cpu, in, 1, value);
        }
    }

    private static void setCarry(Cpu cpu, boolean carry) {
        if (carry != cpu.carries < 0) {
            cpu.carries ^= 0xC000_0000; // both bits, so that OF stays
        }
    }

    private static void bound(Cpu cpu, Instruction in) {
        int size = in.operandSize;
        int offset = Operands.offset(cpu, in);
        int lower = Alu.extend(size, cpu.seg.read(in.segment, offset, size));
        int second = in.addressSize == 2 ? offset + size & 0xFFFF : offset + size;
        int upper = Alu.extend(size, cpu.seg.read(in.segment, second, size));
        int index = Alu.extend(size, Operands.read(cpu, in, 1));
        if (index < lower || index > upper) {
            throw cpu.fault(GuestFault.BR);
        }
    }

    private static void in(Cpu cpu, Instruction in) {
        int size = Operands.size(in, 1);
        int port = port(cpu, in, 2);
        cpu.ports.check(port, size);
        Operands.setReg(cpu, size, Cpu.EAX, cpu.bus.readPort(port, size));
    }

    private static void out(Cpu cpu, Instruction in) {
        int size = Operands.size(in, 2);
        int port = port(cpu, in, 1);
        cpu.ports.check(port, size);
        cpu.bus.writePort(port, size, Operands.reg(cpu, size, Cpu.EAX));
    }

    private static int port(Cpu cpu, Instruction in, int operand) {
        boolean immediate = Operands.kind(in, operand) == OperandKind.IMM;
        return immediate ? in.imm & 0xFF : cpu.gpr[Cpu.EDX] & 0xFFFF;
    }
}
