package org.jeroboam.storage.vhdfixed;

import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.testing.CrashHarness;
import org.junit.jupiter.api.Test;

/** Kills and power cuts at random instants; {@code -Djeroboam.crash.points=10000} for the long run. */
class FixedCrashTest {
    private static final int POINTS = Integer.getInteger("jeroboam.crash.points", 400);

    private static final class Format implements CrashHarness.Format {
        @Override
        public void create(ImageFile file) throws IOException {
            Creation.fixed(file, 3 << 20, Instant.EPOCH, new UUID(1, 2));
        }

        @Override
        public DiskImage open(ImageFile file, boolean readOnly) throws ConfigurationException, IOException {
            return FixedDisk.open(file, VhdLayout.read(file), readOnly);
        }
    }

    @Test
    void flushedDataSurvive() throws Exception {
        CrashHarness.run(new Format(), 77, POINTS, (file, disk) -> {});
    }
}
