package ${package};

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;
import org.jeroboam.hardware.storage.DiskImage;

/**
 * The first sector of an image: eight bytes of magic number, the number of sectors, a CRC-32 of both, all big-endian; the
 * rest is zero. It is written once, so it cannot be torn.
 *
 * @param sectors size of the disk
 */
record Header(long sectors) {
    private static final long MAGIC = 0x4A65_726F_496D_6730L;
    private static final int CHECKED = 16;
    private static final long MOST_SECTORS = 1L << 32;

    /** The header of a file, or null when it has none. */
    static Header read(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(DiskImage.SECTOR_SIZE);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, bytes.position()) < 0) {
                return null;
            }
        }
        long sectors = bytes.getLong(8);
        boolean known = bytes.getLong(0) == MAGIC && bytes.getInt(CHECKED) == sum(bytes);
        return known && sectors > 0 && sectors <= MOST_SECTORS ? new Header(sectors) : null;
    }

    /** Makes an image of zeros; the file must not exist. */
    static void create(Path file, long sectors) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(DiskImage.SECTOR_SIZE);
        bytes.putLong(0, MAGIC).putLong(8, sectors);
        bytes.putInt(CHECKED, sum(bytes));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), new Header(sectors).fileSize() - 1);
            channel.write(bytes, 0);
            channel.force(true);
        }
    }

    private static int sum(ByteBuffer bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes.slice(0, CHECKED));
        return (int) crc.getValue();
    }

    long fileSize() {
        return (1 + sectors) * DiskImage.SECTOR_SIZE;
    }
}
