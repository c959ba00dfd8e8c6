package org.jeroboam.firmware;

import java.util.Map;
import java.util.TreeMap;
import org.jeroboam.hardware.cpu.CpuState;

/**
 * The memory type range registers as a BIOS leaves them (Intel SDM volume 3, 12.11): write-back by default, uncached for
 * video memory and the PCI hole, write-protected for the BIOS area.
 */
final class MemoryTypes {
    private static final int FIRST_VARIABLE = 0x200;
    private static final int FIX_64K = 0x250;
    private static final int FIX_16K_80000 = 0x258;
    private static final int FIX_4K_C0000 = 0x268;
    private static final int FIX_4K_RANGES = 8;
    private static final int DEF_TYPE = 0x2FF;

    private static final long WRITE_BACK_8 = 0x0606_0606_0606_0606L;
    private static final long WRITE_PROTECT_8 = 0x0505_0505_0505_0505L;
    private static final long ENABLED_WRITE_BACK = 0xC06;
    private static final long HOLE_BASE_UNCACHED = 0xE000_0000L;
    private static final long HOLE_MASK_VALID = 0xF_E000_0800L;

    private MemoryTypes() {}

    static void set(CpuState cpu) {
        Map<Integer, Long> msrs = new TreeMap<>();
        for (int i = 0; i < cpu.msrNumbers.length; i++) {
            msrs.put(cpu.msrNumbers[i], cpu.msrValues[i]);
        }
        msrs.put(FIRST_VARIABLE, HOLE_BASE_UNCACHED);
        msrs.put(FIRST_VARIABLE + 1, HOLE_MASK_VALID);
        msrs.put(FIX_64K, WRITE_BACK_8);
        msrs.put(FIX_16K_80000, WRITE_BACK_8);
        for (int i = 0; i < FIX_4K_RANGES; i++) {
            msrs.put(FIX_4K_C0000 + i, WRITE_PROTECT_8);
        }
        msrs.put(DEF_TYPE, ENABLED_WRITE_BACK);
        cpu.msrNumbers = msrs.keySet().stream().mapToInt(Integer::intValue).toArray();
        cpu.msrValues = msrs.values().stream().mapToLong(Long::longValue).toArray();
    }
}
