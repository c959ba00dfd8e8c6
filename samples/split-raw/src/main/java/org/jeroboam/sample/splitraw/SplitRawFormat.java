package org.jeroboam.sample.splitraw;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.part.ProvidesDiskFormat;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.osgi.service.component.annotations.Component;

/**
 * Raw images in numbered files, as imaging tools and FAT file systems want them: {@code NAME.001}, {@code NAME.002} and so
 * on hold the disk's bytes one after the other. All have the size of the first, but the last may be smaller. The first is
 * the one that is opened. There are no metadata, so nothing can be torn: what was flushed is in the files.
 */
@ProvidesDiskFormat("split-raw")
@Component(property = DiskFormat.FORMAT + "=split-raw")
public final class SplitRawFormat implements DiskFormat {
    private static final int KNOWN_BY_EXTENSION = 10;

    /** Called by Declarative Services. */
    public SplitRawFormat() {}

    @Override
    public int recognise(FileChannel file, Path name) throws IOException {
        boolean whole = file.size() > 0 && file.size() % DiskImage.SECTOR_SIZE == 0;
        return whole && PartNames.isFirst(name) ? KNOWN_BY_EXTENSION : 0;
    }

    /** The further files; they are locked shared, which keeps others from attaching one of them as a disk of its own. */
    @Override
    public List<Path> parents(Path file) throws ConfigurationException {
        return PartNames.of(file).subList(1, PartNames.of(file).size());
    }

    @Override
    public DiskImage open(Path file, boolean readOnly) throws ConfigurationException, IOException {
        return SplitRawImage.open(PartNames.of(file), readOnly);
    }
}
