package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R12;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;
import static org.jeroboam.cpu.recompilerx64.Assembler.RBP;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/**
 * What {@link TransferEmitter} does, for items of 2 or 4 bytes on any stack: SP or ESP, with a base and a limit. Targets are
 * compared with the limit of CS before anything changes; what lies beyond is the interpreter's. Not final so that tests can
 * take mechanisms away.
 */
class SegmentedStack {
    /** Makes it of what emits with it. */
    interface Maker {
        SegmentedStack make(Assembler asm, FlagKeeper flags, MemoryAccess memory, ColdPaths cold, Links links);
    }

    private static final int CS = 1;
    private static final int ESP = 4;

    final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;
    private final ColdPaths cold;
    private final Links links;
    private Addressing addressing = Addressing.FLAT_32;
    private boolean user;

    SegmentedStack(Assembler asm, FlagKeeper flags, MemoryAccess memory, ColdPaths cold, Links links) {
        this.asm = asm;
        this.flags = flags;
        this.memory = memory;
        this.cold = cold;
        this.links = links;
    }

    /** Says for which code it is emitted. */
    void start(Addressing mode, boolean forUser) {
        addressing = mode;
        user = forUser;
    }

    /**
     * Emits the beginning of a region: CS may have another base than the one with which the offset was looked up, or
     * meanwhile another limit. Flags are in memory.
     */
    void enter(int eip, int codeBase, int lastOffset) {
        asm.movi(R11, eip);
        asm.rmi(0x81, 4, 7, Address.of(R15, StateBlock.BASE + 4 * CS), codeBase); // cmp
        links.lookupMiss(Assembler.NOT_EQUAL);
        asm.rmi(0x81, 4, 7, Address.of(R15, StateBlock.LIMIT + 4 * CS), lastOffset);
        cold.interpret(asm.jcc(Assembler.BELOW));
    }

    void push(Instruction in) {
        int size = in.operandSize;
        if (Operands.isMemory(in, 1)) {
            memory.check(in, size, false);
            load(R11, size);
            pushValue(R11, size);
        } else if (in.kind1 == OperandKind.IMM) {
            pushImmediate(in.imm, size);
        } else {
            pushValue(Operands.host(in, 1), size);
        }
    }

    void pushSegment(Instruction in) {
        memory.checkSegmentedStack(R12, -in.operandSize, in.operandSize, true);
        asm.load(R11, Address.of(R15, StateBlock.SELECTOR + 4 * in.reg1));
        asm.rm(0x89, in.operandSize, R11, HOST);
        move(R12, -in.operandSize);
    }

    /** To a register as wide as the operand or, as a number, to all of it. */
    void load(int register, int size) {
        asm.rm(size == 2 ? 0x0FB7 : 0x8B, 4, register, HOST);
    }

    private void pushValue(int register, int size) {
        memory.checkSegmentedStack(R12, -size, size, true);
        asm.rm(0x89, size, register, HOST);
        move(R12, -size);
    }

    private void pushImmediate(int value, int size) {
        memory.checkSegmentedStack(R12, -size, size, true);
        asm.rmi(0xC7, size, 0, HOST, value);
        move(R12, -size);
    }

    /** PUSHA: as if ESP moved last. */
    void pushAll(Instruction in) {
        int size = in.operandSize;
        memory.checkSegmentedFrame(-8 * size, 8 * size, true);
        for (int register = 0; register < 8; register++) {
            asm.rm(0x89, size, Operands.host(register), new Address(R9, R8, 0, (7 - register) * size));
        }
        move(R12, -8 * size);
    }

    /** POPA, which drops what is there for ESP. */
    void popAll(Instruction in) {
        int size = in.operandSize;
        memory.checkSegmentedFrame(0, 8 * size, false);
        move(R12, 8 * size);
        for (int register = 0; register < 8; register++) {
            if (register != ESP) {
                asm.rm(0x8B, size, register, new Address(R9, R8, 0, (7 - register) * size));
            }
        }
    }

    /** Sets the stack pointer to a register and a distance. Uses R10. */
    void move(int from, int by) {
        if (addressing.stack32()) {
            asm.lea(R12, Address.of(from, by));
        } else {
            asm.lea(R10, Address.of(from, by));
            asm.rr(0x89, 2, R10, R12);
        }
    }

    void pop(Instruction in) {
        int size = in.operandSize;
        memory.checkSegmentedStack(R12, 0, size, false);
        if (Operands.isMemory(in, 1)) {
            load(R11, size);
            memory.check(in, size, true);
            asm.rm(0x89, size, R11, HOST);
            move(R12, size);
            return;
        }
        move(R12, size);
        asm.rm(0x8B, size, Operands.host(in, 1), HOST);
    }

    /** ENTER without frames of outer procedures; the new top of the stack must be writable. */
    void enter(Instruction in) {
        int size = in.operandSize;
        int room = in.imm & 0xFFFF;
        memory.checkSegmentedStack(R12, -size, size, true);
        asm.rm(0x8D, 8, R11, HOST); // lea
        memory.checkSegmentedStack(R12, -size - room, size, true);
        asm.rm(0x89, size, RBP, Address.of(R11, 0));
        move(R12, -size);
        asm.rr(0x89, size, R12, RBP);
        move(R12, -room);
    }

    void leave(Instruction in) {
        int size = in.operandSize;
        memory.checkSegmentedStack(RBP, 0, size, false);
        move(RBP, size);
        asm.rm(0x8B, size, RBP, HOST);
    }

    /** Pushes the return address of a call. */
    void call(Instruction in, int returnTo) {
        pushImmediate(returnTo, in.operandSize);
    }

    void callIndirect(Instruction in, int returnTo) {
        flags.save();
        target(in);
        pushImmediate(returnTo, in.operandSize);
        lookup();
    }

    void jumpIndirect(Instruction in) {
        flags.save();
        target(in);
        lookup();
    }

    void ret(Instruction in) {
        flags.save();
        memory.checkSegmentedStack(R12, 0, in.operandSize, false);
        load(R11, in.operandSize);
        checkTarget();
        move(R12, in.operandSize + (in.imm & 0xFFFF));
        lookup();
    }

    private void target(Instruction in) {
        memory.begin();
        if (Operands.isMemory(in, 1)) {
            memory.check(in, in.operandSize, false);
            load(R11, in.operandSize);
        } else if (in.operandSize == 2) {
            asm.rr(0x0FB7, 4, R11, Operands.host(in, 1));
        } else {
            asm.mov(R11, Operands.host(in, 1));
        }
        checkTarget();
    }

    /** Goes on if R11 is an offset within CS. */
    void checkTarget() {
        if (!addressing.flatCode()) {
            asm.rm(0x3B, 4, R11, Address.of(R15, StateBlock.LIMIT + 4 * CS));
            cold.interpret(asm.jcc(Assembler.ABOVE));
        }
    }

    /** Goes to the CS offset in R11, by the table of known targets. */
    void lookup() {
        if (addressing.flatCode()) {
            links.lookup(user);
        } else {
            links.lookupBased(user);
        }
    }
}
