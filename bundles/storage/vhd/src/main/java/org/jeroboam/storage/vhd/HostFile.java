package org.jeroboam.storage.vhd;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jeroboam.hardware.device.ConfigurationException;

/** A file of the host. */
public final class HostFile implements ImageFile {
    private final FileChannel channel;
    private final Path path;
    /** Forcing is the one thing that may be done beside others. */
    private volatile boolean forceFailed;

    /**
     * Takes an open file.
     *
     * @param channel the file; closed with this
     * @param path its name
     */
    public HostFile(FileChannel channel, Path path) {
        this.channel = channel;
        this.path = path;
    }

    /**
     * Opens an existing file.
     *
     * @param path the file
     * @param readOnly whether it will not be written
     * @return the open file
     * @throws ConfigurationException when it does not exist, is a directory or may not be opened so; one sentence
     * @throws IOException when the host fails
     */
    public static HostFile open(Path path, boolean readOnly) throws ConfigurationException, IOException {
        if (Files.isDirectory(path)) {
            throw new ConfigurationException("disk image " + path + " is a directory; name a file");
        }
        Set<OpenOption> options =
                readOnly ? Set.of(StandardOpenOption.READ) : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            return new HostFile(FileChannel.open(path, options), path);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("disk image " + path + " does not exist", e);
        } catch (AccessDeniedException e) {
            throw new ConfigurationException(
                    "disk image " + path + " may not be " + (readOnly ? "read" : "written") + "; check its permissions"
                            + (readOnly ? "" : " or attach it read-only"),
                    e);
        }
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int read = channel.read(target, at);
            if (read < 0) {
                throw new EOFException("the file was truncated");
            }
            at += read;
        }
    }

    /**
     * Shows a part of the file as memory, only to be read. That the host fails or the file ends before shows itself as
     * an {@link InternalError} where the memory is read.
     *
     * @param position where, in bytes
     * @param length bytes that are in the file
     * @param arena until when
     * @return the memory
     * @throws IOException when the host cannot do it
     */
    public MemorySegment map(long position, long length, Arena arena) throws IOException {
        if (position + length > channel.size()) {
            throw new EOFException("the file was truncated");
        }
        return channel.map(FileChannel.MapMode.READ_ONLY, position, length, arena);
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void force() throws IOException {
        if (forceFailed) {
            throw new IOException("an earlier flush failed, so that what was written before it may be lost");
        }
        try {
            channel.force(false);
        } catch (IOException e) {
            forceFailed = true;
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
