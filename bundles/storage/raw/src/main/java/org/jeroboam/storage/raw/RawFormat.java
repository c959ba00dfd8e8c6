package org.jeroboam.storage.raw;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.part.ProvidesDiskFormat;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.osgi.service.component.annotations.Component;

/**
 * Raw images: the file's bytes are the disk's, and holes in the file are zeros. Takes any file that no other format
 * knows.
 */
@ProvidesDiskFormat("raw")
@Component(service = DiskFormat.class, property = DiskFormat.FORMAT + "=raw")
public final class RawFormat implements DiskFormat {
    private static final int TAKES_ANYTHING = 1;

    /** For Declarative Services. */
    public RawFormat() {}

    @Override
    public int recognise(FileChannel file, Path name) {
        return TAKES_ANYTHING;
    }

    @Override
    public DiskImage open(Path file, boolean readOnly) throws ConfigurationException, IOException {
        if (Files.isDirectory(file)) {
            throw new ConfigurationException("disk image " + file + " is a directory; name a file");
        }
        FileChannel channel = channel(file, readOnly);
        try {
            long size = channel.size();
            if (size == 0) {
                throw new ConfigurationException("disk image " + file + " is empty; make it as large as the disk");
            }
            if (size % DiskImage.SECTOR_SIZE != 0) {
                throw new ConfigurationException("disk image " + file + " has " + size + " bytes, not a multiple of "
                        + DiskImage.SECTOR_SIZE + "; extend it to whole sectors");
            }
            return new RawImage(channel, file, size / DiskImage.SECTOR_SIZE, readOnly);
        } catch (ConfigurationException | IOException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel channel(Path file, boolean readOnly) throws ConfigurationException, IOException {
        Set<OpenOption> options =
                readOnly ? Set.of(StandardOpenOption.READ) : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            return FileChannel.open(file, options);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("disk image " + file + " does not exist", e);
        } catch (AccessDeniedException e) {
            throw new ConfigurationException(
                    "disk image " + file + " may not be " + (readOnly ? "read" : "written") + "; check its permissions"
                            + (readOnly ? "" : " or attach it read-only"),
                    e);
        }
    }
}
