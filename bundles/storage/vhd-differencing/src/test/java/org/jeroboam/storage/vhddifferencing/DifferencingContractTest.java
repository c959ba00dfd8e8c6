package org.jeroboam.storage.vhddifferencing;

import java.io.IOException;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.testkit.DiskFormatContract;

class DifferencingContractTest extends DiskFormatContract {
    @Override
    protected DiskFormat format() {
        return new VhdDifferencingFormat();
    }

    @Override
    protected Path create(Path directory, long sectors) throws IOException {
        Path disk = directory.resolve("disk.vhd");
        try {
            Path parent =
                    Chains.fixed(directory.resolve("parent.vhd"), new byte[(int) sectors * DiskImage.SECTOR_SIZE]);
            return Chains.child(disk, parent, 1 << 16);
        } catch (ConfigurationException e) {
            throw new IOException(e);
        }
    }
}
