package org.jeroboam.cpu.x86.exec;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.jeroboam.hardware.cpu.SegmentState;

/**
 * Executes oracle cases on the interpreter, in the world of {@link OracleLayout} with as much of Linux as a user
 * program sees: paging, CPL 3, CR0 and CR4, an IDT of which only vectors 3 and 4 are open. Every handler halts.
 */
final class OracleMachine implements AutoCloseable {
    private static final java.lang.foreign.ValueLayout.OfByte BYTE = java.lang.foreign.ValueLayout.JAVA_BYTE;
    private static final int LINE = 64;
    private static final int MOST = 300_000;

    // Physical addresses; the system's part is mapped at SYSTEM too.
    private static final int RAM = 4 << 20;
    private static final int DIRECTORY = 0x1000;
    private static final int CODE_TABLE = 0x2000;
    private static final int DATA_TABLE = 0x3000;
    private static final int SYSTEM_TABLE = 0x4000;
    private static final int GDT = 0x5000;
    private static final int LDT = 0x5800;
    private static final int IDT = 0x6000;
    private static final int TSS = 0x7000;
    private static final int HANDLERS = 0x8000;
    private static final int STACK_TOP = 0xA000;
    private static final int DATA_PAGES = 0x1_0000;
    private static final int CODE_PAGES = 0x10_0000;
    private static final int SYSTEM = 0x5B40_0000;

    private static final int GDT_LIMIT = 0x7F;
    private static final int LDT_SELECTOR = 0x50;
    private static final int TSS_SELECTOR = 0x40;
    /** What else user programs can load under a 64-bit Linux. */
    private static final int USER_CODE64 = 0x30;

    private static final int PROCESSOR_NUMBER = 0x78;
    private static final int KERNEL_CODE = 0x08;
    private static final int KERNEL_DATA = 0x18;
    private static final int CR0 = 0x8005_0033;
    private static final int CR4 = 0x690;

    private final Arena arena = Arena.ofConfined();
    private final TestMemory memory = new TestMemory(arena, RAM);
    private final ProcessorCore core = new ProcessorCore(new TestBus(memory), CpuModel.PM);
    private final Cpu cpu = core.cpu;
    private final MemorySegment ram = memory.ram();
    private final MemorySegment[] first = new MemorySegment[OracleLayout.REGIONS.size()];
    private final SegmentState[] byIndex = new SegmentState[OracleLayout.LDT_ENTRIES];
    private final SegmentState userCode = new SegmentState(OracleLayout.USER_CODE, 0, -1, 0xC0FB);
    private final SegmentState userData = new SegmentState(OracleLayout.USER_DATA, 0, -1, 0xC0F3);
    private final SegmentState nothing = new SegmentState(0, 0, 0, 0);

    OracleMachine() {
        memory.clear();
        pages();
        tables();
        for (int i = 0; i < first.length; i++) {
            first[i] = arena.allocate(OracleLayout.REGIONS.get(i).bytes(), 4096);
        }
        core.load(start());
    }

    @Override
    public void close() {
        core.close();
        arena.close();
    }

    private void pages() {
        write32(DIRECTORY + (OracleLayout.CODE >>> 20), CODE_TABLE | 7);
        write32(DIRECTORY + (OracleLayout.DATA >>> 20), DATA_TABLE | 7);
        write32(DIRECTORY + (SYSTEM >>> 20), SYSTEM_TABLE | 3);
        for (int page = 0; page < 16; page++) {
            write32(SYSTEM_TABLE + 4 * page, page << 12 | 3);
        }
        for (OracleLayout.Region region : OracleLayout.REGIONS) {
            for (int at = 0; at < region.bytes(); at += 0x1000) {
                int linear = region.address() + at;
                write32(tableEntry(linear), physical(linear) | 5 | (region.writable() ? 2 : 0));
            }
        }
    }

    private static int physical(int linear) {
        return linear - OracleLayout.DATA >= 0
                ? DATA_PAGES + linear - OracleLayout.DATA
                : CODE_PAGES + linear - OracleLayout.CODE;
    }

    private void tables() {
        descriptor(GDT + KERNEL_CODE, 0, 0xF_FFFF, 0xC09B);
        descriptor(GDT + 0x10, 0, 0xF_FFFF, 0xC09B);
        descriptor(GDT + KERNEL_DATA, 0, 0xF_FFFF, 0xC093);
        descriptor(GDT + (OracleLayout.USER_CODE & ~7), 0, 0xF_FFFF, 0xC0FB);
        descriptor(GDT + (OracleLayout.USER_DATA & ~7), 0, 0xF_FFFF, 0xC0F3);
        descriptor(GDT + USER_CODE64, 0, 0xF_FFFF, 0xA0FB);
        descriptor(GDT + PROCESSOR_NUMBER, 0, 0, 0x40F5);
        descriptor(GDT + TSS_SELECTOR, SYSTEM + TSS, 0x67, 0x8B);
        descriptor(GDT + LDT_SELECTOR, SYSTEM + LDT, 8 * OracleLayout.LDT_ENTRIES - 1, 0x82);
        Arrays.fill(byIndex, nothing);
        for (OracleLayout.Segment s : OracleLayout.LDT) {
            write32(LDT + 8 * s.index(), s.low());
            write32(LDT + 8 * s.index() + 4, s.high());
            byIndex[s.index()] = new SegmentState(
                    s.selector(),
                    Descriptor.base(s.low(), s.high()),
                    Descriptor.limit(s.low(), s.high()),
                    Descriptor.attributes(s.high()));
        }
        for (int vector = 0; vector < 256; vector++) {
            int handler = SYSTEM + HANDLERS + 16 * vector;
            int access = vector == 3 || vector == 4 ? 0xEE : 0x8E;
            write32(IDT + 8 * vector, KERNEL_CODE << 16 | handler & 0xFFFF);
            write32(IDT + 8 * vector + 4, handler & 0xFFFF_0000 | access << 8);
            memory.write(HANDLERS + 16 * vector, 1, 0xF4);
        }
        write32(TSS + 4, SYSTEM + STACK_TOP);
        write32(TSS + 8, KERNEL_DATA);
        memory.write(TSS + 0x66, 2, 0x68);
    }

    private void descriptor(int at, int base, int limit, int attributes) {
        write32(at, limit & 0xFFFF | base << 16);
        write32(at + 4, base & 0xFF00_0000 | base >>> 16 & 0xFF | limit & 0xF_0000 | (attributes & 0xF0FF) << 8);
    }

    private void write32(int physical, int value) {
        memory.write(physical, 4, value);
    }

    private CpuState start() {
        CpuState s = CpuState.afterReset(CpuModel.PM);
        s.cr0 = CR0;
        s.cr3 = DIRECTORY;
        s.cr4 = CR4;
        s.gdtBase = SYSTEM + GDT;
        s.gdtLimit = GDT_LIMIT;
        s.idtBase = SYSTEM + IDT;
        s.idtLimit = 0x7FF;
        Arrays.fill(s.segments, userData);
        s.segments[Cpu.CS] = userCode;
        s.segments[Cpu.LDTR] = new SegmentState(LDT_SELECTOR, SYSTEM + LDT, 8 * OracleLayout.LDT_ENTRIES - 1, 0x82);
        s.segments[Cpu.TR] = new SegmentState(TSS_SELECTOR, SYSTEM + TSS, 0x67, 0x8B);
        return s;
    }

    /** Takes over the memory of a batch. */
    void load(OracleBatch batch) {
        for (int i = 0; i < first.length; i++) {
            OracleLayout.Region region = OracleLayout.REGIONS.get(i);
            MemorySegment.copy(MemorySegment.ofArray(batch.contents[i]), 0, first[i], 0, region.bytes());
            MemorySegment.copy(first[i], 0, ram, physical(region.address()), region.bytes());
        }
        cpu.code.flush();
    }

    /** Executes a case of the batch from its beginning. */
    OracleResult execute(OracleCase c) {
        patch(c);
        OracleResult result = run(c);
        changes(result);
        return result;
    }

    /** Writes what a case wants in memory. */
    void patch(OracleCase c) {
        if (c.patch != null) {
            MemorySegment.copy(MemorySegment.ofArray(c.patch), 0, ram, physical(c.patchAddress), c.patch.length);
        }
    }

    /** Whether memory is as it was at the beginning of a case. */
    boolean unchanged(OracleCase c) {
        for (int i = 0; i < first.length; i++) {
            OracleLayout.Region region = OracleLayout.REGIONS.get(i);
            if (region.isCode() || !region.writable()) {
                continue;
            }
            long base = physical(region.address());
            long at = 0;
            while (true) {
                long same = MemorySegment.mismatch(ram, base + at, base + region.bytes(), first[i], at, region.bytes());
                if (same < 0) {
                    break;
                }
                at += same;
                int inPatch = region.address() + (int) at - c.patchAddress;
                if (c.patch == null
                        || inPatch < 0
                        || inPatch >= c.patch.length
                        || c.patch[inPatch] != ram.get(BYTE, base + at)) {
                    return false;
                }
                at++;
            }
        }
        return true;
    }

    /** Executes from the registers of a case; memory stays as it ends, and its changes are not in the result. */
    OracleResult run(OracleCase c) {
        enter(c);
        core.run(MOST);
        OracleResult result = new OracleResult();
        int handler = cpu.eip - SYSTEM - HANDLERS - 1;
        if (core.exitReason() == ExitReason.HALT && cpu.cpl == 0 && handler >= 0 && handler < 0x1000) {
            leave(handler / 16, result);
        } else {
            result.trap = OracleResult.TIMED_OUT;
            result.eip = cpu.eip;
        }
        if (c.fxsave != null) {
            result.fxsave = new byte[512];
            cpu.fpu.fpu.fxsave(result.fxsave, true);
        }
        return result;
    }

    /** Bits of a page table entry of code or data: present, writable. */
    void setRights(int linear, int rights) {
        int entry = tableEntry(linear);
        write32(entry, memory.read(entry, 4) & ~3 | rights);
        cpu.mmu.flushPage(linear);
    }

    private static int tableEntry(int linear) {
        return (linear - OracleLayout.DATA >= 0 ? DATA_TABLE : CODE_TABLE) + (linear >>> 10 & 0xFFC);
    }

    private void enter(OracleCase c) {
        cpu.cpl = 3;
        System.arraycopy(c.gpr, 0, cpu.gpr, 0, 8);
        for (int i = 0; i < 6; i++) {
            SegmentState s = segment(c.segments[i]);
            cpu.selector[i] = c.segments[i];
            cpu.base[i] = s.base();
            cpu.limit[i] = s.limit();
            cpu.attr[i] = s.attributes();
        }
        cpu.eip = c.eip;
        cpu.setEflags(c.eflags | EFlags.IF, -1);
        cpu.modeChanged();
        cpu.halted = false;
        cpu.shutdown = false;
        cpu.shadowAt = -1;
        cpu.pendingDebug = 0;
        cpu.cr2 = 0;
        if (c.fxsave != null) {
            cpu.fpu.fpu.fxrstor(c.fxsave, true);
        }
    }

    private SegmentState segment(int selector) {
        if ((selector & 4) != 0) {
            return byIndex[selector >> 3];
        }
        return selector == OracleLayout.USER_CODE ? userCode : selector == OracleLayout.USER_DATA ? userData : nothing;
    }

    private void leave(int vector, OracleResult r) {
        r.trap = vector;
        r.cr2 = cpu.cr2;
        boolean hasError = vector == 8 || vector >= 10 && vector <= 14 || vector == 17;
        int frame = cpu.gpr[Cpu.ESP] - SYSTEM;
        if (hasError) {
            r.error = memory.read(frame, 4);
            frame += 4;
        }
        r.eip = memory.read(frame, 4);
        r.eflags = memory.read(frame + 8, 4);
        System.arraycopy(cpu.gpr, 0, r.gpr, 0, 8);
        r.gpr[Cpu.ESP] = memory.read(frame + 12, 4);
        System.arraycopy(cpu.selector, 0, r.segments, 0, 6);
        r.segments[Cpu.CS] = memory.read(frame + 4, 2);
        r.segments[Cpu.SS] = memory.read(frame + 16, 2);
    }

    /** Collects the lines that changed, and gives them their first contents again. */
    void changes(OracleResult result) {
        for (int i = 0; i < first.length; i++) {
            OracleLayout.Region region = OracleLayout.REGIONS.get(i);
            if (region.isCode() || !region.writable()) {
                continue;
            }
            long base = physical(region.address());
            long at = 0;
            while (true) {
                long same = MemorySegment.mismatch(ram, base + at, base + region.bytes(), first[i], at, region.bytes());
                if (same < 0) {
                    break;
                }
                at = at + same & -LINE;
                byte[] line = new byte[LINE];
                MemorySegment.copy(ram, base + at, MemorySegment.ofArray(line), 0, LINE);
                result.lines.put(region.address() + (int) at, line);
                MemorySegment.copy(first[i], at, ram, base + at, LINE);
                at += LINE;
            }
        }
    }
}
