package org.jeroboam.storage.vhd.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.operation.Creation;

/** Small disks with random content, all of it durable. */
public final class PlainDisk {
    private PlainDisk() {}

    /** A fixed disk. */
    public static CrashFile fixed(int size, Random random) throws IOException {
        CrashFile file = new CrashFile();
        Creation.fixed(file, size, Instant.EPOCH, new UUID(1, 1));
        for (int i = 0; i < 8; i++) {
            byte[] data = new byte[512 * random.nextInt(1, 8)];
            random.nextBytes(data);
            file.write(512L * random.nextInt((size - data.length) / 512 + 1), ByteBuffer.wrap(data));
        }
        file.force();
        return file;
    }

    /** A dynamic disk with some blocks, in no order, of which one is zeros. */
    public static CrashFile dynamic(int size, int blockSize, Random random) throws ConfigurationException, IOException {
        CrashFile file = new CrashFile();
        Creation.dynamic(file, size, blockSize, Instant.EPOCH, new UUID(1, 1));
        VhdLayout layout = VhdLayout.read(file);
        DynamicHeader header = layout.header();
        BlockTable table = new BlockTable(file, header);
        long slot = header.slotAfter(layout.dataEnd());
        long end = layout.dataEnd();
        int blocks = (int) ((size - 1L) / blockSize + 1);
        for (int i = 0; i < Math.min(blocks, 12); i++) {
            int block = i == 0 ? blocks - 1 : random.nextInt(blocks);
            if (table.position(block) == BlockTable.UNALLOCATED) {
                byte[] data = new byte[(int) Math.min(blockSize, size - (long) block * blockSize)];
                if (i != 1) {
                    random.nextBytes(data);
                }
                file.write(slot, header.fullBitmap());
                file.write(slot + header.bitmapSize(), ByteBuffer.wrap(data));
                table.allocate(block, slot);
                end = slot + header.blockSpan();
                slot += header.slotStride();
            }
        }
        file.write(end, layout.footerBytes());
        file.force();
        return file;
    }
}
