package org.jeroboam.cpu.recompilerx64;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.fpu.Fpu;
import org.jeroboam.hardware.memory.HostMemory;

/**
 * The guest's floating-point registers on their way: at home in {@link Fpu}, in an FXSAVE image of the state block, or, while
 * generated code runs, in the host's units. A half whose exceptions are not all masked stays at home, for the
 * interpreter: the host never meets an unmasked exception.
 */
class FloatingState {
    /** Makes one. */
    interface Maker {
        FloatingState make(Engine engine, StateBlock state, Exits exits);
    }

    /** Bit of {@link #LOADED} and {@link #READY}: x87 and MMX registers. */
    static final int X87 = 1;
    /** Bit: XMM registers and MXCSR. */
    static final int SSE = 2;
    /** Bit: both. */
    static final int BOTH = 4;

    /** Field of the state block, a doubleword: what the host's units hold, and the guest may use; 0 when they are the host's. */
    static final int LOADED = 1984;
    /** What {@link #LOADED} becomes when the image is loaded; 0 when there is none. */
    static final int READY = 1988;

    static final int HOST_MXCSR = 1992;
    static final int HOST_CONTROL = 1996;
    /** Eight bytes for a moment. */
    static final int SCRATCH = 2000;
    /** The instruction pointer as a number of {@link #instruction}, or 0 when it is in {@link FloatingState}. */
    static final int LAST_INSTRUCTION = 2008;
    /** The segment register of the data pointer plus 1, or 0 when the pointer is in {@link FloatingState}. */
    static final int LAST_SEGMENT = 2012;
    /** The data pointer's offset; with {@link #LAST_SEGMENT}. */
    static final int DATA_OFFSET = 2016;
    /** The FXSAVE image. */
    static final int IMAGE = 2032;
    /** What of it is the guest's. */
    static final int IMAGE_END = 288;
    /** Behind it, at the same places as in the image: the guest's last opcode, instruction and data pointer when it is settled. */
    static final int POINTERS = IMAGE + Fpu.FXSAVE;

    private static final int CS = 1;
    private static final int MASKS = 0x3F;
    private static final int MXCSR_MASKS = 0x1F80;
    private static final int INITIAL_CONTROL = 0x037F;

    private static final int CONTROL_AT = 0;
    private static final int STATUS_AT = 2;
    /** In an image: the last opcode, two bytes; the instruction and the data pointer, an offset and a selector each. */
    static final int OPCODE_AT = 6;

    static final int FIP_AT = 8;
    private static final int FCS_AT = 12;
    static final int FDP_AT = 16;
    private static final int FDS_AT = 20;
    private static final int POINTERS_END = 24;
    private static final int MXCSR_AT = 24;
    private static final int XMM_AT = 160;

    private final Engine engine;
    private final StateBlock state;
    private final Exits exits;
    private final long image;
    private final long pointers;
    /** An image, and the pointers behind it. */
    private final byte[] bytes = new byte[Fpu.FXSAVE + POINTERS_END];

    private final MemorySegment segment = MemorySegment.ofArray(bytes);

    private int held;

    private int count = 1;
    private int[] offsets = new int[1 << 8];
    private short[] opcodes = new short[1 << 8];

    FloatingState(Engine engine, StateBlock state, Exits exits) {
        this.engine = engine;
        this.state = state;
        this.exits = exits;
        image = state.address + IMAGE;
        pointers = state.address + POINTERS;
    }

    /** Makes what emits FXSAVE and FXRSTOR. */
    FloatingImages images(Assembler asm, MemoryAccess memory, ColdPaths cold) {
        return new FloatingImages(asm, memory, cold, engine.model());
    }

    /** A number for an instruction that generated code may leave as the last one. */
    int instruction(int offset, int fop) {
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * count);
            opcodes = Arrays.copyOf(opcodes, 2 * count);
        }
        offsets[count] = offset;
        opcodes[count] = (short) fop;
        return count++;
    }

    /** All code is gone. */
    void forget() {
        count = 1;
    }

    /** Before generated code is entered: registers are loaded when they are first used. */
    void begin() {
        state.set(LOADED, 0);
        state.set(READY, held == 0 ? 0 : usable());
    }

    /**
     * Answers code that found its registers missing.
     *
     * @param need a bit
     * @return whether it may go on, and they will be loaded; otherwise the instruction is the interpreter's
     */
    boolean load(int need) {
        if (held == 0) {
            take(need);
        }
        int usable = held == 0 ? 0 : usable();
        if ((usable & need) == 0) {
            return false;
        }
        state.set(LOADED, usable);
        state.set(READY, usable);
        return true;
    }

    private int usable() {
        boolean x87 = (held & X87) != 0 && engine.fpuAvailable();
        boolean sse = (held & SSE) != 0 && engine.sseAvailable();
        return (x87 ? X87 : 0) | (sse ? SSE : 0) | (x87 && sse ? BOTH : 0);
    }

    private void take(int need) {
        Fpu fpu = engine.fpu();
        boolean x87 = (fpu.fnstcw() & MASKS) == MASKS && !fpu.pendingException();
        boolean sse = (fpu.mxcsr() & MXCSR_MASKS) == MXCSR_MASKS;
        held = (x87 ? X87 : 0) | (sse ? SSE : 0);
        if ((usable() & need) == 0) {
            held = 0;
            return;
        }
        fpu.fxsave(bytes, true);
        System.arraycopy(bytes, 0, bytes, Fpu.FXSAVE, POINTERS_END);
        HostMemory.copyIn(image, segment, 0, bytes.length);
        if (!x87) {
            HostMemory.putShort(image + CONTROL_AT, INITIAL_CONTROL);
            HostMemory.putShort(image + STATUS_AT, 0);
        }
        if (!sse) {
            HostMemory.putInt(image + MXCSR_AT, MXCSR_MASKS);
        }
        engine.takeFpu();
    }

    /** After generated code was left for long: finds out which instruction was the last one, while selectors are as then. */
    void settle() {
        if (held == 0) {
            return;
        }
        int known = exits.floating(state.get(StateBlock.EXIT));
        int last = known >>> 3 != 0 ? known >>> 3 : state.get(LAST_INSTRUCTION);
        if (last != 0) {
            HostMemory.putShort(pointers + OPCODE_AT, opcodes[last]);
            HostMemory.putInt(pointers + FIP_AT, offsets[last]);
            HostMemory.putInt(pointers + FCS_AT, engine.selector(CS));
            state.set(LAST_INSTRUCTION, 0);
        }
        int data = (known & 7) != 0 ? known & 7 : state.get(LAST_SEGMENT);
        if (data != 0) {
            HostMemory.putInt(pointers + FDP_AT, state.get(DATA_OFFSET));
            HostMemory.putInt(pointers + FDS_AT, engine.selector(data - 1));
            state.set(LAST_SEGMENT, 0);
        }
    }

    /** Brings all registers home. */
    void release() {
        HostMemory.copyOut(image, segment, 0, bytes.length);
        System.arraycopy(bytes, Fpu.FXSAVE + OPCODE_AT, bytes, OPCODE_AT, POINTERS_END - OPCODE_AT);
        Fpu fpu = engine.fpu();
        if ((held & X87) != 0) {
            fpu.fxrstor(bytes, false);
        }
        if ((held & SSE) != 0) {
            fpu.setMxcsr(HostMemory.getInt(image + MXCSR_AT));
            long[] xmm = fpu.xmm();
            for (int i = 0; i < xmm.length; i++) {
                xmm[i] = HostMemory.getLong(image + XMM_AT + 8 * i);
            }
        }
        held = 0;
    }
}
