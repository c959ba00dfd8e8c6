package ${package};

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.part.ProvidesDiskFormat;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.osgi.service.component.annotations.Component;

/** Images with a header of one sector, see {@link Header}; the disk's sectors follow. */
@ProvidesDiskFormat("${formatName}")
@Component(property = DiskFormat.FORMAT + "=${formatName}")
public final class ${className}Format implements DiskFormat {
    private static final int KNOWN_BY_CONTENT = 100;

    /** Called by Declarative Services. */
    public ${className}Format() {}

    @Override
    public int recognise(FileChannel file, Path name) throws IOException {
        return Header.read(file) == null ? 0 : KNOWN_BY_CONTENT;
    }

    @Override
    public DiskImage open(Path file, boolean readOnly) throws ConfigurationException, IOException {
        if (!Files.exists(file)) {
            throw new ConfigurationException("disk image " + file + " does not exist");
        }
        if (Files.isDirectory(file)) {
            throw new ConfigurationException("disk image " + file + " is a directory; name a file");
        }
        Set<OpenOption> options =
                readOnly ? Set.of(StandardOpenOption.READ) : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, options);
        } catch (AccessDeniedException e) {
            throw new ConfigurationException("disk image " + file + " may not be opened; check its permissions", e);
        }
        try {
            Header header = Header.read(channel);
            if (header == null) {
                throw new ConfigurationException("disk image " + file + " is no ${formatName} image or is damaged");
            }
            if (channel.size() < header.fileSize()) {
                throw new ConfigurationException(
                        "disk image " + file + " is shorter than its header says; take a copy" + " that is whole");
            }
            return new ${className}(channel, file, header.sectors(), readOnly);
        } catch (ConfigurationException | IOException e) {
            channel.close();
            throw e;
        }
    }
}
