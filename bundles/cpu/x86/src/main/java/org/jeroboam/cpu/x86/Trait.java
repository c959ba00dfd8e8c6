package org.jeroboam.cpu.x86;

/** A property of an {@link Op} that holds for every form of it. */
public enum Trait {
    /** LOCK is allowed when the destination is memory. */
    LOCKABLE,
    /** Needs CPL 0 in protected mode, faults with #GP(0) in V86 mode. */
    PRIVILEGED,
    /** Port I/O: checked against IOPL and the I/O permission bitmap. */
    IO,
    /** Depends on IOPL in protected mode or V86 mode (CLI, STI, PUSHF, POPF, INT n, IRET). */
    IOPL_SENSITIVE,
    /** #UD outside protected mode (real and V86 mode). */
    PROTECTED_ONLY,
    /** Writes EIP other than by stepping over the instruction. */
    BRANCH,
    /** A {@link #BRANCH} that pushes a return address. */
    CALLS,
    /** A {@link #BRANCH} to a popped address. */
    RETURNS,
    /** A block of decoded instructions ends here: control transfer, or a change of what the next bytes mean. */
    ENDS_BLOCK,
    /** Reads memory besides its explicit operand (stack, string, descriptor). */
    READS_MEMORY,
    /** Writes memory besides its explicit operand (stack, string, descriptor). */
    WRITES_MEMORY,
    /** May fault for a reason other than memory, privilege or the state of the FPU (#DE, #BR, #UD, #GP, #TS...). */
    MAY_FAULT,
    /** A string instruction: honours REP, uses (E)SI and (E)DI. */
    STRING,
    /** The flags it writes may also stay as they were (a count of zero): old values are not dead before it. */
    CONDITIONAL_FLAGS,
    /** Control, debug, model-specific and descriptor-table state. */
    SYSTEM,
    /** x87: #NM when CR0.EM or CR0.TS is set; a waiting instruction unless also {@link #NO_WAIT}. */
    FPU,
    /** An x87 control instruction that does not report pending exceptions. */
    NO_WAIT,
    /** Works on MMX registers, or, with an operand of kind XMM, on XMM registers. */
    MMX,
    /** SSE: #UD unless CR4.OSFXSR, or when CR0.EM; #NM when CR0.TS. */
    SSE,
    /** SSE2: as {@link #SSE}. */
    SSE2,
    /** A 16-byte memory operand need not be aligned; every other 16-byte operand must, or #GP(0). */
    UNALIGNED,
    /** SSE or SSE2 arithmetic that may raise #XM (or #UD without CR4.OSXMMEXCPT). */
    SIMD_FP
}
