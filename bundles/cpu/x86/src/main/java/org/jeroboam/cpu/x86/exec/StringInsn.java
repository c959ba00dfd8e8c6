package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.hardware.memory.HostMemory;

/**
 * A string instruction. Each iteration of a repeated one retires by itself: registers are up to date after every
 * element, so faults, interrupts and the end of the budget leave a state to continue from. MOVS and STOS go by the page
 * where both sides are plain memory.
 */
abstract class StringInsn extends Insn {
    /** Bytes from which on one copy is faster than a loop; a multiple of 8. */
    private static final int LONG = 64;

    final int size;
    final int segment;
    private final boolean repeated;
    private final int addressMask;

    StringInsn(int eip, Instruction in) {
        super(eip);
        size = in.operandSize;
        segment = in.segment;
        repeated = in.rep != Instruction.REP_NONE;
        addressMask = in.addressSize == 2 ? 0xFFFF : -1;
    }

    /** One element. Registers move after the last access that can fault. */
    abstract void element(Cpu cpu);

    /** Whether a repetition ends early after an element. */
    boolean satisfied(Cpu cpu) {
        return false;
    }

    /**
     * Does several elements at once.
     *
     * @param most elements, 2 or more
     * @return how many were done, 0 when it is not possible here
     */
    int several(Cpu cpu, int most) {
        return 0;
    }

    @Override
    final Insn exec(Cpu cpu) {
        if (!repeated) {
            element(cpu);
            return next;
        }
        int count = counter(cpu);
        if (count == 0) {
            return next;
        }
        while (true) {
            // As an unsigned number the counter may be larger than any budget.
            int most = count < 0 || count > cpu.budget ? cpu.budget : count;
            int done = most > 3 ? several(cpu, most) : 0;
            if (done > 0) {
                cpu.budget -= done - 1;
            } else {
                element(cpu);
                done = 1;
            }
            count -= done;
            setCounter(cpu, count);
            if (count == 0 || satisfied(cpu)) {
                return next;
            }
            if (cpu.budget <= 1) {
                return this;
            }
            cpu.budget--;
        }
    }

    private int counter(Cpu cpu) {
        return cpu.gpr[Cpu.ECX] & addressMask;
    }

    private void setCounter(Cpu cpu, int count) {
        cpu.gpr[Cpu.ECX] = cpu.gpr[Cpu.ECX] & ~addressMask | count & addressMask;
    }

    final int source(Cpu cpu) {
        return cpu.gpr[Cpu.ESI] & addressMask;
    }

    final int destination(Cpu cpu) {
        return cpu.gpr[Cpu.EDI] & addressMask;
    }

    final int step(Cpu cpu) {
        return (cpu.systemFlags & EFlags.DF) != 0 ? -size : size;
    }

    final void advance(Cpu cpu, int register, int by) {
        cpu.gpr[register] = cpu.gpr[register] & ~addressMask | cpu.gpr[register] + by & addressMask;
    }

    /** Elements from an offset upwards that lie in its page and segment, and before the offset wraps around. */
    final int reach(Cpu cpu, int register, int offset, boolean write) {
        int page = 0x1000 - (cpu.base[register] + offset & 0xFFF);
        long room = (addressMask & 0xFFFF_FFFFL) + 1 - (offset & 0xFFFF_FFFFL);
        return (int) Math.min(page, Math.min(room, cpu.seg.room(register, offset, write))) / size;
    }

    /** Makes the object for a string operation. */
    static Insn of(int eip, Instruction in) {
        return switch (in.op) {
            case MOVS -> new Movs(eip, in);
            case STOS -> new Stos(eip, in);
            case LODS -> new Lods(eip, in);
            case CMPS -> new Cmps(eip, in);
            case SCAS -> new Scas(eip, in);
            case INS -> new Ins(eip, in);
            case OUTS -> new Outs(eip, in);
            default -> throw new IllegalArgumentException(in.op + " is no string operation");
        };
    }

    private static final class Movs extends StringInsn {
        Movs(int eip, Instruction in) {
            super(eip, in);
        }

        @Override
        void element(Cpu cpu) {
            int value = cpu.seg.read(segment, source(cpu), size);
            cpu.seg.write(Cpu.ES, destination(cpu), size, value);
            int step = step(cpu);
            advance(cpu, Cpu.ESI, step);
            advance(cpu, Cpu.EDI, step);
        }

        @Override
        int several(Cpu cpu, int most) {
            if ((cpu.systemFlags & EFlags.DF) != 0) {
                return 0;
            }
            int from = source(cpu);
            int to = destination(cpu);
            int linearFrom = cpu.base[segment] + from;
            int linearTo = cpu.base[Cpu.ES] + to;
            int reach = Math.min(reach(cpu, segment, from, false), reach(cpu, Cpu.ES, to, true));
            int count = Math.min(most, reach);
            long hostFrom = cpu.mmu.directRead(linearFrom, 0);
            long hostTo = cpu.mmu.direct(linearTo, 0);
            if (count < 2 || hostFrom == 0 || hostTo == 0) {
                return 0;
            }
            int bytes = count * size;
            if (hostTo > hostFrom && hostTo < hostFrom + bytes) {
                copyPattern(hostFrom, hostTo, bytes);
            } else {
                copyUp(hostFrom, hostTo, bytes);
            }
            advance(cpu, Cpu.ESI, bytes);
            advance(cpu, Cpu.EDI, bytes);
            return count;
        }

        /** Overlapping upwards: each element must see what was written before it. */
        private void copyPattern(long from, long to, int bytes) {
            for (int i = 0; i < bytes; i += size) {
                switch (size) {
                    case 1 -> HostMemory.putByte(to + i, HostMemory.getByte(from + i));
                    case 2 -> HostMemory.putShort(to + i, HostMemory.getShort(from + i));
                    default -> HostMemory.putInt(to + i, HostMemory.getInt(from + i));
                }
            }
        }

        private static void copyUp(long from, long to, int bytes) {
            if (bytes >= LONG) {
                HostMemory.copy(from, to, bytes);
                return;
            }
            int i = 0;
            for (; i + 8 <= bytes; i += 8) {
                HostMemory.putLong(to + i, HostMemory.getLong(from + i));
            }
            for (; i < bytes; i++) {
                HostMemory.putByte(to + i, HostMemory.getByte(from + i));
            }
        }
    }

    private static final class Stos extends StringInsn {
        Stos(int eip, Instruction in) {
            super(eip, in);
        }

        @Override
        void element(Cpu cpu) {
            cpu.seg.write(Cpu.ES, destination(cpu), size, cpu.gpr[Cpu.EAX]);
            advance(cpu, Cpu.EDI, step(cpu));
        }

        @Override
        int several(Cpu cpu, int most) {
            if ((cpu.systemFlags & EFlags.DF) != 0) {
                return 0;
            }
            int to = destination(cpu);
            int linear = cpu.base[Cpu.ES] + to;
            int count = Math.min(most, reach(cpu, Cpu.ES, to, true));
            long host = cpu.mmu.direct(linear, 0);
            if (count < 2 || host == 0) {
                return 0;
            }
            int bytes = count * size;
            long pattern = cpu.gpr[Cpu.EAX] & -1L >>> 64 - size * 8;
            for (int width = size * 8; width < 64; width *= 2) {
                pattern |= pattern << width;
            }
            fill(host, bytes, pattern);
            advance(cpu, Cpu.EDI, bytes);
            return count;
        }

        private static void fill(long host, int bytes, long pattern) {
            int one = Math.min(bytes, LONG);
            int i = 0;
            for (; i + 8 <= one; i += 8) {
                HostMemory.putLong(host + i, pattern);
            }
            for (; i < one; i++) {
                HostMemory.putByte(host + i, (int) (pattern >>> (i & 7) * 8));
            }
            for (; i < bytes; i *= 2) {
                HostMemory.copy(host, host + i, Math.min(i, bytes - i));
            }
        }
    }

    private static final class Lods extends StringInsn {
        Lods(int eip, Instruction in) {
            super(eip, in);
        }

        @Override
        void element(Cpu cpu) {
            int value = cpu.seg.read(segment, source(cpu), size);
            Operands.setReg(cpu, size, Cpu.EAX, value);
            advance(cpu, Cpu.ESI, step(cpu));
        }
    }

    /** CMPS and SCAS end by ZF. */
    private abstract static class Comparing extends StringInsn {
        private final boolean whileEqual;

        Comparing(int eip, Instruction in) {
            super(eip, in);
            whileEqual = in.rep == Instruction.REP;
        }

        @Override
        final boolean satisfied(Cpu cpu) {
            return cpu.result == 0 != whileEqual;
        }
    }

    private static final class Cmps extends Comparing {
        Cmps(int eip, Instruction in) {
            super(eip, in);
        }

        @Override
        void element(Cpu cpu) {
            int a = cpu.seg.read(segment, source(cpu), size);
            int b = cpu.seg.read(Cpu.ES, destination(cpu), size);
            Alu.group(cpu, Alu.CMP, size, a, b);
            int step = step(cpu);
            advance(cpu, Cpu.ESI, step);
            advance(cpu, Cpu.EDI, step);
        }
    }

    private static final class Scas extends Comparing {
        Scas(int eip, Instruction in) {
            super(eip, in);
        }

        @Override
        void element(Cpu cpu) {
            int b = cpu.seg.read(Cpu.ES, destination(cpu), size);
            Alu.group(cpu, Alu.CMP, size, Operands.reg(cpu, size, Cpu.EAX), b);
            advance(cpu, Cpu.EDI, step(cpu));
        }
    }

    private static final class Ins extends StringInsn {
        Ins(int eip, Instruction in) {
            super(eip, in);
        }

        @Override
        void element(Cpu cpu) {
            int port = cpu.gpr[Cpu.EDX] & 0xFFFF;
            cpu.ports.check(port, size);
            int linear = cpu.seg.linearWrite(Cpu.ES, destination(cpu), size);
            cpu.mmu.probeWrite(linear, size); // a fault must not lose what the port gave
            int value = cpu.bus.readPort(port, size);
            cpu.seg.write(Cpu.ES, destination(cpu), size, value);
            advance(cpu, Cpu.EDI, step(cpu));
        }
    }

    private static final class Outs extends StringInsn {
        Outs(int eip, Instruction in) {
            super(eip, in);
        }

        @Override
        void element(Cpu cpu) {
            int port = cpu.gpr[Cpu.EDX] & 0xFFFF;
            cpu.ports.check(port, size);
            int value = cpu.seg.read(segment, source(cpu), size);
            cpu.bus.writePort(port, size, value);
            advance(cpu, Cpu.ESI, step(cpu));
        }
    }
}
