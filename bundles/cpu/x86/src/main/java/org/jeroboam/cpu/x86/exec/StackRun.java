package org.jeroboam.cpu.x86.exec;

import org.jeroboam.hardware.memory.HostMemory;

/**
 * Several PUSHes or POPs of doubleword registers in a row on a flat stack, done at once when the whole run lies in one
 * directly accessible page and the budget has room for all; otherwise its first instruction runs alone.
 */
abstract class StackRun extends Insn {
    final Insn first;
    final Insn last;
    final byte[] registers;

    StackRun(Insn first, Insn last, byte[] registers) {
        super(first.eip);
        this.first = first;
        this.last = last;
        this.registers = registers;
    }

    /** PUSH after PUSH. */
    static final class Pushes extends StackRun {
        Pushes(Insn first, Insn last, byte[] registers) {
            super(first, last, registers);
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            byte[] list = registers;
            int bytes = list.length * 4;
            int pointer = gpr[Cpu.ESP] - bytes;
            long host = cpu.mmu.direct(pointer, bytes - 1);
            if (host == 0 || cpu.budget < list.length) {
                return first.exec(cpu);
            }
            long at = host + bytes;
            for (byte register : list) {
                at -= 4;
                HostMemory.putInt(at, gpr[register]);
            }
            gpr[Cpu.ESP] = pointer;
            cpu.budget -= list.length - 1;
            return last.next;
        }
    }

    /** POP after POP. */
    static final class Pops extends StackRun {
        Pops(Insn first, Insn last, byte[] registers) {
            super(first, last, registers);
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            byte[] list = registers;
            int bytes = list.length * 4;
            int pointer = gpr[Cpu.ESP];
            long host = cpu.mmu.directRead(pointer, bytes - 1);
            if (host == 0 || cpu.budget < list.length) {
                return first.exec(cpu);
            }
            for (byte register : list) {
                gpr[register] = HostMemory.getInt(host);
                host += 4;
            }
            gpr[Cpu.ESP] = pointer + bytes;
            cpu.budget -= list.length - 1;
            return last.next;
        }
    }
}
