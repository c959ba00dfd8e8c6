package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.hardware.cpu.CpuFeature;
import org.jeroboam.hardware.cpu.CpuModel;

/** MMX, SSE and SSE2: the host's own instructions on its registers of the same names. */
final class SimdEmitter {
    private static final Address SCRATCH = Address.of(R15, FloatingState.SCRATCH);
    private static final int MASKS = 0x1F80;
    private static final int ALL_BITS = 0xFFFF;
    private static final int WITHOUT_DAZ = 0xFFBF;

    private final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;
    private final ColdPaths cold;
    private final int mxcsrBits;

    SimdEmitter(Assembler asm, FlagKeeper flags, MemoryAccess memory, ColdPaths cold, CpuModel model) {
        this.asm = asm;
        this.flags = flags;
        this.memory = memory;
        this.cold = cold;
        mxcsrBits = model.has(CpuFeature.SSE2) ? ALL_BITS : WITHOUT_DAZ;
    }

    /** Emits an instruction. */
    void emit(Instruction in) {
        switch (in.op) {
            case SFENCE, LFENCE, MFENCE -> {} // the guest has one processor
            case MOVNTI -> {
                memory.check(in, 4, true);
                asm.store(HOST, Operands.host(in, 2));
            }
            case LDMXCSR -> loadControl(in);
            case STMXCSR -> {
                memory.check(in, 4, true);
                asm.rm(0x0FAE, 4, 3, HOST);
            }
            // ordinary stores: what waits in the host's write buffers is ordered like everything else
            case MOVNTPS, MOVNTPD -> simd(in, prefix(in), 0x0F29);
            case MOVNTDQ -> simd(in, 0x66, 0x0F7F);
            case MOVNTQ -> simd(in, 0, 0x0F7F);
            case CVTPI2PD -> {
                // from memory it does not touch the x87 unit, on any processor
                if (in.hasMemory()) {
                    simd(in, 0xF3, 0x0FE6);
                } else {
                    simd(in, 0x66, in.opcode);
                }
            }
            case CVTPI2PS -> {
                if (in.hasMemory()) {
                    simd(in, 0, in.opcode);
                    asm.rr(0x0F7E, 4, 0, R10); // movd: some processors enter the MMX state only for registers
                } else {
                    simd(in, 0, in.opcode);
                }
            }
            case COMISS, UCOMISS, COMISD, UCOMISD -> {
                simd(in, prefix(in), in.opcode);
                flags.set(FlagState.IN_HOST);
            }
            case EMMS -> asm.plain(0x0F77, 4);
            default -> simd(in, prefix(in), in.opcode);
        }
    }

    private void simd(Instruction in, int prefix, int opcode) {
        boolean general = in.kind1 == OperandKind.REG32 && in.op != Op.MOVD;
        int field = in.modrm >> 3 & 7;
        int reg = general ? Operands.host(field) : field;
        if (in.hasMemory()) {
            withMemory(in, prefix, opcode, reg);
        } else {
            int rm = in.modrm & 7;
            asm.rr(prefix, opcode, 4, reg, FloatingNeeds.generalSource(in) ? Operands.host(rm) : rm);
        }
        if (in.kind2 == OperandKind.IMM || in.kind3 == OperandKind.IMM) {
            asm.byte1(isCompare(in.op) ? in.imm & 7 : in.imm);
        }
    }

    private void withMemory(Instruction in, int prefix, int opcode, int reg) {
        int size = in.memorySize;
        if (size == 16 && !in.op.has(Trait.UNALIGNED)) {
            memory.checkAligned(in, size, in.writesMemory());
        } else {
            memory.check(in, size, in.writesMemory());
        }
        if (size == 4 && opcode >= 0x0F60 && opcode <= 0x0F62) {
            // PUNPCKLxx of MMX: some processors read eight bytes
            asm.load(R11, HOST);
            asm.store(SCRATCH, R11);
            asm.rm(prefix, opcode, 4, reg, SCRATCH);
        } else {
            asm.rm(prefix, opcode, 4, reg, HOST);
        }
    }

    private static boolean isCompare(Op op) {
        return op == Op.CMPPS || op == Op.CMPSS || op == Op.CMPPD || op == Op.CMPSD;
    }

    /** LDMXCSR: the interpreter's when it faults or unmasks an exception. */
    private void loadControl(Instruction in) {
        memory.check(in, 4, false);
        asm.load(R10, HOST);
        asm.store(SCRATCH, R10);
        asm.rri(0x81, 4, 6, R10, MASKS); // xor
        asm.rri(0xF7, 4, 0, R10, ~mxcsrBits | MASKS); // test
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        asm.rm(0x0FAE, 4, 2, SCRATCH);
    }

    /** The mandatory prefix, which a decoded instruction does not keep. */
    static int prefix(Instruction in) {
        if (in.op == Op.MOVQ && in.usesXmm()) {
            return in.opcode == 0x0F7E ? 0xF3 : 0x66;
        }
        if (in.op.has(Trait.MMX)) {
            return in.usesXmm() ? 0x66 : 0;
        }
        return switch (in.op) {
            case MOVSS, CVTSI2SS, CVTTSS2SI, CVTSS2SI, SQRTSS, ADDSS, MULSS, SUBSS, MINSS, DIVSS, MAXSS, CMPSS -> 0xF3;
            case CVTSS2SD, CVTTPS2DQ, MOVDQU, PSHUFHW, MOVQ2DQ, CVTDQ2PD -> 0xF3;
            case MOVSD, CVTSI2SD, CVTTSD2SI, CVTSD2SI, SQRTSD, ADDSD, MULSD, SUBSD, MINSD, DIVSD, MAXSD, CMPSD -> 0xF2;
            case CVTSD2SS, PSHUFLW, MOVDQ2Q, CVTPD2DQ -> 0xF2;
            case CVTPS2PD, CVTDQ2PS -> 0;
            default -> in.op.has(Trait.SSE2) ? 0x66 : 0;
        };
    }
}
