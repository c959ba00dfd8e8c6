package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdClaim;
import org.jeroboam.storage.vhd.VhdLayout;

/**
 * Differencing disks over a disk, as far as they can be found: a parent does not know its children, but most are in the
 * same folder.
 */
final class Children {
    private static final int SHOWN = 3;
    private static final Pattern NAMES = Pattern.compile(".*\\.(vhd|avhd|vud)");

    private Children() {}

    /**
     * The children in a disk's folder.
     *
     * @param disk the parent
     * @param id its unique id
     * @return the files, in the order of their names
     * @throws IOException when the folder cannot be listed
     */
    static List<Path> beside(Path disk, UUID id) throws IOException {
        Path folder = disk.toRealPath().getParent();
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Children::isCandidate)) {
            for (Path file : files) {
                if (!Files.isSameFile(file, disk) && isChild(file, id)) {
                    found.add(file);
                }
            }
        }
        found.sort(null);
        return found;
    }

    private static boolean isCandidate(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return NAMES.matcher(name).matches() && Files.isRegularFile(file);
    }

    private static boolean isChild(Path path, UUID id) {
        try (HostFile file = HostFile.open(path, true)) {
            return VhdClaim.of(file) == VhdClaim.DIFFERENCING
                    && VhdLayout.read(file).parent().id().equals(id);
        } catch (ConfigurationException | IOException e) {
            // What cannot be read is nobody's working disk.
            return false;
        }
    }

    /**
     * Refuses a change that would make a disk's children worthless.
     *
     * @param disk the parent
     * @param but a child that does not count; or null
     * @param what would be done, in the passive
     * @throws ConfigurationException when there are others; one sentence
     * @throws IOException when the host fails
     */
    static void refuse(Path disk, Path but, String what) throws ConfigurationException, IOException {
        UUID id;
        try (HostFile file = HostFile.open(disk, true)) {
            id = VhdLayout.read(file).footer().uniqueId();
        }
        List<String> names = new ArrayList<>();
        for (Path child : beside(disk, id)) {
            if (but == null || !Files.isSameFile(child, but)) {
                names.add(child.getFileName().toString());
            }
        }
        if (!names.isEmpty()) {
            String list = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
                    + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
            throw new ConfigurationException("disk image " + disk + " is the parent of " + list
                    + ", worthless once the parent " + what
                    + "; merge or convert what is needed of that first, or use --force");
        }
    }
}
