package org.jeroboam.device.ide;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Offload;
import org.jeroboam.hardware.storage.BlockPort;
import org.jeroboam.hardware.storage.DiskImage;

/**
 * The data of one command on their way between guest, buffer and medium, in chunks. The medium is read and written on
 * I/O threads; the guest sees BSY until the chunk is there.
 */
final class Transfer {
    static final int MAX_BLOCK = 16;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int SECTOR = DiskImage.SECTOR_SIZE;
    private static final int CHUNK_SECTORS = 256;
    private static final int BUFFER = CHUNK_SECTORS * SECTOR;
    private static final int MAX_SECTORS = 0x10000;

    /** A disk's own time, then that of each sector: about a fast disk of the time with its cache warm. */
    private static final long ACCESS_NANOS = 20_000;

    private static final long SECTOR_NANOS = 1_000;

    /** What a command in progress does. */
    enum Phase {
        IDLE,
        IDENTIFY,
        PIO_IN,
        PIO_OUT,
        DMA_IN,
        DMA_OUT,
        VERIFY,
        FLUSH;

        /** Whether data pass at the data port. */
        boolean blocks() {
            return this == IDENTIFY || this == PIO_IN || this == PIO_OUT;
        }

        /** Whether the command has addressed sectors. */
        boolean addresses() {
            return this != IDLE && this != IDENTIFY && this != FLUSH;
        }

        /** Whether the medium is written. */
        boolean out() {
            return this == PIO_OUT || this == DMA_OUT;
        }
    }

    private final AtaDisk disk;
    private final BlockPort medium;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER);
    private final Offload work;
    private final MediaCounters counters;

    private Phase phase = Phase.IDLE;
    /** First sector of the chunk in the buffer. */
    private long sector;
    /** Sectors of the command that come after the chunk. */
    private int left;
    /** Sectors in the chunk. */
    private int chunk;
    /** Bytes of the chunk that have passed between guest and buffer. */
    private int position;
    /** Where the DRQ block ends. */
    private int blockEnd;
    /** Sectors in a DRQ block. */
    private int block = 1;

    /** What the I/O thread is asked for; it stays as it is until the completion, whatever the guest does meanwhile. */
    private Phase asked = Phase.IDLE;

    private long askedSector;
    private int askedCount;
    private boolean askedDurable;

    /**
     * All that a transfer remembers.
     *
     * @param phase what the command does
     * @param sector first sector of the chunk
     * @param left sectors after it
     * @param chunk sectors in it
     * @param position bytes of it that have passed
     * @param blockEnd end of the DRQ block
     * @param block sectors in a DRQ block
     * @param work completion to come
     * @param buffer the chunk, as far as it counts
     */
    record State(
            Phase phase,
            long sector,
            int left,
            int chunk,
            int position,
            int blockEnd,
            int block,
            Offload.Pending work,
            byte[] buffer) {
        State {
            if (phase == null || work == null || buffer == null || buffer.length > BUFFER) {
                throw new IllegalArgumentException("a part of the disk's transfer is missing");
            }
            if (sector < 0
                    || outside(left, MAX_SECTORS)
                    || outside(chunk, CHUNK_SECTORS)
                    || outside(blockEnd, chunk * SECTOR)
                    || outside(position, phase.blocks() ? blockEnd : chunk * SECTOR)
                    || outside(block - 1, MAX_BLOCK - 1)) {
                throw new IllegalArgumentException("a transfer of the disk is out of range");
            }
        }

        private static boolean outside(int value, int max) {
            return value < 0 || value > max;
        }
    }

    Transfer(AtaDisk disk, Board board, BlockPort medium, MediaCounters counters) {
        this.disk = disk;
        this.medium = medium;
        this.counters = counters;
        work = board.offload(this::access, this::accessed);
    }

    /** Sends 512 bytes that are no sector. */
    MemorySegment beginIdentify() {
        phase = Phase.IDENTIFY;
        chunk = 1;
        openBlock(true);
        return buffer;
    }

    void beginFlush() {
        phase = Phase.FLUSH;
        submit();
    }

    /**
     * Begins to move sectors.
     *
     * @param newPhase direction and way
     * @param first first sector
     * @param count sectors, all on the medium
     * @param newBlock sectors in a DRQ block
     */
    void begin(Phase newPhase, long first, int count, int newBlock) {
        phase = newPhase;
        block = newBlock;
        sector = first;
        left = count;
        chunk = 0;
        nextChunk();
        switch (newPhase) {
            case PIO_OUT -> openBlock(false);
            case DMA_OUT -> openDma();
            default -> submit();
        }
    }

    /** Forgets the command. Work that was begun goes on. */
    void stop() {
        phase = Phase.IDLE;
        sector = 0;
        left = 0;
        chunk = 0;
        position = 0;
        blockEnd = 0;
        block = 1;
    }

    /** Whether a completion is still to come. */
    boolean working() {
        return work.submitted();
    }

    Phase phase() {
        return phase;
    }

    /** First sector that has not been moved for certain. */
    long firstSector() {
        return sector;
    }

    long lastSector() {
        return sector + chunk - 1;
    }

    int unmoved() {
        return left + chunk;
    }

    int readData(int size) {
        if (phase != Phase.PIO_IN && phase != Phase.IDENTIFY) {
            return 0;
        }
        int value = 0;
        if (position + size > blockEnd) {
            for (int i = 0; position + i < blockEnd; i++) {
                value |= (buffer.get(ValueLayout.JAVA_BYTE, position + i) & 0xFF) << 8 * i;
            }
        } else {
            value = switch (size) {
                case 1 -> buffer.get(ValueLayout.JAVA_BYTE, position) & 0xFF;
                case 2 -> buffer.get(SHORT, position) & 0xFFFF;
                default -> buffer.get(INT, position);
            };
        }
        position = Math.min(position + size, blockEnd);
        if (position == blockEnd) {
            blockRead();
        }
        return value;
    }

    void writeData(int size, int value) {
        if (phase != Phase.PIO_OUT) {
            return;
        }
        if (size == 2 && position + 2 <= blockEnd) {
            buffer.set(SHORT, position, (short) value);
        } else if (size == 4 && position + 4 <= blockEnd) {
            buffer.set(INT, position, value);
        } else {
            for (int i = 0; i < size && position + i < blockEnd; i++) {
                buffer.set(ValueLayout.JAVA_BYTE, position + i, (byte) (value >>> 8 * i));
            }
        }
        position = Math.min(position + size, blockEnd);
        if (position == blockEnd) {
            blockWritten();
        }
    }

    /** Moves what the bus master takes or gives. */
    void pump() {
        if (phase != Phase.DMA_IN && phase != Phase.DMA_OUT) {
            return;
        }
        int end = chunk * SECTOR;
        position += disk.channel.busMaster().transfer(buffer, position, end - position, phase == Phase.DMA_IN);
        if (position < end) {
            return;
        }
        if (phase == Phase.DMA_OUT || nextChunk()) {
            submit();
        } else {
            disk.finish(true);
        }
    }

    State save() {
        return new State(
                phase,
                sector,
                left,
                chunk,
                position,
                blockEnd,
                block,
                work.pending(),
                buffer.asSlice(0, bytesThatCount()).toArray(ValueLayout.JAVA_BYTE));
    }

    void restore(State state) {
        phase = state.phase();
        sector = state.sector();
        left = state.left();
        chunk = state.chunk();
        position = state.position();
        blockEnd = state.blockEnd();
        block = state.block();
        MemorySegment.copy(state.buffer(), 0, buffer, ValueLayout.JAVA_BYTE, 0, state.buffer().length);
        work.restore(state.work());
    }

    /** The part of the buffer that somebody will still look at. */
    private int bytesThatCount() {
        return switch (phase) {
            case IDLE, VERIFY, FLUSH -> 0;
            case IDENTIFY, PIO_IN, DMA_IN -> work.pending().failure() == null ? chunk * SECTOR : 0;
            case PIO_OUT, DMA_OUT -> work.submitted() ? chunk * SECTOR : position;
        };
    }

    /** Goes to the command's next chunk; false when there is none. */
    private boolean nextChunk() {
        if (left == 0) {
            return false;
        }
        sector += chunk;
        chunk = Math.min(left, CHUNK_SECTORS);
        left -= chunk;
        position = 0;
        blockEnd = 0;
        return true;
    }

    private void openBlock(boolean interrupt) {
        blockEnd = Math.min(position + block * SECTOR, chunk * SECTOR);
        disk.requestData(interrupt);
    }

    private void openDma() {
        disk.requestData(false);
        pump();
    }

    private void blockRead() {
        if (position < chunk * SECTOR) {
            openBlock(true);
        } else if (nextChunk()) {
            submit();
        } else {
            disk.finish(false);
        }
    }

    private void blockWritten() {
        if (position < chunk * SECTOR) {
            openBlock(true);
        } else {
            submit();
        }
    }

    private void submit() {
        disk.beBusy();
        asked = phase;
        askedSector = sector;
        askedCount = chunk;
        askedDurable = !disk.writeCache();
        work.submit(ACCESS_NANOS + chunk * SECTOR_NANOS);
    }

    /** On an I/O thread. */
    private void access() throws IOException {
        switch (asked) {
            case PIO_IN, DMA_IN, VERIFY -> medium.read(askedSector, askedCount, buffer);
            case PIO_OUT, DMA_OUT -> {
                medium.write(askedSector, askedCount, buffer);
                if (askedDurable) {
                    medium.flush();
                }
            }
            case FLUSH -> medium.flush();
            case IDLE, IDENTIFY -> throw new IllegalStateException("nothing is to be read or written");
        }
    }

    private void accessed(String failure) {
        if (disk.resetting()) {
            disk.endReset();
        } else if (failure != null) {
            disk.mediumFailed(failure);
        } else {
            goOn();
        }
    }

    private void goOn() {
        switch (phase) {
            case PIO_IN -> {
                counters.read(chunk);
                openBlock(true);
            }
            case DMA_IN -> {
                counters.read(chunk);
                openDma();
            }
            case PIO_OUT, DMA_OUT -> {
                counters.written(chunk);
                if (!nextChunk()) {
                    disk.finish(true);
                } else if (phase == Phase.PIO_OUT) {
                    openBlock(true);
                } else {
                    openDma();
                }
            }
            case VERIFY -> {
                if (nextChunk()) {
                    submit();
                } else {
                    disk.finish(true);
                }
            }
            case FLUSH -> {
                counters.flushed();
                disk.finish(true);
            }
            case IDLE, IDENTIFY -> disk.finish(true);
        }
    }
}
