package org.jeroboam.storage.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.jeroboam.hardware.storage.Geometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VhdGeometryTest {
    /** Sizes in MB and what the specification's algorithm makes of them. */
    @ParameterizedTest
    @CsvSource({
        "3, 90, 4, 17",
        "10, 301, 4, 17",
        "100, 1003, 12, 17",
        "504, 1024, 16, 63",
        "2048, 4161, 16, 63",
        "16384, 33288, 16, 63",
        "40960, 20560, 16, 255",
        "130558, 65534, 16, 255",
        "130560, 65535, 16, 255",
        "2088960, 65535, 16, 255"
    })
    void knownSizes(long megabytes, int cylinders, int heads, int sectors) {
        assertEquals(new Geometry(cylinders, heads, sectors), VhdGeometry.ofSize(megabytes << 11));
    }

    @Test
    void theShapeNeverExceedsTheDisk() {
        Random random = new Random(1);
        for (int i = 0; i < 200_000; i++) {
            long total = random.nextLong(68, 1L << random.nextInt(8, 33));
            Geometry geometry = VhdGeometry.ofSize(total);
            assertTrue(VhdGeometry.usable(geometry), total + ": " + geometry);
            long perCylinder = (long) geometry.heads() * geometry.sectorsPerTrack();
            long covered = geometry.cylinders() * perCylinder;
            assertTrue(covered <= total, total + ": " + geometry);
            if (geometry.cylinders() < 65535) {
                assertTrue(total - covered < perCylinder + geometry.sectorsPerTrack(), total + ": " + geometry);
            }
        }
    }

    @Test
    void nonsenseIsNoShape() {
        assertEquals(new Geometry(1, 4, 17), VhdGeometry.ofSize(1));
        assertFalse(VhdGeometry.usable(new Geometry(0, 16, 63)));
        assertFalse(VhdGeometry.usable(new Geometry(10, 0, 63)));
        assertFalse(VhdGeometry.usable(new Geometry(10, 17, 63)));
        assertFalse(VhdGeometry.usable(new Geometry(10, 16, 0)));
        assertTrue(VhdGeometry.usable(new Geometry(65535, 16, 255)));
    }
}
