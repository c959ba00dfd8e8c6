package org.jeroboam.hardware.testkit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jeroboam.hardware.storage.DiskImage;

/** Sectors outside the heap, as disks want them. */
final class SectorBuffer {
    private static final int CHUNK = 128;

    private final MemorySegment segment;

    SectorBuffer(int sectors) {
        segment = Arena.ofAuto().allocate((long) sectors * DiskImage.SECTOR_SIZE);
    }

    MemorySegment segment() {
        return segment;
    }

    void write(DiskImage disk, long sector, byte[] data) throws IOException {
        MemorySegment.copy(data, 0, segment, ValueLayout.JAVA_BYTE, 0, data.length);
        disk.write(sector, data.length / DiskImage.SECTOR_SIZE, segment);
    }

    byte[] read(DiskImage disk, long sector, int count) throws IOException {
        segment.fill((byte) 0x5A);
        disk.read(sector, count, segment);
        return segment.asSlice(0, (long) count * DiskImage.SECTOR_SIZE).toArray(ValueLayout.JAVA_BYTE);
    }

    static byte[] readAll(DiskImage disk) throws IOException {
        SectorBuffer buffer = new SectorBuffer(CHUNK);
        byte[] all = new byte[Math.toIntExact(disk.sectors() * DiskImage.SECTOR_SIZE)];
        for (int sector = 0; sector < disk.sectors(); sector += CHUNK) {
            int count = (int) Math.min(CHUNK, disk.sectors() - sector);
            byte[] some = buffer.read(disk, sector, count);
            System.arraycopy(some, 0, all, sector * DiskImage.SECTOR_SIZE, some.length);
        }
        return all;
    }
}
