package org.jeroboam.storage.vhdfixed;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.part.ProvidesDiskFormat;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdClaim;
import org.jeroboam.storage.vhd.VhdLayout;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fixed virtual hard disks: the disk's bytes, then a footer. */
@ProvidesDiskFormat("vhd-fixed")
@Component(service = DiskFormat.class, property = DiskFormat.FORMAT + "=vhd-fixed")
public final class VhdFixedFormat implements DiskFormat {
    private static final Logger LOG = LoggerFactory.getLogger(VhdFixedFormat.class);
    private static final int SURE = 100;
    private static final int ONLY_TO_REFUSE = 50;

    /** For Declarative Services. */
    public VhdFixedFormat() {}

    @Override
    public int recognise(FileChannel file, Path name) throws IOException {
        return switch (VhdClaim.of(file, name)) {
            case FIXED -> SURE;
            // Better refused here than opened as a raw image.
            case UNKNOWN -> ONLY_TO_REFUSE;
            case NONE, DYNAMIC, DIFFERENCING -> 0;
        };
    }

    @Override
    public DiskImage open(Path path, boolean readOnly) throws ConfigurationException, IOException {
        HostFile file = HostFile.open(path, readOnly);
        try {
            VhdLayout layout = VhdLayout.read(file);
            layout.warnings().forEach(warning -> LOG.warn("disk image {}: {}", path, warning));
            return FixedDisk.open(file, layout, readOnly);
        } catch (ConfigurationException | IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }
}
