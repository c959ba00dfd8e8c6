package org.jeroboam.hardware.cpu;

import java.util.Arrays;
import java.util.Objects;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * The whole architectural state of a P6-class processor at an instruction boundary: plain data that every core can take
 * and give. TLBs and translated code are not part of it. Arrays belong to the object.
 */
public final class CpuState {
    /** Index of ES in {@link #segments}; the order is that of the instruction encoding. */
    public static final int ES = 0;
    /** Index of CS. */
    public static final int CS = 1;
    /** Index of SS. */
    public static final int SS = 2;
    /** Index of DS. */
    public static final int DS = 3;
    /** Index of FS. */
    public static final int FS = 4;
    /** Index of GS. */
    public static final int GS = 5;
    /** Index of the local descriptor table register. */
    public static final int LDTR = 6;
    /** Index of the task register. */
    public static final int TR = 7;

    /** Section name and version in a saved state. */
    private static final String SECTION = "cpu";

    private static final int VERSION = 1;

    /** EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI. */
    public int[] gpr = new int[8];
    /** Offset of the next instruction. */
    public int eip;
    /** All flags, materialised. */
    public int eflags = 2;
    /** ES, CS, SS, DS, FS, GS, LDTR, TR. */
    public SegmentState[] segments = new SegmentState[8];
    /** Linear base of the GDT. */
    public int gdtBase;
    /** Limit of the GDT, 16 bits. */
    public int gdtLimit;
    /** Linear base of the IDT. */
    public int idtBase;
    /** Limit of the IDT, 16 bits. */
    public int idtLimit;
    /** CR0. */
    public int cr0;
    /** CR2. */
    public int cr2;
    /** CR3. */
    public int cr3;
    /** CR4. */
    public int cr4;
    /** The four page directory pointers loaded with CR3 under PAE. */
    public long[] pdpte = new long[4];
    /** DR0 to DR7; 4 and 5 unused. */
    public int[] dr = new int[8];
    /** x87, MMX and SSE as FXSAVE writes them (512 bytes, Intel SDM volume 1, 10.5.1), with full FIP, FDP and FOP. */
    public byte[] fxsave = new byte[512];
    /** Numbers of the model specific registers that hold a value, ascending. */
    public int[] msrNumbers = new int[0];
    /** Values of {@link #msrNumbers}. */
    public long[] msrValues = new long[0];
    /** Added to {@link CpuBus#timeStamp()} for RDTSC. */
    public long tscOffset;
    /** Instructions retired since power on. */
    public long retired;
    /** HLT was executed and nothing woke the processor yet. */
    public boolean halted;
    /** Shut down after a triple fault. */
    public boolean shutdown;
    /** Interrupts are held off for one instruction after STI. */
    public boolean stiShadow;
    /** Interrupts, NMI and debug traps are held off for one instruction after MOV SS or POP SS. */
    public boolean movSsShadow;
    /** An NMI is latched. */
    public boolean nmiPending;
    /** NMIs are held off until IRET. */
    public boolean nmiBlocked;
    /** Debug trap conditions (DR6 bits) of the previous instruction that were not delivered yet. */
    public int pendingDebug;
    /** The A20 gate is open. */
    public boolean a20 = true;
    /** Level of INTR. */
    public boolean interruptLine;
    /** Level of FERR#. */
    public boolean ferr;

    /** Creates a state of zeros; see {@link #afterReset}. */
    public CpuState() {
        Arrays.fill(segments, new SegmentState(0, 0, 0, 0));
    }

    /**
     * The state after a hardware reset (Intel SDM volume 3, table 9-1): real mode, CS:EIP at FFFFFFF0h, caches off.
     *
     * @param model gives the signature in EDX
     * @return a new state
     */
    public static CpuState afterReset(CpuModel model) {
        CpuState s = new CpuState();
        SegmentState data = new SegmentState(0, 0, 0xFFFF, 0x93);
        for (int i = ES; i <= GS; i++) {
            s.segments[i] = data;
        }
        s.segments[CS] = new SegmentState(0xF000, 0xFFFF_0000, 0xFFFF, 0x9B);
        s.segments[LDTR] = new SegmentState(0, 0, 0xFFFF, 0x82);
        s.segments[TR] = new SegmentState(0, 0, 0xFFFF, 0x8B);
        s.eip = 0xFFF0;
        s.gpr[2] = model.signature();
        s.cr0 = 0x6000_0010;
        s.dr[6] = 0xFFFF_0FF0;
        s.dr[7] = 0x400;
        s.gdtLimit = 0xFFFF;
        s.idtLimit = 0x3FF;
        s.fxsave[0] = 0x40; // FCW 0040h; the empty abridged tag word is 0 already
        s.fxsave[24] = (byte) 0x80; // MXCSR 1F80h
        s.fxsave[25] = 0x1F;
        s.fxsave[4] = (byte) 0xFF; // reset leaves zeros tagged valid
        return s;
    }

    /**
     * Writes the state.
     *
     * @param out gets the section {@code cpu}
     */
    public void save(StateWriter out) {
        out.section(
                SECTION,
                VERSION,
                new V1(
                        gpr,
                        eip,
                        eflags,
                        segments,
                        gdtBase,
                        gdtLimit,
                        idtBase,
                        idtLimit,
                        cr0,
                        cr2,
                        cr3,
                        cr4,
                        pdpte,
                        dr,
                        fxsave,
                        msrNumbers,
                        msrValues,
                        tscOffset,
                        retired,
                        halted,
                        shutdown,
                        stiShadow,
                        movSsShadow,
                        nmiPending,
                        nmiBlocked,
                        pendingDebug,
                        a20,
                        interruptLine,
                        ferr));
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @param in has a section {@code cpu}
     * @return a new state
     * @throws StateException when the section is missing or does not fit
     */
    public static CpuState restore(StateReader in) throws StateException {
        V1 v = in.section(SECTION, VERSION, V1.class);
        CpuState s = new CpuState();
        s.gpr = sized(v.gpr, 8);
        s.eip = v.eip;
        s.eflags = v.eflags;
        if (v.segments == null
                || v.segments.length != 8
                || Arrays.stream(v.segments).anyMatch(Objects::isNull)) {
            throw new StateException("damaged state of the CPU: it needs 8 segment registers");
        }
        s.segments = v.segments;
        s.gdtBase = v.gdtBase;
        s.gdtLimit = v.gdtLimit;
        s.idtBase = v.idtBase;
        s.idtLimit = v.idtLimit;
        s.cr0 = v.cr0;
        s.cr2 = v.cr2;
        s.cr3 = v.cr3;
        s.cr4 = v.cr4;
        if (v.pdpte == null || v.pdpte.length != 4 || v.fxsave == null || v.fxsave.length != 512) {
            throw new StateException(
                    "damaged state of the CPU: page directory pointers or FXSAVE image have a wrong size");
        }
        s.pdpte = v.pdpte;
        s.dr = sized(v.dr, 8);
        s.fxsave = v.fxsave;
        if (v.msrNumbers == null || v.msrValues == null || v.msrNumbers.length != v.msrValues.length) {
            throw new StateException("damaged state of the CPU: its model specific registers do not pair up");
        }
        s.msrNumbers = v.msrNumbers;
        s.msrValues = v.msrValues;
        s.tscOffset = v.tscOffset;
        s.retired = v.retired;
        s.halted = v.halted;
        s.shutdown = v.shutdown;
        s.stiShadow = v.stiShadow;
        s.movSsShadow = v.movSsShadow;
        s.nmiPending = v.nmiPending;
        s.nmiBlocked = v.nmiBlocked;
        s.pendingDebug = v.pendingDebug;
        s.a20 = v.a20;
        s.interruptLine = v.interruptLine;
        s.ferr = v.ferr;
        return s;
    }

    private static int[] sized(int[] values, int length) throws StateException {
        if (values == null || values.length != length) {
            throw new StateException("damaged state of the CPU: it needs " + length + " registers");
        }
        return values;
    }

    private record V1(
            int[] gpr,
            int eip,
            int eflags,
            SegmentState[] segments,
            int gdtBase,
            int gdtLimit,
            int idtBase,
            int idtLimit,
            int cr0,
            int cr2,
            int cr3,
            int cr4,
            long[] pdpte,
            int[] dr,
            byte[] fxsave,
            int[] msrNumbers,
            long[] msrValues,
            long tscOffset,
            long retired,
            boolean halted,
            boolean shutdown,
            boolean stiShadow,
            boolean movSsShadow,
            boolean nmiPending,
            boolean nmiBlocked,
            int pendingDebug,
            boolean a20,
            boolean interruptLine,
            boolean ferr) {}
}
