package org.jeroboam.sample.splitraw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.testkit.DiskFormatContract;

/** The contract of all formats, on a disk in four files, the last of them smaller. */
class SplitRawContractTest extends DiskFormatContract {
    private static final long PART = 2500;

    @Override
    protected DiskFormat format() {
        return new SplitRawFormat();
    }

    @Override
    protected Path create(Path directory, long sectors) throws IOException {
        int number = 1;
        for (long left = sectors; left > 0; left -= PART) {
            byte[] part = new byte[(int) Math.min(left, PART) * DiskImage.SECTOR_SIZE];
            Files.write(directory.resolve("disk.%03d".formatted(number++)), part);
        }
        return directory.resolve("disk.001");
    }
}
