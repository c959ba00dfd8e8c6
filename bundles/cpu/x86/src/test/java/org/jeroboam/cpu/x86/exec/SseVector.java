package org.jeroboam.cpu.x86.exec;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.decode.Decoder;
import org.jeroboam.cpu.x86.decode.Disassembler;
import org.jeroboam.hardware.cpu.CpuModel;

/** One record of the format that {@code src/test/tools/ssevectors.c} describes, and its execution by a processor. */
final class SseVector implements AutoCloseable {
    static final int SIZE = 116;

    private static final int MEMORY = 0x1000;
    private static final int EAX = 0x5A5A_5A5A;
    private static final int FLAGS = 0x8D5;
    private static final int MASKED_MOVE = 0xF7;
    private static final CpuModel MODEL = CpuModel.PM;

    private final Arena arena = Arena.ofConfined();
    private final TestMemory memory = new TestMemory(arena, 0x4000);
    private final Cpu cpu = new Cpu(new TestBus(memory), MODEL);
    private final Decoder decoder = new Decoder(MODEL.features());
    private final Linker linker = new Linker();
    private final Instruction in = new Instruction();
    private final byte[] bytes = new byte[SIZE];
    private final ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

    /** What should be there, and what is: MXCSR, trap, EAX, ECX, flags, XMM0, XMM1, memory, MM0. */
    final long[] want = new long[12];

    final long[] have = new long[12];

    SseVector() {
        StateTransfer.load(cpu, SystemBench.flat(0));
        cpu.cr4 = FpuUnit.CR4_OSFXSR | 1 << 10;
        cpu.modeChanged();
    }

    @Override
    public void close() {
        cpu.mmu.close();
        arena.close();
    }

    /** The record to fill before {@link #execute}. */
    byte[] bytes() {
        return bytes;
    }

    /** Opcode after 0F. */
    int opcode() {
        return in.opcode & 0xFF;
    }

    Instruction instruction() {
        return in;
    }

    int mxcsr() {
        return b.getInt(8);
    }

    long source(int half) {
        return b.getLong(28 + 8 * half);
    }

    /** Executes the record. @return whether everything agrees */
    boolean execute() {
        decoder.decode(at -> bytes[1 + at], true, in);
        boolean pointer = in.hasMemory() || opcode() == MASKED_MOVE;
        long a0 = b.getLong(12);
        long a1 = b.getLong(20);
        long b0 = source(0);
        long b1 = source(1);
        long[] xmm = cpu.fpu.fpu.xmm();
        xmm[0] = a0;
        xmm[1] = a1;
        xmm[2] = b0;
        xmm[3] = b1;
        cpu.fpu.fpu.setMm(0, a0);
        cpu.fpu.fpu.setMm(1, b0);
        cpu.fpu.fpu.setMxcsr(mxcsr());
        write64(0, b0);
        write64(8, b1);
        cpu.gpr[Cpu.EAX] = EAX;
        int ecx = pointer ? MEMORY : (int) b0;
        cpu.gpr[Cpu.ECX] = ecx;
        cpu.gpr[Cpu.EDI] = MEMORY;
        cpu.setStatus(FLAGS);
        have[1] = 0;
        try {
            linker.link(in, 0, cpu.mode).exec(cpu);
        } catch (GuestFault fault) {
            have[1] = fault.vector == GuestFault.XM ? 1 : 100 + fault.vector;
        }
        have[0] = cpu.fpu.fpu.mxcsr();
        have[2] = cpu.gpr[Cpu.EAX];
        have[3] = cpu.gpr[Cpu.ECX];
        have[4] = cpu.eflags() & FLAGS;
        System.arraycopy(xmm, 0, have, 5, 4);
        have[9] = read64(0);
        have[10] = read64(8);
        have[11] = cpu.fpu.fpu.mm(0);
        want[0] = b.getInt(8) ^ b.getInt(44);
        want[1] = bytes[58];
        boolean trap = want[1] != 0;
        want[2] = EAX ^ b.getInt(48);
        want[3] = ecx ^ b.getInt(52);
        want[4] = FLAGS ^ b.getShort(56);
        long[] before = {a0, a1, b0, b1, b0, b1, a0};
        for (int i = 0; i < before.length; i++) {
            want[5 + i] = before[i] ^ (trap ? 0 : b.getLong(60 + 8 * i));
        }
        return Arrays.equals(want, have);
    }

    private void write64(int at, long value) {
        memory.write(MEMORY + at, 4, (int) value);
        memory.write(MEMORY + at + 4, 4, (int) (value >>> 32));
    }

    private long read64(int at) {
        return memory.read(MEMORY + at, 4) & 0xFFFF_FFFFL | (long) memory.read(MEMORY + at + 4, 4) << 32;
    }

    @Override
    public String toString() {
        StringBuilder s = new StringBuilder(Disassembler.text(in, 0));
        s.append(String.format(
                "%n   mxcsr %04X a %016X %016X b %016X %016X%n",
                mxcsr(), b.getLong(20), b.getLong(12), source(1), source(0)));
        String[] names = {"mxcsr", "trap", "eax", "ecx", "flags", "xmm0", "", "xmm1", "", "memory", "", "mm0"};
        for (int i = 0; i < names.length; i++) {
            if (want[i] != have[i]) {
                s.append(String.format("   %-6s want %016X have %016X%n", names[i], want[i], have[i]));
            }
        }
        return s.toString();
    }
}
