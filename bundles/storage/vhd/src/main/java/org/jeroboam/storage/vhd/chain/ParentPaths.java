package org.jeroboam.storage.vhd.chain;

import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jeroboam.storage.vhd.ParentLink;
import org.jeroboam.storage.vhd.ParentLocator;

/** Where a parent can be, as its child says: by relative path, by absolute path, by its name beside the child. */
final class ParentPaths {
    private static final Pattern DRIVE = Pattern.compile("^(?:[A-Za-z]:|[\\\\/]{2}).*", Pattern.DOTALL);
    private static final List<Integer> ORDER =
            List.of(ParentLocator.W2RU, ParentLocator.WI2R, ParentLocator.W2KU, ParentLocator.MACX, ParentLocator.WI2K);

    private ParentPaths() {}

    /**
     * The places in the order in which to look.
     *
     * @param child the child
     * @param link what it says about its parent
     * @return paths that may or may not exist, none twice
     */
    static List<Path> candidates(Path child, ParentLink link) {
        Set<Path> found = new LinkedHashSet<>();
        List<Path> folders = folders(child);
        for (int platform : ORDER) {
            for (ParentLocator locator : link.locators()) {
                if (locator.platform() == platform && locator.text() != null) {
                    add(locator.text(), platform, folders, found);
                }
            }
        }
        for (String name : List.of(link.name(), lastPart(link.name()))) {
            if (!name.isEmpty()) {
                folders.forEach(folder -> add(folder, name, found));
            }
        }
        return List.copyOf(found);
    }

    private static void add(String text, int platform, List<Path> folders, Set<Path> found) {
        if (text.isEmpty()) {
            return;
        }
        if (platform == ParentLocator.MACX) {
            add(folders.getFirst(), fromUrl(text), found);
            return;
        }
        boolean windows = folders.getFirst().getFileSystem().getSeparator().equals("\\");
        if (!windows && DRIVE.matcher(text).matches()) {
            // Drives and servers of Windows: no place here has such a name.
            return;
        }
        for (Path folder : folders) {
            add(folder, windows ? text : text.replace('\\', '/'), found);
            add(folder, text, found);
        }
    }

    private static String fromUrl(String url) {
        try {
            URI uri = URI.create(url);
            return "file".equalsIgnoreCase(uri.getScheme()) && uri.getPath() != null ? uri.getPath() : "";
        } catch (IllegalArgumentException e) {
            // No URL, no place.
            return "";
        }
    }

    private static String lastPart(String name) {
        return name.substring(Math.max(name.lastIndexOf('\\'), name.lastIndexOf('/')) + 1);
    }

    private static void add(Path folder, String text, Set<Path> found) {
        try {
            if (!text.isEmpty()) {
                found.add(folder.resolve(text));
            }
        } catch (InvalidPathException e) {
            // A text that is no name: nothing can be there.
            return;
        }
    }

    /** Where the child is, and where its name is when that is a symbolic link. */
    private static List<Path> folders(Path child) {
        Path named = child.toAbsolutePath().normalize().getParent();
        List<Path> folders = new ArrayList<>();
        try {
            folders.add(child.toRealPath().getParent());
        } catch (IOException e) {
            // The child is in memory only; its name has to do.
            folders.add(named);
        }
        if (!folders.contains(named)) {
            folders.add(named);
        }
        return folders;
    }
}
