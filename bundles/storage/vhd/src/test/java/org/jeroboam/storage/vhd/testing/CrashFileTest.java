package org.jeroboam.storage.vhd.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** That the file of the crash tests is as treacherous as it says. */
class CrashFileTest {
    private final CrashFile file = new CrashFile();

    private static ByteBuffer sectors(int count, int value) {
        byte[] bytes = new byte[count * 512];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    @Test
    void whatWasForcedIsInEachOutcome() throws Exception {
        file.write(0, sectors(4, 1));
        file.force();
        file.write(512, sectors(2, 2));
        file.write(1024, sectors(1, 3));
        file.write(8192, sectors(1, 4));
        Random random = new Random(1);
        Set<String> outcomes = new HashSet<>();
        boolean torn = false;
        for (int i = 0; i < 2000; i++) {
            byte[] left = file.afterPowerCut(random).bytes();
            assertTrue(left.length >= 2048 && left.length <= 8704);
            for (int at : new int[] {0, 3 * 512}) {
                assertEquals(1, left[at], "not written since");
            }
            torn |= left[512] != left[1023];
            outcomes.add(left[512] + "" + left[1024] + "" + (left.length > 8192 ? left[8192] : 0));
        }
        assertTrue(torn);
        assertTrue(outcomes.containsAll(Set.of("110", "214", "234", "120", "130", "224")), outcomes.toString());
        byte[] killed = file.afterKill().bytes();
        assertEquals(8704, killed.length);
        assertEquals(3, killed[1024]);
    }

    @Test
    void aTruncationIsDoneOrNot() throws Exception {
        file.write(0, sectors(4, 1));
        file.force();
        file.truncate(1000);
        Set<Integer> lengths = new HashSet<>();
        Random random = new Random(2);
        for (int i = 0; i < 50; i++) {
            lengths.add(file.afterPowerCut(random).bytes().length);
        }
        assertEquals(Set.of(1000, 2048), lengths);
        file.force();
        file.write(1536, sectors(1, 5));
        byte[] bytes = file.bytes();
        assertEquals(1, bytes[999]);
        assertEquals(0, bytes[1000], "zeros behind a truncation");
    }

    @Test
    void readsEndAtTheEnd() throws Exception {
        file.write(100, ByteBuffer.wrap(new byte[] {7, 8}));
        ByteBuffer buffer = ByteBuffer.allocate(3);
        file.read(99, buffer);
        assertArrayEquals(new byte[] {0, 7, 8}, buffer.array());
        assertThrows(EOFException.class, () -> file.read(100, buffer.clear()));
        assertThrows(EOFException.class, () -> file.read(Long.MAX_VALUE, buffer.clear()));
    }
}
