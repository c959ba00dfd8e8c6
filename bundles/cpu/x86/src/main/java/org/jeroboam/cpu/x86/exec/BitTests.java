package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/** BT, BTS, BTR, BTC, BSF, BSR. Undefined flags of the bit tests stay; those of the scans follow the source. */
final class BitTests {
    static final int TEST = 0;
    static final int SET = 1;
    static final int RESET = 2;
    static final int COMPLEMENT = 3;

    private BitTests() {}

    static void run(Cpu cpu, Instruction in, int what) {
        int size = in.operandSize;
        int bits = size * 8;
        int index = Operands.read(cpu, in, 2);
        if (in.kind1 != OperandKind.MEM) {
            int a = Operands.read(cpu, in, 1);
            int bit = 1 << (index & bits - 1);
            setCarry(cpu, (a & bit) != 0);
            if (what != TEST) {
                Operands.write(cpu, in, 1, change(a, bit, what));
            }
            return;
        }
        int offset = Operands.offset(cpu, in);
        if (in.kind2 != OperandKind.IMM) {
            int signed = Alu.extend(size, index);
            offset += size == 4 ? signed >> 5 << 2 : signed >> 4 << 1;
            if (in.addressSize == 2) {
                offset &= 0xFFFF;
            }
        }
        int bit = 1 << (index & bits - 1);
        if (what == TEST) {
            setCarry(cpu, (cpu.seg.read(in.segment, offset, size) & bit) != 0);
        } else {
            int linear = cpu.seg.linearWrite(in.segment, offset, size);
            int a = cpu.mmu.modify(linear, size);
            cpu.seg.write(in.segment, offset, size, change(a, bit, what));
            setCarry(cpu, (a & bit) != 0);
        }
    }

    private static int change(int a, int bit, int what) {
        return what == SET ? a | bit : what == RESET ? a & ~bit : a ^ bit;
    }

    private static void setCarry(Cpu cpu, boolean carry) {
        if (carry != cpu.carries < 0) {
            cpu.carries ^= 0xC000_0000; // both bits, so that OF stays
        }
    }

    static void scanForward(Cpu cpu, Instruction in) {
        int a = Operands.read(cpu, in, 2);
        if (a != 0) {
            Operands.write(cpu, in, 1, Integer.numberOfTrailingZeros(a));
        }
        setFlags(cpu, a);
    }

    static void scanReverse(Cpu cpu, Instruction in) {
        int a = Operands.read(cpu, in, 2);
        if (a != 0) {
            Operands.write(cpu, in, 1, 31 - Integer.numberOfLeadingZeros(a));
        }
        setFlags(cpu, a);
    }

    private static void setFlags(Cpu cpu, int source) {
        cpu.setStatus(source == 0 ? EFlags.ZF | EFlags.PF : 0);
    }
}
