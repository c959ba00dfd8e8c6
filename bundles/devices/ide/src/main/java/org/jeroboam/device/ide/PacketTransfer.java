package org.jeroboam.device.ide;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Offload;
import org.jeroboam.hardware.storage.BlockPort;

/**
 * The bytes of one packet command on their way: the packet itself, replies, parameters, and blocks of the medium, which
 * I/O threads read in chunks. At the data port they pass in pieces of at most the host's byte count.
 */
final class PacketTransfer {
    static final int IDENTIFY_BYTES = 512;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int MAX_PIECE = 0xFFFE;
    private static final int CHUNK = 64;
    private static final int RAW_CHUNK = 32;
    private static final int BUFFER = 160 << 10;
    /** User data that raw sectors are made from lie behind those. */
    private static final int STAGING = BUFFER - RAW_CHUNK * RawSector.DATA_BYTES;

    /** The drive's own time and that of each block: as a disk's, for nobody misses a CD-ROM's. */
    private static final long ACCESS_NANOS = 20_000;

    private static final long BLOCK_NANOS = 4_000;

    /** What passes. */
    enum Phase {
        IDLE,
        IDENTIFY,
        CDB,
        REPLY,
        PARAMETERS,
        READ;

        /** Whether the host gives. */
        boolean out() {
            return this == CDB || this == PARAMETERS;
        }

        /** Whether the bus master can move it. */
        boolean movable() {
            return this == REPLY || this == PARAMETERS || this == READ;
        }
    }

    private final PacketDrive drive;
    private final BlockPort medium;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER);
    private final MemorySegment staging = buffer.asSlice(STAGING);
    private final RawSector raw = new RawSector();
    private final Offload work;
    private final MediaCounters counters;

    private Phase phase = Phase.IDLE;
    private boolean dma;
    /** Most bytes in a piece. */
    private int limit = MAX_PIECE;
    /** Bytes in the buffer that have passed. */
    private int position;
    /** Where the piece ends. */
    private int pieceEnd;
    /** Bytes in the buffer that are to pass. */
    private int end;
    /** First block of the chunk in the buffer. */
    private long block;
    /** Blocks in it. */
    private int chunk;
    /** Blocks after it. */
    private long left;
    /** Parts of a sector that are wanted, as {@link RawSector} names them. */
    private int parts;

    /** What the I/O thread is asked for; it stays as it is until the completion. */
    private long askedBlock;

    private int askedCount;
    private int askedParts;

    /**
     * All that a transfer remembers.
     *
     * @param phase what passes
     * @param dma whether the bus master moves it
     * @param limit most bytes in a piece
     * @param position bytes that have passed
     * @param pieceEnd end of the piece
     * @param end bytes that are to pass
     * @param block first block of the chunk
     * @param chunk blocks in it
     * @param left blocks after it
     * @param parts parts of sectors
     * @param work completion to come
     * @param buffer its bytes, as far as they count
     */
    record State(
            Phase phase,
            boolean dma,
            int limit,
            int position,
            int pieceEnd,
            int end,
            long block,
            int chunk,
            long left,
            int parts,
            Offload.Pending work,
            byte[] buffer) {
        State {
            if (phase == null || work == null || buffer == null || buffer.length > BUFFER) {
                throw new IllegalArgumentException("a part of the packet drive's transfer is missing");
            }
            if (limit < 2
                    || limit > MAX_PIECE
                    || limit % 2 != 0
                    || end < 0
                    || end > BUFFER
                    || pieceEnd < 0
                    || pieceEnd > end
                    || position < 0
                    || position > (dma && phase.movable() ? end : pieceEnd)
                    || block < 0
                    || block > 0xFFFF_FFFFL
                    || left < 0
                    || left > 0xFFFF_FFFFL
                    || chunk < 0
                    || parts < 0
                    || parts > 15) {
                throw new IllegalArgumentException("a transfer of the packet drive is out of range");
            }
            int expected =
                    switch (phase) {
                        case IDLE -> 0;
                        case IDENTIFY -> IDENTIFY_BYTES;
                        case CDB -> Cdb.LENGTH;
                        case READ -> chunk > chunkLimit(parts) ? -1 : chunk * RawSector.size(parts);
                        case REPLY, PARAMETERS -> end;
                    };
            if (end != expected) {
                throw new IllegalArgumentException("a transfer of the packet drive has the wrong length");
            }
        }
    }

    PacketTransfer(PacketDrive drive, Board board, BlockPort medium, MediaCounters counters) {
        this.drive = drive;
        this.medium = medium;
        this.counters = counters;
        work = board.offload(this::access, this::accessed);
    }

    /** Where a reply is to be built before {@link #reply}, and where {@link Phase#CDB} and PARAMETERS left theirs. */
    MemorySegment buffer() {
        return buffer;
    }

    void identify() {
        limit = IDENTIFY_BYTES;
        begin(Phase.IDENTIFY, IDENTIFY_BYTES);
    }

    /** Waits for the packet of a command. */
    void awaitPacket(boolean byDma, int byteCount) {
        dma = byDma;
        limit = byteCount == 0 ? MAX_PIECE : Math.max(byteCount & MAX_PIECE, 2);
        phase = Phase.CDB;
        position = 0;
        end = Cdb.LENGTH;
        pieceEnd = end;
    }

    void reply(int length) {
        begin(Phase.REPLY, length);
    }

    void parameters(int length) {
        begin(Phase.PARAMETERS, length);
    }

    /** Reads blocks, all of them on the medium, one or more. */
    void read(long first, long count, int wanted) {
        phase = Phase.READ;
        block = first;
        left = count;
        parts = wanted;
        chunk = 0;
        submit();
    }

    /** Forgets the command. Work that was begun goes on. */
    void stop() {
        phase = Phase.IDLE;
        dma = false;
        limit = MAX_PIECE;
        position = 0;
        pieceEnd = 0;
        end = 0;
        block = 0;
        chunk = 0;
        left = 0;
        parts = 0;
    }

    boolean working() {
        return work.submitted();
    }

    Phase phase() {
        return phase;
    }

    /** First block that has not passed for certain. */
    long block() {
        return block;
    }

    int length() {
        return end;
    }

    int readData(int size) {
        if (moved() || phase.out()) {
            return 0;
        }
        int value = 0;
        if (position + size > pieceEnd) {
            for (int i = 0; position + i < pieceEnd; i++) {
                value |= (buffer.get(ValueLayout.JAVA_BYTE, position + i) & 0xFF) << 8 * i;
            }
        } else {
            value = switch (size) {
                case 1 -> buffer.get(ValueLayout.JAVA_BYTE, position) & 0xFF;
                case 2 -> buffer.get(SHORT, position) & 0xFFFF;
                default -> buffer.get(INT, position);
            };
        }
        passed(size);
        return value;
    }

    void writeData(int size, int value) {
        if (moved() || !phase.out()) {
            return;
        }
        for (int i = 0; i < size && position + i < pieceEnd; i++) {
            buffer.set(ValueLayout.JAVA_BYTE, position + i, (byte) (value >>> 8 * i));
        }
        passed(size);
    }

    /** Moves what the bus master takes or gives. */
    void pump() {
        if (!moved()) {
            return;
        }
        position += drive.channel.busMaster().transfer(buffer, position, end - position, !phase.out());
        if (position == end) {
            next();
        }
    }

    State save() {
        return new State(
                phase,
                dma,
                limit,
                position,
                pieceEnd,
                end,
                block,
                chunk,
                left,
                parts,
                work.pending(),
                buffer.asSlice(0, bytesThatCount()).toArray(ValueLayout.JAVA_BYTE));
    }

    void restore(State state) {
        phase = state.phase();
        dma = state.dma();
        limit = state.limit();
        position = state.position();
        pieceEnd = state.pieceEnd();
        end = state.end();
        block = state.block();
        chunk = state.chunk();
        left = state.left();
        parts = state.parts();
        MemorySegment.copy(state.buffer(), 0, buffer, ValueLayout.JAVA_BYTE, 0, state.buffer().length);
        work.restore(state.work());
    }

    private static int chunkLimit(int parts) {
        return parts == RawSector.DATA ? CHUNK : RAW_CHUNK;
    }

    private boolean moved() {
        return dma && phase.movable();
    }

    /** The part of the buffer that somebody will still look at. */
    private int bytesThatCount() {
        return switch (phase) {
            case IDLE -> 0;
            case CDB, PARAMETERS -> position;
            case IDENTIFY, REPLY -> end;
            case READ -> work.pending().failure() == null ? end : 0;
        };
    }

    private void begin(Phase newPhase, int length) {
        phase = newPhase;
        position = 0;
        end = length;
        open();
    }

    /** Lets the host move what is in the buffer, or make it. */
    private void open() {
        if (moved()) {
            pieceEnd = 0;
            drive.requestMove(phase);
            pump();
        } else {
            pieceEnd = Math.min(position + limit, end);
            drive.requestPiece(phase, pieceEnd - position);
        }
    }

    private void passed(int size) {
        position = Math.min(position + size, pieceEnd);
        if (position < pieceEnd) {
            return;
        }
        if (position < end) {
            open();
        } else {
            next();
        }
    }

    /** The buffer has passed. */
    private void next() {
        switch (phase) {
            case CDB -> drive.packetTaken();
            case PARAMETERS -> drive.parametersTaken();
            case READ -> {
                if (left > 0) {
                    submit();
                } else {
                    drive.finish();
                }
            }
            case IDENTIFY -> drive.identified();
            case REPLY, IDLE -> drive.finish();
        }
    }

    private void submit() {
        drive.beBusy();
        block += chunk;
        chunk = (int) Math.min(left, chunkLimit(parts));
        left -= chunk;
        position = 0;
        pieceEnd = 0;
        end = chunk * RawSector.size(parts);
        askedBlock = block;
        askedCount = chunk;
        askedParts = parts;
        work.submit(ACCESS_NANOS + chunk * BLOCK_NANOS);
    }

    /** On an I/O thread. */
    private void access() throws IOException {
        long sector = askedBlock * Tray.SECTORS_PER_BLOCK;
        int sectors = askedCount * Tray.SECTORS_PER_BLOCK;
        if (askedParts == RawSector.DATA) {
            medium.read(sector, sectors, buffer);
            return;
        }
        medium.read(sector, sectors, staging);
        int size = RawSector.size(askedParts);
        for (int i = 0; i < askedCount; i++) {
            raw.make(askedBlock + i, askedParts, staging, (long) i * RawSector.DATA_BYTES, buffer, (long) i * size);
        }
    }

    private void accessed(String failure) {
        if (drive.resetting()) {
            drive.endReset();
        } else if (drive.mediumChanged()) {
            drive.mediumGone();
        } else if (failure != null) {
            drive.mediumFailed(failure);
        } else {
            counters.read(chunk * Tray.SECTORS_PER_BLOCK);
            open();
        }
    }
}
