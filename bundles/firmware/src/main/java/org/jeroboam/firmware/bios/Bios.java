package org.jeroboam.firmware.bios;

import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.board.Backing;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.firmware.BootContext;
import org.jeroboam.hardware.firmware.Firmware;

/**
 * A ROM chip: the whole image ends at 4 GiB, its last 128 KiB are seen at E0000h to FFFFFh, too, wherever the host
 * bridge does not show DRAM. The processor stays as reset left it, at F000:FFF0 with the base FFFF0000h. The chip takes
 * nothing of the board but these two windows, which are part of a machine's saved state.
 */
final class Bios implements Firmware {
    private static final long TOP = 1L << 32;
    private static final int LOW_END = 0x10_0000;
    private static final int LOW_SIZE = 128 << 10;

    private final byte[] image;

    Bios(byte[] image) {
        this.image = image;
    }

    @Override
    public void boot(BootContext context) {
        Board board = context.board();
        Backing rom = board.backing("rom", image.length);
        MemorySegment.copy(MemorySegment.ofArray(image), 0, rom.segment(), 0, image.length);
        rom.written(0, image.length);
        board.mapBacking(TOP - image.length, image.length, rom, 0, false);
        int low = Math.min(image.length, LOW_SIZE);
        board.mapBacking(LOW_END - low, low, rom, image.length - low, false);
    }
}
