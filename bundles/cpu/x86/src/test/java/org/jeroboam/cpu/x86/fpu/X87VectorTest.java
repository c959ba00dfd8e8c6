package org.jeroboam.cpu.x86.fpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * The unit against vectors of a real processor (resource {@code x87.bin.gz}, made by {@code tools/x87vectors.c}):
 * registers, tags, status word, memory and EFLAGS, all rounding and precision modes, masked and unmasked.
 *
 * <p>Everything must agree bit by bit but for these:
 * <ul>
 *   <li>FCOMI, FUCOMI and their popping forms: C1. The P6 clears it, the source of the vectors leaves it alone.
 *   <li>Transcendental instructions: results may differ by one unit in the last place (ours are correctly rounded, the
 *       source's are not always), and C1, which tells the direction of that last place.
 * </ul>
 */
class X87VectorTest {
    private static final int ALL = 0xFFFF;
    private static final int NO_C1 = 0xFDFF;
    private static final int EXPECTED = 4600;

    @Test
    void agreesWithARealProcessor() throws IOException {
        X87Vector vector = new X87Vector();
        byte[] bytes = new byte[X87Vector.SIZE];
        int count = 0;
        int inexact = 0;
        int transcendental = 0;
        try (InputStream packed = X87VectorTest.class.getResourceAsStream("x87.bin.gz");
                InputStream in = new GZIPInputStream(packed, 1 << 16)) {
            while (in.readNBytes(bytes, 0, bytes.length) == bytes.length) {
                vector.read(bytes);
                vector.execute();
                count++;
                if (isTranscendental(vector)) {
                    transcendental++;
                    inexact += vector.matches(NO_C1) ? 0 : 1;
                    assertTrue(
                            vector.matchesExceptRegisters(NO_C1) && vector.registersWithinOneUnit(), vector::toString);
                } else {
                    assertTrue(vector.matches(isCompareToFlags(vector) ? NO_C1 : ALL), vector::toString);
                }
            }
        }
        assertEquals(EXPECTED, count);
        // the tolerance is for the exception, not for the rule
        assertTrue(inexact * 20 < transcendental, inexact + " of " + transcendental);
    }

    private static boolean isTranscendental(X87Vector v) {
        return v.opcode == 0xD9
                && switch (v.modrm) {
                    case 0xF0, 0xF1, 0xF2, 0xF3, 0xF9, 0xFB, 0xFE, 0xFF -> true;
                    default -> false;
                };
    }

    private static boolean isCompareToFlags(X87Vector v) {
        return (v.opcode == 0xDB || v.opcode == 0xDF) && v.modrm >= 0xE8 && v.modrm < 0xF8;
    }
}
