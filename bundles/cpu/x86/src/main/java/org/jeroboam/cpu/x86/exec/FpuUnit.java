package org.jeroboam.cpu.x86.exec;

import java.util.Arrays;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.fpu.Fpu;
import org.jeroboam.hardware.cpu.CpuFeature;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;

/** The floating-point unit in its processor: availability, pending exceptions, FERR#, memory images. */
final class FpuUnit {
    static final int CR4_OSFXSR = 1 << 9;

    private static final int MXCSR_AT = 24;
    private static final int XMM_AT = 160;
    private static final int XMM_END = 288;

    /** The registers. */
    final Fpu fpu = new Fpu();

    /** Whether the accelerator holds newer registers. */
    boolean away;

    /** SSE on the same registers. */
    final SseUnit sse = new SseUnit(fpu);

    /** For images on their way between memory and the unit. */
    final byte[] image = new byte[Fpu.FXSAVE];

    private final Cpu cpu;

    FpuUnit(Cpu cpu) {
        this.cpu = cpu;
    }

    void save(CpuState state) {
        home();
        byte[] out = new byte[Fpu.FXSAVE];
        fpu.fxsave(out, true);
        state.fxsave = out;
    }

    /** Brings the registers home from the accelerator. */
    void home() {
        if (away) {
            away = false;
            cpu.accelerator.releaseFpu();
        }
    }

    void load(CpuState state) {
        home();
        fpu.fxrstor(state.fxsave, true);
    }

    /** Raises #NM when x87 instructions may not execute. */
    void requireAvailable() {
        if ((cpu.cr0 & (Cpu.CR0_EM | Cpu.CR0_TS)) != 0) {
            throw cpu.fault(GuestFault.NM);
        }
        home();
    }

    /** Raises #UD or #NM when MMX instructions may not execute. */
    void requireMmx() {
        if ((cpu.cr0 & Cpu.CR0_EM) != 0) {
            throw cpu.fault(GuestFault.UD);
        }
        requireAvailable();
    }

    /** Raises #UD or #NM when SSE instructions may not execute. */
    void requireSse() {
        if ((cpu.cr0 & Cpu.CR0_EM) != 0 || (cpu.cr4 & CR4_OSFXSR) == 0) {
            throw cpu.fault(GuestFault.UD);
        }
        requireAvailable();
    }

    /**
     * Reports a pending exception before a waiting instruction: #MF, or with CR0.NE clear the FERR# pin, by which
     * the board interrupts. The instruction is tried once more then, and executes if nobody took the interrupt.
     *
     * @return whether the instruction must wait
     */
    boolean reportPending() {
        home();
        if (!fpu.pendingException()) {
            return false;
        }
        if ((cpu.cr0 & Cpu.CR0_NE) != 0) {
            throw cpu.fault(GuestFault.MF);
        }
        if (cpu.ferr) {
            return false;
        }
        cpu.ferr = true;
        cpu.bus.setFerr(true);
        cpu.attention();
        return true;
    }

    /** Releases FERR# when no exception is pending any more. */
    void releaseFerr() {
        if (cpu.ferr && !fpu.pendingException()) {
            cpu.ferr = false;
            cpu.bus.setFerr(false);
        }
    }

    /** Whether environments have the layout of real mode. */
    boolean realLayout() {
        return !cpu.protectedMode() || cpu.flag(EFlags.VM);
    }

    /** Whether FXSAVE and FXRSTOR include MXCSR and XMM. */
    private boolean savesSse() {
        return cpu.model.has(CpuFeature.SSE) && (cpu.cr4 & CR4_OSFXSR) != 0;
    }

    /** FXSAVE. @param linear checked, 512 bytes */
    void fxsave(int linear) {
        boolean sse = savesSse();
        Arrays.fill(image, (byte) 0);
        fpu.fxsave(image, sse);
        if (!sse) {
            write(linear, 0, MXCSR_AT);
            write(linear, MXCSR_AT + 8, XMM_AT);
        } else {
            if (mxcsrMask(cpu.model) != Fpu.MXCSR_MASK) {
                image[MXCSR_AT + 4] = (byte) mxcsrMask(cpu.model);
            }
            write(linear, 0, XMM_END);
        }
    }

    /** FXRSTOR. @param linear checked, 512 bytes */
    void fxrstor(int linear) {
        boolean sse = savesSse();
        read(linear, XMM_END);
        if (sse) {
            int mxcsr = ImageBytes.dword(image, MXCSR_AT);
            if ((mxcsr & ~mxcsrMask(cpu.model)) != 0) {
                throw cpu.fault(GuestFault.GP, 0);
            }
        }
        fpu.fxrstor(image, sse);
    }

    /** The bits that MXCSR has: DAZ came with SSE2. */
    static int mxcsrMask(CpuModel model) {
        return model.has(CpuFeature.SSE2) ? 0xFFFF : Fpu.MXCSR_MASK;
    }

    /** Reads the beginning of {@link #image}, an even number of bytes. */
    void read(int linear, int length) {
        int wide = (linear & 3) == 0 ? length & ~3 : 0;
        for (int at = 0; at < wide; at += 4) {
            ImageBytes.dword(image, at, cpu.mmu.read32(linear + at));
        }
        for (int at = wide; at < length; at += 2) {
            ImageBytes.word(image, at, cpu.mmu.read16(linear + at));
        }
    }

    /** Writes bytes of {@link #image}, an even number, to where the image begins at {@code linear}. */
    void write(int linear, int from, int end) {
        int wide = (linear + from & 3) == 0 ? from + (end - from & ~3) : from;
        for (int at = from; at < wide; at += 4) {
            cpu.mmu.write32(linear + at, ImageBytes.dword(image, at));
        }
        for (int at = wide; at < end; at += 2) {
            cpu.mmu.write16(linear + at, ImageBytes.word(image, at));
        }
    }

    /** Checks that a range of less than a page can be written, alignment included. @return its linear address */
    int writable(int segment, int offset, int length) {
        int linear = cpu.seg.linearWrite(segment, offset, length);
        if (cpu.mmu.direct(linear, length - 1) == 0) {
            cpu.mmu.probeWrite(linear, unit(length));
            cpu.mmu.probeWrite(linear + length - 1 & ~0xFFF, 1);
        }
        return linear;
    }

    /** Checks that a range of less than a page can be read, alignment included. @return its linear address */
    int readable(int segment, int offset, int length) {
        int linear = cpu.seg.linearRead(segment, offset, length);
        cpu.mmu.probeRead(linear, unit(length));
        cpu.mmu.probeRead(linear + length - 1 & ~0xFFF, 1);
        return linear;
    }

    /** The alignment that an operand wants (Intel SDM volume 3, table 6-7). */
    private static int unit(int length) {
        return length == 10 ? 8 : Math.min(8, Integer.lowestOneBit(length));
    }
}
