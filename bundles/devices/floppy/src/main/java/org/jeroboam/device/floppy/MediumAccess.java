package org.jeroboam.device.floppy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Offload;
import org.jeroboam.hardware.storage.BlockPort;

/**
 * Reads and writes media on I/O threads. What was asked for stays as it is until the completion. An access names the
 * medium that its command began with ({@link FloppyDrive#mediumChanges}) and fails on another one.
 */
final class MediumAccess {
    /** A sector, or the IDs of a track: four bytes each, 255 at most. */
    static final int BUFFER = 1024;

    static final int MAX_IDS = 255;

    private static final int SECTOR = FloppyDrive.SECTOR;

    private enum Kind {
        READ,
        WRITE,
        FORMAT,
        FLUSH
    }

    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER);
    private final MemorySegment filler = Arena.ofAuto().allocate(SECTOR);
    private final int[] formatted = new int[MAX_IDS];
    private final Offload work;

    private Kind asked = Kind.FLUSH;
    private BlockPort port;
    private int changes;
    private int block;
    private int count;

    MediumAccess(Board board, Offload.Completion completion) {
        work = board.offload(this::access, completion);
    }

    MemorySegment buffer() {
        return buffer;
    }

    Offload.Pending pending() {
        return work.pending();
    }

    void restore(Offload.Pending pending) {
        work.restore(pending);
    }

    /** Whether a completion is still to come. */
    boolean busy() {
        return work.submitted();
    }

    /** Begins to read a sector into the buffer; what lies behind the end of a short image is zero. */
    void read(FloppyDrive drive, int medium, int sector, long latency) {
        ask(Kind.READ, drive, medium, sector, 1, latency);
    }

    /** Begins to write a sector from the buffer. */
    void write(FloppyDrive drive, int medium, int sector, long latency) {
        ask(Kind.WRITE, drive, medium, sector, 1, latency);
    }

    /** Notes a sector that {@link #format} is to fill. */
    void choose(int index, int sector) {
        formatted[index] = sector;
    }

    /** Begins to fill the chosen sectors. */
    void format(FloppyDrive drive, int medium, int chosen, int value, long latency) {
        filler.fill((byte) value);
        ask(Kind.FORMAT, drive, medium, 0, chosen, latency);
    }

    /** Begins to make all written sectors durable. */
    void flush(FloppyDrive drive, int medium, long latency) {
        ask(Kind.FLUSH, drive, medium, 0, 0, latency);
    }

    private void ask(Kind kind, FloppyDrive drive, int medium, int sector, int sectors, long latency) {
        asked = kind;
        port = drive.port();
        changes = medium;
        block = sector;
        count = sectors;
        work.submit(latency);
    }

    /** On an I/O thread. */
    private void access() throws IOException {
        if (port.changes() != changes) {
            throw new IOException("the diskette was taken out");
        }
        switch (asked) {
            case READ -> {
                if (block < port.sectors()) {
                    port.read(block, 1, buffer);
                } else {
                    buffer.asSlice(0, SECTOR).fill((byte) 0);
                }
            }
            case WRITE -> port.write(block, 1, buffer);
            case FORMAT -> {
                for (int i = 0; i < count; i++) {
                    port.write(formatted[i], 1, filler);
                }
            }
            case FLUSH -> port.flush();
        }
    }
}
