package org.jeroboam.management.extension;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jeroboam.management.ManagementException;

/**
 * What a machine consists of.
 *
 * @param memoryBytes RAM
 * @param kernel file that is booted directly, or null to boot through the BIOS
 * @param initrd initial RAM disk of the kernel, or null
 * @param append the kernel's command line
 * @param disks images of hard disks, in the order of the IDE connectors
 * @param cdrom image of the CD or DVD that is in its drive, or null; there is no drive beside four disks
 * @param floppy image of the floppy disk that is in its drive, or null
 * @param boot which kinds of drive the BIOS tries, in this order: some of c (hard disk), d (CD), a (floppy)
 * @param bootMenu whether the BIOS offers its menu of boot devices
 * @param bios BIOS image, or null for the installed one
 * @param serial where COM1 leads
 * @param serial2 where COM2 leads
 * @param cpuCore name of the processor core, or null for the best one
 * @param cpuModel p2, p3 or pm
 * @param deterministic whether guest time is counted in instructions
 * @param rtcBase date at power on, or null for the host's
 * @param debugLog file for what the guest writes to ports E9h and 402h, or null
 * @param exitPort port by which the guest ends the machine with a status, or 0 for none
 * @param resetPowersOff whether a guest's reset turns the machine off
 * @param stateHashOnExit whether {@link MachineExtension.Outcome} shall have a digest of RAM and processor
 * @param screenshotOnExit file that gets the last picture of the screen as PNG at each end of a run, or null
 * @param devices devices beyond those that every machine has, each with a name of its own
 */
public record MachineSettings(
        long memoryBytes,
        Path kernel,
        Path initrd,
        String append,
        List<Path> disks,
        Path cdrom,
        Path floppy,
        String boot,
        boolean bootMenu,
        Path bios,
        SerialConnection serial,
        SerialConnection serial2,
        String cpuCore,
        String cpuModel,
        boolean deterministic,
        Instant rtcBase,
        Path debugLog,
        int exitPort,
        boolean resetPowersOff,
        boolean stateHashOnExit,
        Path screenshotOnExit,
        List<ExtraDevice> devices) {

    /** Where a serial port leads. */
    public sealed interface SerialConnection {
        /** To whoever opens the machine's console. */
        record Console() implements SerialConnection {}

        /**
         * Into a file, which is overwritten.
         *
         * @param file its path
         */
        record ToFile(Path file) implements SerialConnection {}

        /**
         * To one client at a time of a TCP port on the loopback address.
         *
         * @param port 1 to 65535
         */
        record Tcp(int port) implements SerialConnection {}

        /** Nowhere: what the guest sends is lost. */
        record Nowhere() implements SerialConnection {}
    }

    /**
     * Whether a BIOS boots the machine.
     *
     * @return false when a kernel is booted directly
     */
    public boolean bootsThroughBios() {
        return kernel == null;
    }

    /**
     * What is in a drive.
     *
     * @param drive which one
     * @return the image, or null
     */
    public Path medium(RemovableDrive drive) {
        return switch (drive) {
            case CDROM -> cdrom;
            case FLOPPY -> floppy;
        };
    }

    /**
     * The same machine with another medium in a drive.
     *
     * @param drive which one
     * @param image what is put in, or null for nothing
     * @return a copy
     * @throws ManagementException when it has no such drive
     */
    public MachineSettings withMedium(RemovableDrive drive, Path image) throws ManagementException {
        Builder builder = new Builder(this);
        return switch (drive) {
            case CDROM -> builder.cdrom(image).build();
            case FLOPPY -> builder.floppy(image).build();
        };
    }

    /**
     * The same machine without anything that opens a file or port for writing beside its disks.
     *
     * @return a copy
     */
    public MachineSettings withoutOutputs() {
        Builder builder = new Builder(this);
        builder.serial = new SerialConnection.Nowhere();
        builder.serial2 = new SerialConnection.Nowhere();
        builder.debugLog = null;
        builder.screenshotOnExit = null;
        return builder.settings();
    }

    /**
     * Starts with the defaults: 256 MiB, a Pentium III, real time, COM1 on the console, COM2 nowhere; the BIOS tries hard
     * disk, CD and floppy.
     *
     * @return to be filled by name
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Fills settings from texts, as people give them on command lines. Every refusal is one sentence. */
    public static final class Builder {
        private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([KMG]?)", Pattern.CASE_INSENSITIVE);
        private static final Pattern BOOT_ORDER = Pattern.compile("(?!.*(.).*\\1)[cda]{1,3}");
        private static final int IDE_CONNECTORS = 4;

        private long memoryBytes = 256L << 20;
        private Path kernel;
        private Path initrd;
        private String append = "";
        private final List<Path> disks = new ArrayList<>();
        private Path cdrom;
        private Path floppy;
        private String boot = "cda";
        private boolean bootMenu;
        private Path bios;
        private SerialConnection serial = new SerialConnection.Console();
        private SerialConnection serial2 = new SerialConnection.Nowhere();
        private String cpuCore;
        private String cpuModel = "p3";
        private boolean deterministic;
        private Instant rtcBase;
        private Path debugLog;
        private int exitPort;
        private boolean resetPowersOff;
        private boolean stateHashOnExit;
        private Path screenshotOnExit;
        private final List<ExtraDevice> devices = new ArrayList<>();

        private Builder() {}

        private Builder(MachineSettings from) {
            memoryBytes = from.memoryBytes;
            kernel = from.kernel;
            initrd = from.initrd;
            append = from.append;
            disks.addAll(from.disks);
            cdrom = from.cdrom;
            floppy = from.floppy;
            boot = from.boot;
            bootMenu = from.bootMenu;
            bios = from.bios;
            serial = from.serial;
            serial2 = from.serial2;
            cpuCore = from.cpuCore;
            cpuModel = from.cpuModel;
            deterministic = from.deterministic;
            rtcBase = from.rtcBase;
            debugLog = from.debugLog;
            exitPort = from.exitPort;
            resetPowersOff = from.resetPowersOff;
            stateHashOnExit = from.stateHashOnExit;
            screenshotOnExit = from.screenshotOnExit;
            devices.addAll(from.devices);
        }

        /**
         * Sets RAM.
         *
         * @param text a number with K, M or G; without a letter it counts MiB
         * @return this
         * @throws ManagementException when it is no size, or not from 4M to 3712M
         */
        public Builder memory(String text) throws ManagementException {
            Matcher m = SIZE.matcher(text.strip());
            if (!m.matches()) {
                throw ManagementException.badRequest("--memory must be a size such as 256M, not '" + text + "'");
            }
            int shift =
                    switch (m.group(2).toUpperCase(Locale.ROOT)) {
                        case "K" -> 10;
                        case "G" -> 30;
                        default -> 20;
                    };
            long bytes = Long.parseLong(m.group(1)) << shift;
            if (bytes < 4L << 20 || bytes > 3712L << 20 || bytes % (1 << 20) != 0) {
                throw ManagementException.badRequest(
                        "--memory must be from 4M to 3712M in whole megabytes, not " + text);
            }
            memoryBytes = bytes;
            return this;
        }

        /**
         * Sets the kernel.
         *
         * @param file a bzImage or multiboot image; null to boot through the BIOS
         * @return this
         */
        public Builder kernel(Path file) {
            kernel = file;
            return this;
        }

        /**
         * Sets the initial RAM disk.
         *
         * @param file the image
         * @return this
         */
        public Builder initrd(Path file) {
            initrd = file;
            return this;
        }

        /**
         * Sets the kernel's command line.
         *
         * @param text the arguments
         * @return this
         */
        public Builder append(String text) {
            append = Objects.requireNonNull(text);
            return this;
        }

        /**
         * Adds a hard disk.
         *
         * @param file its image
         * @return this
         * @throws ManagementException when there are four already
         */
        public Builder disk(Path file) throws ManagementException {
            if (disks.size() == IDE_CONNECTORS) {
                throw ManagementException.badRequest("there is no connector for a fifth disk; IDE has four");
            }
            disks.add(file);
            return this;
        }

        /**
         * Puts a CD or DVD in.
         *
         * @param file its image, or null for none
         * @return this
         */
        public Builder cdrom(Path file) {
            cdrom = file;
            return this;
        }

        /**
         * Puts a floppy disk in.
         *
         * @param file its image, or null for none
         * @return this
         */
        public Builder floppy(Path file) {
            floppy = file;
            return this;
        }

        /**
         * Sets the order in which the BIOS tries the drives.
         *
         * @param letters one to three of c (hard disk), d (CD) and a (floppy), each at most once
         * @return this
         * @throws ManagementException when they are anything else
         */
        public Builder boot(String letters) throws ManagementException {
            if (!BOOT_ORDER.matcher(letters).matches()) {
                throw ManagementException.badRequest(
                        "--boot must be c (hard disk), d (CD) or a (floppy), or several of them in order such as dc, not '"
                                + letters + "'");
            }
            boot = letters;
            return this;
        }

        /**
         * Chooses whether the BIOS offers its menu.
         *
         * @param value whether it waits for a key
         * @return this
         */
        public Builder bootMenu(boolean value) {
            bootMenu = value;
            return this;
        }

        /**
         * Sets the BIOS.
         *
         * @param file an image of 64 to 256 KiB; null for the installed one
         * @return this
         */
        public Builder bios(Path file) {
            bios = file;
            return this;
        }

        /**
         * Connects COM1.
         *
         * @param text {@code stdio} or {@code console}, {@code file:FILE}, {@code tcp:PORT}, {@code none}
         * @return this
         * @throws ManagementException when it is none of these
         */
        public Builder serial(String text) throws ManagementException {
            serial = connection("--serial", text);
            return this;
        }

        /**
         * Connects COM2.
         *
         * @param text as for {@link #serial}; only one of the two can lead to the console
         * @return this
         * @throws ManagementException when it is none of these
         */
        public Builder serial2(String text) throws ManagementException {
            serial2 = connection("--serial2", text);
            return this;
        }

        private static SerialConnection connection(String option, String text) throws ManagementException {
            if (text.equals("stdio") || text.equals("console")) {
                return new SerialConnection.Console();
            } else if (text.equals("none")) {
                return new SerialConnection.Nowhere();
            } else if (text.startsWith("file:") && text.length() > 5) {
                return new SerialConnection.ToFile(path(option, text.substring(5)));
            } else if (text.startsWith("tcp:")) {
                return new SerialConnection.Tcp(number(option + " tcp", text.substring(4), 1, 65535));
            }
            throw ManagementException.badRequest(
                    option + " must be stdio, file:FILE, tcp:PORT or none, not '" + text + "'");
        }

        /**
         * Chooses the processor core.
         *
         * @param name its name
         * @return this
         */
        public Builder cpuCore(String name) {
            cpuCore = name;
            return this;
        }

        /**
         * Chooses the processor.
         *
         * @param name p2, p3 or pm
         * @return this
         * @throws ManagementException when it is none of these
         */
        public Builder cpuModel(String name) throws ManagementException {
            if (!List.of("p2", "p3", "pm").contains(name)) {
                throw ManagementException.badRequest("--cpu-model must be p2, p3 or pm, not '" + name + "'");
            }
            cpuModel = name;
            return this;
        }

        /**
         * Chooses how time advances.
         *
         * @param name real or deterministic
         * @return this
         * @throws ManagementException when it is none of these
         */
        public Builder clock(String name) throws ManagementException {
            deterministic = switch (name) {
                case "real" -> false;
                case "deterministic" -> true;
                default ->
                    throw ManagementException.badRequest("--clock must be real or deterministic, not '" + name + "'");
            };
            return this;
        }

        /**
         * Sets the date at power on.
         *
         * @param text such as {@code 2026-01-31T12:00:00Z}
         * @return this
         * @throws ManagementException when it is no date
         */
        public Builder rtcBase(String text) throws ManagementException {
            try {
                rtcBase = Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw new ManagementException(
                        ManagementException.Kind.BAD_REQUEST,
                        "--rtc-base must be a time such as 2026-01-31T12:00:00Z, not '" + text + "'",
                        e);
            }
            return this;
        }

        /**
         * Sets the debug log.
         *
         * @param file is overwritten
         * @return this
         */
        public Builder debugLog(Path file) {
            debugLog = file;
            return this;
        }

        /**
         * Gives the guest a port by which it ends the machine.
         *
         * @param text port number, decimal or with 0x
         * @return this
         * @throws ManagementException when it is no port
         */
        public Builder exitPort(String text) throws ManagementException {
            exitPort = number("--exit-port", text, 1, 65535);
            return this;
        }

        /**
         * Chooses what a guest's reset does.
         *
         * @param value whether it turns the machine off
         * @return this
         */
        public Builder resetPowersOff(boolean value) {
            resetPowersOff = value;
            return this;
        }

        /**
         * Asks for a digest at the end.
         *
         * @param value whether {@link MachineExtension.Outcome#stateHash()} is filled
         * @return this
         */
        public Builder stateHashOnExit(boolean value) {
            stateHashOnExit = value;
            return this;
        }

        /**
         * Asks for the last picture of the screen.
         *
         * @param file gets it as PNG; null for none
         * @return this
         */
        public Builder screenshotOnExit(Path file) {
            screenshotOnExit = file;
            return this;
        }

        /**
         * Adds a device.
         *
         * @param text {@code TYPE[,name=NAME][,PROPERTY=VALUE...]}
         * @return this
         * @throws ManagementException when it is no such text, or the name is taken
         */
        public Builder device(String text) throws ManagementException {
            ExtraDevice device = ExtraDevice.parse(text);
            for (ExtraDevice other : devices) {
                if (other.name().equals(device.name())) {
                    throw ManagementException.badRequest("there are two devices " + device.name()
                            + "; give one another name: --device " + device.type() + ",name=NAME");
                }
            }
            devices.add(device);
            return this;
        }

        /**
         * Ends.
         *
         * @return the settings
         * @throws ManagementException when they contradict each other
         */
        public MachineSettings build() throws ManagementException {
            if (cdrom != null && disks.size() == IDE_CONNECTORS) {
                throw ManagementException.badRequest(
                        "four disks leave no connector for a CD drive; leave out --cdrom or a disk");
            }
            if (kernel == null && (initrd != null || !append.isEmpty())) {
                throw ManagementException.badRequest(
                        (initrd == null ? "--append" : "--initrd") + " belongs to a kernel; give --kernel FILE too");
            }
            if (kernel != null && bios != null) {
                throw ManagementException.badRequest("--kernel boots without a BIOS; leave out --bios or --kernel");
            }
            if (serial instanceof SerialConnection.Console && serial2 instanceof SerialConnection.Console) {
                throw ManagementException.badRequest(
                        "only one serial port can lead to the console; give --serial another way, such as none");
            }
            return settings();
        }

        private MachineSettings settings() {
            return new MachineSettings(
                    memoryBytes,
                    kernel,
                    initrd,
                    append,
                    List.copyOf(disks),
                    cdrom,
                    floppy,
                    boot,
                    bootMenu,
                    bios,
                    serial,
                    serial2,
                    cpuCore,
                    cpuModel,
                    deterministic,
                    rtcBase,
                    debugLog,
                    exitPort,
                    resetPowersOff,
                    stateHashOnExit,
                    screenshotOnExit,
                    List.copyOf(devices));
        }

        private static Path path(String what, String text) throws ManagementException {
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new ManagementException(
                        ManagementException.Kind.BAD_REQUEST, what + ": '" + text + "' is no file name", e);
            }
        }

        private static int number(String what, String text, int min, int max) throws ManagementException {
            try {
                int value = Integer.decode(text);
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw new ManagementException(
                        ManagementException.Kind.BAD_REQUEST, what + " must be a number, not '" + text + "'", e);
            }
            throw ManagementException.badRequest(what + " must be from " + min + " to " + max + ", not " + text);
        }
    }
}
