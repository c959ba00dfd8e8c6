package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.ParentLink;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.ChainLayer;
import org.jeroboam.storage.vhd.chain.DiskChain;

/**
 * Writes what a differencing disk holds into its parent, which is then the disk that the child was. The child stays, and
 * is the same disk as before at each instant: what the parent gets is what the child holds. Other children of the parent
 * are worth nothing afterwards, and are refused by the parent's time.
 */
public final class Merge {
    private static final int CHUNK = 2 << 20;

    private Merge() {}

    /**
     * Merges. The caller holds the locks: on child and parent, and shared ones on all below. When it is cancelled or
     * the host fails, the child is as good as before and can be merged again.
     *
     * @param child the differencing disk
     * @param progress told how far it is
     * @return the parent
     * @throws ConfigurationException when it cannot be merged; one sentence, nothing is changed
     * @throws IOException when the host fails
     */
    public static Path run(Path child, Progress progress) throws ConfigurationException, IOException {
        try (HostFile file = HostFile.open(child, false);
                DiskChain chain = DiskChain.open(child)) {
            judge(child, file, chain);
            Path parent = chain.layers().get(1).path();
            try (HostFile parentFile = HostFile.open(parent, false);
                    DiskChain below =
                            DiskChain.parents(parent, chain.layers().get(1).layout())) {
                ParentWriter writer = ParentWriter.of(parentFile, below);
                progress.at(0, 1);
                // Meanwhile the parent's time changes, whenever this ends.
                Reparenting.restamp(file, ParentLink.UNKNOWN_TIME);
                try (DiskChain now = DiskChain.open(child);
                        writer) {
                    copy(now.layers().getFirst(), writer, progress);
                }
                parentFile.force();
            } finally {
                stamp(file, parent);
            }
            progress.at(1, 1);
            return parent;
        }
    }

    private static void stamp(HostFile file, Path parent) throws ConfigurationException, IOException {
        Reparenting.restamp(file, ParentLink.stampOf(parent));
    }

    private static void judge(Path child, HostFile file, DiskChain chain) throws ConfigurationException, IOException {
        VhdLayout layout = chain.layers().getFirst().layout();
        if (layout.footer().type() != DiskType.DIFFERENCING) {
            throw new ConfigurationException(
                    "disk image " + child + " is a " + layout.footer().type().label()
                            + " disk, which has no parent; only differencing disks are merged");
        }
        VhdLayout parent = chain.layers().get(1).layout();
        for (ChainLayer layer : chain.layers().subList(0, 2)) {
            if (layer.layout().footer().savedState()) {
                throw new ConfigurationException("disk image " + layer.path()
                        + " belongs to a saved machine, which needs it unchanged; restore the machine or discard its"
                        + " saved state first");
            }
        }
        if (parent.sectors() != layout.sectors()) {
            throw new ConfigurationException("disk image " + child + " has " + layout.sectors()
                    + " sectors, but its parent has " + parent.sectors() + "; merge it into a new file instead");
        }
        if (!layout.endIntact()) {
            throw new ConfigurationException(
                    "disk image " + child + " is damaged: " + layout.warnings().getFirst() + "; repair it first");
        }
        chain.checkTables();
    }

    private static void copy(ChainLayer child, ParentWriter parent, Progress progress) throws IOException {
        long sectors = child.layout().sectors();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment buffer = arena.allocate(CHUNK, Footer.SIZE);
            for (long at = 0; at < sectors; ) {
                progress.at(at, sectors);
                long run = child.run(at, Math.min(sectors - at, CHUNK / Footer.SIZE));
                if (run > 0) {
                    child.read(at, run, buffer);
                    parent.write(at, buffer.asSlice(0, run * Footer.SIZE));
                }
                at += Math.abs(run);
            }
        }
    }
}
