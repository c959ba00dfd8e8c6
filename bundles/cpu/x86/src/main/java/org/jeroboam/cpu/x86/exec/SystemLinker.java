package org.jeroboam.cpu.x86.exec;

import java.util.EnumMap;
import java.util.Map;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;

/** Makes instruction objects of system instructions, far transfers, interrupts, x87 and MMX. */
final class SystemLinker {
    /** An action and whether it sets {@link Cpu#eip} itself. */
    private record Entry(boolean transfer, SystemInsn.Action action) {}

    private static final Map<Op, Entry> TABLE = new EnumMap<>(Op.class);

    static {
        transfer(Op.JMP_FAR, (cpu, in) -> FarTransfers.jump(cpu, in.imm2, in.imm, next(cpu, in)));
        transfer(Op.CALL_FAR, (cpu, in) -> FarTransfers.call(cpu, in.imm2, in.imm, in.operandSize, next(cpu, in)));
        transfer(Op.JMP_FAR_IND, SystemLinker::jumpIndirect);
        transfer(Op.CALL_FAR_IND, SystemLinker::callIndirect);
        transfer(Op.RET_FAR, (cpu, in) -> FarTransfers.ret(cpu, in.operandSize, in.imm));
        transfer(Op.IRET, (cpu, in) -> InterruptReturn.run(cpu, in.operandSize, next(cpu, in)));
        transfer(Op.INT, (cpu, in) -> cpu.interrupts.interruptInstruction(in.imm & 0xFF, next(cpu, in)));
        transfer(Op.INT3, (cpu, in) -> cpu.interrupts.trapInstruction(3, next(cpu, in)));
        transfer(Op.INTO, SystemLinker::into);
        transfer(Op.ICEBP, (cpu, in) -> cpu.interrupts.icebp(next(cpu, in)));
        transfer(Op.SYSENTER, (cpu, in) -> SystemInstructions.sysenter(cpu));
        transfer(Op.SYSEXIT, (cpu, in) -> SystemInstructions.sysexit(cpu));
        plain(Op.RSM, (cpu, in) -> {
            throw cpu.fault(GuestFault.UD); // no system management mode to leave
        });
        plain(Op.POP_SEG, SystemInstructions::popSegment);
        plain(Op.MOV_TO_SEG, SystemInstructions::loadSegment);
        plain(Op.LES, (cpu, in) -> SystemInstructions.loadFarPointer(cpu, in, Cpu.ES));
        plain(Op.LDS, (cpu, in) -> SystemInstructions.loadFarPointer(cpu, in, Cpu.DS));
        plain(Op.LSS, (cpu, in) -> SystemInstructions.loadFarPointer(cpu, in, Cpu.SS));
        plain(Op.LFS, (cpu, in) -> SystemInstructions.loadFarPointer(cpu, in, Cpu.FS));
        plain(Op.LGS, (cpu, in) -> SystemInstructions.loadFarPointer(cpu, in, Cpu.GS));
        plain(Op.ARPL, SystemInstructions::arpl);
        plain(Op.LAR, SystemInstructions::lar);
        plain(Op.LSL, SystemInstructions::lsl);
        plain(Op.VERR, (cpu, in) -> SystemInstructions.verify(cpu, in, false));
        plain(Op.VERW, (cpu, in) -> SystemInstructions.verify(cpu, in, true));
        plain(Op.SLDT, (cpu, in) -> SystemInstructions.storeSelector(cpu, in, Cpu.LDTR));
        plain(Op.STR, (cpu, in) -> SystemInstructions.storeSelector(cpu, in, Cpu.TR));
        plain(Op.LLDT, SystemInstructions::loadLdt);
        plain(Op.LTR, SystemInstructions::loadTask);
        plain(Op.SGDT, (cpu, in) -> SystemInstructions.storeTable(cpu, in, cpu.gdtBase, cpu.gdtLimit));
        plain(Op.SIDT, (cpu, in) -> SystemInstructions.storeTable(cpu, in, cpu.idtBase, cpu.idtLimit));
        plain(Op.LGDT, SystemInstructions::loadGdt);
        plain(Op.LIDT, SystemInstructions::loadIdt);
        plain(Op.SMSW, SystemInstructions::storeMachineStatusWord);
        plain(Op.LMSW, SystemInstructions::loadMachineStatusWord);
        plain(Op.CLTS, (cpu, in) -> SystemInstructions.clts(cpu));
        plain(Op.MOV_FROM_CR, SystemInstructions::readSpecial);
        plain(Op.MOV_FROM_DR, SystemInstructions::readSpecial);
        plain(Op.MOV_TO_CR, SystemInstructions::writeSpecial);
        plain(Op.MOV_TO_DR, SystemInstructions::writeSpecial);
        plain(Op.INVLPG, SystemInstructions::invlpg);
        plain(Op.INVD, (cpu, in) -> cpu.requirePrivilege());
        plain(Op.WBINVD, (cpu, in) -> cpu.requirePrivilege());
        plain(Op.HLT, (cpu, in) -> SystemInstructions.hlt(cpu));
        plain(Op.CPUID, (cpu, in) -> Cpuid.execute(cpu));
        plain(Op.RDTSC, (cpu, in) -> SystemInstructions.rdtsc(cpu));
        plain(Op.RDPMC, (cpu, in) -> SystemInstructions.rdpmc(cpu));
        plain(Op.RDMSR, (cpu, in) -> SystemInstructions.rdmsr(cpu));
        plain(Op.WRMSR, (cpu, in) -> SystemInstructions.wrmsr(cpu));
        plain(Op.CLI, (cpu, in) -> FlagInstructions.cli(cpu));
        plain(Op.STI, (cpu, in) -> FlagInstructions.sti(cpu));
        plain(Op.PUSHF, (cpu, in) -> FlagInstructions.pushf(cpu, in.operandSize));
        plain(Op.SFENCE, (cpu, in) -> {});
        plain(Op.LFENCE, (cpu, in) -> {});
        plain(Op.MFENCE, (cpu, in) -> {});
        plain(Op.CLFLUSH, SystemInstructions::clflush);
        plain(Op.MOVNTI, (cpu, in) -> Operands.write(cpu, in, 1, cpu.gpr[in.reg2]));
        plain(Op.LDMXCSR, SystemInstructions::loadMxcsr);
        plain(Op.STMXCSR, SystemInstructions::storeMxcsr);
        plain(Op.POPF, (cpu, in) -> FlagInstructions.popf(cpu, in.operandSize));
    }

    private SystemLinker() {}

    private static void plain(Op op, SystemInsn.Action action) {
        TABLE.put(op, new Entry(false, action));
    }

    private static void transfer(Op op, SystemInsn.Action action) {
        TABLE.put(op, new Entry(true, action));
    }

    /**
     * Makes the object of an instruction.
     *
     * @param in decoded; copied
     * @param eip its offset in CS
     * @return null when the operation is not one of this linker's
     */
    static Insn link(Instruction in, int eip) {
        Entry entry = TABLE.get(in.op);
        if (entry != null) {
            return new SystemInsn(eip, in, entry.transfer, entry.action);
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
