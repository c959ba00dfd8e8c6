package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.ParentLink;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.ChainLayer;
import org.jeroboam.storage.vhd.chain.DiskChain;

/**
 * Tells a differencing disk where its parent is now, and that the parent's present state is the one it was made on. The
 * file is at each instant a disk with the old or with the new parent.
 */
public final class Reparenting {
    private Reparenting() {}

    /**
     * Re-parents. The caller holds the locks: the disk's own, and shared ones on the parent and all below it.
     *
     * @param child the differencing disk
     * @param parent its parent
     * @param otherId whether the parent may have another id than the one that the disk was made on
     * @throws ConfigurationException when that cannot be the parent; one sentence, nothing is changed
     * @throws IOException when the host fails
     */
    public static void run(Path child, Path parent, boolean otherId) throws ConfigurationException, IOException {
        try (HostFile file = HostFile.open(child, false);
                DiskChain chain = DiskChain.open(parent)) {
            VhdLayout layout = VhdLayout.read(file);
            Footer base = chain.layers().getFirst().layout().footer();
            judge(child, file, layout, chain);
            if (!otherId && !base.uniqueId().equals(layout.parent().id())) {
                throw new ConfigurationException("disk image " + child + " was made on a disk with the id "
                        + layout.parent().id() + ", but " + parent + " has the id " + base.uniqueId()
                        + "; name the right disk, or use --force if their contents are the same");
            }
            ParentLink link = ParentLink.to(child, parent, base.uniqueId(), HeaderChange.start(layout));
            relink(file, layout, link);
        }
    }

    private static void judge(Path child, ImageFile file, VhdLayout layout, DiskChain chain)
            throws ConfigurationException, IOException {
        if (layout.footer().type() != DiskType.DIFFERENCING) {
            throw new ConfigurationException("disk image " + child + " is a "
                    + layout.footer().type().label() + " disk, which has no parent; name a differencing disk");
        }
        Unchangeable.check(file, layout);
        if (!layout.endIntact()) {
            throw new ConfigurationException(
                    "disk image " + child + " is damaged: " + layout.warnings().getFirst() + "; repair it first");
        }
        for (ChainLayer layer : chain.layers()) {
            if (Files.isSameFile(layer.path(), child)) {
                throw new ConfigurationException("disk image " + child + " is itself among the parents of "
                        + chain.layers().getFirst().path() + "; name another parent");
            }
        }
        if (chain.sectors() != layout.sectors()) {
            throw new ConfigurationException("disk image " + child + " has " + layout.sectors()
                    + " sectors, but its parent would have " + chain.sectors() + "; name a disk of the same size");
        }
    }

    /** Changes the time that a disk knows of its parent's last change. */
    static void restamp(HostFile file, int stamp) throws ConfigurationException, IOException {
        VhdLayout layout = VhdLayout.read(file);
        if (layout.parent().timeStamp() != stamp) {
            ByteBuffer header = layout.headerBytes(file);
            layout.parent().withTimeStamp(stamp).encode(header);
            new HeaderChange(file, layout, 0).commit(header, layout.footer());
        }
    }

    private static void relink(HostFile file, VhdLayout layout, ParentLink link) throws IOException {
        HeaderChange change = new HeaderChange(file, layout, link.end() - HeaderChange.start(layout));
        link.writeLocators(file);
        ByteBuffer header = layout.headerBytes(file);
        link.encode(header);
        change.commit(header, layout.footer());
    }
}
