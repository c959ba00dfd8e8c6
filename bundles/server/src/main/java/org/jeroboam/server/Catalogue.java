package org.jeroboam.server;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.ManagementException.Kind;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.MachineSettings.SerialConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machines that the server knows, one properties file each, with the names of {@code run}'s options. */
final class Catalogue {
    private static final Logger LOG = LoggerFactory.getLogger(Catalogue.class);
    private static final String SUFFIX = ".properties";

    private final Path directory;

    Catalogue(Path directory) {
        this.directory = directory;
    }

    /** All machines whose file can be read; the others are named in the log. */
    Map<String, MachineSettings> load() {
        Map<String, MachineSettings> result = new TreeMap<>();
        try {
            Files.createDirectories(directory);
            List<Path> files;
            try (Stream<Path> entries = Files.list(directory)) {
                files = entries.filter(f -> f.toString().endsWith(SUFFIX)).toList();
            }
            for (Path file : files) {
                String fileName = file.getFileName().toString();
                String name = fileName.substring(0, fileName.length() - SUFFIX.length());
                try (Reader in = Files.newBufferedReader(file)) {
                    Properties properties = new Properties();
                    properties.load(in);
                    result.put(name, read(properties));
                } catch (IOException | ManagementException | IllegalArgumentException e) {
                    LOG.error("the machine in {} cannot be read: {}", file, e.getMessage(), e);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the catalogue " + directory + " cannot be read", e);
        }
        return result;
    }

    void store(String name, MachineSettings settings) throws ManagementException {
        Path file = file(name);
        Path part = file.resolveSibling(name + ".part");
        try {
            try (Writer out = Files.newBufferedWriter(part)) {
                write(settings).store(out, null);
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ManagementException(Kind.FAULT, "the machine's file " + file + " cannot be written", e);
        }
    }

    void delete(String name) throws ManagementException {
        try {
            Files.deleteIfExists(file(name));
            Files.deleteIfExists(savedState(name));
            interruption(name).remove();
        } catch (IOException e) {
            throw new ManagementException(Kind.FAULT, "the files of " + name + " cannot be deleted", e);
        }
    }

    Path savedState(String name) {
        return directory.resolve(name + ".saved");
    }

    /** What bridges the time without a server. */
    Interruption interruption(String name) {
        return new Interruption(directory.resolve(name + ".interrupted"), directory.resolve(name + ".resume"));
    }

    private Path file(String name) {
        return directory.resolve(name + SUFFIX);
    }

    private static Properties write(MachineSettings s) {
        Properties p = new Properties();
        p.setProperty("memory", (s.memoryBytes() >> 20) + "M");
        put(p, "kernel", s.kernel());
        put(p, "initrd", s.initrd());
        p.setProperty("append", s.append());
        for (int i = 0; i < s.disks().size(); i++) {
            p.setProperty("disk." + i, s.disks().get(i).toString());
        }
        put(p, "cdrom", s.cdrom());
        put(p, "floppy", s.floppy());
        p.setProperty("boot", s.boot());
        p.setProperty("boot-menu", Boolean.toString(s.bootMenu()));
        put(p, "bios", s.bios());
        p.setProperty("serial", text(s.serial()));
        p.setProperty("serial2", text(s.serial2()));
        put(p, "cpu", s.cpuCore());
        p.setProperty("cpu-model", s.cpuModel());
        p.setProperty("clock", s.deterministic() ? "deterministic" : "real");
        put(p, "rtc-base", s.rtcBase());
        put(p, "debug-log", s.debugLog());
        if (s.exitPort() != 0) {
            p.setProperty("exit-port", Integer.toString(s.exitPort()));
        }
        p.setProperty("no-reboot", Boolean.toString(s.resetPowersOff()));
        p.setProperty("state-hash-on-exit", Boolean.toString(s.stateHashOnExit()));
        put(p, "screenshot-on-exit", s.screenshotOnExit());
        for (int i = 0; i < s.devices().size(); i++) {
            put(p, "device." + i, s.devices().get(i));
        }
        return p;
    }

    private static String text(SerialConnection connection) {
        return switch (connection) {
            case SerialConnection.Console _ -> "console";
            case SerialConnection.ToFile(Path file) -> "file:" + file;
            case SerialConnection.Tcp(int port) -> "tcp:" + port;
            case SerialConnection.Nowhere _ -> "none";
        };
    }

    private static void put(Properties p, String key, Object value) {
        if (value != null) {
            p.setProperty(key, value.toString());
        }
    }

    private static Path path(Properties p, String key) {
        String text = p.getProperty(key);
        return text == null ? null : Path.of(text);
    }

    /** What is not in the file has its default: files of older versions are read too. */
    private static MachineSettings read(Properties p) throws ManagementException {
        MachineSettings.Builder b = MachineSettings.builder()
                .kernel(path(p, "kernel"))
                .initrd(path(p, "initrd"))
                .append(p.getProperty("append", ""))
                .cdrom(path(p, "cdrom"))
                .floppy(path(p, "floppy"))
                .bootMenu(Boolean.parseBoolean(p.getProperty("boot-menu")))
                .bios(path(p, "bios"))
                .cpuCore(p.getProperty("cpu"))
                .debugLog(path(p, "debug-log"))
                .resetPowersOff(Boolean.parseBoolean(p.getProperty("no-reboot")))
                .stateHashOnExit(Boolean.parseBoolean(p.getProperty("state-hash-on-exit")))
                .screenshotOnExit(path(p, "screenshot-on-exit"));
        for (int i = 0; p.containsKey("disk." + i); i++) {
            b.disk(path(p, "disk." + i));
        }
        for (int i = 0; p.containsKey("device." + i); i++) {
            b.device(p.getProperty("device." + i));
        }
        take(p, "memory", b::memory);
        take(p, "boot", b::boot);
        take(p, "serial", b::serial);
        take(p, "serial2", b::serial2);
        take(p, "cpu-model", b::cpuModel);
        take(p, "clock", b::clock);
        take(p, "rtc-base", b::rtcBase);
        take(p, "exit-port", b::exitPort);
        return b.build();
    }

    /** One of the builder's methods that check their text. */
    private interface Setter {
        MachineSettings.Builder set(String text) throws ManagementException;
    }

    private static void take(Properties p, String key, Setter setter) throws ManagementException {
        if (p.containsKey(key)) {
            setter.set(p.getProperty(key));
        }
    }
}
