package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.ParentLink;
import org.jeroboam.storage.vhd.ParentLocator;
import org.jeroboam.storage.vhd.VhdLayout;

/**
 * Takes parent locators out of a differencing disk's header that name nothing: texts outside the file, and texts inside
 * a block that are no path. Done before the blocks are repaired, which must not give way to such a locator.
 */
final class LocatorRepair {
    private final ImageFile file;
    private final VhdLayout layout;

    private LocatorRepair(ImageFile file, VhdLayout layout) {
        this.file = file;
        this.layout = layout;
    }

    /**
     * Repairs.
     *
     * @param file the disk's file
     * @param layout its structures
     * @return how many locators were taken out; then the structures are others
     * @throws ConfigurationException when the header cannot be read again
     * @throws IOException when the host fails
     */
    static int run(ImageFile file, VhdLayout layout) throws ConfigurationException, IOException {
        if (layout.parent() == null) {
            return 0;
        }
        List<ParentLocator> all = layout.parent().locators();
        List<ParentLocator> kept = new LocatorRepair(file, layout).good(all);
        if (kept.size() < all.size()) {
            ParentLink link = layout.parent();
            ByteBuffer header = layout.headerBytes(file);
            new ParentLink(link.id(), link.timeStamp(), link.name(), kept, List.of()).encode(header);
            new HeaderChange(file, layout, 0).commit(header, layout.footer());
        }
        return all.size() - kept.size();
    }

    private List<ParentLocator> good(List<ParentLocator> all) throws IOException {
        List<ParentLocator> good = new ArrayList<>();
        for (ParentLocator locator : all) {
            if (locator.text() != null && (isPath(locator.text()) || !isInBlock(locator))) {
                good.add(locator);
            }
        }
        return good;
    }

    private static boolean isPath(String text) {
        return !text.isEmpty()
                && text.codePoints()
                        .noneMatch(c -> Character.isISOControl(c) || !Character.isDefined(c) || c == 0xFFFD);
    }

    private boolean isInBlock(ParentLocator locator) throws IOException {
        DynamicHeader header = layout.header();
        BlockTable table = new BlockTable(file, header);
        for (long block = 0; block < header.entries(); block++) {
            long from = table.position(block);
            if (from != BlockTable.UNALLOCATED && locator.touches(from, from + header.blockSpan())) {
                return true;
            }
        }
        return false;
    }
}
