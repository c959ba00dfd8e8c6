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
        } catch (IOException e) {
            throw new ManagementException(Kind.FAULT, "the files of " + name + " cannot be deleted", e);
        }
    }

    Path savedState(String name) {
        return directory.resolve(name + ".saved");
    }

    private Path file(String name) {
        return directory.resolve(name + SUFFIX);
    }

    private static Properties write(MachineSettings s) {
        Properties p = new Properties();
        p.setProperty("memory", (s.memoryBytes() >> 20) + "M");
        p.setProperty("kernel", s.kernel().toString());
        put(p, "initrd", s.initrd());
        p.setProperty("append", s.append());
        for (int i = 0; i < s.disks().size(); i++) {
            p.setProperty("disk." + i, s.disks().get(i).toString());
        }
        p.setProperty(
                "serial",
                switch (s.serial()) {
                    case SerialConnection.Console _ -> "console";
                    case SerialConnection.ToFile(Path file) -> "file:" + file;
                    case SerialConnection.Tcp(int port) -> "tcp:" + port;
                });
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
        return p;
    }

    private static void put(Properties p, String key, Object value) {
        if (value != null) {
            p.setProperty(key, value.toString());
        }
    }

    private static MachineSettings read(Properties p) throws ManagementException {
        MachineSettings.Builder b = MachineSettings.builder()
                .append(p.getProperty("append", ""))
                .cpuCore(p.getProperty("cpu"))
                .resetPowersOff(Boolean.parseBoolean(p.getProperty("no-reboot")))
                .stateHashOnExit(Boolean.parseBoolean(p.getProperty("state-hash-on-exit")));
        for (int i = 0; p.containsKey("disk." + i); i++) {
            b.disk(Path.of(p.getProperty("disk." + i)));
        }
        if (p.containsKey("memory")) {
            b.memory(p.getProperty("memory"));
        }
        if (p.containsKey("kernel")) {
            b.kernel(Path.of(p.getProperty("kernel")));
        }
        if (p.containsKey("initrd")) {
            b.initrd(Path.of(p.getProperty("initrd")));
        }
        if (p.containsKey("serial")) {
            b.serial(p.getProperty("serial"));
        }
        if (p.containsKey("cpu-model")) {
            b.cpuModel(p.getProperty("cpu-model"));
        }
        if (p.containsKey("clock")) {
            b.clock(p.getProperty("clock"));
        }
        if (p.containsKey("rtc-base")) {
            b.rtcBase(p.getProperty("rtc-base"));
        }
        if (p.containsKey("debug-log")) {
            b.debugLog(Path.of(p.getProperty("debug-log")));
        }
        if (p.containsKey("exit-port")) {
            b.exitPort(p.getProperty("exit-port"));
        }
        return b.build();
    }
}
