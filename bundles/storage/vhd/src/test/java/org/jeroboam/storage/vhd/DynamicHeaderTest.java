package org.jeroboam.storage.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DynamicHeaderTest {
    /** The beginning of the header of a 10 MB disk that qemu-img 7.2 made; the rest are zeros. */
    private static final String HEADER = "6378737061727365" // cookie
            + "ffffffffffffffff" // data offset
            + "0000000000000600" // table offset
            + "00010000" // version
            + "00000006" // entries
            + "00200000" // block size
            + "fffff471"; // checksum

    private static ByteBuffer bytes() {
        return ByteBuffer.allocate(1024).put(HexFormat.of().parseHex(HEADER)).clear();
    }

    /** With a right checksum again. */
    private static ByteBuffer sealed(ByteBuffer bytes) {
        return bytes.putInt(36, Checksum.of(bytes, 1024, 36));
    }

    private static String refused(ByteBuffer bytes) {
        return assertThrows(DamagedException.class, () -> DynamicHeader.decode(bytes))
                .getMessage();
    }

    @Test
    void fieldsAreWhereTheSpecificationHasThem() throws Exception {
        DynamicHeader header = DynamicHeader.decode(bytes());
        assertEquals(new DynamicHeader(0x600, 6, 0x200000), header);
        assertEquals(bytes(), header.encode());
        assertEquals(512, header.tableSize());
    }

    @Test
    void eachDamagedByteIsSeen() {
        for (int i = 0; i < 1024; i++) {
            ByteBuffer damaged = bytes();
            damaged.put(i, (byte) (damaged.get(i) ^ 0x10));
            String clause = refused(damaged);
            assertTrue(i < 8 ? clause.contains("no dynamic header") : clause.contains("checksum"), clause);
        }
    }

    @Test
    void blocksArePowersOfTwoFromASectorOn() throws Exception {
        for (long size : new long[] {0, 1, 256, 511, 513, 1536, 0x200001, 0xFFFFFFFFL, 0x80000001L}) {
            assertTrue(refused(sealed(bytes().putInt(32, (int) size))).contains("blocks of " + size), "" + size);
        }
        for (long size = 512; size <= 0x80000000L; size *= 2) {
            assertEquals(
                    size,
                    DynamicHeader.decode(sealed(bytes().putInt(32, (int) size))).blockSize());
        }
    }

    @Test
    void otherVersionsAndHugeTablesAreRefused() {
        assertTrue(refused(sealed(bytes().putInt(24, 0x30001))).contains("version 3.1"));
        assertTrue(refused(sealed(bytes().putInt(28, -1))).contains("4294967295 blocks"));
    }

    @ParameterizedTest
    @CsvSource({"512,512", "4096,512", "65536,512", "2097152,512", "4194304,1024", "16777216,4096", "2147483648,524288"
    })
    void bitmapsAreWholeSectors(long block, int bitmap) {
        DynamicHeader header = new DynamicHeader(1536, 1, block);
        assertEquals(bitmap, header.bitmapSize());
        assertEquals(bitmap, header.fullBitmap().remaining());
        assertEquals(block + bitmap, header.blockSpan());
        // Data begin on a page where that wastes little, and slots do not overlap.
        for (long free = 1536; free < 3 * 4096; free += 512) {
            long slot = header.slotAfter(free);
            assertTrue(slot >= free && slot % 512 == 0);
            if (block >= 65536) {
                assertEquals(0, (slot + bitmap) % (block >= 2 << 20 ? 65536 : 4096));
            }
            assertEquals(slot + header.slotStride(), header.slotAfter(slot + header.blockSpan()));
        }
    }
}
