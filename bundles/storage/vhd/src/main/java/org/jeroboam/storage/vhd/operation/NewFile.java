package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.ImageFile;

/**
 * A file that has its name only once it is finished: until then it is beside its place under another name, and is
 * removed when it is closed unfinished.
 */
public final class NewFile implements AutoCloseable {
    private final Path target;
    private final Path part;
    private final boolean replace;
    private final HostFile file;
    private boolean finished;

    private NewFile(Path target, Path part, boolean replace, HostFile file) {
        this.target = target;
        this.part = part;
        this.replace = replace;
        this.file = file;
    }

    /**
     * Begins a file.
     *
     * @param target the name that it will have
     * @param replace whether a file of that name goes when this one is finished
     * @return the new, empty file
     * @throws ConfigurationException when the name is taken or nothing can be written there; one sentence
     * @throws IOException when the host fails
     */
    public static NewFile begin(Path target, boolean replace) throws ConfigurationException, IOException {
        if (Files.isDirectory(target)) {
            throw new ConfigurationException(target + " is a directory; name a file");
        }
        if (!replace && Files.exists(target)) {
            throw taken(target);
        }
        Path folder = target.toAbsolutePath().getParent();
        Path part = folder.resolve("." + target.getFileName() + "." + DiskIds.next() + ".part");
        try {
            FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return new NewFile(target, part, replace, new HostFile(channel, target));
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("there is no folder " + folder + "; create it or choose another", e);
        } catch (AccessDeniedException e) {
            throw new ConfigurationException(
                    "nothing may be written to the folder " + folder + "; change that or choose another", e);
        }
    }

    private static ConfigurationException taken(Path target) {
        return new ConfigurationException("the file " + target + " exists; choose another name or remove it first");
    }

    /**
     * The file while it is made.
     *
     * @return open for reading and writing, named as it will be
     */
    public ImageFile file() {
        return file;
    }

    /**
     * Gives the file its name, durably.
     *
     * @throws ConfigurationException when the name was taken meanwhile
     * @throws IOException when the host fails
     */
    public void finish() throws ConfigurationException, IOException {
        finish(true);
    }

    /**
     * Gives the file its name.
     *
     * @param durable whether to wait until the host has it on its medium; without, a power cut soon after can take it
     * @throws ConfigurationException when the name was taken meanwhile
     * @throws IOException when the host fails
     */
    public void finish(boolean durable) throws ConfigurationException, IOException {
        if (durable) {
            file.force();
        }
        file.close();
        if (replace) {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
            linkOrMove();
        }
        finished = true;
        if (!durable) {
            return;
        }
        try (FileChannel folder = FileChannel.open(target.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /** Takes over what the host knows of the file that is to be replaced: owner, permissions, time of the last change. */
    void imitate() throws IOException {
        imitateOwner();
        Files.setLastModifiedTime(part, Files.getLastModifiedTime(target));
    }

    /** Takes over owner and permissions. */
    void imitateOwner() throws IOException {
        PosixFileAttributeView old = Files.getFileAttributeView(target, PosixFileAttributeView.class);
        if (old != null) {
            PosixFileAttributes attributes = old.readAttributes();
            PosixFileAttributeView mine = Files.getFileAttributeView(part, PosixFileAttributeView.class);
            PosixFileAttributes made = mine.readAttributes();
            if (!made.owner().equals(attributes.owner())) {
                mine.setOwner(attributes.owner());
            }
            if (!made.group().equals(attributes.group())) {
                mine.setGroup(attributes.group());
            }
            mine.setPermissions(attributes.permissions());
        }
    }

    /** A link fails when the name is taken; a move would replace what has it. */
    private void linkOrMove() throws ConfigurationException, IOException {
        try {
            Files.createLink(target, part);
            Files.delete(part);
        } catch (FileAlreadyExistsException e) {
            throw taken(target);
        } catch (UnsupportedOperationException | IOException e) {
            if (Files.exists(target)) {
                throw taken(target);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    @Override
    public void close() throws IOException {
        try (file) {
            if (!finished) {
                Files.deleteIfExists(part);
            }
        }
    }
}
