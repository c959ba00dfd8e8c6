package org.jeroboam.storage.iso;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;

/** An open ISO image: whole sectors of 2048 bytes, the last one filled up with zeros when the file ends inside it. */
final class IsoImage implements DiskImage {
    private final FileChannel channel;
    private final Path file;
    private final long fileSize;
    private final long sectors;

    IsoImage(FileChannel channel, Path file, long fileSize) {
        this.channel = channel;
        this.file = file;
        this.fileSize = fileSize;
        sectors = (fileSize + VolumeDescriptors.SECTOR - 1)
                / VolumeDescriptors.SECTOR
                * (VolumeDescriptors.SECTOR / SECTOR_SIZE);
    }

    @Override
    public long sectors() {
        return sectors;
    }

    @Override
    public Geometry geometry() {
        return Geometry.ofSize(sectors);
    }

    @Override
    public boolean readOnly() {
        return true;
    }

    @Override
    public void read(long sector, int count, MemorySegment target) throws IOException {
        if (sector < 0 || count < 0 || sector > sectors - count) {
            throw new IOException("sectors " + sector + " to " + (sector + count - 1) + " are not on ISO image " + file
                    + ", which has " + sectors);
        }
        MemorySegment wanted = target.asSlice(0, (long) count * SECTOR_SIZE);
        long from = sector * SECTOR_SIZE;
        long there = Math.clamp(fileSize - from, 0, wanted.byteSize());
        ByteBuffer buffer = wanted.asSlice(0, there).asByteBuffer();
        try {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, from + buffer.position()) < 0) {
                    throw new IOException("the file was truncated");
                }
            }
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new IOException(
                    "cannot read sector " + (from + buffer.position()) / SECTOR_SIZE + " of ISO image " + file + ": "
                            + reason,
                    e);
        }
        wanted.asSlice(there).fill((byte) 0);
    }

    @Override
    public void write(long sector, int count, MemorySegment source) throws IOException {
        throw new IOException("ISO image " + file + " cannot be written");
    }

    @Override
    public void flush() throws IOException {
        if (!channel.isOpen()) {
            throw new IOException("ISO image " + file + " is closed");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
