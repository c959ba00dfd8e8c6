package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.fpu.Fpu;
import org.jeroboam.hardware.cpu.CpuModel;

/** What an {@link Accelerator} sees of its processor. Machine thread only. */
public final class Engine {
    /** Bit of {@link #mode()}: 32-bit code. */
    public static final int CODE32 = Cpu.MODE_CODE32;
    /** Bit of {@link #mode()}: 32-bit stack. */
    public static final int STACK32 = Cpu.MODE_STACK32;
    /** Bit of {@link #mode()}: DS, ES and SS have base 0, limit FFFFFFFFh and are writable. */
    public static final int FLAT = Cpu.MODE_FLAT;
    /** Bit of {@link #mode()}: CPL is 3. */
    public static final int USER = Cpu.MODE_USER;
    /** Bit of {@link #mode()}: CS has base 0 and limit FFFFFFFFh. */
    public static final int FLAT_CODE = Cpu.MODE_FLAT_CODE;
    /** Bit of {@link #mode()}: real or V86 mode, where a selector is a base. */
    public static final int PARAGRAPHS = Cpu.MODE_PARAGRAPHS;
    /** Number of different modes. */
    public static final int MODES = 64;
    /** Bytes from the table of {@link #readTable()} to that of the write entries. */
    public static final int WRITE_TABLE = (int) Tlb.TABLE_BYTES;
    /**
     * Bytes from the table of {@link #readTable()} to that of pages with code that may be written beside it. An entry is 0 or the host
     * address of a bit for each byte of the page, 1 for code, and 8 further bytes; {@link #CODE_HOST} bytes behind it is the page's
     * host address. What is written there is nobody's concern.
     */
    public static final int BESIDE_TABLE = 2 * WRITE_TABLE;
    /** See {@link #BESIDE_TABLE}. */
    public static final int CODE_HOST = CodeBytes.HOST;

    private final Cpu cpu;

    Engine(Cpu cpu) {
        this.cpu = cpu;
    }

    /** EAX ECX EDX EBX ESP EBP ESI EDI, live; further elements are not the accelerator's. */
    public int[] registers() {
        return cpu.gpr;
    }

    /** CS offset of the next instruction. */
    public int eip() {
        return cpu.eip;
    }

    /** Sets what {@link #eip()} returns. */
    public void setEip(int eip) {
        cpu.eip = eip;
    }

    /** The six arithmetic flags, as bits of EFLAGS. */
    public int status() {
        return Flags.status(cpu.result, cpu.carries);
    }

    /** Sets the six arithmetic flags. */
    public void setStatus(int status) {
        cpu.setStatus(status);
    }

    /** All flags but the arithmetic ones, without VM and RF. */
    public int systemFlags() {
        return cpu.systemFlags & ~(EFlags.VM | EFlags.RF);
    }

    /** Whether IF may be set and IRET executed without a look at what waits: no INTR, no NMI, none blocked. */
    public boolean interruptsOpen() {
        return !cpu.interruptLine && !cpu.nmiPending && !cpu.nmiBlocked;
    }

    /** Sets IF (while {@link #interruptsOpen()}) and DF from their bits of EFLAGS. */
    public void setFlags(int bits) {
        int mask = EFlags.IF | EFlags.DF;
        cpu.systemFlags = cpu.systemFlags & ~mask | bits & mask;
    }

    /** Sets RF at the present instruction boundary, as IRET does; the run loop must look up then. */
    public void resume() {
        cpu.systemFlags |= EFlags.RF;
    }

    /**
     * Holds interrupts off at the present instruction boundary.
     *
     * @param ofSs whether as behind a load of SS, which holds off NMI and debug traps too; else as behind STI
     */
    public void shadow(boolean ofSs) {
        cpu.shadowAt = cpu.retired();
        cpu.shadowOfSs = ofSs;
    }

    /** Instructions that may be executed before the run loop must look up. */
    public int budget() {
        return cpu.budget;
    }

    /** Says how much of the budget is left. */
    public void setBudget(int left) {
        cpu.budget = left;
    }

    /**
     * Ends the run loop's round before its budget is used up, if another one follows: nobody then executes the tail
     * one by one. Something must have been executed in this round.
     *
     * @param wanted budget of use in the next round
     * @return false when there is no such budget any more
     */
    public boolean endRound(int wanted) {
        if (cpu.reserve + cpu.budget < wanted) {
            return false;
        }
        cpu.reserve += cpu.budget;
        cpu.budget = 0;
        return true;
    }

    /** Bits on which the meaning of code depends. */
    public int mode() {
        return cpu.mode;
    }

    /**
     * Host address of the TLB for reads with the present privilege: 2^20 entries of eight bytes, each 0 or host minus linear
     * address of a page; {@link #WRITE_TABLE} behind it that for writes.
     */
    public long readTable() {
        return cpu.mmu.readTable();
    }

    /** The same for a privilege: that of level 3, or of the others. */
    public long readTable(boolean user) {
        return user ? cpu.mmu.tlb.userRead : cpu.mmu.tlb.supervisorRead;
    }

    /** Lets generated code fill the TLB; to be called once. What it returns lives as long as the processor. */
    public WalkTables walkTables() {
        return cpu.mmu.tlb.share();
    }

    /**
     * Whether generated code may enter pages into the TLB by a walk of its own, of 32-bit paging's tables, as long as nothing but
     * generated code runs.
     */
    public boolean mayWalk() {
        return cpu.mmu.mayWalk();
    }

    /** Whether the tables of the present privilege may be used: nothing checks alignment. */
    public boolean direct() {
        return cpu.mmu.direct();
    }

    /** Links made under another stamp (and not under {@link #globalStamp()}) lead nowhere any more. */
    public int stamp() {
        return cpu.stamp;
    }

    /** The same for global pages. */
    public int globalStamp() {
        return cpu.globalStamp;
    }

    /** Grows whenever segments, mode or tables may have changed. */
    public int modeEpoch() {
        return cpu.modeEpoch;
    }

    /** Linear base of ES CS SS DS FS GS (0 to 5). */
    public int segmentBase(int segment) {
        return cpu.base[segment];
    }

    /** The last offset that may be read through a segment without a closer look, or -1. */
    public long readTop(int segment) {
        return cpu.seg.readTop(segment);
    }

    /** The last offset that may be written through a segment without a closer look, or -1. */
    public long writeTop(int segment) {
        return cpu.seg.writeTop(segment);
    }

    /** Last offset of a segment. */
    public int segmentLimit(int segment) {
        return cpu.limit[segment];
    }

    /** Attributes of a segment, see {@link org.jeroboam.hardware.cpu.SegmentState#attributes()}. */
    public int segmentAttributes(int segment) {
        return cpu.attr[segment];
    }

    /** Whether loads of a segment register change nothing but selector and base: in real and V86 mode, as they mostly are. */
    public boolean isParagraph(int segment) {
        int attributes = cpu.attr[segment];
        return cpu.v86()
                ? attributes == Descriptor.ATTR_V86 && cpu.limit[segment] == 0xFFFF
                : !cpu.protectedMode() && (attributes & 0xFFF) == Descriptor.ATTR_REAL && cpu.limit[segment] != -1;
    }

    /** Sets all parts of ES CS SS DS FS or GS; {@link #setLevel} must follow. */
    public void setSegment(int segment, int selector, int base, int limit, int attributes) {
        cpu.selector[segment] = selector;
        cpu.base[segment] = base;
        cpu.limit[segment] = limit;
        cpu.attr[segment] = attributes;
    }

    /** Sets the privilege level, and puts it and the segments into force. */
    public void setLevel(int level) {
        cpu.cpl = level;
        cpu.modeChanged();
    }

    /** The privilege level. */
    public int level() {
        return cpu.cpl;
    }

    /** CR0, CR2, CR3 or CR4. */
    public int control(int number) {
        return switch (number) {
            case 0 -> cpu.cr0;
            case 2 -> cpu.cr2;
            case 3 -> cpu.cr3;
            case 4 -> cpu.cr4;
            default -> 0;
        };
    }

    /** Sets CR2. */
    public void setFaultAddress(int linear) {
        cpu.cr2 = linear;
    }

    /** SYSENTER_CS without its lowest two bits, SYSENTER_ESP, SYSENTER_EIP (0 to 2). */
    public int sysenter(int number) {
        return switch (number) {
            case 0 -> cpu.msrs.sysenterCs & 0xFFFC;
            case 1 -> cpu.msrs.sysenterEsp;
            default -> cpu.msrs.sysenterEip;
        };
    }

    /** The time stamp counter as the instruction at hand reads it, {@link #setBudget} done. */
    public long timeStamp() {
        return cpu.msrs.timeStamp();
    }

    /** Whether the time stamp counter follows {@link System#nanoTime()} until {@link #timeEpoch} changes. */
    public boolean timeStampIsHostTime() {
        return cpu.bus.timeStampIsHostTime();
    }

    /** Grows with every run of the processor, and whenever the time stamp counter is read or written. */
    public int timeEpoch() {
        return cpu.timeEpoch;
    }

    /** Linear address of the interrupt table: IDTR's base; a change of it moves {@link #modeEpoch}. */
    public int interruptTable() {
        return cpu.idtBase;
    }

    /** Offset of the interrupt table's last byte: IDTR's limit. */
    public int interruptTableLimit() {
        return cpu.idtLimit;
    }

    /** A view of the descriptor tables. */
    public DescriptorView descriptors() {
        return new DescriptorView(cpu);
    }

    /** Selector in a segment register. */
    public int selector(int segment) {
        return cpu.selector[segment];
    }

    /**
     * Looks up an address that the TLB does not have.
     *
     * @return whether the TLB has it now, if only in the table of {@link #BESIDE_TABLE}; otherwise the instruction faults, or accesses no
     *     plain memory
     */
    public boolean fill(int linear, boolean write) {
        return cpu.mmu.fill(linear, write);
    }

    /** The error code of the page fault that {@link #fill} met, or -1 when it was none. */
    public int pageFault() {
        return cpu.mmu.lastFault();
    }

    /** Whether x87 instructions may execute: CR0.EM and TS are clear. */
    public boolean fpuAvailable() {
        return (cpu.cr0 & (Cpu.CR0_EM | Cpu.CR0_TS)) == 0;
    }

    /** Whether SSE instructions may execute. */
    public boolean sseAvailable() {
        return fpuAvailable() && (cpu.cr4 & FpuUnit.CR4_OSFXSR) != 0;
    }

    /** The floating-point registers. Current after {@link Accelerator#releaseFpu} only. */
    public Fpu fpu() {
        return cpu.fpu.fpu;
    }

    /** Says that the accelerator holds newer floating-point registers than {@link #fpu()}. */
    public void takeFpu() {
        cpu.fpu.away = true;
    }

    /** Which processor it is. */
    public CpuModel model() {
        return cpu.model;
    }

    /**
     * Decodes an instruction of a place's page, and marks it as code.
     *
     * @param place names the page; its view is the present one
     * @param eip an offset in the same page
     * @param out filled
     * @return false when the instruction does not end in the page
     */
    public boolean decode(Place place, int eip, Instruction out) {
        return cpu.code.decode(place.view, eip, out);
    }

    /**
     * Decodes an instruction of a place's page that ends in the next linear page, as far as that is there now, and marks its part of the
     * place's page as code. Nobody watches the rest: whoever executes the instruction must look whether it still is what it was.
     *
     * @param place names the page; its view is the present one
     * @param eip an offset in the same page
     * @param out filled
     * @return the bytes in the next page, or null when the instruction cannot be decoded
     */
    public byte[] decodeTail(Place place, int eip, Instruction out) {
        return cpu.code.decodeTail(place.view, eip, out);
    }

    /** Makes the interpreter come back to the accelerator behind an instruction of a place's page that is left over to it. */
    public void resumeBehind(Place place, int eip) {
        cpu.code.resumeBehind(place.view, eip);
    }

    /**
     * The place at the present {@link #eip()}, if it was entered before and is at hand.
     *
     * @return null when the run loop must look
     */
    public Place here() {
        return cpu.code.known(cpu.eip);
    }

    /** Forgets all decoded and translated code, in answer to which {@link Accelerator#forget} is called. */
    public void forgetCode() {
        cpu.code.flush();
    }
}
