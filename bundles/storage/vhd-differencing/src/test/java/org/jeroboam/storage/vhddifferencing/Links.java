package org.jeroboam.storage.vhddifferencing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.ParentLink;
import org.jeroboam.storage.vhd.ParentLocator;
import org.jeroboam.storage.vhd.VhdLayout;

/** Changes what a child says about its parent, in place. */
final class Links {
    private Links() {}

    /** Takes another link into the header; the texts stay. */
    static void change(Path child, UnaryOperator<ParentLink> change) throws ConfigurationException, IOException {
        try (HostFile file = HostFile.open(child, false)) {
            VhdLayout layout = VhdLayout.read(file);
            ByteBuffer header = ByteBuffer.allocateDirect(DynamicHeader.SIZE);
            file.read(layout.footer().dataOffset(), header);
            change.apply(layout.parent()).encode(header.clear());
            file.write(layout.footer().dataOffset(), header);
        }
    }

    /** Takes a parent as it is now. */
    static void relink(Path child, Path parent) throws ConfigurationException, IOException {
        ParentLink now =
                ParentLink.to(child, parent, Chains.layout(parent).footer().uniqueId(), 0);
        change(child, link -> new ParentLink(now.id(), now.timeStamp(), now.name(), link.locators(), List.of()));
    }

    /** Only these locators, and a name. */
    static void only(Path child, String name, List<Integer> platforms) throws ConfigurationException, IOException {
        change(child, link -> new ParentLink(link.id(), link.timeStamp(), name, of(link, platforms), List.of()));
    }

    private static List<ParentLocator> of(ParentLink link, List<Integer> platforms) {
        return link.locators().stream()
                .filter(locator -> platforms.contains(locator.platform()))
                .toList();
    }
}
