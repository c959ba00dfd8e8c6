package org.jeroboam.hardware.storage;

/**
 * A disk's shape for programs that still address by cylinder.
 *
 * @param cylinders 1 to 65535
 * @param heads 1 to 16
 * @param sectorsPerTrack 1 to 255
 */
public record Geometry(int cylinders, int heads, int sectorsPerTrack) {
    private static final int MAX_CYLINDERS = 16383;

    /**
     * The shape that ATA drives without a better idea report: 16 heads, 63 sectors (ATA-4, 6.2).
     *
     * @param sectors size of the disk
     * @return at most 16383 cylinders
     */
    public static Geometry ofSize(long sectors) {
        long cylinders = Math.clamp(sectors / (16 * 63), 1, MAX_CYLINDERS);
        return new Geometry((int) cylinders, 16, 63);
    }
}
