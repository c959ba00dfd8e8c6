package org.jeroboam.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jeroboam.management.ManagementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream into a file. */
final class FileLink extends SerialLink {
    private static final Logger LOG = LoggerFactory.getLogger(FileLink.class);

    private final Path path;
    private final OutputStream file;
    private boolean failed;

    private FileLink(String port, Path path, OutputStream file) {
        super(port);
        this.path = path;
        this.file = file;
    }

    static FileLink open(String port, Path path, boolean append) throws ManagementException {
        try {
            return new FileLink(
                    port,
                    path,
                    Files.newOutputStream(
                            path,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING));
        } catch (IOException e) {
            throw new ManagementException(
                    ManagementException.Kind.BAD_REQUEST,
                    "the file " + path + " cannot be written: " + e.getMessage(),
                    e);
        }
    }

    @Override
    void deliver(byte[] data) throws IOException {
        file.write(data);
    }

    @Override
    void failed(IOException e) {
        if (!failed) {
            failed = true;
            LOG.error("{} cannot be written any more; what the guest sends there is lost", path, e);
        }
    }

    @Override
    public void close() {
        super.close();
        try {
            file.close();
        } catch (IOException e) {
            failed(e);
        }
    }
}
