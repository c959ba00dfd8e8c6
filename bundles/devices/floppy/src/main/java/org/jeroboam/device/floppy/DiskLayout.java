package org.jeroboam.device.floppy;

/**
 * How a diskette is formatted, as far as an image's size tells. All have MFM sectors of 512 bytes.
 *
 * @param cylinders tracks of a side
 * @param heads sides
 * @param sectors sectors of a track, numbered from 1
 * @param rate code of the data rate in DSR and CCR
 * @param revolution time of a turn in nanoseconds
 */
record DiskLayout(int cylinders, int heads, int sectors, int rate, long revolution) {
    static final int KBPS_500 = 0;
    static final int KBPS_300 = 1;
    static final int KBPS_250 = 2;
    static final int KBPS_1000 = 3;

    /** Turn of a drive at 300 rpm. */
    static final long USUAL_REVOLUTION = 200_000_000;

    private static final long AT_360_RPM = 166_666_667;

    private static final DiskLayout[] STANDARD = {
        new DiskLayout(40, 1, 8, KBPS_250, USUAL_REVOLUTION), // 160 KB
        new DiskLayout(40, 1, 9, KBPS_250, USUAL_REVOLUTION), // 180 KB
        new DiskLayout(40, 2, 8, KBPS_250, USUAL_REVOLUTION), // 320 KB
        new DiskLayout(40, 2, 9, KBPS_250, USUAL_REVOLUTION), // 360 KB
        new DiskLayout(80, 2, 9, KBPS_250, USUAL_REVOLUTION), // 720 KB
        new DiskLayout(80, 2, 15, KBPS_500, AT_360_RPM), // 1.2 MB
        new DiskLayout(80, 2, 18, KBPS_500, USUAL_REVOLUTION), // 1.44 MB
        new DiskLayout(80, 2, 36, KBPS_1000, USUAL_REVOLUTION), // 2.88 MB
    };
    private static final DiskLayout HIGH_DENSITY = STANDARD[6];
    private static final DiskLayout EXTRA_DENSITY = STANDARD[7];
    private static final int MAX_CYLINDERS = 83;
    private static final int MAX_DENSE_SECTORS = 24;

    /**
     * The layout of an image.
     *
     * @param size sectors
     * @return null when no diskette is as large as that, or there is no sector
     */
    static DiskLayout of(long size) {
        if (size <= 0 || size > EXTRA_DENSITY.size()) {
            return null;
        }
        for (DiskLayout layout : STANDARD) {
            if (layout.size() == size) {
                return layout;
            }
        }
        if (size <= HIGH_DENSITY.size()) {
            return HIGH_DENSITY; // the image ends early
        }
        // More sectors than usual on a track, or a few more tracks: distribution and utility disks.
        for (int sectors = HIGH_DENSITY.sectors(); sectors <= MAX_DENSE_SECTORS; sectors++) {
            for (int cylinders = HIGH_DENSITY.cylinders(); cylinders <= MAX_CYLINDERS; cylinders++) {
                if (size == 2L * cylinders * sectors) {
                    return new DiskLayout(cylinders, 2, sectors, KBPS_500, USUAL_REVOLUTION);
                }
            }
        }
        return EXTRA_DENSITY;
    }

    /** All sectors. */
    int size() {
        return cylinders * heads * sectors;
    }

    /** Whether the data separator finds address marks at a rate; 5.25 inch disks turn faster in a 1.2 MB drive. */
    boolean readableAt(int code) {
        return code == rate || code == KBPS_300 && rate == KBPS_250 && cylinders == 40;
    }

    /** Whether there is a track. */
    boolean has(int cylinder, int head) {
        return cylinder < cylinders && head < heads;
    }

    /**
     * A sector's place in the image.
     *
     * @param cylinder one that is there
     * @param head one that is there
     * @param sector 1 to {@link #sectors}
     */
    int block(int cylinder, int head, int sector) {
        return (cylinder * heads + head) * sectors + sector - 1;
    }
}
