package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R12;
import static org.jeroboam.cpu.recompilerx64.Assembler.R13;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.exec.Engine;

/**
 * The one place that emits accesses to guest memory: an address is only ever {@link #HOST} after {@link #check}, which leaves the
 * region unless the TLB has the page and the access lies within it. Uses R8 to R10; R11 stays.
 */
final class MemoryAccess {
    /** The checked operand: R9 is host minus linear address of the page, R8 the linear address. */
    static final Address HOST = new Address(R9, R8, 0, 0);

    private static final int CS = 1;
    private static final int SS = 2;
    private static final int FS = 4;

    private final Assembler asm;
    private final FlagKeeper flags;
    private final ColdPaths cold;
    private final Bounds bounds;
    private Addressing addressing = Addressing.FLAT_32;

    MemoryAccess(Assembler asm, FlagKeeper flags, ColdPaths cold, Bounds bounds) {
        this.asm = asm;
        this.flags = flags;
        this.cold = cold;
        this.bounds = bounds;
    }

    /** Says how the code that comes next addresses memory. */
    void start(Addressing mode) {
        addressing = mode;
    }

    /** Whether a segment's base is added and its last offset looked at. */
    boolean hasBase(int segment) {
        return segment == CS || segment >= FS || !addressing.flatData();
    }

    /** Checks the memory operand of an instruction. */
    void check(Instruction in, int size, boolean write) {
        linear(in, size, write);
        int page = hasBase(in.segment) ? -1 : bounds.page(in, size);
        if (page >= 0) {
            known(page, size, write);
        } else {
            lookup(size, write, true);
        }
    }

    /** The entry of a page that does not depend on the address. */
    private void known(int page, int size, boolean write) {
        asm.load64(R9, Address.of(R13, 8 * page + (write ? Engine.WRITE_TABLE : 0)));
        asm.rr(0x85, 8, R9, R9);
        cold.missOrFault(asm.jcc(Assembler.EQUAL), write, size);
    }

    private void linear(Instruction in, int size, boolean write) {
        begin();
        Address address = effective(in);
        if (in.addressSize == 4) {
            asm.lea(R8, address);
        } else if (in.base < 0 && in.index < 0) {
            asm.movi(R8, in.displacement & 0xFFFF);
        } else if (in.index < 0 && in.displacement == 0) {
            asm.rr(0x0FB7, 4, R8, address.base()); // movzx
        } else {
            asm.lea(R8, address);
            asm.rr(0x0FB7, 4, R8, R8);
        }
        if (hasBase(in.segment)) {
            segment(in.segment, size, write);
        }
    }

    /** Checks the memory operand of an instruction that faults when it is not aligned to its size. */
    void checkAligned(Instruction in, int size, boolean write) {
        linear(in, size, write);
        asm.rri8(0xF6, 1, 0, R8, size - 1); // test, before the tables mark the page as accessed
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        lookup(1, size, write, false);
    }

    /** Checks a memory operand of many bytes that is aligned to 16, all in one page or left to the interpreter. */
    void checkImage(Instruction in, int bytes, boolean write) {
        linear(in, bytes, write);
        asm.rri8(0xF6, 1, 0, R8, 15); // test, before the tables mark the page as accessed
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        lookup(1, write);
        withinPage(asm, bytes);
        cold.interpret(asm.jcc(Assembler.ABOVE));
    }

    /** Checks the unit of a bit string that holds the bit whose offset a register has. */
    void checkBits(Instruction in, int index, int size, boolean write) {
        begin();
        asm.lea(R8, effective(in));
        if (size == 2) {
            asm.rr(0x0FBF, 4, R9, index); // movsx
        } else {
            asm.mov(R9, index);
        }
        asm.rri8(0xC1, 4, 7, R9, size == 2 ? 4 : 5); // sar
        asm.lea(R8, new Address(R8, R9, size == 2 ? 1 : 2, 0));
        if (in.segment == CS || in.segment >= FS) {
            segment(in.segment, size, write);
        }
        lookup(size, write, true);
    }

    /** Checks an access through SS at a register plus a displacement. */
    void checkStack(int register, int displacement, int size, boolean write) {
        begin();
        asm.lea(R8, Address.of(register, displacement));
        lookup(size, write, true);
    }

    /** The same on a stack that need be neither flat nor of 32 bits: the offset is not kept. */
    void checkSegmentedStack(int register, int displacement, int size, boolean write) {
        stackOffset(register, displacement, size, write);
        lookup(size, write, true);
    }

    /** Checks items on such a stack that lie in a row, all in one page or left to the interpreter. */
    void checkSegmentedFrame(int displacement, int bytes, boolean write) {
        stackOffset(R12, displacement, bytes, write);
        lookup(1, bytes, write, false);
        withinPage(asm, bytes);
        cold.interpret(asm.jcc(Assembler.ABOVE));
    }

    /** Checks R11 elements, at most a page, upwards from a register through a segment: all in one page or the interpreter's. */
    void checkElements(int segment, int register, int addressSize, int size, boolean write) {
        offset(register, addressSize);
        if (addressSize == 2 || hasBase(segment)) {
            asm.rm(0x8D, 8, R9, new Address(R8, R11, Integer.numberOfTrailingZeros(size), -1)); // lea
        }
        if (addressSize == 2) {
            asm.rri(0x81, 4, 7, R9, 0xFFFF); // cmp: no wrapping around
            cold.interpret(asm.jcc(Assembler.ABOVE));
        }
        if (hasBase(segment)) {
            within(segment, R9, write);
        }
        lookup(1, 0, write, false); // nobody knows how many bytes
        asm.mov(R10, R8);
        asm.rri(0x81, 4, 4, R10, 0xFFF); // and
        asm.lea(R10, new Address(R10, R11, Integer.numberOfTrailingZeros(size), 0));
        asm.rri(0x81, 4, 7, R10, 0x1000); // cmp
        cold.interpret(asm.jcc(Assembler.ABOVE));
    }

    /** Checks the byte that XLAT reads. */
    void checkIndexed(Instruction in) {
        begin();
        asm.rr(0x0FB6, 4, R8, Assembler.RAX); // movzx
        asm.rr(0x01, 4, Assembler.RBX, R8); // add
        if (in.addressSize == 2) {
            asm.rr(0x0FB7, 4, R8, R8);
        }
        if (hasBase(in.segment)) {
            segment(in.segment, 1, false);
        }
        lookup(1, false, true);
    }

    /** Checks a read from a table of the system: a linear address that the state block has, and a distance. */
    void checkTable(int base, int displacement, int size) {
        begin();
        asm.load(R8, Address.of(R15, base));
        asm.lea(R8, Address.of(R8, displacement));
        lookup(size, false);
    }

    /**
     * Checks the first byte of elements upwards from a register through a segment, and makes R10 no more than those that the segment has
     * there before it ends or the offset wraps around.
     */
    void checkSome(int segment, int register, int addressSize, int size) {
        offset(register, addressSize);
        if (addressSize == 2 || hasBase(segment)) {
            room(segment, addressSize, size);
        }
        if (hasBase(segment)) {
            asm.rm(0x03, 4, R8, Address.of(R15, StateBlock.BASE + 4 * segment));
        }
        lookup(1, false);
    }

    private void room(int segment, int addressSize, int size) {
        if (hasBase(segment)) {
            asm.load64(R9, Address.of(R15, StateBlock.READ_TOP + 8 * segment));
        } else {
            asm.movi(R9, -1);
        }
        if (addressSize == 2) {
            asm.rri(0x81, 8, 7, R9, 0xFFFF); // cmp
            int less = asm.jccShort(14); // less or equal
            asm.movi(R9, 0xFFFF);
            asm.bindShort(less);
        }
        asm.rr(0x29, 8, R8, R9); // sub
        asm.rri8(0x83, 8, 0, R9, 1); // add
        if (size > 1) {
            asm.rri8(0xC1, 8, 7, R9, Integer.numberOfTrailingZeros(size)); // sar
        }
        asm.rr(0x85, 8, R9, R9); // test
        cold.interpret(asm.jcc(14));
        asm.rr(0x3B, 8, R9, R10); // cmp
        asm.rr(0x0F4C, 8, R10, R9); // cmovl
    }

    /** Goes on if the page of a linear address begins with these bytes of an instruction. */
    void checkCode(int linear, byte[] bytes) {
        begin();
        asm.movi(R8, linear);
        asm.load64(R9, Address.of(R13, 8 * (linear >>> 12)));
        asm.rr(0x85, 8, R9, R9); // test
        cold.miss(asm.jcc(Assembler.EQUAL), false, 0);
        ByteBuffer code = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (code.hasRemaining()) {
            Address at = new Address(R9, R8, 0, code.position());
            switch (code.remaining()) {
                case 1 -> asm.rmi8(0x80, 1, 7, at, code.get()); // cmp
                case 2, 3 -> asm.rmi(0x81, 2, 7, at, code.getShort());
                default -> asm.rmi(0x81, 4, 7, at, code.getInt());
            }
            cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        }
    }

    /** Goes on if 16-bit addressing reaches all of a memory operand without wrapping around. */
    void withoutWrap(Instruction in) {
        if (in.addressSize == 2) {
            begin();
            asm.rmi(0x81, 4, 7, Address.of(R15, StateBlock.LIMIT + 4 * in.segment), 0xFFFF);
            cold.interpret(asm.jcc(Assembler.ABOVE));
        }
    }

    private void offset(int register, int addressSize) {
        begin();
        if (addressSize == 2) {
            asm.rr(0x0FB7, 4, R8, register);
        } else {
            asm.mov(R8, register);
        }
    }

    private void stackOffset(int register, int displacement, int size, boolean write) {
        begin();
        asm.lea(R8, Address.of(register, displacement));
        if (!addressing.stack32()) {
            asm.rr(0x0FB7, 4, R8, R8);
            if (size >= 4) { // perhaps several items, of which none may lie beyond SP = FFFFh
                asm.rri(0x81, 4, 7, R8, 0x1_0000 - size);
                cold.interpret(asm.jcc(Assembler.ABOVE));
            }
        }
        if (hasBase(SS)) {
            segment(SS, size, write);
        }
    }

    /** Checks an access at a register through a segment. @param addressSize of the offset in it */
    void checkOffset(int segment, int register, int addressSize, int size, boolean write) {
        offset(register, addressSize);
        if (hasBase(segment)) {
            segment(segment, size, write);
        }
        lookup(size, write);
    }

    /** Checks doublewords on the stack at a displacement from ESP, all in one page or left to the interpreter. */
    void checkStackRun(int displacement, int count, boolean write) {
        begin();
        asm.lea(R8, Address.of(Assembler.R12, displacement));
        lookup(1, 4 * count, write, false);
        withinPage(asm, 4 * count);
        cold.interpret(asm.jcc(Assembler.ABOVE));
    }

    /** Checks bytes on the stack, all in one page or left to the interpreter. */
    void checkFrame(int register, int bytes) {
        begin();
        asm.mov(R8, register);
        lookup(1, false);
        withinPage(asm, bytes);
        cold.interpret(asm.jcc(Assembler.ABOVE));
    }

    /** The address of a memory operand without its segment. */
    static Address effective(Instruction in) {
        int base = in.base < 0 ? -1 : Operands.host(in.base);
        int index = in.index < 0 ? -1 : Operands.host(in.index);
        return new Address(base, index, in.scale, in.displacement);
    }

    /** An exit shows the guest's flags, and where to resume it: at the instruction's first check. */
    void begin() {
        flags.disturb();
        cold.resumable();
    }

    private void segment(int segment, int size, boolean write) {
        if (size == 1) {
            within(segment, R8, write);
            return;
        }
        asm.rm(0x8D, 8, R9, Address.of(R8, size - 1));
        within(segment, R9, write);
    }

    /** Goes on if a register is no offset beyond the segment's last; adds the base to R8. */
    private void within(int segment, int last, boolean write) {
        int top = (write ? StateBlock.WRITE_TOP : StateBlock.READ_TOP) + 8 * segment;
        asm.rm(0x3B, 8, last, Address.of(R15, top));
        cold.interpret(asm.jcc(Assembler.GREATER));
        asm.rm(0x03, 4, R8, Address.of(R15, StateBlock.BASE + 4 * segment));
    }

    private void lookup(int size, boolean write) {
        lookup(size, write, false);
    }

    private void lookup(int size, boolean write, boolean first) {
        lookup(size, size, write, first);
    }

    /** Looks up the page of R8. @param size bytes that this makes sure lie in it @param all bytes that the access has, or 0 */
    private void lookup(int size, int all, boolean write, boolean first) {
        int bytes = all > CodeNeighbours.MOST ? 0 : all;
        asm.mov(R9, R8);
        asm.rri8(0xC1, 4, 5, R9, 12); // shr
        asm.load64(R9, new Address(R13, R9, 3, write ? Engine.WRITE_TABLE : 0));
        asm.rr(0x85, 8, R9, R9);
        int missing = asm.jcc(Assembler.EQUAL);
        if (first) {
            cold.missOrFault(missing, write, bytes);
        } else {
            cold.miss(missing, write, bytes);
        }
        if (size > 1) {
            asm.rri8(0xF6, 1, 0, R8, mask(size));
            cold.unaligned(asm.jcc(Assembler.NOT_EQUAL), size, write);
        }
    }

    private static int mask(int size) {
        return Integer.highestOneBit(2 * size - 1) - 1;
    }

    /** The rest of the check of an unaligned access: whether it stays in the page. */
    static void withinPage(Assembler asm, int size) {
        asm.mov(R10, R8);
        asm.rri(0x81, 4, 4, R10, 0xFFF); // and
        asm.rri(0x81, 4, 7, R10, 0x1000 - size); // cmp
    }
}
