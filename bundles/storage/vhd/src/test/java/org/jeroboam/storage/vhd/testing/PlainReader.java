package org.jeroboam.storage.vhd.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.VhdLayout;

/** Reads whole small disks, fixed or dynamic, by nothing but the specification. */
public final class PlainReader {
    private PlainReader() {}

    /** The content of a disk. */
    public static byte[] read(ImageFile file) throws ConfigurationException, IOException {
        VhdLayout layout = VhdLayout.read(file);
        int size = Math.toIntExact(layout.footer().currentSize());
        ByteBuffer content = ByteBuffer.allocate(size);
        DynamicHeader header = layout.header();
        if (header == null) {
            file.read(0, content);
            return content.array();
        }
        BlockTable table = new BlockTable(file, header);
        for (long block = 0; block * header.blockSize() < size; block++) {
            long position = table.position(block);
            if (position != BlockTable.UNALLOCATED) {
                int from = Math.toIntExact(block * header.blockSize());
                content.limit((int) Math.min(size, from + header.blockSize())).position(from);
                file.read(position + header.bitmapSize(), content);
            }
        }
        return content.array();
    }
}
