package org.jeroboam.storage.iso;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;

/** The volume descriptors of ECMA-119: from sector 16 on, one in each sector, up to the terminator. */
final class VolumeDescriptors {
    /** Bytes in a sector of a CD. */
    static final int SECTOR = 2048;

    private static final long FIRST = 16L * SECTOR;
    private static final int MOST = 64;
    private static final byte[] STANDARD = "CD001".getBytes(StandardCharsets.US_ASCII);

    private static final int AT_TYPE = 0;
    private static final int AT_STANDARD = 1;
    private static final int AT_SPACE = 80;
    private static final int AT_BLOCK = 128;

    private static final int PRIMARY = 1;
    private static final int TERMINATOR = 255;

    private VolumeDescriptors() {}

    /** Whether descriptors begin where they should. */
    static boolean begin(FileChannel file) throws IOException {
        ByteBuffer descriptor = descriptor(file, FIRST);
        return descriptor != null && isStandard(descriptor);
    }

    /** The size of the volume in bytes, as its primary descriptor says. */
    static long size(FileChannel file, Path name) throws ConfigurationException, IOException {
        for (int i = 0; i < MOST; i++) {
            ByteBuffer descriptor = descriptor(file, FIRST + (long) i * SECTOR);
            if (descriptor == null || !isStandard(descriptor)) {
                break;
            }
            int type = Byte.toUnsignedInt(descriptor.get(AT_TYPE));
            if (type == TERMINATOR) {
                break;
            }
            if (type == PRIMARY) {
                int block = Short.toUnsignedInt(descriptor.getShort(AT_BLOCK));
                if (block < 512 || block > SECTOR || Integer.bitCount(block) != 1) {
                    throw new ConfigurationException("ISO image " + name + " is damaged: its volume has blocks of "
                            + block + " bytes where 512, 1024 or 2048 are possible; copy or download it again");
                }
                return Integer.toUnsignedLong(descriptor.getInt(AT_SPACE)) * block;
            }
        }
        throw new ConfigurationException(
                "ISO image " + name + " has no primary volume descriptor; copy or download it again");
    }

    /** The sector at a position, or null when the file ends before its end. */
    private static ByteBuffer descriptor(FileChannel file, long position) throws IOException {
        ByteBuffer descriptor = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
        while (descriptor.hasRemaining()) {
            if (file.read(descriptor, position + descriptor.position()) < 0) {
                return null;
            }
        }
        return descriptor;
    }

    private static boolean isStandard(ByteBuffer descriptor) {
        for (int i = 0; i < STANDARD.length; i++) {
            if (descriptor.get(AT_STANDARD + i) != STANDARD[i]) {
                return false;
            }
        }
        return true;
    }
}
