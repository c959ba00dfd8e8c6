package org.jeroboam.storage.vhddynamic;

import java.io.IOException;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.testing.CrashHarness;
import org.jeroboam.storage.vhd.testing.Fuzz;
import org.junit.jupiter.api.Test;

/** Hostile files; {@code -Djeroboam.fuzz.inputs=1000000} for the long run. */
class DynamicFuzzTest {
    private static final int INPUTS = Integer.getInteger("jeroboam.fuzz.inputs", 20_000);

    private static final class Format implements CrashHarness.Format {
        @Override
        public void create(ImageFile file) throws IOException {
            throw new IOException("the fuzzer makes its own files");
        }

        @Override
        public DiskImage open(ImageFile file, boolean readOnly) throws ConfigurationException, IOException {
            return DynamicDisk.open(file, VhdLayout.read(file), readOnly);
        }
    }

    @Test
    void hostileFilesAreRefusedOrHarmless() throws Exception {
        Fuzz.run(new Format(), 4711, INPUTS);
    }
}
