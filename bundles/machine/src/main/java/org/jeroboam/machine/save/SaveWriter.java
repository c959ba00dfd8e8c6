package org.jeroboam.machine.save;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.LongUnaryOperator;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.jeroboam.hardware.memory.PhysicalMemory;
import org.jeroboam.hardware.state.RecordCodec;

/** Writes a saved machine beside its file; {@link #commit} moves it there. */
public final class SaveWriter implements AutoCloseable {
    static final long MAGIC = 0x4A45524F424F414DL; // "JEROBOAM"
    static final int VERSION = 3;
    /** The oldest version that can be read. */
    static final int OLDEST = 2;

    private final Path file;
    private final Path unfinished;
    private final FileChannel channel;
    private final CRC32C checksum = new CRC32C();
    private final DataOutputStream out;
    private boolean committed;

    /** Begins a file. */
    public SaveWriter(Path file) throws IOException {
        this.file = file.toAbsolutePath();
        unfinished = this.file.resolveSibling(this.file.getFileName() + ".unfinished");
        channel = FileChannel.open(
                unfinished, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        out = new DataOutputStream(new CheckedOutputStream(
                new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), checksum));
        out.writeLong(MAGIC);
        out.writeInt(VERSION);
    }

    /** Writes a record. */
    public void record(Record value) throws IOException {
        bytes(RecordCodec.encode(value));
    }

    /** Writes bytes. */
    public void bytes(byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Writes how many of something follow. */
    public void count(int count) throws IOException {
        out.writeInt(count);
    }

    /** Writes memory, page by page. */
    public void memory(long size, LongUnaryOperator address) throws IOException {
        PageCodec.write(out, size >>> PhysicalMemory.PAGE_SHIFT, address);
    }

    /** Ends the file and puts it in its place. */
    public void commit() throws IOException {
        out.writeLong(checksum.getValue());
        out.flush();
        channel.force(true);
        channel.close();
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        committed = true;
    }

    @Override
    public void close() throws IOException {
        if (!committed) {
            channel.close();
            Files.deleteIfExists(unfinished);
        }
    }
}
