package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.ParentLink;
import org.jeroboam.storage.vhd.chain.ChainLayer;
import org.jeroboam.storage.vhd.chain.DiskChain;

/** Makes empty differencing disks, which have the size, the geometry and all sectors of their parent. */
public final class ChildCreation {
    private ChildCreation() {}

    /**
     * Makes a child. The caller holds the locks: shared ones on the parent and all below it.
     *
     * @param file an empty file
     * @param child the name that it will have, in a folder that exists
     * @param parent the parent: a virtual hard disk of any kind, which must not change from now on
     * @param blockSize bytes in a block: a power of two from 512 on, with at most {@link DynamicHeader#MAX_ENTRIES}
     *     blocks
     * @param made the time to be written
     * @param id the disk's identity
     * @throws ConfigurationException when the parent cannot be one; one sentence
     * @throws IOException when the host fails
     */
    public static void run(ImageFile file, Path child, Path parent, long blockSize, Instant made, UUID id)
            throws ConfigurationException, IOException {
        try (DiskChain chain = DiskChain.open(parent)) {
            chain.checkTables();
            for (ChainLayer layer : chain.layers()) {
                if (Files.exists(child) && Files.isSameFile(child, layer.path())) {
                    throw new ConfigurationException(
                            child + " is itself among the parents of the new disk; choose another name");
                }
            }
            Footer parentFooter = chain.layers().getFirst().layout().footer();
            Footer footer = footer(parentFooter, made, id);
            DynamicHeader header = Creation.metadata(file, footer, blockSize);
            ParentLink link =
                    ParentLink.to(child, parent, parentFooter.uniqueId(), header.tableOffset() + header.tableSize());
            ByteBuffer bytes = header.encode();
            link.encode(bytes);
            file.write(Footer.SIZE, bytes);
            link.writeLocators(file);
            file.write(link.end(), footer.encode());
        }
    }

    private static Footer footer(Footer parent, Instant made, UUID id) {
        Footer own = Footer.create(DiskType.DIFFERENCING, parent.currentSize(), Footer.SIZE, made, id);
        return new Footer(
                own.features(),
                own.version(),
                own.dataOffset(),
                own.timeStamp(),
                own.creator(),
                own.originalSize(),
                own.currentSize(),
                parent.geometry(),
                own.type(),
                own.uniqueId(),
                own.savedState());
    }
}
