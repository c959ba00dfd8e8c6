package org.jeroboam.storage.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Random;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bitmaps against a model: a bit per sector of each block. */
class SectorBitmapsTest {
    private static final int ENTRIES = 3000;

    private final Random random = new Random(4);
    private final CrashFile file = new CrashFile();

    @ParameterizedTest
    @ValueSource(longs = {512, 4096, 1 << 15, 2 << 20, 1 << 23})
    void runsAreThoseOfTheModel(long blockSize) throws Exception {
        DynamicHeader header = new DynamicHeader(0, ENTRIES, blockSize);
        int sectors = (int) (blockSize / 512);
        int blocks = sectors > 64 ? 20 : ENTRIES;
        file.write((long) blocks * header.bitmapSize() - 512, ByteBuffer.allocate(512));
        SectorBitmaps bitmaps = new SectorBitmaps(file, header);
        BitSet[] model = new BitSet[blocks];
        for (int step = 0; step < 20_000; step++) {
            int block = random.nextInt(blocks);
            if (model[block] == null) {
                model[block] = new BitSet();
            }
            BitSet bits = model[block];
            long position = (long) block * header.bitmapSize();
            int in = random.nextInt(sectors);
            int limit = random.nextInt(1, sectors - in + 1);
            if (random.nextInt(3) == 0) {
                int count = random.nextBoolean() ? Math.min(limit, 3) : limit;
                bitmaps.set(block, position, in, count);
                bits.set(in, in + count);
            } else {
                int end = bits.get(in) ? bits.nextClearBit(in) : bits.nextSetBit(in);
                int run = Math.min(limit, end < 0 ? limit : end - in);
                assertEquals(bits.get(in) ? run : -run, bitmaps.run(block, position, in, limit));
            }
            if (random.nextInt(500) == 0) {
                bitmaps.write();
                assertEquals(0, bitmaps.pending());
                bitmaps = new SectorBitmaps(file, header);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 63, 64, 4095, 4096, 8191})
    void bitsAreCountedFromTheMostSignificantOne(int sector) throws Exception {
        DynamicHeader header = new DynamicHeader(0, 1, 1 << 22);
        file.write(0, ByteBuffer.allocate(1024));
        SectorBitmaps bitmaps = new SectorBitmaps(file, header);
        bitmaps.set(0, 0, sector, 1);
        assertEquals(1, bitmaps.pending());
        assertEquals(0, file.bytes()[sector / 8], "not before it is written");
        bitmaps.write();
        assertEquals((byte) (0x80 >> sector % 8), file.bytes()[sector / 8]);
        bitmaps.set(0, 0, sector, 1);
        assertEquals(0, bitmaps.pending(), "nothing new");
    }
}
