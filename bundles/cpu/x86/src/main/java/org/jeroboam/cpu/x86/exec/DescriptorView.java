package org.jeroboam.cpu.x86.exec;

import org.jeroboam.hardware.memory.HostMemory;

/**
 * Looks at descriptors and gates without a trace, and tells whether a transfer or a load would take them as they are:
 * present, accessed, of the right type and privilege, and flat where code and stacks are concerned. Whatever it does not
 * know for sure it refuses. After a method that returned true the fields describe what was found. An answer holds while
 * the descriptor's eight bytes, its address, GDTR, IDTR and TR stay. Machine thread only.
 */
public final class DescriptorView {
    private static final int TSS32_STACK = 4;

    /** Linear address of the eight bytes, which lie in one page. */
    public int address;
    /** Those bytes. */
    public long raw;
    /** Base of the segment. */
    public int base;
    /** Last offset of the segment. */
    public int limit;
    /** Its attributes. */
    public int attributes;
    /** The last offset that may be read without a closer look, or -1. */
    public long readTop;
    /** The last offset that may be written without a closer look, or -1. */
    public long writeTop;

    private int gdtBase;
    private int gdtLimit;
    private int idtBase;
    private int idtLimit;
    private int taskBase;
    private int taskLimit;
    private int taskAttributes;

    private final Cpu cpu;

    DescriptorView(Cpu cpu) {
        this.cpu = cpu;
    }

    /** Whether a return to level 3 leaves a segment register as it is. */
    public static boolean outer(int selector, int attributes) {
        boolean conforming = (attributes & 0x1C) == 0x1C;
        boolean present = (attributes & Cpu.ATTR_PRESENT) != 0;
        return present ? conforming || (attributes >>> 5 & 3) == 3 : attributes == 0 && selector == 0;
    }

    /** Whether a data segment register may be loaded with a selector, not null. */
    public boolean data(int selector, int level) {
        if (!segment(selector)) {
            return false;
        }
        int high = high();
        int dpl = Descriptor.dpl(high);
        return Descriptor.isReadable(high) && (Descriptor.isConforming(high) || (selector & 3) <= dpl && level <= dpl);
    }

    /** Whether IRET may return to a code segment at the level that is its selector's RPL. */
    public boolean code(int selector) {
        return segment(selector)
                && Descriptor.isCode(high())
                && !Descriptor.isConforming(high())
                && Descriptor.dpl(high()) == (selector & 3)
                && wide();
    }

    /** Whether SS may be loaded with a selector for a level. */
    public boolean stack(int selector, int level) {
        return segment(selector)
                && Descriptor.isWritableData(high())
                && (selector & 3) == level
                && Descriptor.dpl(high()) == level
                && writeTop == 0xFFFF_FFFFL
                && wide();
    }

    /** Whether a data segment has base 0, limit FFFFFFFFh and is writable. */
    public boolean flat() {
        return base == 0 && writeTop == 0xFFFF_FFFFL && readTop == writeTop;
    }

    /**
     * Whether a vector leads through a 32-bit interrupt or trap gate.
     *
     * @param software whether by INT n
     */
    public boolean gate(int vector, boolean software) {
        if (vector * 8 + 7 > cpu.idtLimit || !read(cpu.idtBase + vector * 8)) {
            return false;
        }
        int type = Descriptor.systemType(high());
        return (type == Descriptor.INTERRUPT_GATE32 || type == Descriptor.TRAP_GATE32)
                && Descriptor.isPresent(high())
                && (!software || Descriptor.dpl(high()) >= cpu.cpl);
    }

    /** Of a gate: whether it clears IF. */
    public boolean clearsInterruptFlag() {
        return Descriptor.systemType(high()) == Descriptor.INTERRUPT_GATE32;
    }

    /** Of a gate: selector of the handler. */
    public int gateSelector() {
        return Descriptor.gateSelector((int) raw);
    }

    /** Of a gate: offset of the handler. */
    public int gateOffset() {
        return Descriptor.gateOffset((int) raw, high());
    }

    /** Linear address of the stack pointer for level 0, behind which its selector is; 0 when it must be looked for. */
    public int innerStack() {
        int linear = cpu.base[Cpu.TR] + TSS32_STACK;
        boolean plain = (cpu.attr[Cpu.TR] & Descriptor.WIDE) != 0
                && Integer.compareUnsigned(TSS32_STACK + 5, cpu.limit[Cpu.TR]) <= 0;
        return plain && (linear & 0xFFF) <= 0xFF8 ? linear : 0;
    }

    /** Selector at {@link #innerStack()}, or 0. */
    public int innerSelector() {
        int linear = innerStack();
        long entry = linear == 0 ? 0 : HostMemory.getLong(Tlb.slot(cpu.mmu.tlb.supervisorRead, linear));
        return entry == 0 ? 0 : HostMemory.getShort(entry + (linear + 4 & 0xFFFF_FFFFL));
    }

    /** A doubleword of the stack of level 0, or 0 when it is not at hand. */
    public int stackItem(int linear) {
        long entry = HostMemory.getLong(Tlb.slot(cpu.mmu.tlb.supervisorRead, linear));
        return entry == 0 || (linear & 0xFFF) > 0xFFC ? 0 : HostMemory.getInt(entry + (linear & 0xFFFF_FFFFL));
    }

    /** Whether GDTR, IDTR and TR are as when this was asked last. */
    public boolean sameTables() {
        boolean same = gdtBase == cpu.gdtBase
                && gdtLimit == cpu.gdtLimit
                && idtBase == cpu.idtBase
                && idtLimit == cpu.idtLimit
                && taskBase == cpu.base[Cpu.TR]
                && taskLimit == cpu.limit[Cpu.TR]
                && taskAttributes == cpu.attr[Cpu.TR];
        gdtBase = cpu.gdtBase;
        gdtLimit = cpu.gdtLimit;
        idtBase = cpu.idtBase;
        idtLimit = cpu.idtLimit;
        taskBase = cpu.base[Cpu.TR];
        taskLimit = cpu.limit[Cpu.TR];
        taskAttributes = cpu.attr[Cpu.TR];
        return same;
    }

    private int high() {
        return (int) (raw >>> 32);
    }

    private boolean wide() {
        return base == 0 && limit == -1 && (attributes & Cpu.ATTR_BIG) != 0;
    }

    /** Finds the descriptor of a present, accessed code or data segment in the GDT. */
    private boolean segment(int selector) {
        int offset = selector & 0xFFF8;
        if (offset == 0
                || (selector & 4) != 0
                || Integer.compareUnsigned(offset + 7, cpu.gdtLimit) > 0
                || !read(cpu.gdtBase + offset)) {
            return false;
        }
        int low = (int) raw;
        int high = high();
        base = Descriptor.base(low, high);
        limit = Descriptor.limit(low, high);
        attributes = Descriptor.attributes(high);
        readTop = SegmentAccess.top(limit, attributes, true, false);
        writeTop = SegmentAccess.top(limit, attributes, true, true);
        return Descriptor.isSegment(high) && Descriptor.isPresent(high) && (high & Descriptor.HIGH_ACCESSED) != 0;
    }

    private boolean read(int linear) {
        long entry = HostMemory.getLong(Tlb.slot(cpu.mmu.tlb.supervisorRead, linear));
        if (entry == 0 || (linear & 0xFFF) > 0xFF8) {
            return false;
        }
        address = linear;
        raw = HostMemory.getLong(entry + (linear & 0xFFFF_FFFFL));
        return true;
    }
}
