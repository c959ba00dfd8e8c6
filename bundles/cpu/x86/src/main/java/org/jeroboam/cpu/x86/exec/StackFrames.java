package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/** POP to anything, PUSHA, POPA, ENTER and LEAVE; registers change after the last access. */
final class StackFrames {
    private StackFrames() {}

    static void pop(Cpu cpu, Instruction in) {
        int size = in.operandSize;
        if (in.kind1 != OperandKind.MEM) {
            int value = cpu.stack.pop(size);
            Operands.write(cpu, in, 1, value);
            return;
        }
        int value = cpu.stack.peek(size, 0);
        int before = cpu.gpr[Cpu.ESP];
        cpu.stack.setPointer(cpu.stack.pointer() + size);
        int after = cpu.gpr[Cpu.ESP];
        int offset = Operands.offset(cpu, in); // with ESP as it will be
        cpu.gpr[Cpu.ESP] = before;
        cpu.seg.write(in.segment, offset, size, value);
        cpu.gpr[Cpu.ESP] = after;
    }

    static void pushAll(Cpu cpu, Instruction in) {
        int size = in.operandSize;
        int mask = cpu.stack.mask();
        for (int i = 1; i <= 8; i++) {
            int at = cpu.stack.pointer() - i * size & mask;
            cpu.mmu.probeWrite(cpu.seg.linearWrite(Cpu.SS, at, size), size);
        }
        int pointer = cpu.stack.pointer();
        for (int register = Cpu.EAX; register <= Cpu.EDI; register++) {
            pointer = pointer - size & mask;
            cpu.seg.write(Cpu.SS, pointer, size, cpu.gpr[register]);
        }
        cpu.stack.setPointer(pointer);
    }

    static void popAll(Cpu cpu, Instruction in) {
        int size = in.operandSize;
        int edi = cpu.stack.peek(size, 0);
        int esi = cpu.stack.peek(size, size);
        int ebp = cpu.stack.peek(size, 2 * size);
        cpu.stack.peek(size, 3 * size);
        int ebx = cpu.stack.peek(size, 4 * size);
        int edx = cpu.stack.peek(size, 5 * size);
        int ecx = cpu.stack.peek(size, 6 * size);
        int eax = cpu.stack.peek(size, 7 * size);
        Operands.setReg(cpu, size, Cpu.EDI, edi);
        Operands.setReg(cpu, size, Cpu.ESI, esi);
        Operands.setReg(cpu, size, Cpu.EBP, ebp);
        Operands.setReg(cpu, size, Cpu.EBX, ebx);
        Operands.setReg(cpu, size, Cpu.EDX, edx);
        Operands.setReg(cpu, size, Cpu.ECX, ecx);
        Operands.setReg(cpu, size, Cpu.EAX, eax);
        cpu.stack.setPointer(cpu.stack.pointer() + 8 * size);
    }

    static void enter(Cpu cpu, Instruction in) {
        int size = in.operandSize;
        int level = in.imm2 & 31;
        int mask = cpu.stack.mask();
        probeFrames(cpu, size, level, mask);
        int pointer = cpu.stack.pointer() - size & mask;
        // A write at the new stack pointer must be possible, but does not happen.
        int last = pointer - level * size - (in.imm & 0xFFFF) & mask;
        cpu.mmu.probeWrite(cpu.seg.linearWrite(Cpu.SS, last, size), size);
        cpu.seg.write(Cpu.SS, pointer, size, cpu.gpr[Cpu.EBP]);
        int frame = cpu.gpr[Cpu.ESP] & ~mask | pointer;
        if (level > 0) {
            int outer = cpu.gpr[Cpu.EBP];
            for (int i = 1; i < level; i++) {
                outer -= size;
                int link = cpu.seg.read(Cpu.SS, outer & mask, size);
                pointer = pointer - size & mask;
                cpu.seg.write(Cpu.SS, pointer, size, link);
            }
            pointer = pointer - size & mask;
            cpu.seg.write(Cpu.SS, pointer, size, frame);
        }
        Operands.setReg(cpu, size, Cpu.EBP, frame);
        cpu.stack.setPointer(last);
    }

    /** Raises every fault that ENTER's accesses could, as old frames may lie where new ones are written. */
    private static void probeFrames(Cpu cpu, int size, int level, int mask) {
        int pointer = cpu.stack.pointer();
        int outer = cpu.gpr[Cpu.EBP];
        for (int i = 0; i <= level; i++) {
            pointer = pointer - size & mask;
            cpu.mmu.probeWrite(cpu.seg.linearWrite(Cpu.SS, pointer, size), size);
            if (i > 0 && i < level) {
                outer -= size;
                cpu.mmu.probeRead(cpu.seg.linearRead(Cpu.SS, outer & mask, size), size);
            }
        }
    }

    static void leave(Cpu cpu, Instruction in) {
        int size = in.operandSize;
        int mask = cpu.stack.mask();
        int pointer = cpu.gpr[Cpu.EBP] & mask;
        int value = cpu.seg.read(Cpu.SS, pointer, size);
        cpu.stack.setPointer(pointer + size);
        Operands.setReg(cpu, size, Cpu.EBP, value);
    }
}
