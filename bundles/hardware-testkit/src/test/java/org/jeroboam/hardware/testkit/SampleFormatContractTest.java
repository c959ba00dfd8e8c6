package org.jeroboam.hardware.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;

/** The contract on a format without fault. */
class SampleFormatContractTest extends DiskFormatContract {
    @Override
    protected DiskFormat format() {
        return new SampleFormat();
    }

    @Override
    protected Path create(Path directory, long sectors) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) (sectors + 1) * DiskImage.SECTOR_SIZE);
        bytes.putInt(0, SampleFormat.MAGIC).putLong(8, sectors);
        return Files.write(directory.resolve("disk.sample"), bytes.array());
    }
}
