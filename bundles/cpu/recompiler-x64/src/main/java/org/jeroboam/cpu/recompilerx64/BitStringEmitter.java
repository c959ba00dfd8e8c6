package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/** BT, BTS, BTR and BTC of a bit string in memory, at a bit offset in a register: kernels keep their sets so. */
final class BitStringEmitter {
    private static final Address LAHF_BYTE = Address.of(R15, StateBlock.FLAGS_LAHF);

    private final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;

    BitStringEmitter(Assembler asm, FlagKeeper flags, MemoryAccess memory) {
        this.asm = asm;
        this.flags = flags;
        this.memory = memory;
    }

    /** Whether an instruction is one of a bit string that the emitter takes. */
    static boolean has(Instruction in) {
        boolean bits =
                switch (in.op) {
                    case BT, BTS, BTR, BTC -> true;
                    default -> false;
                };
        return bits && in.kind1 == OperandKind.MEM && in.kind2 != OperandKind.IMM && in.addressSize == 4;
    }

    /**
     * Emits an instruction.
     *
     * @param live flags that matter behind it; all but CF stay
     */
    void emit(Instruction in, int live) {
        int size = in.operandSize;
        int index = Operands.host(in, 2);
        int opcode =
                switch (in.op) {
                    case BT -> 0x0FA3;
                    case BTS -> 0x0FAB;
                    case BTR -> 0x0FB3;
                    default -> 0x0FBB;
                };
        boolean writes = opcode != 0x0FA3;
        memory.checkBits(in, index, size, writes);
        if ((live & ~EFlags.CF) != 0) {
            flags.save();
        }
        asm.mov(R10, index);
        asm.rri8(0x83, 4, 4, R10, 8 * size - 1); // and
        asm.rm(0x8B, size, R11, HOST);
        asm.rr(opcode, size, R10, R11);
        if (writes) {
            asm.rm(0x89, size, R11, HOST);
        }
        if (live == EFlags.CF) {
            flags.set(FlagState.IN_HOST);
            return;
        }
        if (live != 0) {
            asm.rr(0x0F92, 1, 0, R10); // setc
            asm.rmi8(0x80, 1, 4, LAHF_BYTE, 0xFE); // and
            asm.rm(0x08, 1, R10, LAHF_BYTE); // or
        }
        flags.disturbed();
    }
}
