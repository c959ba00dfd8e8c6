package org.jeroboam.storage.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.junit.jupiter.api.Test;

class BlockTableTest {
    private static final int ENTRIES = 300_000;
    private static final long OFFSET = 1536;

    private final DynamicHeader header = new DynamicHeader(OFFSET, ENTRIES, 512);

    @Test
    void entriesAreBigEndianSectors() throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(2048);
        bytes.putInt(1536, 4).putInt(1540, -1).putInt(1544, 0xFFFFFFFE).putInt(1548, 0x80000000);
        BlockTable table = new BlockTable(CrashFile.of(bytes.array()), new DynamicHeader(OFFSET, 4, 0x200000));
        assertEquals(2048, table.position(0));
        assertEquals(BlockTable.UNALLOCATED, table.position(1));
        assertEquals(0xFFFFFFFEL * 512, table.position(2));
        assertEquals(BlockTable.LAST_POSITION, table.position(2));
        assertEquals(0x80000000L * 512, table.position(3));
    }

    @Test
    void aTableLargerThanWhatIsKeptIsReadInPages() throws Exception {
        byte[] bytes = new byte[(int) (OFFSET + header.tableSize())];
        ByteBuffer expected = ByteBuffer.wrap(bytes);
        for (int i = 0; i < ENTRIES; i++) {
            expected.putInt((int) OFFSET + 4 * i, i % 3 == 0 ? -1 : 7 * i);
        }
        CrashFile file = CrashFile.of(bytes);
        BlockTable table = new BlockTable(file, header);
        Random random = new Random(5);
        for (int i = 0; i < 100_000; i++) {
            int block = random.nextInt(ENTRIES);
            if (i % 50 == 0) {
                int sector = random.nextInt(1, 1 << 30);
                table.allocate(block, sector * 512L);
                expected.putInt((int) OFFSET + 4 * block, sector);
            }
            int sector = expected.getInt((int) OFFSET + 4 * block);
            assertEquals(sector == -1 ? -1 : sector * 512L, table.position(block), "block " + block);
        }
        assertEquals(ByteBuffer.wrap(bytes), ByteBuffer.wrap(file.bytes()));
        assertTrue(file.writes() == 2000);
    }

    @Test
    void whatCouldNotBeWrittenIsNotThere() throws Exception {
        byte[] bytes = new byte[4096];
        java.util.Arrays.fill(bytes, (byte) 0xFF);
        CrashFile file = CrashFile.of(bytes);
        BlockTable table = new BlockTable(file, new DynamicHeader(OFFSET, 10, 512));
        assertEquals(BlockTable.UNALLOCATED, table.position(3));
        file.close();
        assertThrows(IOException.class, () -> table.allocate(3, 8192));
        assertEquals(BlockTable.UNALLOCATED, table.position(3));
    }
}
