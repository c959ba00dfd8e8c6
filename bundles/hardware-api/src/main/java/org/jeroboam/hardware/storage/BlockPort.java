package org.jeroboam.hardware.storage;

import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.board.Offload;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A drive's medium, as the device sees it. The methods that ask are for the machine thread; {@link #read}, {@link #write}
 * and {@link #flush} block and are for the {@link Offload.Work} of the device.
 */
@ProviderType
public interface BlockPort {
    /**
     * Whether there is a medium.
     *
     * @return false for an empty drive
     */
    boolean present();

    /**
     * Whether the medium refuses writes.
     *
     * @return true for ISO images and images opened read-only
     */
    boolean readOnly();

    /**
     * Whether the medium can be changed while the machine runs.
     *
     * @return true for CD and floppy drives
     */
    boolean removable();

    /**
     * The size.
     *
     * @return sectors of {@link DiskImage#SECTOR_SIZE} bytes; 0 without medium
     */
    long sectors();

    /**
     * The shape that partition tables of this medium were made for.
     *
     * @return cylinders, heads, sectors
     */
    Geometry geometry();

    /**
     * How often the medium was changed; devices compare it to report a change. Part of the machine's saved state.
     *
     * @return a count that grows by 1 with each insertion and each removal
     */
    int changes();

    /**
     * Opens the tray at the guest's wish: a removable medium is gone when this returns, people are told. Without effect on
     * an empty drive and on one whose medium is not removable. No work of this device may be under way on the medium.
     */
    void eject();

    /**
     * Reads sectors; blocks.
     *
     * @param sector first sector
     * @param count sectors
     * @param target a segment outside the heap of at least {@code count} sectors
     * @throws java.io.IOException when the host fails, the range is outside the medium or there is none
     */
    void read(long sector, int count, MemorySegment target) throws java.io.IOException;

    /**
     * Writes sectors; blocks.
     *
     * @param sector first sector
     * @param count sectors
     * @param source a segment outside the heap of at least {@code count} sectors
     * @throws java.io.IOException when the host fails, the range is outside the medium, or it is read-only
     */
    void write(long sector, int count, MemorySegment source) throws java.io.IOException;

    /**
     * Makes all completed writes durable; blocks.
     *
     * @throws java.io.IOException when the host fails
     */
    void flush() throws java.io.IOException;
}
