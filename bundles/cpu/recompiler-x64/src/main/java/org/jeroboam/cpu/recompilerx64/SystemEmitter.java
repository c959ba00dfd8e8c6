package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R12;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/** What kernels do at their borders: segment registers, control registers, INVLPG, INT, IRET, SYSENTER, SYSEXIT, RDTSC, CLD, STD. */
final class SystemEmitter {
    /** What an exit of the kind {@link Exits#SYSTEM} was about; below 8 a data segment register. */
    static final int RETURN = 8;

    static final int EVENT = 9;
    static final int NOTHING = 10;

    private static final int SS = 2;
    private static final int CS = 1;
    private static final int IRET_FRAME = 20;
    private static final Address SYSTEM_FLAGS = Address.of(R15, StateBlock.SYSTEM_FLAGS);

    private final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;
    private final ColdPaths cold;
    private final PrivilegeCode privilege;
    private final PageInvalidation invalidation;
    private boolean user;

    SystemEmitter(
            Assembler asm,
            FlagKeeper flags,
            MemoryAccess memory,
            ColdPaths cold,
            PrivilegeCode privilege,
            PageInvalidation invalidation) {
        this.asm = asm;
        this.flags = flags;
        this.memory = memory;
        this.cold = cold;
        this.privilege = privilege;
        this.invalidation = invalidation;
    }

    /** Says for which privilege code is emitted. */
    void start(boolean forUser) {
        user = forUser;
    }

    /** Whether the emitter takes an instruction. */
    static boolean has(Instruction in, boolean user) {
        return switch (in.op) {
            case CLD, STD, MOV_FROM_SEG, SYSENTER, RDTSC -> true;
            case PUSH_SEG -> in.operandSize == 4;
            case POP_SEG -> in.operandSize == 4 && in.reg1 != SS;
            case MOV_TO_SEG -> in.reg1 != SS && in.reg1 != CS;
            case INT -> in.operandSize == 4;
            case IRET -> in.operandSize == 4 && !user;
            case SYSEXIT, MOV_FROM_CR, INVLPG -> !user;
            default -> false;
        };
    }

    /** Emits an instruction that goes on behind itself. */
    void emit(Instruction in) {
        switch (in.op) {
            case CLD -> {
                flags.disturb();
                asm.rmi(0x81, 4, 4, SYSTEM_FLAGS, ~EFlags.DF); // and
            }
            case STD -> {
                flags.disturb();
                asm.rmi(0x81, 4, 1, SYSTEM_FLAGS, EFlags.DF); // or
            }
            case MOV_FROM_SEG -> moveFrom(in);
            case PUSH_SEG -> push(in);
            case MOV_TO_SEG -> moveTo(in);
            case POP_SEG -> pop(in);
            case MOV_FROM_CR -> control(in);
            case INVLPG -> invalidation.emit(in);
            case RDTSC -> {
                flags.disturb();
                HostTime.emit(asm, cold);
            }
            default -> throw new IllegalStateException("no translation of " + in.op);
        }
    }

    /** Emits an instruction that goes elsewhere. @param next offset behind it */
    void transfer(Instruction in, int next) {
        flags.save();
        memory.begin();
        switch (in.op) {
            case SYSENTER -> {
                privilege.callEnter();
                cold.system(asm.jmp(), NOTHING);
            }
            case SYSEXIT -> {
                privilege.callExit();
                cold.system(asm.jmp(), NOTHING);
            }
            case INT -> {
                int event = in.imm & 0xFF | KnownDescriptors.SOFTWARE | (user ? KnownDescriptors.FROM_USER : 0);
                asm.rmi(0xC7, 4, 0, Address.of(R15, StateBlock.RETURN), next);
                asm.movi(R11, event);
                privilege.callInterrupt();
                cold.system(asm.jmp(), EVENT);
            }
            case IRET -> {
                memory.checkFrame(R12, IRET_FRAME);
                privilege.callReturn();
                cold.system(asm.jmp(), RETURN);
            }
            default -> throw new IllegalStateException("no translation of " + in.op);
        }
    }

    private static Address selector(int register) {
        return Address.of(R15, StateBlock.SELECTOR + 4 * register);
    }

    private void moveFrom(Instruction in) {
        if (Operands.isMemory(in, 1)) {
            memory.check(in, 2, true);
            asm.load(R11, selector(in.reg2));
            asm.rm(0x89, 2, R11, HOST);
        } else {
            asm.rm(0x8B, in.kind1 == OperandKind.REG16 ? 2 : 4, Operands.host(in, 1), selector(in.reg2));
        }
    }

    private void push(Instruction in) {
        memory.checkStack(R12, -4, 4, true);
        asm.load(R11, selector(in.reg1));
        asm.store(HOST, R11);
        asm.mov(R12, Assembler.R8);
    }

    private void moveTo(Instruction in) {
        if (Operands.isMemory(in, 2)) {
            memory.check(in, 2, false);
            asm.rm(0x0FB7, 4, R11, HOST); // movzx
        } else {
            memory.begin();
            asm.rr(0x0FB7, 4, R11, Operands.host(in, 2));
        }
        load(in);
    }

    private void pop(Instruction in) {
        memory.checkStack(R12, 0, 4, false);
        asm.rm(0x0FB7, 4, R11, HOST);
        load(in);
        asm.lea(R12, Address.of(R12, 4));
    }

    private void load(Instruction in) {
        privilege.callLoad(in.reg1, user);
        cold.system(asm.jcc(Assembler.NOT_EQUAL), in.reg1);
    }

    private void control(Instruction in) {
        flags.disturb();
        asm.rmi8(0x83, 4, 7, Address.of(R15, StateBlock.LEVEL), 0); // cmp
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        asm.load(R10, Address.of(R15, StateBlock.CONTROL + 4 * in.reg2));
        asm.mov(Operands.host(in, 1), R10);
    }
}
