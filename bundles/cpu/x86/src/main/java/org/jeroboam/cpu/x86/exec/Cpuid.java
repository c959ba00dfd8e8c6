package org.jeroboam.cpu.x86.exec;

import org.jeroboam.hardware.cpu.CpuFeature;
import org.jeroboam.hardware.cpu.CpuModel;

/**
 * The CPUID instruction: leaves 0 to 2, and for every other one the data of leaf 2, as the processors of this family
 * answer. (The extended leaves thereby report a maximum below 80000001h, which means none.)
 */
final class Cpuid {
    /** Highest leaf: old systems misbehave with more than 2 or 3. */
    private static final int MAX_LEAF = 2;

    private Cpuid() {}

    /** Executes CPUID. */
    static void execute(Cpu cpu) {
        int[] gpr = cpu.gpr;
        switch (gpr[Cpu.EAX]) {
            case 0 -> set(gpr, MAX_LEAF, 0x756E_6547, 0x6C65_746E, 0x4965_6E69); // GenuineIntel in EBX, EDX, ECX
            case 1 -> {
                set(gpr, cpu.model.signature(), clflushLine(cpu.model), 0, cpu.model.featureBits());
                cpu.msrs.loadMicrocodeRevision();
            }
            default -> caches(gpr, cpu.model);
        }
    }

    private static int clflushLine(CpuModel model) {
        return model.has(CpuFeature.CLFLUSH) ? 8 << 8 : 0; // in units of 8 bytes
    }

    /** Cache and TLB descriptors; the low byte of EAX says that one call tells all. */
    private static void caches(int[] gpr, CpuModel model) {
        switch (model) {
            case P2 -> set(gpr, 0x0302_0101, 0, 0, 0x0C04_0843); // 16K + 16K, L2 512K
            case P3 -> set(gpr, 0x0302_0101, 0, 0, 0x0C04_0882); // 16K + 16K, L2 256K
            case PM -> set(gpr, 0x02B3_B001, 0, 0, 0x2C04_3087); // 32K + 32K, L2 1M
        }
    }

    private static void set(int[] gpr, int eax, int ebx, int ecx, int edx) {
        gpr[Cpu.EAX] = eax;
        gpr[Cpu.EBX] = ebx;
        gpr[Cpu.ECX] = ecx;
        gpr[Cpu.EDX] = edx;
    }
}
