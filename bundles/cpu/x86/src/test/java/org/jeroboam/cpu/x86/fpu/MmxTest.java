package org.jeroboam.cpu.x86.fpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The MMX operations against vectors of a real processor ({@code mmx.bin.gz}, made by {@code tools/mmxvectors.c}). */
class MmxTest {
    private static final int RECORD = 26;
    private static final int EXPECTED = 3000;

    @Test
    void agreesWithARealProcessor() throws IOException {
        byte[] bytes = new byte[RECORD];
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int count = 0;
        try (InputStream packed = MmxTest.class.getResourceAsStream("mmx.bin.gz");
                InputStream in = new GZIPInputStream(packed, 1 << 16)) {
            while (in.readNBytes(bytes, 0, RECORD) == RECORD) {
                count++;
                int opcode = b.get(0) & 0xFF;
                int immediate = b.get(1) & 0xFF;
                long destination = b.getLong(2);
                long source = b.getLong(10);
                long result = execute(opcode, immediate, destination, source);
                assertEquals(
                        Long.toHexString(b.getLong(18)),
                        Long.toHexString(result),
                        () -> String.format("0F %02X ib %02X, %016X, %016X", opcode, immediate, destination, source));
            }
        }
        assertEquals(EXPECTED, count);
    }

    private static long execute(int opcode, int immediate, long a, long b) {
        return switch (opcode) {
            case 0x60 -> Mmx.punpcklbw(a, b);
            case 0x61 -> Mmx.punpcklwd(a, b);
            case 0x62 -> Mmx.punpckldq(a, b);
            case 0x63 -> Mmx.packsswb(a, b);
            case 0x64 -> Mmx.pcmpgtb(a, b);
            case 0x65 -> Mmx.pcmpgtw(a, b);
            case 0x66 -> Mmx.pcmpgtd(a, b);
            case 0x67 -> Mmx.packuswb(a, b);
            case 0x68 -> Mmx.punpckhbw(a, b);
            case 0x69 -> Mmx.punpckhwd(a, b);
            case 0x6A -> Mmx.punpckhdq(a, b);
            case 0x6B -> Mmx.packssdw(a, b);
            case 0x70 -> Mmx.pshufw(b, immediate);
            case 0x74 -> Mmx.pcmpeqb(a, b);
            case 0x75 -> Mmx.pcmpeqw(a, b);
            case 0x76 -> Mmx.pcmpeqd(a, b);
            case 0xC4 -> Mmx.pinsrw(a, (int) b, immediate);
            case 0xC5 -> Mmx.pextrw(b, immediate);
            case 0xD1 -> Mmx.psrlw(a, b);
            case 0xD2 -> Mmx.psrld(a, b);
            case 0xD3 -> Mmx.psrlq(a, b);
            case 0xD5 -> Mmx.pmullw(a, b);
            case 0xD7 -> Mmx.pmovmskb(b);
            case 0xD8 -> Mmx.psubusb(a, b);
            case 0xD9 -> Mmx.psubusw(a, b);
            case 0xDA -> Mmx.pminub(a, b);
            case 0xDB -> Mmx.pand(a, b);
            case 0xDC -> Mmx.paddusb(a, b);
            case 0xDD -> Mmx.paddusw(a, b);
            case 0xDE -> Mmx.pmaxub(a, b);
            case 0xDF -> Mmx.pandn(a, b);
            case 0xE0 -> Mmx.pavgb(a, b);
            case 0xE1 -> Mmx.psraw(a, b);
            case 0xE2 -> Mmx.psrad(a, b);
            case 0xE3 -> Mmx.pavgw(a, b);
            case 0xE4 -> Mmx.pmulhuw(a, b);
            case 0xE5 -> Mmx.pmulhw(a, b);
            case 0xE8 -> Mmx.psubsb(a, b);
            case 0xE9 -> Mmx.psubsw(a, b);
            case 0xEA -> Mmx.pminsw(a, b);
            case 0xEB -> Mmx.por(a, b);
            case 0xEC -> Mmx.paddsb(a, b);
            case 0xED -> Mmx.paddsw(a, b);
            case 0xEE -> Mmx.pmaxsw(a, b);
            case 0xEF -> Mmx.pxor(a, b);
            case 0xF1 -> Mmx.psllw(a, b);
            case 0xF2 -> Mmx.pslld(a, b);
            case 0xF3 -> Mmx.psllq(a, b);
            case 0xF5 -> Mmx.pmaddwd(a, b);
            case 0xF6 -> Mmx.psadbw(a, b);
            case 0xF8 -> Mmx.psubb(a, b);
            case 0xF9 -> Mmx.psubw(a, b);
            case 0xFA -> Mmx.psubd(a, b);
            case 0xFC -> Mmx.paddb(a, b);
            case 0xFD -> Mmx.paddw(a, b);
            case 0xFE -> Mmx.paddd(a, b);
            default -> throw new AssertionError("0F " + Integer.toHexString(opcode));
        };
    }
}
