package org.jeroboam.device.ide;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Counter;

/**
 * Media access statistics of a drive: in {@code sectors.read} and {@code sectors.written}, which all drives of the
 * function share, and under the drive's own name. Sectors have 512 bytes.
 */
final class MediaCounters {
    private final Counter sectorsRead;
    private final Counter sectorsWritten;
    private final Counter ownSectorsRead;
    private final Counter ownSectorsWritten;
    private final Counter reads;
    private final Counter writes;
    private final Counter flushes;

    MediaCounters(Board board, String drive) {
        sectorsRead = board.counter("sectors.read");
        sectorsWritten = board.counter("sectors.written");
        ownSectorsRead = board.counter(drive + ".sectors.read");
        ownSectorsWritten = board.counter(drive + ".sectors.written");
        reads = board.counter(drive + ".reads");
        writes = board.counter(drive + ".writes");
        flushes = board.counter(drive + ".flushes");
    }

    void read(int sectors) {
        sectorsRead.add(sectors);
        ownSectorsRead.add(sectors);
        reads.add(1);
    }

    void written(int sectors) {
        sectorsWritten.add(sectors);
        ownSectorsWritten.add(sectors);
        writes.add(1);
    }

    void flushed() {
        flushes.add(1);
    }
}
