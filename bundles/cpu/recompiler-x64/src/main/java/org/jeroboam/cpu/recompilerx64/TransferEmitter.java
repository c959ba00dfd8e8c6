package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R12;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;
import static org.jeroboam.cpu.recompilerx64.Assembler.RBP;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import java.util.List;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;

/** The stack, and branches that go by a table: PUSH, POP, LEAVE, near calls, returns and indirect jumps of doublewords. */
final class TransferEmitter {
    private static final int LONGEST_RUN = 8;

    private final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;
    private final Links links;
    private final Returns returns;
    private boolean user;

    TransferEmitter(Assembler asm, FlagKeeper flags, MemoryAccess memory, Links links, Returns returns) {
        this.asm = asm;
        this.flags = flags;
        this.memory = memory;
        this.links = links;
        this.returns = returns;
    }

    /** Says for which privilege code is emitted: the supervisor's pages are probably global. */
    void start(boolean forUser) {
        user = forUser;
    }

    void push(Instruction in) {
        if (Operands.isMemory(in, 1)) {
            memory.check(in, 4, false);
            asm.load(R11, HOST);
            pushValue(R11);
        } else if (in.kind1 == OperandKind.IMM) {
            pushImmediate(in.imm);
        } else {
            pushValue(Operands.host(in, 1));
        }
    }

    private void pushValue(int register) {
        memory.checkStack(R12, -4, 4, true);
        asm.store(HOST, register);
        asm.mov(R12, R8);
    }

    private void pushImmediate(int value) {
        memory.checkStack(R12, -4, 4, true);
        asm.rmi(0xC7, 4, 0, HOST, value);
        asm.mov(R12, R8);
    }

    void pop(Instruction in) {
        memory.checkStack(R12, 0, 4, false);
        int to = Operands.host(in, 1);
        asm.load(to, HOST);
        if (to != R12) {
            asm.lea(R12, Address.of(R12, 4));
        }
    }

    /** Several PUSH in a row, none of ESP. */
    void pushes(List<Instruction> run) {
        int count = run.size();
        memory.checkStackRun(-4 * count, count, true);
        for (int i = 0; i < count; i++) {
            Instruction in = run.get(i);
            Address at = new Address(R9, R8, 0, 4 * (count - 1 - i));
            if (in.kind1 == OperandKind.IMM) {
                asm.rmi(0xC7, 4, 0, at, in.imm);
            } else {
                asm.store(at, Operands.host(in, 1));
            }
        }
        asm.mov(R12, R8);
    }

    /** Several POP in a row, none of ESP. */
    void pops(List<Instruction> run) {
        int count = run.size();
        memory.checkStackRun(0, count, false);
        for (int i = 0; i < count; i++) {
            asm.load(Operands.host(run.get(i), 1), new Address(R9, R8, 0, 4 * i));
        }
        asm.lea(R12, Address.of(R12, 4 * count));
    }

    /** How many instructions of a block, from one on, are such a run; less than 2 for none. */
    static int runLength(Block block, int from) {
        Op op = block.instructions.get(from).op;
        int end = from;
        while (end < block.size()
                && !block.crosses(end)
                && end - from < LONGEST_RUN
                && inRun(block.instructions.get(end), op)) {
            end++;
        }
        return end - from;
    }

    private static boolean inRun(Instruction in, Op op) {
        boolean stack = in.op == op && (op == Op.PUSH || op == Op.POP);
        boolean register = in.kind1 == OperandKind.REG32 && Operands.host(in, 1) != R12;
        return stack && (register || op == Op.PUSH && in.kind1 == OperandKind.IMM);
    }

    void leave() {
        memory.checkStack(RBP, 0, 4, false);
        asm.lea(R12, Address.of(RBP, 4));
        asm.load(RBP, HOST);
    }

    /** Pushes the return address of a call. */
    void call(int returnTo) {
        pushImmediate(returnTo);
    }

    /** Pushes the return address of a call of what R11 is then. */
    void callIndirect(Instruction in, int returnTo) {
        flags.save();
        target(in);
        pushImmediate(returnTo);
    }

    void jumpIndirect(Instruction in) {
        target(in);
        lookup();
    }

    void ret(Instruction in) {
        flags.save();
        memory.checkStack(R12, 0, 4, false);
        asm.load(R11, HOST);
        asm.lea(R12, Address.of(R12, 4 + in.imm));
        returns.ret();
    }

    private void target(Instruction in) {
        memory.begin();
        if (Operands.isMemory(in, 1)) {
            memory.check(in, 4, false);
            asm.load(R11, HOST);
        } else {
            asm.mov(R11, Operands.host(in, 1));
        }
    }

    /** Goes to the CS offset in R11, by the table of known targets. */
    private void lookup() {
        flags.save();
        links.lookup(user);
    }
}
