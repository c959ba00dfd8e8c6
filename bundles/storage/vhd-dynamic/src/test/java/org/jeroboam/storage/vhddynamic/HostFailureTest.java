package org.jeroboam.storage.vhddynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.Progress;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.jeroboam.storage.vhd.testing.FaultyFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host whose disk is full or fails now and then: the guest sees errors, and nothing else is lost. */
class HostFailureTest {
    private static final int SECTORS = 6144;
    private static final int ROUNDS = 60;

    private final Random random = new Random(33);
    private final MemorySegment buffer = Arena.ofAuto().allocate(64 * 512);
    /** What each sector holds; -1 after a write to it failed. */
    private final int[] content = new int[SECTORS];

    @ParameterizedTest
    @ValueSource(longs = {512, 4096, 1 << 16})
    void onlyWhatFailedIsUnknown(long blockSize) throws Exception {
        CrashFile file = new CrashFile();
        Creation.dynamic(file, SECTORS * 512L, blockSize, Instant.EPOCH, new UUID(1, 1));
        file.force();
        FaultyFile faulty = new FaultyFile(file, random);
        int failures = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            file.reopen();
            DynamicDisk disk = DynamicDisk.open(faulty, VhdLayout.read(faulty), false);
            faulty.failOneIn(random.nextInt(3, 40));
            for (int i = 0; i < 20; i++) {
                failures += write(disk, round * 100 + i);
            }
            verify(disk);
            try {
                disk.close();
            } catch (IOException e) {
                failures++;
            }
            faulty.failOneIn(0);
            if (file.size() % 512 == 0 && round % 4 == 0) {
                repaired(file.reopen());
            }
        }
        assertTrue(failures > ROUNDS, "failures were met: " + failures);
        repaired(file.reopen());
    }

    private int write(DynamicDisk disk, int stamp) {
        int count = random.nextInt(1, 64);
        int first = random.nextInt(SECTORS - count);
        for (int i = 0; i < count * 512; i += Integer.BYTES) {
            buffer.set(ValueLayout.JAVA_INT, i, stamp);
        }
        try {
            disk.write(first, count, buffer);
        } catch (IOException e) {
            for (int i = 0; i < count; i++) {
                content[first + i] = -1;
            }
            return 1;
        }
        for (int i = 0; i < count; i++) {
            content[first + i] = stamp;
        }
        return 0;
    }

    private void verify(DynamicDisk disk) throws IOException {
        for (int sector = 0; sector < SECTORS; sector++) {
            disk.read(sector, 1, buffer);
            if (content[sector] >= 0) {
                assertEquals(content[sector], buffer.get(ValueLayout.JAVA_INT, 0), "sector " + sector);
                assertEquals(content[sector], buffer.get(ValueLayout.JAVA_INT, 508), "sector " + sector);
            }
        }
    }

    private void repaired(CrashFile file) throws Exception {
        DynamicDisk disk = DynamicDisk.open(file, VhdLayout.read(file), false);
        buffer.asSlice(0, 512).fill((byte) 1);
        disk.write(SECTORS - 1, 1, buffer);
        content[SECTORS - 1] = 0x01010101;
        verify(disk);
        disk.close();
        assertEquals(List.of(), Check.run(file.reopen(), Progress.NONE).problems());
    }
}
