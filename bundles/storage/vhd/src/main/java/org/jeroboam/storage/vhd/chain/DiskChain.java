package org.jeroboam.storage.vhd.chain;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.TableScan;
import org.jeroboam.storage.vhd.VhdLayout;

/**
 * A disk and the parents below it, each open read-only: a sector is in the first file from the top that holds it, and
 * zeros when none does. The locks are the caller's. Not thread-safe.
 */
public final class DiskChain implements AutoCloseable {
    private final List<ChainLayer> layers;

    private DiskChain(List<ChainLayer> layers) {
        this.layers = List.copyOf(layers);
    }

    /**
     * Opens a disk of any kind and all that is below it.
     *
     * @param path the disk
     * @return the chain, the disk itself first
     * @throws ConfigurationException when a file is no virtual hard disk or cannot be read, or a parent is missing, is
     *     not the one, or was changed; one sentence
     * @throws IOException when the host fails
     */
    public static DiskChain open(Path path) throws ConfigurationException, IOException {
        HostFile file = HostFile.open(path, true);
        List<ChainLayer> layers = new ArrayList<>();
        try {
            VhdLayout layout = VhdLayout.read(file);
            layers.add(ChainLayer.of(path, file, layout));
            addParents(path, layout, layers);
            return new DiskChain(layers);
        } catch (ConfigurationException | IOException | RuntimeException e) {
            file.close();
            closeAll(layers, e);
            throw e;
        }
    }

    /**
     * Opens the parents of a disk that is open already.
     *
     * @param child the disk
     * @param layout its structures; it is a differencing disk
     * @return the chain, its parent first
     * @throws ConfigurationException as in {@link #open}
     * @throws IOException when the host fails
     */
    public static DiskChain parents(Path child, VhdLayout layout) throws ConfigurationException, IOException {
        List<ChainLayer> layers = new ArrayList<>();
        try {
            addParents(child, layout, layers);
            return new DiskChain(layers);
        } catch (ConfigurationException | IOException | RuntimeException e) {
            closeAll(layers, e);
            throw e;
        }
    }

    /**
     * The files below a disk, for those who lock them before they open the chain.
     *
     * @param path a virtual hard disk of any kind
     * @return its parent, that one's parent and so on; nothing for a disk without parent
     * @throws ConfigurationException as in {@link #open}
     * @throws IOException when the host fails
     */
    public static List<Path> files(Path path) throws ConfigurationException, IOException {
        try (DiskChain chain = open(path)) {
            return chain.layers.stream().skip(1).map(ChainLayer::path).toList();
        }
    }

    /**
     * A chain of files that were found otherwise.
     *
     * @param layers the top first; closed with the chain
     * @return the chain
     */
    public static DiskChain of(List<ChainLayer> layers) {
        return new DiskChain(layers);
    }

    private static void addParents(Path child, VhdLayout layout, List<ChainLayer> layers)
            throws ConfigurationException, IOException {
        ParentSearch search = new ParentSearch(child);
        Path at = child;
        VhdLayout above = layout;
        while (above.footer().type() == DiskType.DIFFERENCING) {
            ChainLayer parent = search.find(at, above.parent());
            layers.add(parent);
            at = parent.path();
            above = parent.layout();
        }
    }

    private static void closeAll(List<ChainLayer> layers, Exception cause) {
        for (ChainLayer layer : layers) {
            try {
                layer.close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    /**
     * Judges the tables of all files, before something is built on what they hold.
     *
     * @throws ConfigurationException when one is damaged; one sentence
     * @throws IOException when the host fails
     */
    public void checkTables() throws ConfigurationException, IOException {
        for (ChainLayer layer : layers) {
            if (layer.layout().header() != null) {
                checkTable(layer.file(), layer.layout());
            }
        }
    }

    private static void checkTable(ImageFile file, VhdLayout layout) throws ConfigurationException, IOException {
        String[] problem = new String[1];
        TableScan.run(file, layout, clause -> {
            problem[0] = clause;
            return false;
        });
        if (problem[0] != null) {
            throw new ConfigurationException("disk image " + file.name() + " is damaged: " + problem[0]
                    + "; restore it from a backup, or open its children read-only to save what can be read");
        }
    }

    /**
     * The files.
     *
     * @return the top first, the one without parent last
     */
    public List<ChainLayer> layers() {
        return layers;
    }

    /**
     * The size of the disk on top.
     *
     * @return sectors
     */
    public long sectors() {
        return layers.getFirst().layout().sectors();
    }

    /**
     * How many sectors from one on are all in one of the files, or are zeros because they are in none.
     *
     * @param sector the first, on the disk on top
     * @param limit sectors to look at from there, at least 1
     * @return 1 to {@code limit}, or negative when they are zeros
     * @throws IOException when a table or bitmap cannot be read
     */
    public long run(long sector, long limit) throws IOException {
        return walk(sector, limit, null);
    }

    /**
     * Reads sectors.
     *
     * @param sector the first; what is beyond the end of a disk in the chain is zeros to those above it
     * @param count how many
     * @param target a segment outside the heap of at least that many sectors
     * @throws IOException when the host fails or a file is damaged; the message names it
     */
    public void read(long sector, long count, MemorySegment target) throws IOException {
        for (long at = sector, end = sector + count; at < end; ) {
            MemorySegment rest = target.asSlice((at - sector) * Footer.SIZE);
            at += Math.abs(walk(at, end - at, rest));
        }
    }

    /** Finds a run from the top to the bottom, and reads it when there is a target. */
    private long walk(long sector, long limit, MemorySegment target) throws IOException {
        long most = limit;
        for (ChainLayer layer : layers) {
            long left = layer.layout().sectors() - sector;
            if (left <= 0) {
                break;
            }
            most = Math.min(most, left);
            try {
                long run = layer.run(sector, most);
                if (run > 0) {
                    if (target != null) {
                        layer.read(sector, run, target);
                    }
                    return run;
                }
                most = -run;
            } catch (IOException e) {
                throw new IOException(
                        "cannot read sector " + sector + " of disk image " + layer.path() + ": " + reason(e), e);
            }
        }
        if (target != null) {
            target.asSlice(0, most * Footer.SIZE).fill((byte) 0);
        }
        return -most;
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (ChainLayer layer : layers) {
            try {
                layer.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
