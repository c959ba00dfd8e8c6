package org.jeroboam.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** That one server at a time keeps a catalogue, also when a second version of its bundle is installed. */
final class CatalogueLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogueLock.class);

    private final FileChannel channel;

    private CatalogueLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock; null when another server has it.
     *
     * @throws IllegalStateException when the directory cannot be used; one sentence
     */
    static CatalogueLock take(Path directory) {
        FileChannel channel = null;
        try {
            Files.createDirectories(directory);
            channel = FileChannel.open(directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock != null) {
                return new CatalogueLock(channel);
            }
            channel.close();
            return null;
        } catch (IOException e) {
            close(channel);
            throw new IllegalStateException("the machines in " + directory + " cannot be locked: " + e.getMessage(), e);
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            LOG.debug("held within this process", e);
            return null;
        }
    }

    private static void close(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.warn("the lock of the catalogue cannot be closed", e);
        }
    }

    @Override
    public void close() {
        close(channel);
    }
}
