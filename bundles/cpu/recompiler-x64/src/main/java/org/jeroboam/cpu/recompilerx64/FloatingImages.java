package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.hardware.cpu.CpuFeature;
import org.jeroboam.hardware.cpu.CpuModel;

/**
 * FXSAVE and FXRSTOR while all registers are in the host's units, by its own FXSAVE and FXRSTOR through the image in the state block:
 * what only the guest has (pointers, the mask of MXCSR) or the host alone (more registers) differs. An image that the host
 * must not be given, with exceptions that are not masked or bits that MXCSR does not have, is the interpreter's.
 */
class FloatingImages {
    private static final int BYTES = 512;
    private static final int REGISTERS = 32;
    private static final int XMM = 160;
    private static final int XMM_8 = 8;
    private static final int MASKS = 0x3F;
    private static final int MXCSR_MASKS = 0x1F80;
    private static final int ALL_BITS = 0xFFFF;
    private static final int WITHOUT_DAZ = 0xFFBF;
    /** What FLDCW can set, and the bit that is always set. */
    private static final int CONTROL_BITS = 0x1F3F;

    private static final int CONTROL_FIXED = 0x40;
    /** The status word without what follows from exceptions and masks. */
    private static final int STATUS_BITS = 0x7F7F;

    private static final int OPCODE_BITS = 0x7FF;

    private final Assembler asm;
    private final MemoryAccess memory;
    private final ColdPaths cold;
    private final boolean sse;
    private final int mxcsrBits;

    FloatingImages(Assembler asm, MemoryAccess memory, ColdPaths cold, CpuModel model) {
        this.asm = asm;
        this.memory = memory;
        this.cold = cold;
        sse = model.has(CpuFeature.SSE);
        mxcsrBits = model.has(CpuFeature.SSE2) ? ALL_BITS : WITHOUT_DAZ;
    }

    /** Whether this takes an instruction. */
    static boolean has(Instruction in) {
        return (in.op == Op.FXSAVE || in.op == Op.FXRSTOR) && in.addressSize == 4;
    }

    /** Emits an instruction; memory knows the last x87 instruction, if it is not settled. */
    void emit(Instruction in) {
        memory.begin();
        if (!sse) {
            cold.interpret(asm.jmp());
        } else if (in.op == Op.FXSAVE) {
            save(in);
        } else {
            restore(in);
        }
    }

    private static Address image(int at) {
        return Address.of(R15, FloatingState.IMAGE + at);
    }

    private static Address pointers(int at) {
        return Address.of(R15, FloatingState.POINTERS + at);
    }

    private static Address guest(int at) {
        return Address.of(R9, at);
    }

    private void save(Instruction in) {
        settled();
        memory.checkImage(in, BYTES, true);
        asm.rr(0x01, 8, R8, R9); // add
        asm.rm(0x0FAE, 4, 0, image(0)); // fxsave
        savePointers();
        asm.rmi8(0xC6, 1, 0, image(5), 0); // mov: reserved
        asm.rmi(0xC7, 4, 0, image(28), mxcsrBits); // mov
        copy(0, REGISTERS, false);
        for (int at = REGISTERS; at < XMM; at += 16) {
            asm.load64(R10, image(at));
            asm.rm(0x89, 8, R10, guest(at));
            asm.rm(0x0FB7, 4, R10, image(at + 8)); // movzx
            asm.rm(0x89, 8, R10, guest(at + 8));
        }
        copy(XMM, FloatingState.IMAGE_END, false);
    }

    /** Goes on if it is known which x87 instruction was the last one. */
    void settled() {
        asm.load(R10, Address.of(R15, FloatingState.LAST_INSTRUCTION));
        asm.rm(0x0B, 4, R10, Address.of(R15, FloatingState.LAST_SEGMENT)); // or
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
    }

    /** Puts the guest's last instruction and data pointer into the image. */
    void savePointers() {
        asm.rm(0x0FB7, 4, R10, pointers(FloatingState.OPCODE_AT)); // movzx
        asm.rm(0x89, 2, R10, image(FloatingState.OPCODE_AT));
        asm.load64(R10, pointers(FloatingState.FIP_AT));
        asm.rm(0x89, 8, R10, image(FloatingState.FIP_AT));
        asm.load64(R10, pointers(FloatingState.FDP_AT));
        asm.rm(0x89, 8, R10, image(FloatingState.FDP_AT));
    }

    private void restore(Instruction in) {
        memory.checkImage(in, BYTES, false);
        asm.rr(0x01, 8, R8, R9); // add
        masked();
        copy(0, FloatingState.IMAGE_END, true);
        asm.rmi(0x81, 4, 4, image(0), STATUS_BITS << 16 | CONTROL_BITS); // and
        asm.rmi8(0x83, 4, 1, image(0), CONTROL_FIXED); // or
        asm.rm(0x0FAE, 4, 1, image(0)); // fxrstor
        restorePointers();
    }

    /** Goes on if the host may have the image at R9. */
    void masked() {
        asm.load(R10, guest(24));
        asm.rri(0xF7, 4, 0, R10, ~mxcsrBits); // test
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        asm.rr(0xF7, 4, 2, R10); // not
        asm.rri(0xF7, 4, 0, R10, MXCSR_MASKS);
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        asm.load(R10, guest(0));
        asm.rr(0xF7, 4, 2, R10); // not
        asm.rri8(0xF6, 1, 0, R10, MASKS);
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
    }

    /** The last instruction and data pointer are those of the image at R9. */
    void restorePointers() {
        asm.rm(0x0FB7, 4, R10, guest(FloatingState.OPCODE_AT)); // movzx
        asm.rri(0x81, 4, 4, R10, OPCODE_BITS); // and
        asm.rm(0x89, 2, R10, pointers(FloatingState.OPCODE_AT));
        for (int at : new int[] {FloatingState.FIP_AT, FloatingState.FDP_AT}) {
            asm.load(R10, guest(at));
            asm.store(pointers(at), R10);
            asm.rm(0x0FB7, 4, R10, guest(at + 4)); // movzx: the selector
            asm.store(pointers(at + 4), R10);
        }
        asm.rmi(0xC7, 4, 0, Address.of(R15, FloatingState.LAST_INSTRUCTION), 0); // mov
        asm.rmi(0xC7, 4, 0, Address.of(R15, FloatingState.LAST_SEGMENT), 0);
    }

    /** Copies bytes between the image and the guest's at R9, through a register that no guest has. */
    private void copy(int from, int end, boolean in) {
        for (int at = from; at < end; at += 16) {
            asm.rm(0x0F10, 4, XMM_8, in ? guest(at) : image(at)); // movups
            asm.rm(0x0F11, 4, XMM_8, in ? image(at) : guest(at));
        }
    }
}
