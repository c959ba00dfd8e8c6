package org.jeroboam.cpu.x86.exec;

/**
 * The stack at SS:ESP or, with a 16-bit stack segment, SS:SP. The pointer moves only after the access that may fault.
 */
final class Stack {
    private final Cpu cpu;

    Stack(Cpu cpu) {
        this.cpu = cpu;
    }

    private boolean big() {
        return (cpu.attr[Cpu.SS] & Cpu.ATTR_BIG) != 0;
    }

    /** Mask of the stack pointer. */
    int mask() {
        return big() ? -1 : 0xFFFF;
    }

    /** ESP or SP. */
    int pointer() {
        return cpu.gpr[Cpu.ESP] & mask();
    }

    /** Sets ESP, or SP and leaves the upper half. */
    void setPointer(int value) {
        int mask = mask();
        cpu.gpr[Cpu.ESP] = cpu.gpr[Cpu.ESP] & ~mask | value & mask;
    }

    void push(int size, int value) {
        int pointer = pointer() - size & mask();
        cpu.seg.write(Cpu.SS, pointer, size, value);
        setPointer(pointer);
    }

    int pop(int size) {
        int pointer = pointer();
        int value = cpu.seg.read(Cpu.SS, pointer, size);
        setPointer(pointer + size);
        return value;
    }

    /** Reads an item above the top without popping. */
    int peek(int size, int distance) {
        return cpu.seg.read(Cpu.SS, pointer() + distance & mask(), size);
    }
}
