package org.jeroboam.storage.vhddynamic;

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

/** Dynamic virtual hard disks: files that grow with what is written. */
@ProvidesDiskFormat("vhd-dynamic")
@Component(service = DiskFormat.class, property = DiskFormat.FORMAT + "=vhd-dynamic")
public final class VhdDynamicFormat implements DiskFormat {
    private static final Logger LOG = LoggerFactory.getLogger(VhdDynamicFormat.class);
    private static final int SURE = 100;
    private static final int ONLY_TO_REFUSE = 50;

    /** For Declarative Services. */
    public VhdDynamicFormat() {}

    @Override
    public int recognise(FileChannel file, Path name) throws IOException {
        return switch (VhdClaim.of(file, name)) {
            case DYNAMIC -> SURE;
            // Better refused here than opened as a raw image, should nothing else know it.
            case DIFFERENCING -> ONLY_TO_REFUSE;
            case NONE, FIXED, UNKNOWN -> 0;
        };
    }

    @Override
    public DiskImage open(Path path, boolean readOnly) throws ConfigurationException, IOException {
        HostFile file = HostFile.open(path, readOnly);
        try {
            VhdLayout layout = VhdLayout.read(file);
            layout.warnings().forEach(warning -> LOG.warn("disk image {}: {}", path, warning));
            return DynamicDisk.open(file, layout, readOnly);
        } catch (ConfigurationException | IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }
}
