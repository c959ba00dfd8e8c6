package org.jeroboam.storage.vhddifferencing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.part.ProvidesDiskFormat;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdClaim;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.DiskChain;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Differencing virtual hard disks: files of what was written over a parent that stays as it is. */
@ProvidesDiskFormat("vhd-differencing")
@Component(service = DiskFormat.class, property = DiskFormat.FORMAT + "=vhd-differencing")
public final class VhdDifferencingFormat implements DiskFormat {
    private static final Logger LOG = LoggerFactory.getLogger(VhdDifferencingFormat.class);
    private static final int SURE = 100;

    /** For Declarative Services. */
    public VhdDifferencingFormat() {}

    @Override
    public int recognise(FileChannel file, Path name) throws IOException {
        return VhdClaim.of(file, name) == VhdClaim.DIFFERENCING ? SURE : 0;
    }

    @Override
    public List<Path> parents(Path file) throws ConfigurationException, IOException {
        return DiskChain.files(file);
    }

    @Override
    public DiskImage open(Path path, boolean readOnly) throws ConfigurationException, IOException {
        HostFile file = HostFile.open(path, readOnly);
        try {
            VhdLayout layout = VhdLayout.read(file);
            layout.warnings().forEach(warning -> LOG.warn("disk image {}: {}", path, warning));
            DifferencingDisk disk = DifferencingDisk.open(file, layout, DiskChain::parents, path, readOnly);
            return readOnly ? disk : CommittedDisk.of(disk, path.toString());
        } catch (ConfigurationException | IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }
}
