package org.jeroboam.hardware.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;

/**
 * Saved states of each version of a part, kept as Base64 text under {@code src/test/resources/states} of its module, in a
 * folder with the name of its test. A file's name lists the sections and their versions. Recorded once, a state stays: a
 * newer part must read it.
 */
public final class StateVersions {
    /** Environment variable that makes tests record states that are missing. */
    public static final String RECORD = "JEROBOAM_RECORD_STATES";

    private final Path folder;
    private final String test;

    /**
     * Finds the states of a part.
     *
     * @param test the part's test
     */
    public StateVersions(Class<?> test) {
        this(Path.of("src", "test", "resources", "states", test.getSimpleName()), test.getSimpleName());
    }

    StateVersions(Path folder, String test) {
        this.folder = folder;
        this.test = test;
    }

    /**
     * What identifies a state's layout.
     *
     * @param state as saved
     * @return sections and versions, fit for the name of a file
     * @throws StateException when it is no state
     */
    public static String layout(byte[] state) throws StateException {
        StateReader reader = new StateReader(state);
        List<String> parts = new ArrayList<>();
        for (String name : reader.names().stream().sorted().toList()) {
            parts.add(name.replaceAll("[^A-Za-z0-9]+", "-") + "-" + reader.version(name));
        }
        return String.join("_", parts);
    }

    /**
     * Makes sure that the layout of a present state is recorded.
     *
     * @param present what the part saves now
     * @throws StateException when it is no state
     * @throws IOException when it cannot be recorded
     * @throws AssertionError when it is not recorded; one sentence
     */
    public void demand(byte[] present) throws StateException, IOException {
        Path file = folder.resolve(layout(present) + ".txt");
        if (!Files.exists(file)) {
            if (System.getenv(RECORD) == null) {
                throw new AssertionError("no state is recorded in " + file + "; run " + RECORD + "=1 mvn test -Dtest="
                        + test + " and add that file to the sources");
            }
            Files.createDirectories(folder);
            Files.writeString(
                    file, Base64.getMimeEncoder(100, new byte[] {'\n'}).encodeToString(present) + "\n");
        }
    }

    /**
     * All recorded states.
     *
     * @return by layout
     * @throws IOException when they cannot be read
     */
    public Map<String, byte[]> all() throws IOException {
        Map<String, byte[]> states = new LinkedHashMap<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    String name = file.getFileName().toString();
                    states.put(
                            name.substring(0, name.lastIndexOf('.')),
                            Base64.getMimeDecoder().decode(Files.readString(file)));
                }
            }
        }
        return states;
    }
}
