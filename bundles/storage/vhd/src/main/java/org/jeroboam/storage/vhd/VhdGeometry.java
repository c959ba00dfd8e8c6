package org.jeroboam.storage.vhd;

import org.jeroboam.hardware.storage.Geometry;

/**
 * The shape that the specification computes from a size (its appendix "CHS Calculation"). It covers at most the disk
 * and mostly a little less; the authoritative size is the footer's current size.
 */
public final class VhdGeometry {
    private static final int MAX_CYLINDERS = 65535;
    private static final int MAX_HEADS = 16;
    private static final int MAX_SECTORS = 255;
    private static final int CYLINDERS_OF_OLD_BIOS = 1024;

    private VhdGeometry() {}

    /**
     * The shape of a size.
     *
     * @param sectors size of the disk
     * @return its shape; sizes above 65535 x 16 x 255 sectors all have that one
     */
    public static Geometry ofSize(long sectors) {
        long total = Math.clamp(sectors, 1, (long) MAX_CYLINDERS * MAX_HEADS * MAX_SECTORS);
        long perTrack;
        long heads;
        if (total >= (long) MAX_CYLINDERS * MAX_HEADS * 63) {
            perTrack = MAX_SECTORS;
            heads = MAX_HEADS;
        } else {
            perTrack = 17;
            heads = Math.max(4, (total / perTrack + 1023) / CYLINDERS_OF_OLD_BIOS);
            if (tooMany(total / perTrack, heads) || heads > MAX_HEADS) {
                perTrack = 31;
                heads = MAX_HEADS;
            }
            if (tooMany(total / perTrack, heads)) {
                perTrack = 63;
                heads = MAX_HEADS;
            }
        }
        long cylinders = Math.max(1, total / perTrack / heads);
        return new Geometry((int) cylinders, (int) heads, (int) perTrack);
    }

    private static boolean tooMany(long tracks, long heads) {
        return tracks >= heads * CYLINDERS_OF_OLD_BIOS;
    }

    /**
     * Whether a footer's shape can be given to a guest.
     *
     * @param geometry as the footer has it
     * @return false when a number is zero or beyond what a drive can have
     */
    public static boolean usable(Geometry geometry) {
        return geometry.cylinders() > 0
                && geometry.heads() > 0
                && geometry.heads() <= MAX_HEADS
                && geometry.sectorsPerTrack() > 0;
    }
}
