package org.jeroboam.sample.ne2000;

import java.nio.ByteBuffer;

/** Frames that the driver sends. */
final class Frames {
    static final int ICMP = 14 + 20;

    private Frames() {}

    static byte[] arpRequest() {
        ByteBuffer frame = ByteBuffer.allocate(42);
        frame.put(new byte[] {-1, -1, -1, -1, -1, -1}).put(Driver.MAC).putShort((short) 0x0806);
        frame.putShort((short) 1)
                .putShort((short) 0x0800)
                .putShort((short) 0x0604)
                .putShort((short) 1);
        frame.put(Driver.MAC).putInt(0xC0000201);
        frame.put(new byte[6]).putInt(0xC0000202);
        return frame.array();
    }

    static byte[] ping(byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(14 + 20 + 8 + payload.length);
        frame.put(LoopbackStation.MAC).put(Driver.MAC).putShort((short) 0x0800);
        frame.putShort((short) 0x4500)
                .putShort((short) (28 + payload.length))
                .putInt(0)
                .putShort((short) 0x4001);
        frame.putShort((short) 0).putInt(0xC0000201).putInt(0xC0000202);
        frame.putShort((short) 0x0800).putShort((short) 0).putShort((short) 7).putShort((short) 1);
        frame.put(payload);
        byte[] bytes = frame.array();
        put(bytes, 14 + 10, sum(bytes, 14, 20));
        put(bytes, ICMP + 2, sum(bytes, ICMP, 8 + payload.length));
        return bytes;
    }

    /** The complement of the ones' complement sum (RFC 1071); 0 over bytes that hold a right one. */
    static int sum(byte[] bytes, int at, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (bytes[at + i] & 0xFF) << ((i & 1) == 0 ? 8 : 0);
        }
        while (sum > 0xFFFF) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return ~sum & 0xFFFF;
    }

    private static void put(byte[] bytes, int at, int word) {
        bytes[at] = (byte) (word >> 8);
        bytes[at + 1] = (byte) word;
    }
}
