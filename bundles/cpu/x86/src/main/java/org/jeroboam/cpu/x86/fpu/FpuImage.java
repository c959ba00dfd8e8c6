package org.jeroboam.cpu.x86.fpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The memory images of the unit: environments (FNSTENV), full states (FNSAVE) and FXSAVE areas, little endian. */
final class FpuImage {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int FXSAVE_REGISTERS = 32;
    private static final int FXSAVE_XMM = 160;

    private FpuImage() {}

    private static int word(byte[] image, int at) {
        return (short) SHORT.get(image, at) & 0xFFFF;
    }

    private static void word(byte[] image, int at, int value) {
        SHORT.set(image, at, (short) value);
    }

    private static int dword(byte[] image, int at) {
        return (int) INT.get(image, at);
    }

    private static void dword(byte[] image, int at, int value) {
        INT.set(image, at, value);
    }

    /** Writes an environment. @return its length, 28 or 14 */
    static int storeEnvironment(FpuState f, byte[] image, boolean wide, boolean real) {
        if (wide) {
            dword(image, 0, 0xFFFF_0000 | f.fnstcw());
            dword(image, 4, 0xFFFF_0000 | f.fnstsw());
            dword(image, 8, 0xFFFF_0000 | f.tagWord());
            storeWidePointers(f, image, real);
            return Fpu.ENVIRONMENT_32;
        }
        word(image, 0, f.fnstcw());
        word(image, 2, f.fnstsw());
        word(image, 4, f.tagWord());
        int ip = real ? linear(f.fcs, f.fip) : f.fip;
        int dp = real ? linear(f.fds, f.fdp) : f.fdp;
        word(image, 6, ip);
        word(image, 8, real ? ip >>> 4 & 0xF000 | f.fop : f.fcs);
        word(image, 10, dp);
        word(image, 12, real ? dp >>> 4 & 0xF000 : f.fds);
        return Fpu.ENVIRONMENT_16;
    }

    private static void storeWidePointers(FpuState f, byte[] image, boolean real) {
        if (real) {
            int ip = linear(f.fcs, f.fip);
            int dp = linear(f.fds, f.fdp);
            dword(image, 12, 0xFFFF_0000 | ip);
            dword(image, 16, ip >>> 4 & 0x0FFF_F000 | f.fop);
            dword(image, 20, 0xFFFF_0000 | dp);
            dword(image, 24, dp >>> 4 & 0x0FFF_F000);
        } else {
            dword(image, 12, f.fip);
            dword(image, 16, f.fop << 16 | f.fcs);
            dword(image, 20, f.fdp);
            dword(image, 24, 0xFFFF_0000 | f.fds);
        }
    }

    private static int linear(int selector, int offset) {
        return (selector << 4) + offset;
    }

    /** Reads an environment. @return its length, 28 or 14 */
    static int loadEnvironment(FpuState f, byte[] image, boolean wide, boolean real) {
        int step = wide ? 4 : 2;
        int first = word(image, 3 * step);
        int second = wide ? dword(image, 16) : word(image, 8);
        int third = word(image, 5 * step);
        int fourth = wide ? dword(image, 24) : word(image, 12);
        if (real) {
            f.fip = second << 4 & 0xFFFF_0000 | first;
            f.fdp = fourth << 4 & 0xFFFF_0000 | third;
            f.fop = second & 0x7FF;
            f.fcs = 0;
            f.fds = 0;
        } else {
            f.fip = wide ? dword(image, 12) : first;
            f.fdp = wide ? dword(image, 20) : third;
            f.fcs = second & 0xFFFF;
            f.fds = fourth & 0xFFFF;
            f.fop = wide ? second >>> 16 & 0x7FF : 0;
        }
        f.setControlWord(word(image, 0));
        f.setStatusWord(word(image, step));
        f.setTagWord(word(image, 2 * step));
        return wide ? Fpu.ENVIRONMENT_32 : Fpu.ENVIRONMENT_16;
    }

    /** Writes ST(0) to ST(7), ten bytes each. */
    static void storeRegisters(FpuState f, byte[] image, int at) {
        for (int i = 0; i < 8; i++) {
            LONG.set(image, at, f.stackSignificand(i));
            word(image, at + 8, f.stackExponent(i));
            at += 10;
        }
    }

    static void loadRegisters(FpuState f, byte[] image, int at) {
        for (int i = 0; i < 8; i++) {
            f.setStackRegister(i, word(image, at + 8), (long) LONG.get(image, at));
            at += 10;
        }
    }

    static void storeExtended(Fpu f, byte[] image, boolean sse) {
        word(image, 0, f.fnstcw());
        word(image, 2, f.fnstsw());
        word(image, 4, ~f.empty & 0xFF);
        word(image, 6, f.fop);
        dword(image, 8, f.fip);
        dword(image, 12, f.fcs);
        dword(image, 16, f.fdp);
        dword(image, 20, f.fds);
        for (int i = 0; i < 8; i++) {
            int at = FXSAVE_REGISTERS + 16 * i;
            LONG.set(image, at, f.stackSignificand(i));
            LONG.set(image, at + 8, (long) f.stackExponent(i));
        }
        if (sse) {
            dword(image, 24, f.mxcsr());
            dword(image, 28, Fpu.MXCSR_MASK);
            long[] xmm = f.xmm();
            for (int i = 0; i < xmm.length; i++) {
                LONG.set(image, FXSAVE_XMM + 8 * i, xmm[i]);
            }
        }
    }

    static void loadExtended(Fpu f, byte[] image, boolean sse) {
        f.setControlWord(word(image, 0));
        f.setStatusWord(word(image, 2));
        f.empty = ~image[4] & 0xFF;
        f.fop = word(image, 6) & 0x7FF;
        f.fip = dword(image, 8);
        f.fcs = word(image, 12);
        f.fdp = dword(image, 16);
        f.fds = word(image, 20);
        for (int i = 0; i < 8; i++) {
            int at = FXSAVE_REGISTERS + 16 * i;
            f.setStackRegister(i, word(image, at + 8), (long) LONG.get(image, at));
        }
        if (sse) {
            f.setMxcsr(dword(image, 24));
            long[] xmm = f.xmm();
            for (int i = 0; i < xmm.length; i++) {
                xmm[i] = (long) LONG.get(image, FXSAVE_XMM + 8 * i);
            }
        }
    }
}
