package org.jeroboam.storage.vhd;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.jeroboam.hardware.storage.Geometry;

/**
 * The hard disk footer: the last sector of each file, and the first of those that are not fixed. Numbers are big-
 * endian.
 *
 * @param features bit 0: to be deleted at shutdown; bit 1 is always set
 * @param version of the format, 16 bits major and minor
 * @param dataOffset where the dynamic header is; all ones in a fixed disk
 * @param timeStamp when it was made, see {@link VhdTime}
 * @param creator what made it
 * @param originalSize bytes when it was made
 * @param currentSize bytes now; the disk's size
 * @param geometry the shape as stored, which may be nonsense in a hostile file
 * @param type the kind
 * @param uniqueId the disk's identity, by which children know their parent
 * @param savedState whether a saved machine needs the disk as it is
 */
public record Footer(
        int features,
        int version,
        long dataOffset,
        int timeStamp,
        Creator creator,
        long originalSize,
        long currentSize,
        Geometry geometry,
        DiskType type,
        UUID uniqueId,
        boolean savedState) {

    /** Bytes of a footer. */
    public static final int SIZE = 512;

    /** The data offset of a fixed disk, and of each header. */
    public static final long NO_OFFSET = -1;

    /** The first eight bytes, {@code conectix}. */
    public static final long COOKIE = 0x636F_6E65_6374_6978L;

    private static final int FEATURES = 2;
    private static final int VERSION = 0x0001_0000;

    private static final int AT_FEATURES = 8;
    private static final int AT_VERSION = 12;
    private static final int AT_DATA_OFFSET = 16;
    private static final int AT_TIME_STAMP = 24;
    private static final int AT_APPLICATION = 28;
    private static final int AT_CREATOR_VERSION = 32;
    private static final int AT_HOST_OS = 36;
    private static final int AT_ORIGINAL_SIZE = 40;
    private static final int AT_CURRENT_SIZE = 48;
    private static final int AT_CYLINDERS = 56;
    private static final int AT_HEADS = 58;
    private static final int AT_SECTORS = 59;
    private static final int AT_TYPE = 60;
    private static final int AT_CHECKSUM = 64;
    private static final int AT_UNIQUE_ID = 68;
    private static final int AT_SAVED_STATE = 84;

    /**
     * The footer of a new disk.
     *
     * @param type its kind
     * @param bytes its size
     * @param dataOffset where the dynamic header will be; {@link #NO_OFFSET} for a fixed disk
     * @param made when it is made
     * @param id its identity
     * @return the footer
     */
    public static Footer create(DiskType type, long bytes, long dataOffset, Instant made, UUID id) {
        return new Footer(
                FEATURES,
                VERSION,
                dataOffset,
                VhdTime.of(made),
                Creator.OURS,
                bytes,
                bytes,
                VhdGeometry.ofSize(bytes / SIZE),
                type,
                id,
                false);
    }

    /**
     * The same footer for a disk of another size.
     *
     * @param bytes the size now
     * @param shape its geometry
     * @return the footer
     */
    public Footer withSize(long bytes, Geometry shape) {
        return new Footer(
                features,
                version,
                dataOffset,
                timeStamp,
                creator,
                originalSize,
                bytes,
                shape,
                type,
                uniqueId,
                savedState);
    }

    /**
     * The same footer with the dynamic header elsewhere.
     *
     * @param offset where the header is
     * @return the footer
     */
    public Footer withDataOffset(long offset) {
        return new Footer(
                features,
                version,
                offset,
                timeStamp,
                creator,
                originalSize,
                currentSize,
                geometry,
                type,
                uniqueId,
                savedState);
    }

    /**
     * The same footer with another mark of a saved machine.
     *
     * @param saved whether a saved machine needs the disk as it is
     * @return the footer
     */
    public Footer withSavedState(boolean saved) {
        return new Footer(
                features,
                version,
                dataOffset,
                timeStamp,
                creator,
                originalSize,
                currentSize,
                geometry,
                type,
                uniqueId,
                saved);
    }

    /**
     * Reads a footer.
     *
     * @param bytes {@value #SIZE} bytes from index 0, big-endian
     * @return the footer; its sizes, offsets and geometry are not judged
     * @throws DamagedException when cookie, version, checksum or type are not those of a footer
     */
    public static Footer decode(ByteBuffer bytes) throws DamagedException {
        if (bytes.getLong(0) != COOKIE) {
            throw new DamagedException("there is no footer where it should be");
        }
        Checksum.check(bytes, SIZE, AT_CHECKSUM, "the footer");
        int version = bytes.getInt(AT_VERSION);
        if (version >>> 16 != VERSION >>> 16) {
            throw new DamagedException("the footer has format version " + (version >>> 16) + "." + (version & 0xFFFF)
                    + " where 1.0 is known");
        }
        return new Footer(
                bytes.getInt(AT_FEATURES),
                version,
                bytes.getLong(AT_DATA_OFFSET),
                bytes.getInt(AT_TIME_STAMP),
                new Creator(bytes.getInt(AT_APPLICATION), bytes.getInt(AT_CREATOR_VERSION), bytes.getInt(AT_HOST_OS)),
                bytes.getLong(AT_ORIGINAL_SIZE),
                bytes.getLong(AT_CURRENT_SIZE),
                new Geometry(
                        Short.toUnsignedInt(bytes.getShort(AT_CYLINDERS)),
                        Byte.toUnsignedInt(bytes.get(AT_HEADS)),
                        Byte.toUnsignedInt(bytes.get(AT_SECTORS))),
                DiskType.of(bytes.getInt(AT_TYPE)),
                new UUID(bytes.getLong(AT_UNIQUE_ID), bytes.getLong(AT_UNIQUE_ID + Long.BYTES)),
                bytes.get(AT_SAVED_STATE) == 1);
    }

    /** Sets the checksum that fits. */
    static ByteBuffer withChecksum(ByteBuffer bytes) {
        return bytes.putInt(AT_CHECKSUM, Checksum.of(bytes, SIZE, AT_CHECKSUM));
    }

    /**
     * The kind that bytes claim to have which begin with the cookie and are otherwise not judged.
     *
     * @param bytes {@value #SIZE} bytes from index 0
     * @return the number of the disk type
     */
    static int claimedType(ByteBuffer bytes) {
        return bytes.getInt(AT_TYPE);
    }

    /**
     * Writes the footer.
     *
     * @return {@value #SIZE} bytes outside the heap with a right checksum, ready to be written
     */
    public ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(SIZE);
        bytes.putLong(0, COOKIE);
        bytes.putInt(AT_FEATURES, features);
        bytes.putInt(AT_VERSION, version);
        bytes.putLong(AT_DATA_OFFSET, dataOffset);
        bytes.putInt(AT_TIME_STAMP, timeStamp);
        bytes.putInt(AT_APPLICATION, creator.application());
        bytes.putInt(AT_CREATOR_VERSION, creator.version());
        bytes.putInt(AT_HOST_OS, creator.hostOs());
        bytes.putLong(AT_ORIGINAL_SIZE, originalSize);
        bytes.putLong(AT_CURRENT_SIZE, currentSize);
        bytes.putShort(AT_CYLINDERS, (short) geometry.cylinders());
        bytes.put(AT_HEADS, (byte) geometry.heads());
        bytes.put(AT_SECTORS, (byte) geometry.sectorsPerTrack());
        bytes.putInt(AT_TYPE, type.code());
        bytes.putLong(AT_UNIQUE_ID, uniqueId.getMostSignificantBits());
        bytes.putLong(AT_UNIQUE_ID + Long.BYTES, uniqueId.getLeastSignificantBits());
        bytes.put(AT_SAVED_STATE, (byte) (savedState ? 1 : 0));
        bytes.putInt(AT_CHECKSUM, Checksum.of(bytes, SIZE, AT_CHECKSUM));
        return bytes;
    }
}
