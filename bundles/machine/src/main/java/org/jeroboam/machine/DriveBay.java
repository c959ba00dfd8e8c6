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
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.machine.MachineConfig.DriveConfig;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.machine.io.Drive;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.PartCatalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's drives: locks on the files for the machine's whole life, images opened by whatever bundle knows the
 * format.
 */
final class DriveBay {
    private static final Logger LOG = LoggerFactory.getLogger(DriveBay.class);

    private static final class Slot {
        final DriveConfig config;
        final Drive drive;
        ImageLocks.Lock lock;
        String format;
        Offer<DiskFormat> offer;

        Slot(DriveConfig config) {
            this.config = config;
            drive = new Drive(config.name(), config.image() == null ? null : Path.of(config.image()));
        }
    }

    private final String machine;
    private final PartCatalog catalog;
    private final List<Slot> slots = new ArrayList<>();
    private final Map<String, Drive> drives = new LinkedHashMap<>();

    DriveBay(String machine, PartCatalog catalog) {
        this.machine = machine;
        this.catalog = catalog;
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
                    lock(slot);
                    insert(slot);
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

    private void lock(Slot slot) throws ConfigurationException {
        Path file = slot.drive.file();
        if (Files.isDirectory(file)) {
            throw new ConfigurationException(
                    "drive " + slot.config.name() + ": " + file + " is a directory; an image file is needed");
        }
        if (!Files.isRegularFile(file)) {
            throw new ConfigurationException("drive " + slot.config.name() + ": there is no file " + file);
        }
        List<Offer<ImageLocks>> locks = catalog.all(ImageLocks.class);
        if (locks.isEmpty()) {
            throw new ConfigurationException("drive " + slot.config.name() + ": no lock service is installed");
        }
        try {
            slot.lock = locks.getFirst().service().lock(file, slot.config.readOnly(), machine);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "drive " + slot.config.name() + ": cannot lock " + file + ": " + Refusal.text(e), e);
        }
    }

    private void insert(Slot slot) throws ConfigurationException {
        Path file = slot.drive.file();
        try {
            Offer<DiskFormat> offer = slot.format == null && slot.config.format() == null
                    ? recognise(file)
                    : catalog.best(DiskFormat.class, slot.format == null ? slot.config.format() : slot.format);
            if (offer == null) {
                throw new ConfigurationException("drive " + slot.config.name() + ": no installed format fits " + file
                        + "; there are: " + catalog.names(DiskFormat.class));
            }
            slot.drive.insert(offer.service().open(file, slot.config.readOnly()));
            slot.offer = offer;
            slot.format = offer.name();
        } catch (IOException | RuntimeException e) {
            throw new ConfigurationException(
                    "drive " + slot.config.name() + ": cannot open " + file + ": " + Refusal.text(e), e);
        }
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
        return slots.stream().map(slot -> slot.offer).filter(o -> o != null).toList();
    }

    boolean uses(Offer<?> offer) {
        return slots.stream().anyMatch(slot -> slot.offer == offer);
    }

    /** Closes the images of a format that goes; no work may be under way. */
    void remove(Offer<?> offer) {
        for (Slot slot : slots) {
            if (slot.offer == offer) {
                slot.offer = null;
                close(slot.drive);
            }
        }
    }

    /** Opens what a format left; null when nothing is missing, else one sentence. */
    String resolve() {
        for (Slot slot : slots) {
            if (slot.config.image() != null && slot.offer == null) {
                try {
                    insert(slot);
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
            close(slot.drive);
            slot.offer = null;
            if (slot.lock != null) {
                slot.lock.close();
                slot.lock = null;
            }
        }
    }
}
