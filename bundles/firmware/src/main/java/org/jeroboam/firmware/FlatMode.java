package org.jeroboam.firmware;

import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;

/** 32-bit protected mode with flat segments and no paging, as both boot protocols ask for it. */
final class FlatMode {
    private static final int CODE = 0xC09B;
    private static final int DATA = 0xC093;
    private static final int CR0_PE = 1;

    private FlatMode() {}

    /**
     * Writes a GDT and enters the mode.
     *
     * @param codeSelector selector of CS, as the protocol fixes it
     * @param dataSelector selector of the others
     */
    static void enter(GuestRam ram, CpuState cpu, int codeSelector, int dataSelector, int entry) {
        int limit = Math.max(codeSelector, dataSelector) | 7;
        ram.clear(LowMemory.GDT, limit + 1);
        ram.putLong(LowMemory.GDT + codeSelector, 0x00CF_9B00_0000_FFFFL);
        ram.putLong(LowMemory.GDT + dataSelector, 0x00CF_9300_0000_FFFFL);
        cpu.gdtBase = LowMemory.GDT;
        cpu.gdtLimit = limit;
        cpu.cr0 |= CR0_PE;
        cpu.segments[CpuState.CS] = new SegmentState(codeSelector, 0, -1, CODE);
        for (int segment : new int[] {CpuState.ES, CpuState.SS, CpuState.DS, CpuState.FS, CpuState.GS}) {
            cpu.segments[segment] = new SegmentState(dataSelector, 0, -1, DATA);
        }
        cpu.eip = entry;
        cpu.eflags = 2;
    }
}
