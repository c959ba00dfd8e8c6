package org.jeroboam.cpu.recompilerx64;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.cpu.x86.Instruction;

/** Instructions of a region that are entered at the first one only. */
final class Block {
    final int eip;
    final List<Instruction> instructions = new ArrayList<>();
    final List<Integer> offsets = new ArrayList<>();
    /** CS offset behind the last instruction. */
    int end;
    /** Bytes of the last instruction that lie in the next page, or null. */
    byte[] tail;
    /** Whether the instruction at {@link #end} is the interpreter's. */
    boolean interpret;

    /** The block behind, if control goes on there and it is in the region. */
    Block following;
    /** The block of the direct branch, if it is in the region. */
    Block taken;
    /** The block behind the call that ends this one, if it is in the region: entered from outside. */
    Block back;

    int predecessors;
    /** Entered by a jump from behind, or from outside. */
    boolean header;
    /** Place in the order of emission. */
    int order = -1;
    /** Index of the instruction before which floating-point registers are looked for, or -1. */
    int check = -1;
    /** A bit of {@link FloatingState}: which. */
    int need;
    /** Flags that matter at the beginning. */
    int live;
    /** Most instructions from here to the next header or out of the region. */
    int longest;
    /** Flags as the one predecessor leaves them, or null for in memory. */
    FlagState inherited;
    /** Floating-point registers that are loaded at the beginning however it is reached within the region. */
    int held;
    /** Offset of the code by which a header is entered from outside. */
    int entrance;
    /** Offset of its code in the buffer, or -1. */
    int at = -1;
    /** Offset of the code from {@link Bridges#middle} on, or -1. */
    int middle = -1;
    /** Jumps that lead there. */
    final List<Integer> bridges = new ArrayList<>();
    /** Jumps that lead here. */
    final List<Integer> jumps = new ArrayList<>();

    Block(int eip) {
        this.eip = eip;
    }

    int size() {
        return instructions.size();
    }

    /** Whether an instruction ends in the next page. */
    boolean crosses(int index) {
        return tail != null && index == size() - 1;
    }

    Instruction last() {
        return instructions.get(instructions.size() - 1);
    }
}
