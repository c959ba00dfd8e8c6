package org.jeroboam.cpu.recompilerx64;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What {@code /proc/self} says about this process. */
final class ProcessMaps {
    private ProcessMaps() {}

    /** A mapping. */
    record Mapping(long from, long to, String rights, String name) {
        private static Mapping parse(String line) {
            String[] fields = line.split(" +", 6);
            int dash = fields[0].indexOf('-');
            return new Mapping(
                    Long.parseUnsignedLong(fields[0], 0, dash, 16),
                    Long.parseUnsignedLong(fields[0], dash + 1, fields[0].length(), 16),
                    fields[1],
                    fields.length < 6 ? "" : fields[5]);
        }

        boolean isCode() {
            return name.contains(CodeMemory.NAME);
        }
    }

    static List<Mapping> all() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .map(Mapping::parse)
                .toList();
    }

    /** The mapping of an address. */
    static Mapping at(long address) throws IOException {
        return all().stream()
                .filter(m -> m.from <= address && address < m.to)
                .findFirst()
                .orElse(new Mapping(0, 0, "none", ""));
    }

    /** How many open files lead to code memory. */
    static long openCodeFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(ProcessMaps::leadsToCode).count();
        }
    }

    private static boolean leadsToCode(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().contains(CodeMemory.NAME);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }
}
