package org.jeroboam.device.floppy;

/**
 * Where the medium stands below the head. It turns with the virtual clock; the index hole passes at all multiples of a
 * turn. A track is as many equal slots as it has sectors; the last eighth of a slot is the gap.
 */
final class Spindle {
    private static final int GAP = 8;
    private static final int ID_FIELD = 16;

    private final int speed;
    private long revolution;
    private long slot;
    private int sectors;

    Spindle(int speed) {
        this.speed = speed;
        turn(null);
    }

    /** Takes up the turning of a medium; null for none. */
    void turn(DiskLayout layout) {
        revolution = (layout == null ? DiskLayout.USUAL_REVOLUTION : layout.revolution()) / speed;
        sectors = layout == null ? 1 : layout.sectors();
        slot = revolution / sectors;
    }

    /** A turn. */
    long revolution() {
        return revolution;
    }

    /** When the index hole passes, at a time or later. */
    long index(long time) {
        long into = time % revolution;
        return into == 0 ? time : time - into + revolution;
    }

    /** When a sector's slot begins, at a time or later. */
    long start(long time, int sector) {
        long begin = time - time % revolution + (sector - 1) * slot;
        return begin >= time ? begin : begin + revolution;
    }

    /** The sector whose slot begins at a time or next. */
    int next(long time) {
        return (int) ((time % revolution + slot - 1) / slot % sectors) + 1;
    }

    /** From the begin of a slot to the end of its ID field. */
    long idTime() {
        return slot / ID_FIELD;
    }

    /** From the begin of a slot to the end of its data. */
    long sectorTime() {
        return slot - slot / GAP;
    }

    /** Time of one byte. */
    long byteTime() {
        return Math.max(1, sectorTime() / FloppyDrive.SECTOR);
    }
}
