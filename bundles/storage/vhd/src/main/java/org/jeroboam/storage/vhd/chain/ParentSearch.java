package org.jeroboam.storage.vhd.chain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.ParentLink;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.VhdTime;

/** Finds the parents of one chain, from its top down. */
final class ParentSearch {
    private static final int SHOWN = 4;

    /** The files of the chain so far, by what makes them the same file. */
    private final Map<Object, Path> chain = new HashMap<>();

    ParentSearch(Path top) throws IOException {
        if (Files.exists(top)) {
            chain.put(key(top), top);
        }
    }

    /**
     * Finds the parent of a disk and opens it read-only.
     *
     * @param child the disk
     * @param link what it says about its parent
     * @return the parent
     * @throws ConfigurationException when there is none that fits; one sentence
     * @throws IOException when the host fails
     */
    ChainLayer find(Path child, ParentLink link) throws ConfigurationException, IOException {
        List<Path> missing = new ArrayList<>();
        String refusal = null;
        for (Path candidate : ParentPaths.candidates(child, link)) {
            if (!isDisk(candidate)) {
                missing.add(candidate);
                continue;
            }
            HostFile file = null;
            try {
                Path path = candidate.toRealPath();
                file = HostFile.open(path, true);
                VhdLayout layout = VhdLayout.read(file);
                String wrong = judge(path, layout, link);
                if (wrong == null) {
                    chain.put(key(path), path);
                    ChainLayer layer = ChainLayer.of(path, file, layout);
                    file = null;
                    return layer;
                }
                refusal = refusal == null ? wrong : refusal;
            } catch (ConfigurationException e) {
                refusal = refusal == null ? "its parent is not usable: " + e.getMessage() : refusal;
            } finally {
                if (file != null) {
                    file.close();
                }
            }
        }
        if (refusal == null) {
            refusal = missing(link, missing);
        }
        throw new ConfigurationException("disk image " + child + " cannot be used: " + refusal);
    }

    private String judge(Path path, VhdLayout layout, ParentLink link) throws IOException {
        if (!layout.footer().uniqueId().equals(link.id())) {
            return "its parent has the id " + link.id() + ", but " + path + " has the id "
                    + layout.footer().uniqueId() + "; put the right parent there, or re-parent the disk";
        }
        if (chain.containsKey(key(path))) {
            return "the chain of its parents comes back to " + path + "; re-parent one of the disks of the chain";
        }
        int stamp = ParentLink.stampOf(path);
        if (link.timeStamp() != ParentLink.UNKNOWN_TIME && stamp != link.timeStamp()) {
            return "its parent " + path + " was changed at " + VhdTime.instant(stamp)
                    + ", where the disk was made on its state of " + VhdTime.instant(link.timeStamp())
                    + "; restore that parent, or re-parent the disk if only the time was changed";
        }
        return null;
    }

    private static String missing(ParentLink link, List<Path> places) {
        String name = link.name().isEmpty() ? "its parent" : "its parent '" + printable(link.name()) + "'";
        if (places.isEmpty()) {
            return name + " has no place that this system understands; re-parent the disk";
        }
        String list = String.join(
                ", ",
                places.stream().limit(SHOWN).map(p -> printable(p.toString())).toList());
        return name + " is not there (looked for " + list + "); put it back, or re-parent the disk";
    }

    private static String printable(String text) {
        String clean = text.replaceAll("\\p{Cntrl}|\\p{Cs}", "?");
        return clean.length() > Footer.SIZE ? clean.substring(0, Footer.SIZE) + "..." : clean;
    }

    /** Not a pipe, which would never answer, nor a file of the kernel's without size. */
    private static boolean isDisk(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return attributes.isRegularFile() && attributes.size() > 0;
        } catch (IOException e) {
            // Whatever the reason, there is no disk there that could be read.
            return false;
        }
    }

    private static Object key(Path path) throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return key == null ? path.toRealPath() : key;
    }
}
