package org.jeroboam.cpu.x86.exec;

import java.util.Map;
import java.util.TreeMap;
import org.jeroboam.hardware.cpu.CpuFeature;
import org.jeroboam.hardware.cpu.CpuState;

/**
 * The model specific registers of the P6 family (Intel SDM volume 4, chapter on P6 family processors). A register
 * that is not listed here, a reserved bit, or a write to a read-only register is #GP(0). Memory types and
 * performance counters are storage without effect.
 */
final class Msrs {
    static final int TSC = 0x10;
    static final int SYSENTER_CS = 0x174;
    static final int SYSENTER_ESP = 0x175;
    static final int SYSENTER_EIP = 0x176;
    static final int DEBUGCTL = 0x1D9;
    /** DEBUGCTL: record the last branch; kept, but nothing is recorded. */
    static final int DEBUGCTL_LBR = 1;
    /** DEBUGCTL: EFLAGS.TF steps on taken branches. */
    static final int DEBUGCTL_BTF = 2;

    private static final int PLATFORM_ID = 0x17;
    private static final int APIC_BASE = 0x1B;
    private static final int EBL_CR_POWERON = 0x2A;
    private static final int BIOS_UPDT_TRIG = 0x79;
    private static final int BIOS_SIGN_ID = 0x8B;
    private static final int MTRR_CAP = 0xFE;
    private static final int MCG_CAP = 0x179;
    private static final int MCG_STATUS = 0x17A;
    private static final int MCG_CTL = 0x17B;
    private static final int LAST_BRANCH_FROM = 0x1DB;
    private static final int PAT = 0x277;
    private static final int MTRR_DEF_TYPE = 0x2FF;
    private static final int MC0_CTL = 0x400;

    /** Eight variable ranges, fixed ranges, write combining. */
    private static final long MTRR_CAP_VALUE = 0x508;
    /** Five banks and MCG_CTL. */
    private static final long MCG_CAP_VALUE = 0x105;

    private static final long PAT_AFTER_RESET = 0x0007_0406_0007_0406L;
    private static final int MACHINE_CHECK_BANKS = 5;

    /** Segment selector that SYSENTER loads into CS. */
    int sysenterCs;
    /** ESP that SYSENTER loads. */
    int sysenterEsp;
    /** EIP that SYSENTER loads. */
    int sysenterEip;
    /** DEBUGCTL. */
    int debugControl;

    private final Cpu cpu;
    /** Storage registers: number and value. */
    private final Map<Integer, Long> values = new TreeMap<>();
    /** Bits that a storage register can hold. */
    private final Map<Integer, Long> writable = new TreeMap<>();

    Msrs(Cpu cpu) {
        this.cpu = cpu;
        if (cpu.model.has(CpuFeature.MCA)) {
            storage(0x0, -1); // P5_MC_ADDR and P5_MC_TYPE, kept as aliases
            storage(0x1, -1);
            storage(MCG_STATUS, 7);
            storage(MCG_CTL, -1);
            for (int i = 0; i < 4 * MACHINE_CHECK_BANKS; i++) {
                storage(MC0_CTL + i, i % 4 == 1 ? 0 : -1); // status can only be cleared
            }
        }
        storage(APIC_BASE, 0);
        storage(EBL_CR_POWERON, -1);
        storage(BIOS_SIGN_ID, -1);
        for (int number : new int[] {0xC1, 0xC2}) {
            storage(number, 0xFF_FFFF_FFFFL);
        }
        storage(0x186, 0xFFFF_FFFFL);
        storage(0x187, 0xFFFF_FFFFL);
        for (int i = 0; i < 4; i++) {
            storage(LAST_BRANCH_FROM + i, 0xFFFF_FFFFL);
        }
        if (cpu.model.has(CpuFeature.MTRR)) {
            for (int i = 0; i < 16; i++) {
                storage(0x200 + i, i % 2 == 0 ? 0xF_FFFF_F0FFL : 0xF_FFFF_F800L);
            }
            for (int number : new int[] {0x250, 0x258, 0x259}) {
                storage(number, -1);
            }
            for (int i = 0; i < 8; i++) {
                storage(0x268 + i, -1);
            }
            storage(MTRR_DEF_TYPE, 0xCFF);
        }
        if (cpu.model.has(CpuFeature.PAT)) {
            storage(PAT, 0x0707_0707_0707_0707L);
        }
        reset();
    }

    private void storage(int number, long bits) {
        writable.put(number, bits);
        values.put(number, 0L);
    }

    /** Gives every register its value after a hardware reset. */
    void reset() {
        values.replaceAll((number, value) -> 0L);
        values.replace(PAT, PAT_AFTER_RESET);
        sysenterCs = 0;
        sysenterEsp = 0;
        sysenterEip = 0;
        debugControl = 0;
    }

    /** RDMSR. @throws GuestFault #GP(0) when there is no such register */
    long read(int number) {
        return switch (number) {
            case TSC -> timeStamp();
            case SYSENTER_CS -> word(sysenterCs);
            case SYSENTER_ESP -> word(sysenterEsp);
            case SYSENTER_EIP -> word(sysenterEip);
            case DEBUGCTL -> word(debugControl);
            case PLATFORM_ID -> 0;
            case MTRR_CAP -> present(CpuFeature.MTRR, MTRR_CAP_VALUE);
            case MCG_CAP -> present(CpuFeature.MCA, MCG_CAP_VALUE);
            default -> {
                Long value = values.get(number);
                if (value == null) {
                    throw cpu.fault(GuestFault.GP, 0);
                }
                yield value;
            }
        };
    }

    /** WRMSR. @throws GuestFault #GP(0) when there is no such register, or it does not take the value */
    void write(int number, long value) {
        switch (number) {
            case TSC -> {
                cpu.timeEpoch++;
                cpu.tscOffset = value - cpu.bus.timeStamp();
            }
            case SYSENTER_CS -> sysenterCs = (int) value & 0xFFFF;
            case SYSENTER_ESP -> sysenterEsp = (int) value;
            case SYSENTER_EIP -> sysenterEip = (int) value;
            case DEBUGCTL -> {
                debugControl = (int) value & 0x7F;
                cpu.attention();
            }
            case BIOS_UPDT_TRIG -> {
                // a microcode update that changes nothing
            }
            case APIC_BASE -> {
                // no local APIC to move or enable
            }
            default -> store(number, value);
        }
    }

    private void store(int number, long value) {
        Long bits = writable.get(number);
        if (bits == null || (value & ~bits) != 0 || number == PAT && !validTypes(value)) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        values.put(number, value);
    }

    /** Memory types 2 and 3 do not exist. */
    private static boolean validTypes(long pat) {
        for (int shift = 0; shift < 64; shift += 8) {
            int type = (int) (pat >>> shift) & 7;
            if (type == 2 || type == 3) {
                return false;
            }
        }
        return true;
    }

    /** RDTSC, without the check of CR4.TSD. */
    long timeStamp() {
        cpu.timeEpoch++;
        return cpu.bus.timeStamp() + cpu.tscOffset;
    }

    /** What CPUID leaf 1 does: the revision of the loaded microcode, 0, appears in BIOS_SIGN_ID. */
    void loadMicrocodeRevision() {
        values.put(BIOS_SIGN_ID, 0L);
    }

    /** Writes all registers that hold a value, ascending. */
    void save(CpuState state) {
        Map<Integer, Long> all = new TreeMap<>(values);
        all.put(SYSENTER_CS, word(sysenterCs));
        all.put(SYSENTER_ESP, word(sysenterEsp));
        all.put(SYSENTER_EIP, word(sysenterEip));
        all.put(DEBUGCTL, word(debugControl));
        state.msrNumbers = all.keySet().stream().mapToInt(Integer::intValue).toArray();
        state.msrValues = all.values().stream().mapToLong(Long::longValue).toArray();
    }

    /** Takes what {@link #save} gave, from this model or another; registers not mentioned get their reset value. */
    void load(CpuState state) {
        reset();
        int[] numbers = state.msrNumbers;
        for (int i = 0; i < numbers.length; i++) {
            long value = state.msrValues[i];
            switch (numbers[i]) {
                case SYSENTER_CS -> sysenterCs = (int) value & 0xFFFF;
                case SYSENTER_ESP -> sysenterEsp = (int) value;
                case SYSENTER_EIP -> sysenterEip = (int) value;
                case DEBUGCTL -> debugControl = (int) value & 0x7F;
                default -> values.computeIfPresent(numbers[i], (number, old) -> value);
            }
        }
    }

    private long present(CpuFeature feature, long value) {
        if (!cpu.model.has(feature)) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        return value;
    }

    private static long word(int value) {
        return value & 0xFFFF_FFFFL;
    }
}
