package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/** Explicit operands of any kind, read and written by their description: the general, slower way. */
final class Operands {
    private Operands() {}

    /** Effective offset of the memory operand. */
    static int offset(Cpu cpu, Instruction in) {
        int offset = in.displacement;
        if (in.base >= 0) {
            offset += cpu.gpr[in.base];
        }
        if (in.index >= 0) {
            offset += cpu.gpr[in.index] << in.scale;
        }
        return in.addressSize == 2 ? offset & 0xFFFF : offset;
    }

    static OperandKind kind(Instruction in, int operand) {
        return operand == 1 ? in.kind1 : operand == 2 ? in.kind2 : in.kind3;
    }

    static int number(Instruction in, int operand) {
        return operand == 1 ? in.reg1 : operand == 2 ? in.reg2 : in.reg3;
    }

    /** Bytes of a register or memory operand; the operand size for others. */
    static int size(Instruction in, int operand) {
        return switch (kind(in, operand)) {
            case REG8 -> 1;
            case REG16 -> 2;
            case REG32 -> 4;
            case MEM -> in.memorySize;
            default -> in.operandSize;
        };
    }

    /**
     * Reads an operand of 1, 2 or 4 bytes.
     *
     * @param operand 1 to 3
     * @return zero-extended
     */
    static int read(Cpu cpu, Instruction in, int operand) {
        return switch (kind(in, operand)) {
            case REG8 -> reg8(cpu, number(in, operand));
            case REG16 -> cpu.gpr[number(in, operand)] & 0xFFFF;
            case REG32 -> cpu.gpr[number(in, operand)];
            case MEM -> cpu.seg.read(in.segment, offset(cpu, in), in.memorySize);
            default -> in.imm;
        };
    }

    /** Writes an operand of 1, 2 or 4 bytes. */
    static void write(Cpu cpu, Instruction in, int operand, int value) {
        switch (kind(in, operand)) {
            case REG8 -> setReg8(cpu, number(in, operand), value);
            case REG16 -> setReg16(cpu, number(in, operand), value);
            case REG32 -> cpu.gpr[number(in, operand)] = value;
            case MEM -> cpu.seg.write(in.segment, offset(cpu, in), in.memorySize, value);
            default -> throw new IllegalStateException("operand " + operand + " of " + in.op + " cannot be written");
        }
    }

    /** Reads operand 1 for a read-modify-write: a memory operand faults as a write does. */
    static int modify(Cpu cpu, Instruction in) {
        if (in.kind1 == OperandKind.MEM) {
            int size = in.memorySize;
            return cpu.mmu.modify(cpu.seg.linearWrite(in.segment, offset(cpu, in), size), size);
        }
        return read(cpu, in, 1);
    }

    /** AL CL DL BL AH CH DH BH. */
    static int reg8(Cpu cpu, int number) {
        return cpu.gpr[number & 3] >>> ((number & 4) << 1) & 0xFF;
    }

    static void setReg8(Cpu cpu, int number, int value) {
        int shift = (number & 4) << 1;
        cpu.gpr[number & 3] = cpu.gpr[number & 3] & ~(0xFF << shift) | (value & 0xFF) << shift;
    }

    static void setReg16(Cpu cpu, int number, int value) {
        cpu.gpr[number] = cpu.gpr[number] & 0xFFFF_0000 | value & 0xFFFF;
    }

    /** A general register of 1, 2 or 4 bytes. */
    static int reg(Cpu cpu, int size, int number) {
        return size == 4 ? cpu.gpr[number] : size == 2 ? cpu.gpr[number] & 0xFFFF : reg8(cpu, number);
    }

    static void setReg(Cpu cpu, int size, int number, int value) {
        switch (size) {
            case 1 -> setReg8(cpu, number, value);
            case 2 -> setReg16(cpu, number, value);
            default -> cpu.gpr[number] = value;
        }
    }
}
