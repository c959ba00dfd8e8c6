package org.jeroboam.cpu.x86.exec;

import java.util.function.Function;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;

/**
 * The live state of one processor and the parts that work on it. Fields are open to the package: every instruction
 * object reads and writes them. Machine thread only.
 *
 * <p>Arithmetic flags are lazy: {@link #result} and {@link #carries} hold what the last arithmetic instruction left,
 * the other flags are in {@link #systemFlags}. {@link Flags} explains the encoding.
 */
final class Cpu {
    static final int EAX = 0;
    static final int ECX = 1;
    static final int EDX = 2;
    static final int EBX = 3;
    static final int ESP = 4;
    static final int EBP = 5;
    static final int ESI = 6;
    static final int EDI = 7;
    /** Index in {@link #gpr} of a register that is always 0: an absent base or index. */
    static final int ZERO = 8;

    static final int ES = CpuState.ES;
    static final int CS = CpuState.CS;
    static final int SS = CpuState.SS;
    static final int DS = CpuState.DS;
    static final int FS = CpuState.FS;
    static final int GS = CpuState.GS;
    static final int LDTR = CpuState.LDTR;
    static final int TR = CpuState.TR;

    static final int CR0_PE = 1;
    static final int CR0_MP = 1 << 1;
    static final int CR0_EM = 1 << 2;
    static final int CR0_TS = 1 << 3;
    static final int CR0_NE = 1 << 5;
    static final int CR0_WP = 1 << 16;
    static final int CR0_AM = 1 << 18;
    static final int CR0_PG = 1 << 31;
    static final int CR4_VME = 1;
    static final int CR4_PVI = 1 << 1;
    static final int CR4_TSD = 1 << 2;
    static final int CR4_DE = 1 << 3;
    static final int CR4_PSE = 1 << 4;
    static final int CR4_PAE = 1 << 5;
    static final int CR4_PGE = 1 << 7;

    /** Segment attribute bit: D or B, 32-bit code, stack or upper bound. */
    static final int ATTR_BIG = 1 << 14;
    /** Segment attribute bit: present. */
    static final int ATTR_PRESENT = 1 << 7;

    /** Bit of {@link #mode}: CS.D. */
    static final int MODE_CODE32 = 1;
    /** Bit of {@link #mode}: SS.B. */
    static final int MODE_STACK32 = 2;
    /** Bit of {@link #mode}: DS, ES and SS have base 0, limit FFFFFFFFh and are writable. */
    static final int MODE_FLAT = 4;
    /** Bit of {@link #mode}: CPL is 3. */
    static final int MODE_USER = 8;
    /** Bit of {@link #mode}: CS has base 0 and limit FFFFFFFFh. */
    static final int MODE_FLAT_CODE = 16;
    /** Bit of {@link #mode}: real or V86 mode. */
    static final int MODE_PARAGRAPHS = 32;

    /** EAX ECX EDX EBX ESP EBP ESI EDI, and a zero at {@link #ZERO}. */
    final int[] gpr = new int[ZERO + 1];
    /**
     * Offset in CS of the instruction being executed; valid where instructions leave the run loop, and in {@link
     * SystemInsn}s.
     */
    int eip;
    /** Offset of the instruction that is executed, for who looks at a core that hangs in an access. */
    int at;

    /** Visible parts of ES CS SS DS FS GS LDTR TR. */
    final int[] selector = new int[8];
    /** Linear bases. */
    final int[] base = new int[8];
    /** Last offsets in bytes. */
    final int[] limit = new int[8];
    /** As {@link org.jeroboam.hardware.cpu.SegmentState#attributes()}; 0 for a null selector in protected mode. */
    final int[] attr = new int[8];

    int gdtBase;
    int gdtLimit;
    int idtBase;
    int idtLimit;
    int cr0;
    int cr2;
    int cr3;
    int cr4;
    final long[] pdpte = new long[4];
    final int[] dr = new int[8];
    /** Current privilege level: 0 in real mode, 3 in V86 mode. */
    int cpl;

    /** Result of the last flag-setting instruction, sign-extended: ZF is set when 0. */
    int result;
    /** Carries of the last flag-setting instruction, see {@link Flags}. */
    int carries;
    /** All flags but the six arithmetic ones; bit 1 set. */
    int systemFlags = EFlags.RESERVED_1;

    boolean interruptLine;
    boolean nmiPending;
    boolean nmiBlocked;
    boolean halted;
    boolean shutdown;
    boolean a20 = true;
    boolean ferr;
    /** DR6 bits of a debug trap that waits for the instruction boundary; set it and call {@link #attention}. */
    int pendingDebug;
    /** Set by the delivery of INT n: the instruction is not followed by a single-step trap. */
    boolean stepSuppressed;
    /** Added to {@link CpuBus#timeStamp()}. */
    long tscOffset;
    /** Grows with every run, and with every access to the time stamp counter. */
    int timeEpoch;

    /** {@link #retired()} of the boundary at which interrupts are held off, see {@link #inhibitInterrupts}. */
    long shadowAt = -1;
    /** Whether the shadow is that of MOV SS, which holds off NMI and debug traps too. */
    boolean shadowOfSs;

    /** Instructions until the run loop looks up, the running one included; 0 outside the loop. */
    int budget;
    /** Instructions of this run beyond {@link #budget}. */
    long reserve;
    /** Value of {@link #retired()} when budget and reserve are used up. */
    long goal;

    /** Changes whenever a link between instructions of different lookups may be stale: TLB flush, dropped code. */
    int stamp;
    /** The same for links to global pages, which survive loads of CR3. Never equal to {@link #stamp}. */
    int globalStamp;
    /** MODE bits that instruction objects depend on. */
    int mode;
    /** Grows with every {@link #modeChanged}, and with loads of GDTR, IDTR, TR and model-specific registers. */
    int modeEpoch;

    final CpuBus bus;
    final CpuModel model;
    final Mmu mmu;
    final SegmentAccess seg;
    final Stack stack;
    final CodeCache code;
    /** What {@link Insn#exec} returns to go on at {@link #eip}. */
    final Insn dispatch;

    final Segmentation segmentation;
    final Interrupts interrupts;
    final Ports ports;
    final Msrs msrs;
    final DebugRegisters debug;
    final Breakpoints breakpoints;
    final FpuUnit fpu;

    /** Runs hot code, or null. */
    final Accelerator accelerator;

    private final GuestFault fault = new GuestFault();

    Cpu(CpuBus bus, CpuModel model) {
        this(bus, model, null);
    }

    Cpu(CpuBus bus, CpuModel model, Function<Engine, Accelerator> maker) {
        this.bus = bus;
        this.model = model;
        mmu = new Mmu(this);
        seg = new SegmentAccess(this);
        stack = new Stack(this);
        code = new CodeCache(this);
        dispatch = new Dispatch(true);
        segmentation = new Segmentation(this);
        interrupts = new Interrupts(this);
        ports = new Ports(this);
        msrs = new Msrs(this);
        debug = new DebugRegisters(this);
        breakpoints = new Breakpoints(this);
        fpu = new FpuUnit(this);
        accelerator = maker == null ? null : maker.apply(new Engine(this));
    }

    /** The fault to throw, with an error code. */
    GuestFault fault(int vector, int errorCode) {
        fault.vector = vector;
        fault.errorCode = errorCode;
        fault.hasErrorCode = true;
        return fault;
    }

    /** The fault to throw, without error code. */
    GuestFault fault(int vector) {
        fault.vector = vector;
        fault.errorCode = 0;
        fault.hasErrorCode = false;
        return fault;
    }

    /** EFLAGS, materialised. */
    int eflags() {
        return systemFlags | Flags.status(result, carries);
    }

    /**
     * Writes flags.
     *
     * @param value new flags
     * @param mask the bits of {@code value} that are taken
     */
    void setEflags(int value, int mask) {
        if ((mask & EFlags.STATUS) != 0) {
            int status = Flags.status(result, carries) & ~mask | value & mask;
            setStatus(status);
        }
        int system = mask & ~EFlags.STATUS;
        int changed = (systemFlags ^ value) & system;
        systemFlags ^= changed;
        if ((changed & (EFlags.VM | EFlags.AC)) != 0) {
            modeChanged();
        }
        if ((changed & (EFlags.TF | EFlags.RF | EFlags.VM)) != 0 || (changed & EFlags.IF) != 0 && interruptLine) {
            attention();
        }
    }

    /** Sets the six arithmetic flags from their EFLAGS bits. */
    void setStatus(int status) {
        result = Flags.resultOf(status);
        carries = Flags.carriesOf(status);
    }

    boolean flag(int bit) {
        return (systemFlags & bit) != 0;
    }

    boolean protectedMode() {
        return (cr0 & CR0_PE) != 0;
    }

    /** Protected mode without V86. */
    boolean protectedNotV86() {
        return (cr0 & CR0_PE) != 0 && (systemFlags & EFlags.VM) == 0;
    }

    boolean v86() {
        return (systemFlags & EFlags.VM) != 0;
    }

    int iopl() {
        return systemFlags >> 12 & 3;
    }

    /** Throws #GP(0) unless CPL is 0. */
    void requirePrivilege() {
        if (cpl != 0) {
            throw fault(GuestFault.GP, 0);
        }
    }

    /** To be called after any change of segment registers' hidden parts, CPL, CR0, CR4, EFLAGS.VM or EFLAGS.AC. */
    void modeChanged() {
        modeEpoch++;
        seg.refresh();
        mode = (attr[CS] & ATTR_BIG) != 0 ? MODE_CODE32 : 0;
        if ((attr[SS] & ATTR_BIG) != 0) {
            mode |= MODE_STACK32;
        }
        if (seg.isFlat(DS) && seg.isFlat(ES) && seg.isFlat(SS)) {
            mode |= MODE_FLAT;
        }
        if (cpl == 3) {
            mode |= MODE_USER;
        }
        if (base[CS] == 0 && limit[CS] == -1) {
            mode |= MODE_FLAT_CODE;
        }
        if (!protectedNotV86()) {
            mode |= MODE_PARAGRAPHS;
        }
        mmu.selectTables();
    }

    /** Makes the run loop look up after the running instruction: interrupts, mode, stale code. */
    void attention() {
        if (budget > 1) {
            reserve += budget - 1;
            budget = 1;
        }
    }

    /** Drops every link between separately looked-up instructions, and ends the present straight line. */
    void unlink() {
        code.spaces.forget();
    }

    /** Whether a link made under a stamp still leads where it led. */
    boolean holds(int linkStamp) {
        return linkStamp == stamp || linkStamp == globalStamp;
    }

    /** Asks the accelerator for code. */
    boolean translate(Place place) {
        place.view.home.accelerated = true;
        accelerator.translate(place);
        return place.code() != 0;
    }

    /** Runs the accelerator's code, as an instruction that takes no budget itself. */
    Insn accelerate(Place place) {
        long before = reserve + budget;
        Accelerator.Outcome outcome = accelerator.run(place);
        place.executed((int) (before - reserve - budget));
        if (outcome == Accelerator.Outcome.INTERPRET) {
            Insn insn = code.plain(eip);
            budget++;
            return insn;
        }
        budget++;
        return dispatch;
    }

    long retired() {
        return goal - reserve - budget;
    }

    /**
     * Holds interrupts off for the instruction after the running one.
     *
     * @param ofSs whether by a load of SS, which holds off NMI and debug traps too
     */
    void inhibitInterrupts(boolean ofSs) {
        shadowAt = retired() + 1;
        shadowOfSs = ofSs;
        if (interruptLine || nmiPending || pendingDebug != 0) {
            attention();
        }
    }

    /** Whether the present boundary is in an interrupt shadow. */
    boolean shadowed() {
        return shadowAt == retired();
    }
}
