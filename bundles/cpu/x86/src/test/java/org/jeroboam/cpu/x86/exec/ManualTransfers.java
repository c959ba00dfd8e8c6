package org.jeroboam.cpu.x86.exec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;

/**
 * Transfers of control in protected mode, step by step as the pseudo-code of the manual has them (Intel SDM volume 2,
 * CALL, JMP, INT n, RET, IRET; volume 3, chapters 5 to 7), on plain data. Written for comparison with the processor and
 * apart from it: slow, without a TLB, with one rule per line. A task switch ends with the name of the task.
 *
 * <p>Where the manual leaves the order open: page faults of pushes come after the check for room and before that of the
 * new EIP.
 */
final class ManualTransfers {
    static final int RF = 0x1_0000;
    private static final int VM = 0x2_0000;
    private static final int NT = 0x4000;
    private static final int TF = 0x100;
    private static final int IF = 0x200;
    private static final int TS = 10;
    private static final int NP = 11;
    private static final int SS = 12;
    private static final int GP = 13;
    private static final int PF = 14;
    private static final int AC = 17;

    /** An exception instead of the transfer. */
    static final class Fault extends RuntimeException {
        private static final long serialVersionUID = 1;

        final int vector;
        final int code;
        final int address;

        Fault(int vector, int code, int address) {
            super(vector + ":" + Integer.toHexString(code), null, false, false);
            this.vector = vector;
            this.code = code;
            this.address = address;
        }
    }

    /** A descriptor and where it lies. */
    private record Entry(int address, int low, int high) {
        boolean segment() {
            return (high >> 12 & 1) == 1;
        }

        int type() {
            return high >> 8 & 15;
        }

        /** Type of a gate, TSS or LDT; 0, which is reserved, for a segment. */
        int system() {
            return segment() ? 0 : type();
        }

        boolean code() {
            return segment() && type() >= 8;
        }

        boolean conforming() {
            return code() && (type() & 4) != 0;
        }

        boolean writable() {
            return segment() && (type() & 10) == 2;
        }

        int dpl() {
            return high >> 13 & 3;
        }

        boolean present() {
            return (high >> 15 & 1) == 1;
        }

        long limit() {
            long limit = low & 0xFFFF | high & 0xF_0000;
            return (high >> 23 & 1) == 1 ? limit * 4096 + 4095 : limit;
        }

        int base() {
            return low >>> 16 | (high & 0xFF) << 16 | high & 0xFF00_0000;
        }

        int target() {
            return low >>> 16;
        }

        boolean wideGate() {
            return type() >= 8;
        }

        int entry() {
            return wideGate() ? low & 0xFFFF | high & 0xFFFF_0000 : low & 0xFFFF;
        }
    }

    /** The state before, changed by the transfer. */
    final CpuState s;
    /** The memory before, changed by the transfer. */
    private final MemorySegment memory;

    private final int pageTable;
    int cpl;
    /** The selector of the task that is switched to, or 0. */
    int task;

    private int ext;

    ManualTransfers(CpuState state, MemorySegment memory, int pageTable) {
        s = state;
        this.memory = memory;
        this.pageTable = pageTable;
        cpl = (s.eflags & VM) != 0 ? 3 : s.segments[CpuState.SS].attributes() >> 5 & 3;
    }

    private static Fault fault(int vector, int code) {
        return new Fault(vector, code, 0);
    }

    private Fault selector(int vector, int selector) {
        return fault(vector, selector & 0xFFFC | ext);
    }

    // ---- memory: 4 KiB pages, one table, CR0.WP set

    private void page(int linear, boolean write, boolean user) {
        int entry = get(pageTable + 4 * (linear >>> 12), 4);
        boolean present = (entry & 1) != 0;
        boolean allowed = (!write || (entry & 2) != 0) && (!user || (entry & 4) != 0);
        if (!present || !allowed) {
            throw new Fault(PF, (present ? 1 : 0) | (write ? 2 : 0) | (user ? 4 : 0), linear);
        }
    }

    private int get(int at, int size) {
        int value = 0;
        for (int i = 0; i < size; i++) {
            value |= (memory.get(ValueLayout.JAVA_BYTE, at + i) & 0xFF) << 8 * i;
        }
        return value;
    }

    private int read(int linear, int size, boolean user) {
        for (int i = 0; i < size; i++) {
            page(linear + i, false, user);
        }
        return get(linear, size);
    }

    private void put(int at, int size, int value) {
        for (int i = 0; i < size; i++) {
            memory.set(ValueLayout.JAVA_BYTE, at + i, (byte) (value >> 8 * i));
        }
    }

    // ---- descriptors

    private static boolean isNull(int selector) {
        return (selector & 0xFFFC) == 0;
    }

    private Entry find(int selector, int vector) {
        SegmentState ldt = s.segments[CpuState.LDTR];
        boolean local = (selector & 4) != 0;
        int table = local ? ldt.base() : s.gdtBase;
        int limit = local ? ldt.limit() : s.gdtLimit;
        boolean usable = !local || (ldt.attributes() & 0x80) != 0;
        if (!usable || (selector & 0xFFF8) + 7 > limit) {
            throw selector(vector, selector);
        }
        int at = table + (selector & 0xFFF8);
        return new Entry(at, read(at, 4, false), read(at + 4, 4, false));
    }

    private SegmentState loaded(int selector, Entry e) {
        put(e.address + 5, 1, e.high >> 8 | 1); // accessed
        return new SegmentState(selector, e.base(), (int) e.limit(), e.high >> 8 & 0xF0FF | 1);
    }

    // ---- stacks

    /** What is pushed, in order, to a stack that may become the current one. */
    private final class Frame {
        private final SegmentState stack;
        private final int error;
        private final boolean user;
        private int pointer;
        private final List<int[]> items = new ArrayList<>();

        Frame(SegmentState stack, int pointer, int level, int error) {
            this.stack = stack;
            this.pointer = pointer;
            this.user = level == 3;
            this.error = error;
        }

        void push(int value, int size) {
            pointer = down(stack, pointer, size);
            items.add(new int[] {offset(stack, pointer), value, size});
        }

        void check() {
            for (int[] item : items) {
                if (!inside(stack, item[0], item[2])) {
                    throw fault(SS, error);
                }
            }
            if (user && ext == 0 && !items.isEmpty()) { // a delivery that is not the program's wish is not checked
                aligned(stack.base() + items.getFirst()[0], items.getFirst()[2]);
            }
            for (int[] item : items) {
                for (int i = 0; i < item[2]; i++) {
                    page(stack.base() + item[0] + i, true, user);
                }
            }
        }

        void write() {
            items.forEach(item -> put(stack.base() + item[0], item[2], item[1]));
            s.gpr[Cpu.ESP] = pointer;
        }
    }

    private static boolean big(SegmentState stack) {
        return (stack.attributes() >> 14 & 1) == 1;
    }

    private static int offset(SegmentState stack, int pointer) {
        return big(stack) ? pointer : pointer & 0xFFFF;
    }

    private static int down(SegmentState stack, int pointer, int bytes) {
        return big(stack) ? pointer - bytes : pointer & 0xFFFF_0000 | pointer - bytes & 0xFFFF;
    }

    private static boolean inside(SegmentState stack, int offset, int size) {
        long first = Integer.toUnsignedLong(offset);
        long last = first + size - 1;
        long limit = Integer.toUnsignedLong(stack.limit());
        boolean expandDown = (stack.attributes() & 0xC) == 4;
        return expandDown ? first > limit && last <= (big(stack) ? 0xFFFF_FFFFL : 0xFFFF) : last <= limit;
    }

    private Frame current() {
        return new Frame(s.segments[CpuState.SS], s.gpr[Cpu.ESP], cpl, ext);
    }

    /** CR0.AM, EFLAGS.AC and CPL 3. */
    private void aligned(int linear, int size) {
        boolean checked = cpl == 3 && (s.cr0 >> 18 & 1) == 1 && (s.eflags >> 18 & 1) == 1;
        if (checked && linear % size != 0) {
            throw fault(AC, 0);
        }
    }

    /** An item of the current stack. */
    private int peek(int distance, int size) {
        SegmentState stack = s.segments[CpuState.SS];
        int offset = offset(stack, s.gpr[Cpu.ESP] + distance);
        if (!inside(stack, offset, size)) {
            throw fault(SS, 0);
        }
        aligned(stack.base() + offset, size);
        return read(stack.base() + offset, size, cpl == 3);
    }

    private Entry stackSegment(int selector, int level, int vector) {
        if (isNull(selector)) {
            throw fault(vector, ext);
        }
        Entry e = find(selector, vector);
        if ((selector & 3) != level || e.dpl() != level || !e.writable()) {
            throw selector(vector, selector);
        }
        if (!e.present()) {
            throw selector(SS, selector);
        }
        return e;
    }

    /** The stack of an inner level, whose selector and descriptor stay in two fields. */
    private Frame inner(int level) {
        SegmentState tss = s.segments[CpuState.TR];
        boolean wide = (tss.attributes() & 8) != 0;
        int at = wide ? 8 * level + 4 : 4 * level + 2;
        if (at + (wide ? 5 : 3) > tss.limit()) {
            throw selector(TS, tss.selector());
        }
        int pointer = read(tss.base() + at, wide ? 4 : 2, false);
        innerSelector = read(tss.base() + at + (wide ? 4 : 2), 2, false);
        innerEntry = stackSegment(innerSelector, level, TS);
        SegmentState stack = new SegmentState(
                innerSelector, innerEntry.base(), (int) innerEntry.limit(), innerEntry.high >> 8 & 0xF0FF);
        return new Frame(stack, pointer, level, innerSelector & 0xFFFC | ext);
    }

    private int innerSelector;
    private Entry innerEntry;

    private void enter(int selector, Entry code, int level, int offset) {
        s.segments[CpuState.CS] = loaded(selector & 0xFFFC | level, code);
        cpl = level;
        s.eip = offset;
    }

    private void withinLimit(Entry code, int offset) {
        if (Integer.toUnsignedLong(offset) > code.limit()) {
            throw fault(GP, ext);
        }
    }

    // ---- CALL and JMP

    void far(boolean call, int selector, int offset, int size, int next) {
        if (isNull(selector)) {
            throw fault(GP, 0);
        }
        Entry e = find(selector, GP);
        if (e.code()) {
            boolean allowed = e.conforming() ? e.dpl() <= cpl : (selector & 3) <= cpl && e.dpl() == cpl;
            if (!allowed) {
                throw selector(GP, selector);
            }
            if (!e.present()) {
                throw selector(NP, selector);
            }
            toSameLevel(call, selector, e, offset, size, next);
            return;
        }
        switch (e.system()) {
            case 4, 12 -> {
                gate(selector, e);
                throughCallGate(call, e, next);
            }
            case 5 -> {
                gate(selector, e);
                toTask(e.target());
            }
            case 1, 9 -> {
                if ((selector & 4) != 0) {
                    throw selector(GP, selector);
                }
                gate(selector, e);
                switchTo(selector, e);
            }
            default -> throw selector(GP, selector);
        }
    }

    private void gate(int selector, Entry e) {
        if (e.dpl() < cpl || e.dpl() < (selector & 3)) {
            throw selector(GP, selector);
        }
        if (!e.present()) {
            throw selector(NP, selector);
        }
    }

    private void toSameLevel(boolean call, int selector, Entry code, int offset, int size, int next) {
        Frame frame = current();
        if (call) {
            frame.push(s.segments[CpuState.CS].selector(), size);
            frame.push(next, size);
        }
        frame.check();
        withinLimit(code, offset);
        frame.write();
        enter(selector, code, cpl, offset);
    }

    private void throughCallGate(boolean call, Entry gate, int next) {
        int selector = gate.target();
        if (isNull(selector)) {
            throw fault(GP, 0);
        }
        Entry code = find(selector, GP);
        boolean allowed = code.code() && (call || code.conforming() ? code.dpl() <= cpl : code.dpl() == cpl);
        if (!allowed) {
            throw selector(GP, selector);
        }
        if (!code.present()) {
            throw selector(NP, selector);
        }
        int size = gate.wideGate() ? 4 : 2;
        if (!call || code.conforming() || code.dpl() == cpl) {
            toSameLevel(call, selector, code, gate.entry(), size, next);
            return;
        }
        Frame frame = inner(code.dpl());
        frame.push(s.segments[CpuState.SS].selector(), size);
        frame.push(s.gpr[Cpu.ESP], size);
        int parameters = gate.high & 31;
        int[] first = {frame.items.size()};
        for (int i = 0; i < parameters; i++) {
            frame.push(0, size);
        }
        frame.push(s.segments[CpuState.CS].selector(), size);
        frame.push(next, size);
        frame.check();
        for (int i = 0; i < parameters; i++) {
            frame.items.get(first[0] + parameters - 1 - i)[1] = peek(i * size, size);
        }
        withinLimit(code, gate.entry());
        frame.write();
        s.segments[CpuState.SS] = loaded(innerSelector, innerEntry);
        enter(selector, code, code.dpl(), gate.entry());
    }

    // ---- tasks

    private void toTask(int selector) {
        if ((selector & 4) != 0 || isNull(selector)) {
            throw selector(GP, selector);
        }
        Entry e = find(selector, GP);
        if (e.system() != 1 && e.system() != 9) {
            throw selector(GP, selector);
        }
        if (!e.present()) {
            throw selector(NP, selector);
        }
        switchTo(selector, e);
    }

    private void switchTo(int selector, Entry e) {
        if (e.limit() < (e.system() == 9 ? 0x67 : 0x2B)) {
            throw selector(TS, selector);
        }
        SegmentState old = s.segments[CpuState.TR];
        page(old.base() + ((old.attributes() & 8) != 0 ? 0x20 : 0x0E), true, false); // EIP is saved first
        page(e.base(), false, false);
        task = selector;
    }

    // ---- interrupts

    /**
     * INT n, an exception or an external interrupt.
     *
     * @param software whether by INT n
     * @param error error code, or -1
     */
    void interrupt(int vector, boolean software, int next, int flags, int error) {
        ext = software ? 0 : 1;
        int about = vector * 8 + 2 + ext;
        if (vector * 8 + 7 > s.idtLimit) {
            throw fault(GP, about);
        }
        int at = s.idtBase + vector * 8;
        Entry gate = new Entry(at, read(at, 4, false), read(at + 4, 4, false));
        boolean known =
                switch (gate.system()) {
                    case 5, 6, 7, 14, 15 -> true;
                    default -> false;
                };
        if (!known || software && gate.dpl() < cpl) {
            throw fault(GP, about);
        }
        if (!gate.present()) {
            throw fault(NP, about);
        }
        if (gate.system() == 5) {
            toTask(gate.target());
        } else {
            throughGate(gate, next, flags, error);
        }
        ext = 0;
    }

    private void throughGate(Entry gate, int next, int flags, int error) {
        boolean v86 = (s.eflags & VM) != 0;
        int selector = gate.target();
        if (isNull(selector)) {
            throw fault(GP, ext);
        }
        Entry code = find(selector, GP);
        if (!code.code() || code.dpl() > cpl) {
            throw selector(GP, selector);
        }
        if (!code.present()) {
            throw selector(NP, selector);
        }
        boolean inward = !code.conforming() && code.dpl() < cpl;
        if (v86 && (!inward || code.dpl() != 0)) {
            throw selector(GP, selector);
        }
        int size = gate.wideGate() ? 4 : 2;
        Frame frame = inward ? inner(code.dpl()) : current();
        if (v86) {
            for (int register : new int[] {CpuState.GS, CpuState.FS, CpuState.DS, CpuState.ES}) {
                frame.push(s.segments[register].selector(), size);
            }
        }
        if (inward) {
            frame.push(s.segments[CpuState.SS].selector(), size);
            frame.push(s.gpr[Cpu.ESP], size);
        }
        frame.push(flags, size);
        frame.push(s.segments[CpuState.CS].selector(), size);
        frame.push(next, size);
        if (error >= 0) {
            frame.push(error, size);
        }
        frame.check();
        withinLimit(code, gate.entry());
        frame.write();
        if (v86) {
            for (int register : new int[] {CpuState.GS, CpuState.FS, CpuState.DS, CpuState.ES}) {
                s.segments[register] = new SegmentState(0, 0, 0, 0);
            }
        }
        if (inward) {
            s.segments[CpuState.SS] = loaded(innerSelector, innerEntry);
        }
        enter(selector, code, inward ? code.dpl() : cpl, gate.entry());
        s.eflags &= ~(TF | NT | RF | VM | ((gate.type() & 1) == 0 ? IF : 0));
    }

    // ---- RET and IRET

    void farReturn(int size, int release) {
        int offset = peek(0, size);
        int selector = peek(size, size) & 0xFFFF;
        leave(offset, selector, size, 2 * size + release, release);
    }

    void interruptReturn(int size) {
        int offset = peek(0, size);
        int selector = peek(size, size) & 0xFFFF;
        int flags = peek(2 * size, size);
        int from = cpl;
        if (size == 4 && (flags & VM) != 0 && from == 0) {
            toV86(offset, selector, flags);
            return;
        }
        leave(offset, selector, size, 3 * size, 0);
        int mask = 0x4DD5; // CF PF AF ZF SF TF DF OF NT
        if (size == 4) {
            mask |= RF | 0x4_0000 | 0x20_0000; // AC, ID
        }
        if (from <= (s.eflags >> 12 & 3)) {
            mask |= IF;
        }
        if (from == 0) {
            mask |= 0x3000;
            if (size == 4) {
                mask |= 0x18_0000; // VIF, VIP
            }
        }
        s.eflags = s.eflags & ~mask | flags & mask;
    }

    private void leave(int offset, int selector, int size, int popped, int release) {
        if (isNull(selector)) {
            throw fault(GP, 0);
        }
        Entry code = find(selector, GP);
        int level = selector & 3;
        if (!code.code() || level < cpl || (code.conforming() ? code.dpl() > level : code.dpl() != level)) {
            throw selector(GP, selector);
        }
        if (!code.present()) {
            throw selector(NP, selector);
        }
        if (level == cpl) {
            withinLimit(code, offset);
            s.gpr[Cpu.ESP] = down(s.segments[CpuState.SS], s.gpr[Cpu.ESP], -popped);
            enter(selector, code, level, offset);
            return;
        }
        int pointer = peek(popped, size);
        int stack = peek(popped + size, size) & 0xFFFF;
        Entry e = stackSegment(stack, level, GP);
        withinLimit(code, offset);
        s.segments[CpuState.SS] = loaded(stack, e);
        boolean wide = big(s.segments[CpuState.SS]);
        int esp = pointer + release;
        s.gpr[Cpu.ESP] = wide ? esp : s.gpr[Cpu.ESP] & 0xFFFF_0000 | esp & 0xFFFF;
        enter(selector, code, level, offset);
        for (int register : new int[] {CpuState.ES, CpuState.DS, CpuState.FS, CpuState.GS}) {
            int attributes = s.segments[register].attributes();
            boolean conforming = (attributes & 0x1C) == 0x1C;
            if ((attributes & 0x80) == 0 || !conforming && (attributes >> 5 & 3) < level) {
                s.segments[register] = new SegmentState(0, 0, 0, 0);
            }
        }
    }

    private void toV86(int offset, int selector, int flags) {
        int[] items = new int[6]; // ESP, SS, ES, DS, FS, GS
        for (int i = 0; i < 6; i++) {
            items[i] = peek(12 + 4 * i, 4);
        }
        if (Integer.toUnsignedLong(offset) > 0xFFFF) {
            throw fault(GP, 0);
        }
        int[] registers = {CpuState.SS, CpuState.ES, CpuState.DS, CpuState.FS, CpuState.GS};
        for (int i = 0; i < 5; i++) {
            s.segments[registers[i]] = v86(items[1 + i]);
        }
        s.segments[CpuState.CS] = v86(selector);
        s.gpr[Cpu.ESP] = items[0];
        s.eip = offset;
        s.eflags = flags & 0x3F_7FD5 | 2;
        cpl = 3;
    }

    private static SegmentState v86(int selector) {
        return new SegmentState(selector & 0xFFFF, (selector & 0xFFFF) << 4, 0xFFFF, 0xF3);
    }
}
