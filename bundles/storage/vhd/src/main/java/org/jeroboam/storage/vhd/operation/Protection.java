package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.DosFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Files that the host lets nobody write to, but for administrators. */
final class Protection {
    private Protection() {}

    /**
     * Takes the permission to write from everybody. The time of the last change stays.
     *
     * @param file the file
     * @throws IOException when the host refuses
     */
    static void writeProtect(Path file) throws IOException {
        PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (posix != null) {
            Set<PosixFilePermission> permissions =
                    EnumSet.copyOf(posix.readAttributes().permissions());
            permissions.removeAll(Set.of(
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_WRITE));
            posix.setPermissions(permissions);
            return;
        }
        DosFileAttributeView dos = Files.getFileAttributeView(file, DosFileAttributeView.class);
        if (dos == null) {
            throw new IOException("the host cannot protect " + file);
        }
        dos.setReadOnly(true);
    }
}
