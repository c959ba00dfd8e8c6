package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.TableScan;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.DiskChain;

/**
 * What a virtual hard disk's structures say.
 *
 * @param layout the structures
 * @param fileSize bytes of the file
 * @param allocatedBlocks blocks in the file; 0 for a fixed disk
 * @param damage the first thing that is wrong with the block table; null when nothing is
 * @param parents the files below it, the next one first; none when there are none or they cannot be used
 * @param parentProblem why its parents cannot be used; null when they can or there are none
 */
public record Inspection(
        VhdLayout layout,
        long fileSize,
        long allocatedBlocks,
        String damage,
        List<Path> parents,
        String parentProblem) {

    /** Copies the list. */
    public Inspection {
        parents = List.copyOf(parents);
    }

    /**
     * Inspects a file.
     *
     * @param path the file; only read
     * @return what it says
     * @throws ConfigurationException when it is no virtual hard disk, or too damaged to be one; one sentence
     * @throws IOException when the host fails
     */
    public static Inspection of(Path path) throws ConfigurationException, IOException {
        try (HostFile file = HostFile.open(path, true)) {
            VhdLayout layout = VhdLayout.read(file);
            if (layout.header() == null) {
                return new Inspection(layout, file.size(), 0, null, List.of(), null);
            }
            String[] damage = new String[1];
            TableScan scan = TableScan.run(file, layout, clause -> {
                damage[0] = clause;
                return false;
            });
            if (layout.parent() == null) {
                return new Inspection(layout, file.size(), scan.allocated(), damage[0], List.of(), null);
            }
            List<Path> parents = List.of();
            String parentProblem = null;
            try {
                parents = DiskChain.files(path);
            } catch (ConfigurationException e) {
                parentProblem = e.getMessage();
            }
            return new Inspection(layout, file.size(), scan.allocated(), damage[0], parents, parentProblem);
        }
    }
}
