package org.jeroboam.storage.raw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.testkit.DiskFormatContract;

class RawContractTest extends DiskFormatContract {
    @Override
    protected DiskFormat format() {
        return new RawFormat();
    }

    @Override
    protected Path create(Path directory, long sectors) throws IOException {
        return Files.write(directory.resolve("disk.img"), new byte[(int) sectors * DiskImage.SECTOR_SIZE]);
    }

    @Override
    protected boolean takesAnything() {
        return true;
    }
}
