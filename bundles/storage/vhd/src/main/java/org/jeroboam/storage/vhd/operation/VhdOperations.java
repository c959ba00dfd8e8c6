package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdClaim;
import org.jeroboam.storage.vhd.chain.DiskChain;

/**
 * All operations on disk files, each with the locks that it needs. What is only read is locked shared, parents too; what
 * is changed or replaced is locked for nobody else. Thread-safe.
 */
public final class VhdOperations {
    private final ImageLocks locks;
    private final String owner;

    /**
     * Operations for somebody.
     *
     * @param locks the lock service
     * @param owner who that is, for other people's messages
     */
    public VhdOperations(ImageLocks locks, String owner) {
        this.locks = locks;
        this.owner = owner;
    }

    /** Locks that are let go together. */
    private final class Held implements AutoCloseable {
        private final List<ImageLocks.Lock> held = new ArrayList<>();

        void toRead(Path file) throws ConfigurationException, IOException {
            held.add(locks.lock(file, true, owner));
        }

        /** A disk with all below it. */
        void chainToRead(Path file) throws ConfigurationException, IOException {
            toRead(file);
            parentsToRead(file, 0);
        }

        void parentsToRead(Path file, int from) throws ConfigurationException, IOException {
            if (isDifferencing(file)) {
                List<Path> parents = DiskChain.files(file);
                for (Path parent : parents.subList(from, parents.size())) {
                    toRead(parent);
                }
            }
        }

        void toChange(Path file) throws ConfigurationException, IOException {
            held.add(locks.lock(file, false, owner));
        }

        /** Judges the name of a file to be made, and keeps a file that has it from being used meanwhile. */
        void toMake(Path file, boolean replace) throws ConfigurationException, IOException {
            if (!Files.exists(file)) {
                return;
            }
            if (Files.isDirectory(file)) {
                throw new ConfigurationException(file + " is a directory; name a file");
            }
            if (!replace) {
                throw new ConfigurationException(
                        "the file " + file + " exists; choose another name, or let it be replaced with --force");
            }
            toChange(file);
        }

        @Override
        public void close() {
            held.reversed().forEach(ImageLocks.Lock::close);
        }
    }

    private static boolean isDifferencing(Path path) throws ConfigurationException, IOException {
        try (HostFile file = HostFile.open(path, true)) {
            return VhdClaim.of(file) == VhdClaim.DIFFERENCING;
        }
    }

    /**
     * Makes an empty disk.
     *
     * @param file the new file
     * @param bytes the disk's size
     * @param kind fixed or dynamic
     * @param blockSize bytes in a block of a dynamic disk
     * @param replace whether a file of that name goes
     * @throws ConfigurationException when that cannot be; one sentence, no new file
     * @throws IOException when the host fails; no new file
     */
    public void create(Path file, long bytes, DiskKind kind, long blockSize, boolean replace)
            throws ConfigurationException, IOException {
        Creation.checkSize(bytes);
        if (kind == DiskKind.DYNAMIC) {
            Creation.checkBlockSize(bytes, blockSize);
        }
        try (Held held = new Held()) {
            held.toMake(file, replace);
            try (NewFile target = NewFile.begin(file, replace)) {
                if (kind == DiskKind.FIXED) {
                    Creation.fixed(target.file(), bytes, Instant.now(), DiskIds.next());
                } else {
                    Creation.dynamic(target.file(), bytes, blockSize, Instant.now(), DiskIds.next());
                }
                target.finish();
            }
        }
    }

    /**
     * Makes an empty differencing disk.
     *
     * @param file the new file
     * @param parent its parent
     * @param replace whether a file of that name goes
     * @param protect whether the host shall let nobody write to the parent's file from now on
     * @throws ConfigurationException when that cannot be; one sentence, no new file
     * @throws IOException when the host fails; no new file
     */
    public void createChild(Path file, Path parent, boolean replace, boolean protect)
            throws ConfigurationException, IOException {
        try (Held held = new Held()) {
            held.chainToRead(parent);
            held.toMake(file, replace);
            try (NewFile target = NewFile.begin(file, replace)) {
                ChildCreation.run(
                        target.file(), file, parent, DynamicHeader.DEFAULT_BLOCK_SIZE, Instant.now(), DiskIds.next());
                if (protect) {
                    Protection.writeProtect(parent);
                }
                target.finish();
            }
        }
    }

    /**
     * Who uses a disk.
     *
     * @param file the disk
     * @return a sentence; null when nobody writes to it
     * @throws IOException when the host fails
     */
    public String use(Path file) throws IOException {
        try (ImageLocks.Lock _ = locks.lock(file, true, owner)) {
            return null;
        } catch (ConfigurationException e) {
            return e.getMessage();
        }
    }

    /**
     * Copies a disk, with its parents if it has some, into a new file.
     *
     * @param from the disk
     * @param to the new file
     * @param kind what it shall be
     * @param replace whether a file of that name goes
     * @param durable whether to wait until the host has the new file on its medium
     * @param progress told how far it is
     * @throws ConfigurationException when that cannot be; one sentence, no new file
     * @throws IOException when the host fails; no new file
     */
    public void convert(Path from, Path to, DiskKind kind, boolean replace, boolean durable, Progress progress)
            throws ConfigurationException, IOException {
        if (Files.exists(to) && Files.exists(from) && Files.isSameFile(from, to)) {
            throw new ConfigurationException(from + " and " + to + " are the same file; choose another name");
        }
        try (Held held = new Held()) {
            held.chainToRead(from);
            held.toMake(to, replace);
            Conversion.run(from, to, kind, replace, durable, progress);
        }
    }

    /**
     * Makes a dynamic disk's file as small as its content allows.
     *
     * @param file the disk
     * @param progress told how far it is
     * @return what came of it
     * @throws ConfigurationException when that cannot be; one sentence, nothing is changed
     * @throws IOException when the host fails; nothing is changed
     */
    public Compaction.Result compact(Path file, Progress progress) throws ConfigurationException, IOException {
        try (Held held = new Held()) {
            held.toChange(file);
            return Compaction.run(file, progress);
        }
    }

    /**
     * Makes a fixed or dynamic disk larger.
     *
     * @param path the disk
     * @param bytes its new size
     * @param withChildren whether also when differencing disks in its folder lose their parent by that
     * @param progress told how far it is
     * @throws ConfigurationException when that cannot be; one sentence, nothing is changed
     * @throws IOException when the host fails
     */
    public void resize(Path path, long bytes, boolean withChildren, Progress progress)
            throws ConfigurationException, IOException {
        try (Held held = new Held()) {
            held.toChange(path);
            if (!withChildren) {
                Children.refuse(path, null, "has another size");
            }
            Resize.run(path, bytes, progress);
        }
    }

    /**
     * Lists where the content of a disk is.
     *
     * @param file the disk
     * @param visitor told of each extent
     * @param progress told how far it is
     * @throws ConfigurationException when it cannot be read; one sentence
     * @throws IOException when the host fails
     */
    public void map(Path file, Extents.Visitor visitor, Progress progress) throws ConfigurationException, IOException {
        try (Held held = new Held()) {
            held.chainToRead(file);
            Extents.list(file, visitor, progress);
        }
    }

    /**
     * Looks for damage in a disk's file. Its parents are looked for, too, but not into.
     *
     * @param path the disk
     * @param progress told how far it is
     * @return what was found
     * @throws ConfigurationException when it is no virtual hard disk or in use; one sentence
     * @throws IOException when the host fails
     */
    public Check.Report check(Path path, Progress progress) throws ConfigurationException, IOException {
        try (Held held = new Held()) {
            held.toRead(path);
            Check.Report report;
            try (HostFile file = HostFile.open(path, true)) {
                report = Check.run(file, progress);
            }
            return withParents(path, report);
        }
    }

    private static Check.Report withParents(Path path, Check.Report report) throws ConfigurationException, IOException {
        if (report.good() && isDifferencing(path)) {
            try {
                DiskChain.files(path);
            } catch (ConfigurationException e) {
                return report.withParentProblem(e.getMessage());
            }
        }
        return report;
    }

    /**
     * Mends a disk's file.
     *
     * @param path the disk
     * @param progress told how far it is
     * @return what was done
     * @throws ConfigurationException when it cannot be repaired; one sentence
     * @throws IOException when the host fails
     */
    public Repair.Report repair(Path path, Progress progress) throws ConfigurationException, IOException {
        try (Held held = new Held()) {
            held.toChange(path);
            Repair.Report report;
            try (HostFile file = HostFile.open(path, false)) {
                report = Repair.run(file, progress);
            }
            return new Repair.Report(report.done(), report.count(), withParents(path, report.left()));
        }
    }

    /**
     * Writes what a differencing disk holds into its parent.
     *
     * @param child the disk
     * @param withSiblings whether also when other differencing disks in the parent's folder lose their parent by that
     * @param progress told how far it is
     * @return the parent
     * @throws ConfigurationException when that cannot be; one sentence, nothing is changed
     * @throws IOException when the host fails
     */
    public Path merge(Path child, boolean withSiblings, Progress progress) throws ConfigurationException, IOException {
        try (Held held = new Held()) {
            held.toChange(child);
            if (isDifferencing(child)) {
                Path parent = DiskChain.files(child).getFirst();
                held.toChange(parent);
                held.parentsToRead(child, 1);
                if (!withSiblings) {
                    Children.refuse(parent, child, "is changed");
                }
            }
            return Merge.run(child, progress);
        }
    }

    /**
     * Tells a differencing disk where its parent is.
     *
     * @param child the disk
     * @param parent its parent
     * @param otherId whether the parent may have another id than the one that the disk was made on
     * @throws ConfigurationException when that cannot be; one sentence, nothing is changed
     * @throws IOException when the host fails
     */
    public void reparent(Path child, Path parent, boolean otherId) throws ConfigurationException, IOException {
        if (Files.exists(child) && Files.exists(parent) && Files.isSameFile(child, parent)) {
            throw new ConfigurationException("disk image " + child + " cannot be its own parent; name another");
        }
        try (Held held = new Held()) {
            held.toChange(child);
            held.chainToRead(parent);
            Reparenting.run(child, parent, otherId);
        }
    }
}
