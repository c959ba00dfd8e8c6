package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.Instruction;

/**
 * x87 instructions: the host's own. The instruction and data pointers are the guest's: exits know the last instruction of
 * their block, the end of a block stores it, and the data pointer's offset is stored by every instruction with memory.
 */
final class FpuEmitter {
    private static final Address SCRATCH = Address.of(R15, FloatingState.SCRATCH);
    private static final int MASKS = 0x3F;
    /** What {@code FLDCW} can set, and the bit that is always set. */
    private static final int CONTROL_BITS = 0x1F3F;

    private static final int CONTROL_FIXED = 0x40;

    private final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;
    private final ColdPaths cold;
    private final FloatingState state;
    private final FloatingImages images;

    private int last;
    private int segment;

    FpuEmitter(
            Assembler asm,
            FlagKeeper flags,
            MemoryAccess memory,
            ColdPaths cold,
            FloatingState state,
            FloatingImages images) {
        this.asm = asm;
        this.flags = flags;
        this.memory = memory;
        this.cold = cold;
        this.state = state;
        this.images = images;
    }

    /** Emits an instruction at a CS offset. */
    void emit(Instruction in, int eip) {
        switch (in.op) {
            case FWAIT -> {} // nothing is pending where registers are loaded
            case FLDCW -> loadControl(in);
            case FNSTCW -> withMemory(in);
            case FNSTSW -> {
                if (in.hasMemory()) {
                    withMemory(in);
                } else {
                    plain(in);
                }
            }
            case FNCLEX -> plain(in);
            case FXSAVE, FXRSTOR -> {
                flush();
                images.emit(in);
            }
            default -> {
                if (in.hasMemory()) {
                    withMemory(in);
                    dataPointer(in);
                } else {
                    register(in);
                }
                last = state.instruction(eip, in.opcode);
                cold.floating(last << 3 | segment);
            }
        }
    }

    private void register(Instruction in) {
        switch (in.op) {
            case FCMOVCC -> {
                int condition = flags.condition(in.condition);
                asm.byte1((condition & 1) == 0 ? 0xDA : 0xDB);
                int field = condition >> 1 == 5 ? 3 : (condition >> 1) - 1; // B, E, BE, U
                asm.byte1(0xC0 | field << 3 | in.modrm & 7);
            }
            case FCOMI, FCOMIP, FUCOMI, FUCOMIP -> {
                plain(in);
                clearC1();
                flags.set(FlagState.IN_HOST);
            }
            default -> plain(in);
        }
    }

    /** Some processors leave C1 in comparisons that write EFLAGS. */
    private void clearC1() {
        asm.byte1(0xD9); // fdecstp
        asm.byte1(0xF6);
        asm.byte1(0xD9); // fincstp
        asm.byte1(0xF7);
    }

    private void plain(Instruction in) {
        asm.byte1(escape(in));
        asm.byte1(in.modrm);
    }

    private void withMemory(Instruction in) {
        memory.check(in, in.memorySize, in.writesMemory());
        asm.rm(escape(in), 4, in.modrm >> 3 & 7, HOST);
    }

    private static int escape(Instruction in) {
        return in.opcode > 0x7FF ? in.opcode >>> 8 : 0xD8 | in.opcode >>> 8;
    }

    /** The offset is the address that was checked, without the segment's base. */
    private void dataPointer(Instruction in) {
        if (memory.hasBase(in.segment)) {
            asm.rm(0x2B, 4, R8, Address.of(R15, StateBlock.BASE + 4 * in.segment));
        }
        asm.store(Address.of(R15, FloatingState.DATA_OFFSET), R8);
        segment = in.segment + 1;
    }

    /** FLDCW: the interpreter's when it unmasks an exception. */
    private void loadControl(Instruction in) {
        memory.check(in, 2, false);
        asm.rm(0x0FB7, 4, R10, HOST);
        asm.rri(0x81, 4, 4, R10, CONTROL_BITS); // and
        asm.rri8(0x83, 4, 1, R10, CONTROL_FIXED); // or
        asm.store(SCRATCH, R10);
        asm.rr(0xF7, 4, 2, R10); // not
        asm.rri8(0xF6, 1, 0, R10, MASKS);
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        asm.rm(0xD9, 4, 5, SCRATCH);
    }

    /** Goes on elsewhere, where the last instruction is known. */
    void drop() {
        last = 0;
        segment = 0;
        cold.floating(0);
    }

    /** At the end of a block: memory knows the last instruction. EFLAGS stay. */
    void flush() {
        if (last != 0) {
            asm.rmi(0xC7, 4, 0, Address.of(R15, FloatingState.LAST_INSTRUCTION), last);
            if (segment != 0) {
                asm.rmi(0xC7, 4, 0, Address.of(R15, FloatingState.LAST_SEGMENT), segment);
            }
        }
        drop();
    }
}
