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
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.ImageLocks;
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

        Slot(DriveConfig config) {
            this.config = config;
            drive = new Drive(config.name(), config.removable(), () -> ejectedByGuest(this));
        }
    }

    private final String machine;
    private final PartCatalog catalog;
    private final Consumer<String> ejected;
    private final List<Slot> slots = new ArrayList<>();
    private final Map<String, Drive> drives = new LinkedHashMap<>();

    /**
     * Creates a bay without drives.
     *
     * @param ejected told the name of a drive whose guest ejected the medium
     */
    DriveBay(String machine, PartCatalog catalog, Consumer<String> ejected) {
        this.machine = machine;
        this.catalog = catalog;
        this.ejected = ejected;
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
        slot.medium = medium;
        slot.orphaned = false;
        slot.drive.insert(file, medium.image);
    }

    private void remove(Slot slot) {
        Medium medium = slot.medium;
        if (medium != null) {
            slot.medium = null;
            slot.orphaned = false;
            try {
                slot.drive.remove();
            } catch (IOException e) {
                LOG.error("machine {}: the medium of drive {} could not be closed", machine, slot.drive.name(), e);
            }
            medium.lock.close();
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
        List<Offer<ImageLocks>> locks = catalog.all(ImageLocks.class);
        if (locks.isEmpty()) {
            throw new ConfigurationException("drive " + drive + ": no lock service is installed");
        }
        try {
            return locks.getFirst().service().lock(file, shared, machine);
        } catch (IOException e) {
            throw new ConfigurationException("drive " + drive + ": cannot lock " + file + ": " + Refusal.text(e), e);
        }
    }

    /** Locks the files that an image is read from besides its own, so that nobody writes to them. */
    private Offer<DiskFormat> lockParents(String drive, Path file, String format, HeldLocks locks)
            throws ConfigurationException {
        try {
            Offer<DiskFormat> offer = offer(drive, file, format);
            List<Path> parents = offer.service().parents(file);
            for (Path parent : parents) {
                locks.add(lock(drive, parent, true));
            }
            // Before they were locked they could change.
            if (!parents.isEmpty() && !offer.service().parents(file).equals(parents)) {
                throw new ConfigurationException(
                        "drive " + drive + ": the parents of " + file + " were changed just now; try again");
            }
            return offer;
        } catch (IOException | RuntimeException e) {
            throw new ConfigurationException("drive " + drive + ": cannot open " + file + ": " + Refusal.text(e), e);
        }
    }

    private Medium open(String drive, Path file, String format, boolean readOnly, ImageLocks.Lock lock)
            throws ConfigurationException {
        try {
            Offer<DiskFormat> offer = offer(drive, file, format);
            return new Medium(
                    file, offer.name(), readOnly, offer, offer.service().open(file, readOnly), lock);
        } catch (IOException | RuntimeException e) {
            throw new ConfigurationException("drive " + drive + ": cannot open " + file + ": " + Refusal.text(e), e);
        }
    }

    private Offer<DiskFormat> offer(String drive, Path file, String format) throws ConfigurationException, IOException {
        Offer<DiskFormat> offer = format == null ? recognise(file) : catalog.best(DiskFormat.class, format);
        if (offer == null) {
            throw new ConfigurationException("drive " + drive + ": no installed format fits " + file + "; there are: "
                    + catalog.names(DiskFormat.class));
        }
        return offer;
    }

    private Offer<DiskFormat> recognise(Path file) throws IOException {
        Offer<DiskFormat> best = null;
        int score = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (Offer<DiskFormat> offer : catalog.all(DiskFormat.class)) {
                int own = offer.service().recognise(channel, file);
                if (own > score) {
                    score = own;
                    best = offer;
                }
            }
        }
        return best;
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
                slot.orphaned = true;
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
                    slot.medium = open(slot.config.name(), old.file, old.format, old.readOnly, old.lock);
                } catch (ConfigurationException e) {
                    return e.getMessage();
                }
                slot.drive.reopened(slot.medium.image);
                slot.orphaned = false;
            }
        }
        return null;
    }

    void flush() {
        for (Slot slot : slots) {
            try {
                slot.drive.flush();
            } catch (IOException e) {
                LOG.error("machine {}: drive {} could not be flushed", machine, slot.config.name(), e);
            }
        }
    }

    private void close(Drive drive) {
        try {
            drive.close();
        } catch (IOException e) {
            LOG.error("machine {}: drive {} could not be closed", machine, drive.name(), e);
        }
    }

    void close() {
        for (Slot slot : slots) {
            remove(slot);
        }
    }
}
