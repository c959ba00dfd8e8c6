package org.jeroboam.machine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.machine.MachineConfig.DriveConfig;
import org.jeroboam.hardware.machine.SwapWay;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.machine.board.AbandonedThread;
import org.jeroboam.machine.io.Drive;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.PartCatalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's drives: locks on the files and on those below them for as long as they are in, images opened by whatever
 * bundle knows the format.
 */
final class DriveBay {
    private static final String PART_PREFIX = "disk:";
    private static final Logger LOG = LoggerFactory.getLogger(DriveBay.class);

    /** An image file that is locked and open. */
    private record Medium(
            Path file,
            String format,
            boolean readOnly,
            Offer<DiskFormat> offer,
            DiskImage image,
            ImageLocks.Lock lock) {}

    private final class Slot {
        final DriveConfig config;
        final Drive drive;
        /** What is in; null for an empty drive. */
        Medium medium;
        /** Whether the bundle that knows the format went. */
        boolean orphaned;
        /** What made the image that was open last. */
        SwapLog.Origin origin = SwapLog.Origin.NONE;

        long orphanedSince;

        Slot(DriveConfig config) {
            this.config = config;
            drive = new Drive(config.name(), config.removable(), () -> ejectedByGuest(this));
        }
    }

    private final String machine;
    private final PartCatalog catalog;
    private final Consumer<String> ejected;
    private final long hostIo;
    private final FormatCalls formats;
    private Chassis chassis;
    /** Where locks come from; null for the best there is. */
    private Offer<ImageLocks> locks;

    private final List<Slot> slots = new ArrayList<>();
    private final Map<String, Drive> drives = new LinkedHashMap<>();

    /**
     * Creates a bay without drives.
     *
     * @param ejected told the name of a drive whose guest ejected the medium
     * @param limits how long the host and formats may take
     */
    DriveBay(String machine, PartCatalog catalog, Consumer<String> ejected, Limits limits) {
        hostIo = limits.hostIo();
        formats = new FormatCalls(machine, limits.call());
        this.machine = machine;
        this.catalog = catalog;
        this.ejected = ejected;
    }

    /** Sets whose drives these are. */
    void belongTo(Chassis machineOfAll) {
        chassis = machineOfAll;
    }

    /** Opens all; when one fails, none stays open. */
    void open(List<DriveConfig> configs) throws ConfigurationException {
        try {
            for (DriveConfig config : configs) {
                Slot slot = new Slot(config);
                if (drives.put(config.name(), slot.drive) != null) {
                    throw new ConfigurationException("machine " + machine + " has two drives '" + config.name() + "'");
                }
                slots.add(slot);
                if (config.image() != null) {
                    insert(slot, Path.of(config.image()), config.format(), config.readOnly());
                }
            }
        } catch (ConfigurationException | RuntimeException e) {
            close();
            throw e;
        }
    }

    Map<String, Drive> drives() {
        return drives;
    }

    /** The format in which a drive's medium is open, or was until its bundle went; null for an empty drive. */
    String format(String drive) {
        Slot slot = slot(drive);
        return slot == null || slot.medium == null ? null : slot.medium.format;
    }

    private Slot slot(String drive) {
        for (Slot slot : slots) {
            if (slot.config.name().equals(drive)) {
                return slot;
            }
        }
        return null;
    }

    // ---- formats and locks as parts

    /** An image in a drive; the offer is null while the format's bundle is missing. */
    record OpenImage(String drive, String format, Offer<DiskFormat> offer) {}

    static String partName(String drive) {
        return PART_PREFIX + drive;
    }

    /** The drive that a part's name means, or null. */
    String driveOf(String part) {
        String drive = part.startsWith(PART_PREFIX) ? part.substring(PART_PREFIX.length()) : part;
        return drives.containsKey(drive) ? drive : null;
    }

    /** The images in drives. */
    List<OpenImage> images() {
        List<OpenImage> images = new ArrayList<>();
        for (Slot slot : slots) {
            if (slot.medium != null) {
                images.add(new OpenImage(
                        slot.config.name(), slot.medium.format, slot.orphaned ? null : slot.medium.offer));
            }
        }
        return images;
    }

    /** The names of the formats as parts. */
    List<String> partNames() {
        return images().stream().map(image -> partName(image.drive())).toList();
    }

    /** What made the image in a drive. */
    SwapLog.Origin origin(String drive) {
        return slot(drive).origin;
    }

    /** Whether a drive's medium is there but no format to read it. */
    boolean orphaned(String drive) {
        return slot(drive).orphaned;
    }

    /**
     * Opens a medium by another bundle. The file stays locked; the new image is opened after the old one is flushed and
     * closed; when it cannot be, the old one is opened again.
     */
    void swap(String drive, Offer<DiskFormat> offer, long limit) throws Refusal {
        Slot slot = slot(drive);
        Medium old = slot.medium;
        try {
            if (!slot.orphaned && !parents(drive, offer, old.file).equals(parents(drive, old.offer, old.file))) {
                throw new ConfigurationException(old.file + " has other parents for " + offer.version());
            }
            slot.drive.reopen(limit, () -> reopen(slot, old, offer));
        } catch (ConfigurationException | IOException | RuntimeException | Error e) {
            AbandonedThread.pass(e);
            throw Refusal.fault("drive " + drive + ": " + Refusal.text(e), e);
        }
    }

    private DiskImage reopen(Slot slot, Medium old, Offer<DiskFormat> offer) throws IOException {
        try {
            DiskImage image = open(slot.config.name(), offer, old.file, old.readOnly);
            fill(slot, new Medium(old.file, old.format, old.readOnly, offer, image, old.lock));
            return image;
        } catch (ConfigurationException | IOException | RuntimeException | Error e) {
            AbandonedThread.pass(e);
            String problem = "version " + offer.version() + " cannot open " + old.file + ": " + Refusal.text(e);
            throw new IOException(problem + goBack(slot, old), e);
        }
    }

    private String goBack(Slot slot, Medium old) {
        if (slot.orphaned) {
            return "";
        }
        try {
            DiskImage image = open(slot.config.name(), old.offer, old.file, old.readOnly);
            fill(slot, new Medium(old.file, old.format, old.readOnly, old.offer, image, old.lock));
            slot.drive.reopened(image);
            return "; version " + old.offer.version() + " goes on";
        } catch (ConfigurationException | IOException | RuntimeException | Error e) {
            AbandonedThread.pass(e);
            orphan(slot);
            return "; going back failed, too: " + Refusal.text(e);
        }
    }

    private static void fill(Slot slot, Medium medium) {
        slot.medium = medium;
        slot.orphaned = false;
        slot.origin = SwapLog.Origin.of(medium.offer);
    }

    private static void orphan(Slot slot) {
        slot.orphaned = true;
        slot.orphanedSince = System.nanoTime();
    }

    /** Where locks come from, or null. */
    Offer<ImageLocks> locks() {
        List<Offer<ImageLocks>> all = catalog.all(ImageLocks.class);
        return locks != null ? locks : all.isEmpty() ? null : all.getFirst();
    }

    /** Takes locks from a service from now on; those that are held stay. */
    void useLocks(Offer<ImageLocks> offer) {
        locks = offer;
    }

    /** A service goes. */
    void forgetLocks(Offer<?> offer) {
        if (locks == offer) {
            locks = null;
        }
    }

    // ---- media

    /** Puts another medium in; when that cannot be opened, the present one stays. */
    void change(String drive, Path file, String format, boolean readOnly) throws ConfigurationException {
        Slot slot = removable(drive);
        if (slot.medium != null && slot.medium.file.equals(file)) {
            remove(slot); // its own lock would refuse it
        }
        insert(slot, file, format, readOnly);
    }

    /** Takes a medium out. */
    void eject(String drive) throws ConfigurationException {
        remove(removable(drive));
    }

    private Slot removable(String drive) throws ConfigurationException {
        for (Slot slot : slots) {
            if (slot.config.name().equals(drive)) {
                if (!slot.config.removable()) {
                    throw new ConfigurationException(
                            "the medium of drive " + drive + " cannot be changed while the machine is on");
                }
                return slot;
            }
        }
        throw new ConfigurationException(
                "machine " + machine + " has no drive " + drive + "; it has: " + String.join(", ", drives.keySet()));
    }

    private void insert(Slot slot, Path file, String format, boolean readOnly) throws ConfigurationException {
        HeldLocks lock = new HeldLocks();
        lock.add(lock(slot.config.name(), file, readOnly));
        Medium medium;
        try {
            Offer<DiskFormat> offer = lockParents(slot.config.name(), file, format, lock);
            medium = open(slot.config.name(), file, offer.name(), readOnly, lock);
        } catch (ConfigurationException | RuntimeException e) {
            lock.close();
            throw e;
        }
        if (slot.medium != null) {
            remove(slot);
        }
        fill(slot, medium);
        slot.drive.insert(file, medium.image);
    }

    private void remove(Slot slot) {
        Medium medium = slot.medium;
        if (medium != null) {
            slot.medium = null;
            slot.orphaned = false;
            try {
                slot.drive.remove(hostIo, medium.lock::close);
            } catch (IOException | RuntimeException | Error e) {
                AbandonedThread.pass(e);
                LOG.error("machine {}: the medium of drive {} could not be closed", machine, slot.drive.name(), e);
            }
        }
    }

    private void ejectedByGuest(Slot slot) {
        remove(slot);
        ejected.accept(slot.config.name());
    }

    private ImageLocks.Lock lock(String drive, Path file, boolean shared) throws ConfigurationException {
        if (Files.isDirectory(file)) {
            throw new ConfigurationException(
                    "drive " + drive + ": " + file + " is a directory; an image file is needed");
        }
        if (!Files.isRegularFile(file)) {
            throw new ConfigurationException("drive " + drive + ": there is no file " + file);
        }
        Offer<ImageLocks> service = locks();
        if (service == null) {
            throw new ConfigurationException("drive " + drive + ": no lock service is installed");
        }
        try {
            return service.service().lock(file, shared, machine);
        } catch (IOException e) {
            throw new ConfigurationException("drive " + drive + ": cannot lock " + file + ": " + Refusal.text(e), e);
        }
    }

    /** Locks the files that an image is read from besides its own, so that nobody writes to them. */
    private Offer<DiskFormat> lockParents(String drive, Path file, String format, HeldLocks locks)
            throws ConfigurationException {
        try {
            Offer<DiskFormat> offer = offer(drive, file, format);
            List<Path> parents = parents(drive, offer, file);
            for (Path parent : parents) {
                locks.add(lock(drive, parent, true));
            }
            // Before they were locked they could change.
            if (!parents.isEmpty() && !parents(drive, offer, file).equals(parents)) {
                throw new ConfigurationException(
                        "drive " + drive + ": the parents of " + file + " were changed just now; try again");
            }
            return offer;
        } catch (IOException | RuntimeException e) {
            throw new ConfigurationException("drive " + drive + ": cannot open " + file + ": " + Refusal.text(e), e);
        }
    }

    /** Opens it by the best version that answers. */
    private Medium open(String drive, Path file, String format, boolean readOnly, ImageLocks.Lock lock)
            throws ConfigurationException {
        try {
            while (true) {
                Offer<DiskFormat> offer = offer(drive, file, format);
                try {
                    return new Medium(file, offer.name(), readOnly, offer, open(drive, offer, file, readOnly), lock);
                } catch (IOException e) {
                    if (formats.hangs(offer) == null) {
                        throw e;
                    }
                    LOG.warn("machine {}: drive {} looks for another version", machine, drive, e);
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new ConfigurationException("drive " + drive + ": cannot open " + file + ": " + Refusal.text(e), e);
        }
    }

    private DiskImage open(String drive, Offer<DiskFormat> offer, Path file, boolean readOnly)
            throws ConfigurationException, IOException {
        return formats.ask(partName(drive), offer, "open", () -> offer.service().open(file, readOnly));
    }

    private List<Path> parents(String drive, Offer<DiskFormat> offer, Path file)
            throws ConfigurationException, IOException {
        return formats.ask(
                partName(drive), offer, "parents", () -> offer.service().parents(file));
    }

    private Offer<DiskFormat> offer(String drive, Path file, String format) throws ConfigurationException, IOException {
        if (format == null) {
            return found(drive, file, recognise(drive, file));
        }
        List<Offer<DiskFormat>> all = catalog.all(DiskFormat.class, format);
        Offer<DiskFormat> best =
                all.stream().filter(o -> formats.hangs(o) == null).findFirst().orElse(null);
        if (best == null && !all.isEmpty()) {
            throw new ConfigurationException(
                    "drive " + drive + ": " + formats.hangs(all.getFirst()) + "; install a mended one");
        }
        return found(drive, file, best);
    }

    private Offer<DiskFormat> found(String drive, Path file, Offer<DiskFormat> offer) throws ConfigurationException {
        if (offer == null) {
            throw new ConfigurationException("drive " + drive + ": no installed format fits " + file + "; there are: "
                    + catalog.names(DiskFormat.class));
        }
        return offer;
    }

    private Offer<DiskFormat> recognise(String drive, Path file) throws ConfigurationException, IOException {
        Offer<DiskFormat> best = null;
        int score = 0;
        for (Offer<DiskFormat> offer : catalog.all(DiskFormat.class)) {
            int own = recognise(drive, file, offer);
            if (own > score) {
                score = own;
                best = offer;
            }
        }
        return best;
    }

    /** How well a format fits; one that hangs does not. */
    private int recognise(String drive, Path file, Offer<DiskFormat> offer) throws ConfigurationException, IOException {
        if (formats.hangs(offer) != null) {
            return 0;
        }
        try {
            return formats.ask(partName(drive), offer, "recognise", () -> {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    return offer.service().recognise(channel, file);
                }
            });
        } catch (IOException e) {
            if (formats.hangs(offer) == null) {
                throw e;
            }
            LOG.warn("machine {}: drive {} does without a format", machine, drive, e);
            return 0;
        }
    }

    List<Offer<DiskFormat>> offers() {
        List<Offer<DiskFormat>> offers = new ArrayList<>();
        for (Slot slot : slots) {
            if (slot.medium != null && !slot.orphaned) {
                offers.add(slot.medium.offer);
            }
        }
        return offers;
    }

    boolean uses(Offer<?> offer) {
        return offers().contains(offer);
    }

    /** Closes the images of a format that goes; no work may be under way. */
    void remove(Offer<?> offer) {
        for (Slot slot : slots) {
            if (slot.medium != null && slot.medium.offer == offer) {
                orphan(slot);
                close(slot.drive);
            }
        }
    }

    /** Opens what a format left; null when nothing is missing, else one sentence. */
    String resolve() {
        for (Slot slot : slots) {
            if (slot.orphaned) {
                Medium old = slot.medium;
                try {
                    SwapLog.Origin from = slot.origin;
                    fill(slot, open(slot.config.name(), old.file, old.format, old.readOnly, old.lock));
                    slot.drive.reopened(slot.medium.image);
                    chassis.swaps.replaced(
                            partName(slot.config.name()),
                            from,
                            slot.origin,
                            SwapWay.IN_PLACE,
                            System.nanoTime() - slot.orphanedSince);
                } catch (ConfigurationException e) {
                    return e.getMessage();
                }
            }
        }
        return null;
    }

    void flush() {
        for (Slot slot : slots) {
            try {
                slot.drive.flush(hostIo);
            } catch (IOException e) {
                LOG.error("machine {}: drive {} could not be flushed", machine, slot.config.name(), e);
            }
        }
    }

    /**
     * Closes and opens all images that can be written, so that their files are as a restore will find them: formats hold
     * space in reserve while an image is open. No work may be under way. What cannot be opened again is an orphan.
     */
    void settle() throws Refusal {
        for (Slot slot : slots) {
            Medium old = slot.medium;
            if (old != null && !slot.orphaned && !old.readOnly) {
                slot.orphaned = true;
                close(slot.drive);
                DiskImage image;
                try {
                    image = open(slot.config.name(), old.offer, old.file, false);
                } catch (ConfigurationException | IOException | RuntimeException e) {
                    throw Refusal.fault(
                            "drive " + slot.config.name() + ": cannot open " + old.file + " again: " + Refusal.text(e),
                            e);
                }
                slot.medium = new Medium(old.file, old.format, false, old.offer, image, old.lock);
                slot.drive.reopened(image);
                slot.orphaned = false;
            }
        }
    }

    private void close(Drive drive) {
        try {
            drive.close(hostIo, () -> {});
        } catch (IOException | RuntimeException | Error e) {
            AbandonedThread.pass(e);
            LOG.error("machine {}: drive {} could not be closed", machine, drive.name(), e);
        }
    }

    void close() {
        for (Slot slot : slots) {
            remove(slot);
        }
    }
}
