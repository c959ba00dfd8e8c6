package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.VhdLayout;

/**
 * Changes footer and dynamic header of a disk, of which the header is there only once, so that at each instant either
 * the old or the new ones are good. The new header goes behind the data first. The footers come to name it one after the
 * other, each durable before the next, so that one is good whatever happens to the other. Then the header goes to its
 * place and the footers come to name that in the same way.
 */
final class HeaderChange {
    private final ImageFile file;
    private final VhdLayout layout;
    private final long start;
    private final long temporary;
    private final long end;

    /**
     * Makes room for what the new header will name.
     *
     * @param room bytes behind the data, in whole sectors
     */
    HeaderChange(ImageFile file, VhdLayout layout, long room) throws IOException {
        this.file = file;
        this.layout = layout;
        start = roundUp(layout.dataEnd());
        temporary = start + room;
        end = temporary + DynamicHeader.SIZE;
        if (!layout.copyIntact()) {
            file.write(0, layout.footerBytes());
            file.force();
        }
        file.write(end, layout.footerBytes());
        file.force();
    }

    /** Where the room begins. What is there is unknown; nothing names it yet. */
    long start() {
        return start;
    }

    /** Where room made behind the data of a disk would begin. */
    static long start(VhdLayout layout) {
        return roundUp(layout.dataEnd());
    }

    /**
     * Makes the change.
     *
     * @param header the new header
     * @param footer the new footer; its data offset does not count
     */
    void commit(ByteBuffer header, Footer footer) throws IOException {
        file.write(temporary, header.duplicate());
        file.force();
        switchFooters(file, end, footer.withDataOffset(temporary));
        file.write(layout.footer().dataOffset(), header);
        file.force();
        Footer last = footer.withDataOffset(layout.footer().dataOffset());
        switchFooters(file, end, last);
        file.write(temporary, last.encode());
        file.force();
        file.truncate(temporary + Footer.SIZE);
        file.force();
    }

    /** Changes both footers, so that one is good at each instant. */
    static void switchFooters(ImageFile file, long end, Footer footer) throws IOException {
        file.write(end, footer.encode());
        file.force();
        file.write(0, footer.encode());
        file.force();
    }

    static long roundUp(long bytes) {
        return (bytes + Footer.SIZE - 1) / Footer.SIZE * Footer.SIZE;
    }
}
