package org.jeroboam.management.extension;

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
 * @param kernel file that is booted directly
 * @param initrd initial RAM disk, or null
 * @param append the kernel's command line
 * @param disks images of hard disks, in the order of the IDE connectors
 * @param serial where COM1 leads
 * @param cpuCore name of the processor core, or null for the best one
 * @param cpuModel p2, p3 or pm
 * @param deterministic whether guest time is counted in instructions
 * @param rtcBase date at power on, or null for the host's
 * @param debugLog file for what the guest writes to ports E9h and 402h, or null
 * @param exitPort port by which the guest ends the machine with a status, or 0 for none
 * @param resetPowersOff whether a guest's reset turns the machine off
 * @param stateHashOnExit whether {@link MachineExtension.Outcome} shall have a digest of RAM and processor
 */
public record MachineSettings(
        long memoryBytes,
        Path kernel,
        Path initrd,
        String append,
        List<Path> disks,
        SerialConnection serial,
        String cpuCore,
        String cpuModel,
        boolean deterministic,
        Instant rtcBase,
        Path debugLog,
        int exitPort,
        boolean resetPowersOff,
        boolean stateHashOnExit) {

    /** Where COM1 leads. */
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
    }

    /**
     * The same machine with COM1 on the console and no debug log: nothing that opens a file or port for writing.
     *
     * @return a copy
     */
    public MachineSettings withoutSerial() {
        return new MachineSettings(
                memoryBytes,
                kernel,
                initrd,
                append,
                disks,
                new SerialConnection.Console(),
                cpuCore,
                cpuModel,
                deterministic,
                rtcBase,
                null,
                exitPort,
                resetPowersOff,
                stateHashOnExit);
    }

    /**
     * Starts with the defaults: 256 MiB, a Pentium III, real time, COM1 on the console.
     *
     * @return to be filled by name
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Fills settings from texts, as people give them on command lines. Every refusal is one sentence. */
    public static final class Builder {
        private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([KMG]?)", Pattern.CASE_INSENSITIVE);

        private long memoryBytes = 256L << 20;
        private Path kernel;
        private Path initrd;
        private String append = "";
        private final List<Path> disks = new ArrayList<>();
        private SerialConnection serial = new SerialConnection.Console();
        private String cpuCore;
        private String cpuModel = "p3";
        private boolean deterministic;
        private Instant rtcBase;
        private Path debugLog;
        private int exitPort;
        private boolean resetPowersOff;
        private boolean stateHashOnExit;

        private Builder() {}

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
         * @param file a bzImage or multiboot image
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
            if (disks.size() == 4) {
                throw ManagementException.badRequest("there is no connector for a fifth disk; IDE has four");
            }
            disks.add(file);
            return this;
        }

        /**
         * Connects COM1.
         *
         * @param text {@code stdio} or {@code console}, {@code file:FILE}, {@code tcp:PORT}
         * @return this
         * @throws ManagementException when it is none of these
         */
        public Builder serial(String text) throws ManagementException {
            if (text.equals("stdio") || text.equals("console")) {
                serial = new SerialConnection.Console();
            } else if (text.startsWith("file:") && text.length() > 5) {
                serial = new SerialConnection.ToFile(Path.of(text.substring(5)));
            } else if (text.startsWith("tcp:")) {
                serial = new SerialConnection.Tcp(number("--serial tcp", text.substring(4), 1, 65535));
            } else {
                throw ManagementException.badRequest(
                        "--serial must be stdio, file:FILE or tcp:PORT, not '" + text + "'");
            }
            return this;
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
         * Ends.
         *
         * @return the settings
         * @throws ManagementException when there is no kernel
         */
        public MachineSettings build() throws ManagementException {
            if (kernel == null) {
                throw ManagementException.badRequest("a kernel is needed: --kernel FILE (bzImage or multiboot image)");
            }
            return new MachineSettings(
                    memoryBytes,
                    kernel,
                    initrd,
                    append,
                    List.copyOf(disks),
                    serial,
                    cpuCore,
                    cpuModel,
                    deterministic,
                    rtcBase,
                    debugLog,
                    exitPort,
                    resetPowersOff,
                    stateHashOnExit);
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
