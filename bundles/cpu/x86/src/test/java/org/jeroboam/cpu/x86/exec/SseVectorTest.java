package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * Every form of every instruction on XMM registers, and those on MMX registers, against vectors of a real processor
 * (resource {@code sse.bin.gz}, made by {@code tools/ssevectors.c}): registers, memory, EFLAGS, MXCSR, traps. All bits
 * agree but those of RCPxS and RSQRTxS, which every processor computes in its own way with a relative error of at most
 * 1.5 * 2^-12.
 */
class SseVectorTest {
    private static final int EXPECTED = 6919;
    private static final int FIRST_RESULT = 5;

    /** Both errors together. */
    private static final double TOLERANCE = 2 * 1.5 / 4096;

    @Test
    void agreesWithARealProcessor() throws IOException {
        int count = 0;
        int traps = 0;
        int approximations = 0;
        try (SseVector vector = new SseVector();
                InputStream packed = SseVectorTest.class.getResourceAsStream("sse.bin.gz");
                InputStream in = new GZIPInputStream(packed, 1 << 16)) {
            while (in.readNBytes(vector.bytes(), 0, SseVector.SIZE) == SseVector.SIZE) {
                count++;
                boolean same = vector.execute();
                traps += (int) vector.want[1];
                if (!same && isApproximation(vector)) {
                    approximations++;
                    same = isNear(vector);
                }
                assertTrue(same, vector::toString);
            }
        }
        assertEquals(EXPECTED, count);
        assertTrue(traps > 100, "the sample must have unmasked exceptions, but has " + traps);
        assertTrue(approximations > 0, "the tolerance is of no use");
    }

    private static boolean isApproximation(SseVector vector) {
        return switch (vector.instruction().op) {
            case RCPPS, RCPSS, RSQRTPS, RSQRTSS -> true;
            default -> false;
        };
    }

    /** Elements of XMM0 equal or both finite, of the same sign, and near; all else equal. */
    private static boolean isNear(SseVector vector) {
        for (int i = 0; i < vector.want.length; i++) {
            boolean result = i == FIRST_RESULT || i == FIRST_RESULT + 1;
            if (result) {
                for (int shift = 0; shift < 64; shift += 32) {
                    int want = (int) (vector.want[i] >>> shift);
                    int have = (int) (vector.have[i] >>> shift);
                    if (want != have && !isNear(Float.intBitsToFloat(want), Float.intBitsToFloat(have))) {
                        return false;
                    }
                }
            } else if (vector.want[i] != vector.have[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNear(double want, double have) {
        return Math.abs(have / want - 1) <= TOLERANCE;
    }
}
