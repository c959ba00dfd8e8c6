package org.jeroboam.storage.vhddifferencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.DiskChain;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.ChildCreation;
import org.jeroboam.storage.vhd.operation.Progress;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.jeroboam.storage.vhd.testing.FaultyFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host whose disk is full or fails now and then: the guest sees errors, and nothing else is lost. */
class HostFailureTest {
    private static final int SECTORS = 6144;
    private static final int ROUNDS = 60;

    private static final int PARENT = 0x7E57_0001;

    @TempDir
    Path folder;

    private Path parent;
    private Path child;
    private final Random random = new Random(33);
    private final MemorySegment buffer = Arena.ofAuto().allocate(64 * 512);
    /** What each sector holds; -1 after a write to it failed. */
    private final int[] content = new int[SECTORS];
    /** The same before the disk was opened; what a flush in the end that failed may have left. */
    private int[] before;

    @ParameterizedTest
    @ValueSource(longs = {512, 4096, 1 << 16})
    void onlyWhatFailedIsUnknown(long blockSize) throws Exception {
        byte[] below = new byte[SECTORS * 512];
        for (int i = 0; i < below.length; i += Integer.BYTES) {
            ByteBuffer.wrap(below).order(ByteOrder.nativeOrder()).putInt(i, PARENT);
        }
        parent = Chains.fixed(folder.resolve("parent.vhd"), below);
        child = folder.resolve("child.vhd");
        Arrays.fill(content, PARENT);
        before = content.clone();
        CrashFile file = new CrashFile();
        ChildCreation.run(file, child, parent, blockSize, Instant.EPOCH, new UUID(1, 1));
        file.force();
        FaultyFile faulty = new FaultyFile(file, random);
        int failures = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            file.reopen();
            DifferencingDisk disk =
                    DifferencingDisk.open(faulty, VhdLayout.read(faulty), DiskChain::parents, child, false);
            settle(disk);
            before = content.clone();
            faulty.failOneIn(random.nextInt(3, 40));
            for (int i = 0; i < 20; i++) {
                failures += write(disk, round * 100 + i);
            }
            verify(disk);
            try {
                disk.close();
                before = content.clone();
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

    private void settle(DifferencingDisk disk) throws IOException {
        for (int sector = 0; sector < SECTORS; sector++) {
            if (content[sector] >= 0 && content[sector] != before[sector]) {
                disk.read(sector, 1, buffer);
                int found = buffer.get(ValueLayout.JAVA_INT, 0);
                if (before[sector] < 0 || found == before[sector]) {
                    content[sector] = found;
                }
            }
        }
    }

    private int write(DifferencingDisk disk, int stamp) {
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

    private void verify(DifferencingDisk disk) throws IOException {
        for (int sector = 0; sector < SECTORS; sector++) {
            disk.read(sector, 1, buffer);
            if (content[sector] >= 0) {
                assertEquals(content[sector], buffer.get(ValueLayout.JAVA_INT, 0), "sector " + sector);
                assertEquals(content[sector], buffer.get(ValueLayout.JAVA_INT, 508), "sector " + sector);
            }
        }
    }

    private void repaired(CrashFile file) throws Exception {
        DifferencingDisk disk = DifferencingDisk.open(file, VhdLayout.read(file), DiskChain::parents, child, false);
        settle(disk);
        buffer.asSlice(0, 512).fill((byte) 1);
        disk.write(SECTORS - 1, 1, buffer);
        content[SECTORS - 1] = 0x01010101;
        verify(disk);
        disk.close();
        before = content.clone();
        assertEquals(List.of(), Check.run(file.reopen(), Progress.NONE).problems());
    }
}
