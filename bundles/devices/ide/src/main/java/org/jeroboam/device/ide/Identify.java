package org.jeroboam.device.ide;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jeroboam.hardware.storage.Geometry;

/** The 256 words of IDENTIFY DEVICE (ATA-4, 8.12; words 83, 86 and 100 to 103 as in ATA-6). */
final class Identify {
    private static final ValueLayout.OfShort WORD = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int WORDS = 256;
    private static final long MAX_LBA28 = 0x0FFF_FFFF;

    private final MemorySegment target;

    private Identify(MemorySegment target) {
        this.target = target;
    }

    /**
     * What can change while the drive works.
     *
     * @param heads current translation
     * @param sectorsPerTrack current translation
     * @param multiple sectors in a block of READ MULTIPLE, or 0
     * @param transferMode as SET FEATURES gave it, or 0
     * @param writeCache whether it is on
     * @param lookAhead whether it is on
     */
    record Current(
            int heads, int sectorsPerTrack, int multiple, int transferMode, boolean writeCache, boolean lookAhead) {}

    static void fill(MemorySegment target, DriveConfig config, Geometry shape, long sectors, Current current) {
        target.asSlice(0, 2L * WORDS).fill((byte) 0);
        Identify words = new Identify(target);
        words.fixed(config, shape);
        words.capacity(sectors, current);
        words.features(current);
    }

    /** The 256 words of IDENTIFY PACKET DEVICE (ATA-4, 8.13). */
    static void fillPacket(MemorySegment target, DriveConfig config, int transferMode) {
        target.asSlice(0, 2L * WORDS).fill((byte) 0);
        Identify words = new Identify(target);
        words.set(0, 0x85C0);
        words.strings(config);
        words.set(49, 0x0F00);
        words.set(53, 0x0006);
        words.modes(transferMode);
        words.set(71, 30);
        words.set(72, 30);
        words.set(82, 0x0218);
        words.set(83, 0x4000);
        words.set(84, 0x4000);
        words.set(85, 0x0218);
        words.set(87, 0x4000);
        words.set(125, 0xFFFE);
    }

    private void strings(DriveConfig config) {
        text(10, 10, config.serial());
        text(23, 4, "1.0");
        text(27, 20, config.model());
    }

    /** PIO up to mode 4, multiword DMA and Ultra DMA up to mode 2, and which of these is selected. */
    private void modes(int selected) {
        set(63, 0x0007 | (selected >> 3 == 4 ? 0x100 << (selected & 7) : 0));
        set(64, 0x0003);
        for (int word = 65; word <= 68; word++) {
            set(word, 120);
        }
        set(80, 0x001E);
        set(88, 0x0007 | (selected >> 3 == 8 ? 0x100 << (selected & 7) : 0));
    }

    private void fixed(DriveConfig config, Geometry shape) {
        set(0, 0x0040);
        set(1, shape.cylinders());
        set(3, shape.heads());
        set(4, shape.sectorsPerTrack() * 512);
        set(5, 512);
        set(6, shape.sectorsPerTrack());
        strings(config);
        set(20, 3);
        set(21, 512);
        set(22, 4);
        set(47, 0x8000 | Transfer.MAX_BLOCK);
        set(48, 1);
        set(49, 0x0F00);
        set(51, 0x0200);
        set(52, 0x0200);
        set(53, 0x0007);
    }

    private void capacity(long sectors, Current current) {
        int track = current.heads() * current.sectorsPerTrack();
        long cylinders = Math.min(sectors / track, 0xFFFF);
        set(54, (int) cylinders);
        set(55, current.heads());
        set(56, current.sectorsPerTrack());
        setLong(57, cylinders * track);
        setLong(60, Math.min(sectors, MAX_LBA28));
        setLong(100, sectors);
        set(102, (int) (sectors >>> 32));
        set(103, (int) (sectors >>> 48));
    }

    private void features(Current current) {
        modes(current.transferMode());
        set(59, current.multiple() == 0 ? 0 : 0x100 | current.multiple());
        set(82, 0x0068);
        set(83, 0x7400);
        set(84, 0x4000);
        set(85, 0x0008 | (current.writeCache() ? 0x20 : 0) | (current.lookAhead() ? 0x40 : 0));
        set(86, 0x3400);
        set(87, 0x4000);
    }

    private void set(int word, int value) {
        target.set(WORD, 2L * word, (short) value);
    }

    private void setLong(int word, long value) {
        set(word, (int) value);
        set(word + 1, (int) (value >>> 16));
    }

    /** Text has its first character in the upper byte of a word. */
    private void text(int word, int words, String text) {
        for (int i = 0; i < 2 * words; i++) {
            char c = i < text.length() ? text.charAt(i) : ' ';
            target.set(ValueLayout.JAVA_BYTE, 2L * word + (i ^ 1), (byte) c);
        }
    }
}
