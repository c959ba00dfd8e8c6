package org.jeroboam.cpu.x86.exec;

import java.util.EnumMap;
import java.util.Map;
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
    private static final Map<Op, SystemInsn.Action> TABLE = new EnumMap<>(Op.class);

    static {
        group(Op.ADD, Alu.ADD);
        group(Op.OR, Alu.OR);
        group(Op.ADC, Alu.ADC);
        group(Op.SBB, Alu.SBB);
        group(Op.AND, Alu.AND);
        group(Op.SUB, Alu.SUB);
        group(Op.XOR, Alu.XOR);
        TABLE.put(Op.CMP, IntegerActions::cmp);
        TABLE.put(Op.TEST, IntegerActions::test);
        TABLE.put(Op.INC, IntegerActions::inc);
        TABLE.put(Op.DEC, IntegerActions::dec);
        TABLE.put(Op.NOT, (cpu, in) -> Operands.write(cpu, in, 1, ~Operands.modify(cpu, in)));
        TABLE.put(Op.NEG, IntegerActions::neg);
        TABLE.put(Op.MUL, Multiply::mul);
        TABLE.put(Op.IMUL1, Multiply::imul1);
        TABLE.put(Op.IMUL2, IntegerActions::imul2);
        TABLE.put(Op.IMUL3, IntegerActions::imul3);
        TABLE.put(Op.DIV, Multiply::div);
        TABLE.put(Op.IDIV, Multiply::idiv);
        TABLE.put(Op.DAA, (cpu, in) -> Decimal.daa(cpu));
        TABLE.put(Op.DAS, (cpu, in) -> Decimal.das(cpu));
        TABLE.put(Op.AAA, (cpu, in) -> Decimal.aaa(cpu));
        TABLE.put(Op.AAS, (cpu, in) -> Decimal.aas(cpu));
        TABLE.put(Op.AAM, Decimal::aam);
        TABLE.put(Op.AAD, Decimal::aad);
        shift(Op.ROL, Shifts::rol);
        shift(Op.ROR, Shifts::ror);
        shift(Op.RCL, Shifts::rcl);
        shift(Op.RCR, Shifts::rcr);
        shift(Op.SHL, Shifts::shl);
        shift(Op.SHR, Shifts::shr);
        shift(Op.SAR, Shifts::sar);
        TABLE.put(Op.SHLD, (cpu, in) -> doubleShift(cpu, in, Shifts::shld));
        TABLE.put(Op.SHRD, (cpu, in) -> doubleShift(cpu, in, Shifts::shrd));
        TABLE.put(Op.XADD, IntegerActions::xadd);
        TABLE.put(Op.CMPXCHG, IntegerActions::cmpxchg);
        TABLE.put(Op.CMPXCHG8B, IntegerActions::cmpxchg8b);
        TABLE.put(Op.BSWAP, IntegerActions::bswap);
        TABLE.put(Op.BT, (cpu, in) -> BitTests.run(cpu, in, BitTests.TEST));
        TABLE.put(Op.BTS, (cpu, in) -> BitTests.run(cpu, in, BitTests.SET));
        TABLE.put(Op.BTR, (cpu, in) -> BitTests.run(cpu, in, BitTests.RESET));
        TABLE.put(Op.BTC, (cpu, in) -> BitTests.run(cpu, in, BitTests.COMPLEMENT));
        TABLE.put(Op.BSF, BitTests::scanForward);
        TABLE.put(Op.BSR, BitTests::scanReverse);
        TABLE.put(Op.MOV, (cpu, in) -> Operands.write(cpu, in, 1, Operands.read(cpu, in, 2)));
        TABLE.put(Op.XCHG, IntegerActions::xchg);
        TABLE.put(Op.MOVZX, (cpu, in) -> Operands.write(cpu, in, 1, Operands.read(cpu, in, 2)));
        TABLE.put(
                Op.MOVSX,
                (cpu, in) -> Operands.write(cpu, in, 1, Alu.extend(Operands.size(in, 2), Operands.read(cpu, in, 2))));
        TABLE.put(Op.LEA, (cpu, in) -> Operands.write(cpu, in, 1, Operands.offset(cpu, in)));
        TABLE.put(Op.CBW, IntegerActions::cbw);
        TABLE.put(Op.CWD, IntegerActions::cwd);
        TABLE.put(Op.XLAT, IntegerActions::xlat);
        TABLE.put(Op.LAHF, (cpu, in) -> Operands.setReg8(cpu, 4, cpu.eflags()));
        TABLE.put(Op.SAHF, IntegerActions::sahf);
        TABLE.put(Op.SALC, (cpu, in) -> Operands.setReg8(cpu, 0, cpu.carries >> 31));
        TABLE.put(Op.CMOVCC, IntegerActions::cmov);
        TABLE.put(Op.SETCC, (cpu, in) -> Operands.write(cpu, in, 1, Conditions.holds(cpu, in.condition) ? 1 : 0));
        TABLE.put(Op.CMC, (cpu, in) -> cpu.carries ^= 0xC000_0000);
        TABLE.put(Op.CLC, (cpu, in) -> setCarry(cpu, false));
        TABLE.put(Op.STC, (cpu, in) -> setCarry(cpu, true));
        TABLE.put(Op.CLD, (cpu, in) -> cpu.systemFlags &= ~EFlags.DF);
        TABLE.put(Op.STD, (cpu, in) -> cpu.systemFlags |= EFlags.DF);
        TABLE.put(Op.NOP, (cpu, in) -> {});
        TABLE.put(Op.PAUSE, (cpu, in) -> {});
        TABLE.put(Op.PREFETCH, (cpu, in) -> {});
        TABLE.put(Op.PUSH, (cpu, in) -> cpu.stack.push(in.operandSize, Operands.read(cpu, in, 1)));
        TABLE.put(Op.PUSH_SEG, (cpu, in) -> cpu.stack.push(in.operandSize, cpu.selector[in.reg1]));
        TABLE.put(Op.POP, StackFrames::pop);
        TABLE.put(Op.PUSHA, StackFrames::pushAll);
        TABLE.put(Op.POPA, StackFrames::popAll);
        TABLE.put(Op.ENTER, StackFrames::enter);
        TABLE.put(Op.LEAVE, StackFrames::leave);
        TABLE.put(Op.MOV_FROM_SEG, (cpu, in) -> Operands.write(cpu, in, 1, cpu.selector[in.reg2]));
        TABLE.put(Op.BOUND, IntegerActions::bound);
        TABLE.put(Op.IN, IntegerActions::in);
        TABLE.put(Op.OUT, IntegerActions::out);
        TABLE.put(Op.UD, (cpu, in) -> {
            throw cpu.fault(GuestFault.UD);
        });
        TABLE.put(Op.GP_TOO_LONG, (cpu, in) -> {
            throw cpu.fault(GuestFault.GP, 0);
        });
    }

    private IntegerActions() {}

    /** The action of an operation, or null when it is not in this table. */
    static SystemInsn.Action of(Op op) {
        return TABLE.get(op);
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

    private static void group(Op op, int number) {
        TABLE.put(op, (cpu, in) -> {
            int b = Operands.read(cpu, in, 2);
            int a = Operands.modify(cpu, in);
            Operands.write(cpu, in, 1, Alu.group(cpu, number, Operands.size(in, 1), a, b));
        });
    }

    private static void shift(Op op, Shift shift) {
        TABLE.put(op, (cpu, in) -> {
            int count = Operands.read(cpu, in, 2) & 31;
            int a = Operands.modify(cpu, in);
            Operands.write(cpu, in, 1, count == 0 ? a : shift.apply(cpu, Operands.size(in, 1), a, count));
        });
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
