package org.jeroboam.storage.raw;

import java.util.Map;
import org.jeroboam.hardware.storage.Geometry;

/** The shapes of floppy disks, which their images are known by: an image has no header, but one of the usual sizes. */
final class FloppyShapes {
    private static final int KIB = 2;

    private static final Map<Long, Geometry> SHAPES = Map.of(
            160L * KIB, new Geometry(40, 1, 8),
            180L * KIB, new Geometry(40, 1, 9),
            320L * KIB, new Geometry(40, 2, 8),
            360L * KIB, new Geometry(40, 2, 9),
            720L * KIB, new Geometry(80, 2, 9),
            1200L * KIB, new Geometry(80, 2, 15),
            1440L * KIB, new Geometry(80, 2, 18),
            // The "distribution media format" of 1.68 MB.
            1680L * KIB, new Geometry(80, 2, 21),
            2880L * KIB, new Geometry(80, 2, 36));

    private FloppyShapes() {}

    /**
     * The shape of an image.
     *
     * @param sectors its size
     * @return that of the floppy disk of this size, else that of a hard disk
     */
    static Geometry ofSize(long sectors) {
        Geometry shape = SHAPES.get(sectors);
        return shape == null ? Geometry.ofSize(sectors) : shape;
    }
}
