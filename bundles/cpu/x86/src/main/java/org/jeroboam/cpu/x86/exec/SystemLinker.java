package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;

/** Makes instruction objects of system instructions, far transfers, interrupts, x87 and MMX. */
final class SystemLinker {
    private SystemLinker() {}

    /** What sets {@link Cpu#eip} itself, made when it is first met; or null. */
    private static SystemInsn.Action transfer(Op op) {
        return switch (op) {
            case JMP_FAR -> (cpu, in) -> FarTransfers.jump(cpu, in.imm2, in.imm, next(cpu, in));
            case CALL_FAR -> (cpu, in) -> FarTransfers.call(cpu, in.imm2, in.imm, in.operandSize, next(cpu, in));
            case JMP_FAR_IND -> SystemLinker::jumpIndirect;
            case CALL_FAR_IND -> SystemLinker::callIndirect;
            case RET_FAR -> (cpu, in) -> FarTransfers.ret(cpu, in.operandSize, in.imm);
            case IRET -> (cpu, in) -> InterruptReturn.run(cpu, in.operandSize, next(cpu, in));
            case INT -> (cpu, in) -> cpu.interrupts.interruptInstruction(in.imm & 0xFF, next(cpu, in));
            case INT3 -> (cpu, in) -> cpu.interrupts.trapInstruction(3, next(cpu, in));
            case INTO -> SystemLinker::into;
            case ICEBP -> (cpu, in) -> cpu.interrupts.icebp(next(cpu, in));
            case SYSENTER -> (cpu, in) -> SystemInstructions.sysenter(cpu);
            case SYSEXIT -> (cpu, in) -> SystemInstructions.sysexit(cpu);
            default -> null;
        };
    }

    private static SystemInsn.Action plain(Op op) {
        return switch (op) {
            case RSM ->
                (cpu, in) -> {
                    throw cpu.fault(GuestFault.UD); // no system management mode to leave
                };
            case POP_SEG -> SystemInstructions::popSegment;
            case MOV_TO_SEG -> SystemInstructions::loadSegment;
            case LES -> (cpu, in) -> SystemInstructions.loadFarPointer(cpu, in, Cpu.ES);
            case LDS -> (cpu, in) -> SystemInstructions.loadFarPointer(cpu, in, Cpu.DS);
            case LSS -> (cpu, in) -> SystemInstructions.loadFarPointer(cpu, in, Cpu.SS);
            case LFS -> (cpu, in) -> SystemInstructions.loadFarPointer(cpu, in, Cpu.FS);
            case LGS -> (cpu, in) -> SystemInstructions.loadFarPointer(cpu, in, Cpu.GS);
            case ARPL -> SystemInstructions::arpl;
            case LAR -> SystemInstructions::lar;
            case LSL -> SystemInstructions::lsl;
            case VERR -> (cpu, in) -> SystemInstructions.verify(cpu, in, false);
            case VERW -> (cpu, in) -> SystemInstructions.verify(cpu, in, true);
            case SLDT -> (cpu, in) -> SystemInstructions.storeSelector(cpu, in, Cpu.LDTR);
            case STR -> (cpu, in) -> SystemInstructions.storeSelector(cpu, in, Cpu.TR);
            case LLDT -> SystemInstructions::loadLdt;
            case LTR -> SystemInstructions::loadTask;
            case SGDT -> (cpu, in) -> SystemInstructions.storeTable(cpu, in, cpu.gdtBase, cpu.gdtLimit);
            case SIDT -> (cpu, in) -> SystemInstructions.storeTable(cpu, in, cpu.idtBase, cpu.idtLimit);
            case LGDT -> SystemInstructions::loadGdt;
            case LIDT -> SystemInstructions::loadIdt;
            case SMSW -> SystemInstructions::storeMachineStatusWord;
            case LMSW -> SystemInstructions::loadMachineStatusWord;
            case CLTS -> (cpu, in) -> SystemInstructions.clts(cpu);
            case MOV_FROM_CR -> SystemInstructions::readSpecial;
            case MOV_FROM_DR -> SystemInstructions::readSpecial;
            case MOV_TO_CR -> SystemInstructions::writeSpecial;
            case MOV_TO_DR -> SystemInstructions::writeSpecial;
            case INVLPG -> SystemInstructions::invlpg;
            case INVD -> (cpu, in) -> cpu.requirePrivilege();
            case WBINVD -> (cpu, in) -> cpu.requirePrivilege();
            case HLT -> (cpu, in) -> SystemInstructions.hlt(cpu);
            case CPUID -> (cpu, in) -> Cpuid.execute(cpu);
            case RDTSC -> (cpu, in) -> SystemInstructions.rdtsc(cpu);
            case RDPMC -> (cpu, in) -> SystemInstructions.rdpmc(cpu);
            case RDMSR -> (cpu, in) -> SystemInstructions.rdmsr(cpu);
            case WRMSR -> (cpu, in) -> SystemInstructions.wrmsr(cpu);
            case CLI -> (cpu, in) -> FlagInstructions.cli(cpu);
            case STI -> (cpu, in) -> FlagInstructions.sti(cpu);
            case PUSHF -> (cpu, in) -> FlagInstructions.pushf(cpu, in.operandSize);
            case SFENCE -> (cpu, in) -> {};
            case LFENCE -> (cpu, in) -> {};
            case MFENCE -> (cpu, in) -> {};
            case CLFLUSH -> SystemInstructions::clflush;
            case MOVNTI -> (cpu, in) -> Operands.write(cpu, in, 1, cpu.gpr[in.reg2]);
            case LDMXCSR -> SystemInstructions::loadMxcsr;
            case STMXCSR -> SystemInstructions::storeMxcsr;
            case POPF -> (cpu, in) -> FlagInstructions.popf(cpu, in.operandSize);
            default -> null;
        };
    }

    /**
     * Makes the object of an instruction.
     *
     * @param in decoded; copied
     * @param eip its offset in CS
     * @return null when the operation is not one of this linker's
     */
    static Insn link(Instruction in, int eip) {
        SystemInsn.Action transfer = transfer(in.op);
        SystemInsn.Action action = transfer != null ? transfer : plain(in.op);
        if (action != null) {
            return new SystemInsn(eip, in, transfer != null, action);
        }
        Insn insn = FpuInsn.link(in, eip);
        return insn != null ? insn : MmxInsn.link(in, eip);
    }

    private static int next(Cpu cpu, Instruction in) {
        return cpu.eip + in.length;
    }

    private static void into(Cpu cpu, Instruction in) {
        if ((cpu.eflags() & EFlags.OF) != 0) {
            cpu.interrupts.trapInstruction(4, next(cpu, in));
        } else {
            cpu.eip += in.length;
        }
    }

    private static void jumpIndirect(Cpu cpu, Instruction in) {
        int address = Operands.offset(cpu, in);
        int offset = cpu.seg.read(in.segment, address, in.operandSize);
        FarTransfers.jump(cpu, SystemInstructions.farSelector(cpu, in, address), offset, next(cpu, in));
    }

    private static void callIndirect(Cpu cpu, Instruction in) {
        int address = Operands.offset(cpu, in);
        int offset = cpu.seg.read(in.segment, address, in.operandSize);
        int selector = SystemInstructions.farSelector(cpu, in, address);
        FarTransfers.call(cpu, selector, offset, in.operandSize, next(cpu, in));
    }
}
