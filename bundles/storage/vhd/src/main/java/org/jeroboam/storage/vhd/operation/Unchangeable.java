package org.jeroboam.storage.vhd.operation;

import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.VhdLayout;

/** Disks that have to stay as they are. */
final class Unchangeable {
    private Unchangeable() {}

    static void check(ImageFile file, VhdLayout layout) throws ConfigurationException {
        if (layout.footer().savedState()) {
            throw new ConfigurationException("disk image " + file.name()
                    + " belongs to a saved machine, which needs it unchanged; restore the machine or discard its saved"
                    + " state first");
        }
    }

    /** For what needs both footers and each block in its place. */
    static void checkIntact(ImageFile file, VhdLayout layout) throws ConfigurationException {
        if (!layout.warnings().isEmpty()) {
            throw new ConfigurationException("disk image " + file.name() + " is damaged: "
                    + layout.warnings().getFirst() + "; repair it first");
        }
    }
}
