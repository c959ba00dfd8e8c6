package org.jeroboam.storage.vhddynamic;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.testkit.DiskFormatContract;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.NewFile;

class DynamicContractTest extends DiskFormatContract {
    @Override
    protected DiskFormat format() {
        return new VhdDynamicFormat();
    }

    @Override
    protected Path create(Path directory, long sectors) throws IOException {
        Path disk = directory.resolve("disk.vhd");
        try {
            try (NewFile made = NewFile.begin(disk, false)) {
                Creation.dynamic(
                        made.file(), sectors * DiskImage.SECTOR_SIZE, 1 << 16, Instant.now(), UUID.randomUUID());
                made.finish();
            }
            return disk;
        } catch (ConfigurationException e) {
            throw new IOException(e);
        }
    }
}
