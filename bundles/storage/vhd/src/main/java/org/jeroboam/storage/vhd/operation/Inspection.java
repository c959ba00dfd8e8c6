package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.TableScan;
import org.jeroboam.storage.vhd.VhdLayout;

/**
 * What a virtual hard disk's structures say.
 *
 * @param layout the structures
 * @param fileSize bytes of the file
 * @param allocatedBlocks blocks in the file; 0 for a fixed disk
 * @param damage the first thing that is wrong with the block table; null when nothing is
 */
public record Inspection(VhdLayout layout, long fileSize, long allocatedBlocks, String damage) {
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
                return new Inspection(layout, file.size(), 0, null);
            }
            String[] damage = new String[1];
            TableScan scan = TableScan.run(file, layout, clause -> {
                damage[0] = clause;
                return false;
            });
            return new Inspection(layout, file.size(), scan.allocated(), damage[0]);
        }
    }
}
