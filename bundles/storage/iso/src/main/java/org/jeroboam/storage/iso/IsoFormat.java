package org.jeroboam.storage.iso;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.part.ProvidesDiskFormat;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.osgi.service.component.annotations.Component;

/** Images of CDs and DVDs with an ISO 9660 volume (ECMA-119). They are always read-only. */
@ProvidesDiskFormat("iso")
@Component(service = DiskFormat.class, property = DiskFormat.FORMAT + "=iso")
public final class IsoFormat implements DiskFormat {
    private static final int SURE = 100;

    /** For Declarative Services. */
    public IsoFormat() {}

    @Override
    public int recognise(FileChannel file, Path name) throws IOException {
        return VolumeDescriptors.begin(file) ? SURE : 0;
    }

    @Override
    public DiskImage open(Path file, boolean readOnly) throws ConfigurationException, IOException {
        if (Files.isDirectory(file)) {
            throw new ConfigurationException("ISO image " + file + " is a directory; name a file");
        }
        FileChannel channel = channel(file);
        try {
            long size = channel.size();
            long volume = VolumeDescriptors.size(channel, file);
            if (size < volume) {
                throw new ConfigurationException("ISO image " + file + " is cut off: its volume has " + volume
                        + " bytes, of which " + size + " are in the file; copy or download it again");
            }
            return new IsoImage(channel, file, size);
        } catch (ConfigurationException | IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel channel(Path file) throws ConfigurationException, IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("ISO image " + file + " does not exist", e);
        } catch (AccessDeniedException e) {
            throw new ConfigurationException("ISO image " + file + " may not be read; check its permissions", e);
        }
    }
}
