package org.jeroboam.machine.save;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongUnaryOperator;
import java.util.zip.CRC32C;
import org.jeroboam.hardware.memory.PhysicalMemory;
import org.jeroboam.hardware.state.RecordCodec;
import org.jeroboam.hardware.state.StateException;

/** Reads a saved machine. The checksum is looked at first, so that a damaged file changes nothing. */
public final class SaveReader implements AutoCloseable {
    private static final int HEAD = 12;
    private static final int TAIL = 8;
    private static final int LARGEST = 1 << 28;

    private final DataInputStream in;
    private final long size;
    private int version;

    /** Opens and checks a file. */
    public SaveReader(Path file) throws IOException, StateException {
        if (!Files.isRegularFile(file)) {
            throw new StateException("there is no such file");
        }
        size = Files.size(file);
        check(file);
        in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
        in.skipNBytes(HEAD);
    }

    private void check(Path file) throws IOException, StateException {
        CRC32C checksum = new CRC32C();
        try (DataInputStream raw = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            if (size < HEAD + TAIL || raw.readLong() != SaveWriter.MAGIC) {
                throw new StateException("it is no saved machine");
            }
            version = raw.readInt();
            if (version < SaveWriter.OLDEST || version > SaveWriter.VERSION) {
                throw new StateException("it has format " + version + "; this version reads formats "
                        + SaveWriter.OLDEST + " to " + SaveWriter.VERSION);
            }
        }
        try (InputStream raw = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            long left = size - TAIL;
            while (left > 0) {
                int read = raw.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
                if (read == 0) {
                    throw new StateException("it became shorter while it was read");
                }
                checksum.update(buffer, 0, read);
                left -= read;
            }
            if (new DataInputStream(raw).readLong() != checksum.getValue()) {
                throw new StateException("it is damaged: its checksum is wrong");
            }
        }
    }

    /** Reads what the machine was; it is what a file begins with. */
    public SavedMachine.Header header() throws IOException, StateException {
        if (version == 2) {
            SavedMachine.Header.Version2 old = record(SavedMachine.Header.Version2.class);
            return new SavedMachine.Header(old.config(), old.images(), old.core(), "");
        }
        return record(SavedMachine.Header.class);
    }

    /** Reads a record. */
    public <R extends Record> R record(Class<R> type) throws IOException, StateException {
        return RecordCodec.decode(bytes(), type);
    }

    /** Reads bytes. */
    public byte[] bytes() throws IOException, StateException {
        int length = in.readInt();
        if (length < 0 || length > LARGEST || length > size) {
            throw new StateException("it is damaged: a piece has " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    /** Reads how many of something follow. */
    public int count() throws IOException, StateException {
        int count = in.readInt();
        if (count < 0 || count > 1 << 16) {
            throw new StateException("it is damaged: it says that " + count + " pieces follow");
        }
        return count;
    }

    /** Reads memory into pages that hold zeros. */
    public void memory(long bytes, LongUnaryOperator address) throws IOException, StateException {
        PageCodec.read(in, bytes >>> PhysicalMemory.PAGE_SHIFT, address);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
