package org.jeroboam.cpu.x86.exec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian values in byte arrays. */
final class ImageBytes {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private ImageBytes() {}

    static int word(byte[] image, int at) {
        return (short) SHORT.get(image, at) & 0xFFFF;
    }

    static void word(byte[] image, int at, int value) {
        SHORT.set(image, at, (short) value);
    }

    static int dword(byte[] image, int at) {
        return (int) INT.get(image, at);
    }

    static void dword(byte[] image, int at, int value) {
        INT.set(image, at, value);
    }
}
