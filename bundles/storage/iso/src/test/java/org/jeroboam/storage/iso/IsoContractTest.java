package org.jeroboam.storage.iso;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.testkit.ReadOnlyFormatContract;

class IsoContractTest extends ReadOnlyFormatContract {
    private static final int SECTOR = 2048;
    private static final int BLOCKS = 90;
    /** The file ends inside its last sector, whose rest reads as zeros. */
    private static final int MISSING = 700;

    @Override
    protected DiskFormat format() {
        return new IsoFormat();
    }

    @Override
    protected Path create(Path directory) throws IOException {
        return Files.write(directory.resolve("cd.iso"), Arrays.copyOf(content(), (BLOCKS + 1) * SECTOR - MISSING));
    }

    @Override
    protected byte[] content() {
        byte[] bytes = new byte[(BLOCKS + 1) * SECTOR];
        new Random(11).nextBytes(bytes);
        Arrays.fill(bytes, bytes.length - MISSING, bytes.length, (byte) 0);
        ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        // ECMA-119 8.4: a primary volume descriptor, then 8.3, the terminator
        fields.put(16 * SECTOR, (byte) 1).putInt(16 * SECTOR + 80, BLOCKS).putShort(16 * SECTOR + 128, (short) SECTOR);
        fields.put(17 * SECTOR, (byte) 255);
        for (int sector = 16; sector < 18; sector++) {
            fields.put(sector * SECTOR + 1, "CD001".getBytes(StandardCharsets.US_ASCII));
        }
        return bytes;
    }
}
