package org.jeroboam.storage.vhddifferencing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdLayout;

/** Gives a disk another size in its footers, as nobody should. */
final class Sizes {
    private static final int AT_CURRENT_SIZE = 48;
    private static final int AT_CHECKSUM = 64;

    private Sizes() {}

    static void resize(Path path, long bytes) throws ConfigurationException, IOException {
        try (HostFile file = HostFile.open(path, false)) {
            ByteBuffer footer = VhdLayout.read(file).footerBytes();
            footer.putLong(AT_CURRENT_SIZE, bytes);
            footer.putInt(AT_CHECKSUM, checksum(footer, footer.limit(), AT_CHECKSUM));
            file.write(0, footer.duplicate());
            file.write(Files.size(path) - Chains.SECTOR, footer);
        }
    }

    static int checksum(ByteBuffer bytes, int length, int field) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += i >= field && i < field + Integer.BYTES ? 0 : Byte.toUnsignedInt(bytes.get(i));
        }
        return ~sum;
    }
}
