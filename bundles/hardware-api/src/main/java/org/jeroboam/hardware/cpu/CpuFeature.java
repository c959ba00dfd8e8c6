package org.jeroboam.hardware.cpu;

/** Features in CPUID leaf 1 EDX that a model can have (Intel SDM volume 2, CPUID). */
public enum CpuFeature {
    /** x87 on chip. */
    FPU(0),
    /** Virtual-8086 mode extensions. */
    VME(1),
    /** Debugging extensions: I/O breakpoints. */
    DE(2),
    /** 4 MiB pages. */
    PSE(3),
    /** RDTSC. */
    TSC(4),
    /** RDMSR and WRMSR. */
    MSR(5),
    /** Physical address extension. */
    PAE(6),
    /** Machine check exception. */
    MCE(7),
    /** CMPXCHG8B. */
    CX8(8),
    /** SYSENTER and SYSEXIT. */
    SEP(11),
    /** Memory type range registers. */
    MTRR(12),
    /** Global pages. */
    PGE(13),
    /** Machine check banks. */
    MCA(14),
    /** CMOVcc, FCMOVcc, FCOMI. */
    CMOV(15),
    /** Page attribute table. */
    PAT(16),
    /** 36-bit addresses in 4 MiB pages. */
    PSE36(17),
    /** CLFLUSH. */
    CLFLUSH(19),
    /** MMX. */
    MMX(23),
    /** FXSAVE and FXRSTOR. */
    FXSR(24),
    /** SSE. */
    SSE(25),
    /** SSE2. */
    SSE2(26);

    private final int bit;

    CpuFeature(int bit) {
        this.bit = bit;
    }

    /**
     * The feature's place.
     *
     * @return bit number in leaf 1 EDX
     */
    public int bit() {
        return bit;
    }
}
