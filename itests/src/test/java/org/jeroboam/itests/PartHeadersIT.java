package org.jeroboam.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The bundles' headers name the parts that their services are, and the parts that they need are there. */
class PartHeadersIT {
    private static final Map<String, String> TYPES = Map.of(
            "device.type", "device",
            "cpu.core", "cpu-core",
            "disk.format", "disk-format",
            "firmware.type", "firmware",
            "network.topology", "network");
    private static final Pattern PROPERTY = Pattern.compile("<property name=\"([^\"]+)\"[^>]*value=\"([^\"]+)\"");
    private static final Pattern CAPABILITY =
            Pattern.compile("org\\.jeroboam\\.part;name=\"?([\\w.-]+)\"?;type=\"?([\\w-]+)\"?");
    private static final Pattern REQUIREMENT =
            Pattern.compile("org\\.jeroboam\\.part;[^,]*\\(type=([\\w-]+)\\)\\(name=([\\w.-]+)\\)");

    private static List<Path> bundles;

    @BeforeAll
    static void findBundles() throws IOException {
        Path system = Path.of(System.getProperty("jeroboam.distribution"))
                .resolveSibling("assembly")
                .resolve("system")
                .resolve("org")
                .resolve("jeroboam");
        try (Stream<Path> files = Files.walk(system)) {
            bundles = files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
        assertTrue(bundles.size() > 20, bundles::toString);
    }

    private static String header(Path bundle, String name) throws IOException {
        try (JarFile jar = new JarFile(bundle.toFile())) {
            String value = jar.getManifest().getMainAttributes().getValue(name);
            return value == null ? "" : value;
        }
    }

    private static Set<String> capabilities(Path bundle) throws IOException {
        Set<String> found = new TreeSet<>();
        Matcher matcher = CAPABILITY.matcher(header(bundle, "Provide-Capability"));
        while (matcher.find()) {
            found.add(matcher.group(2) + " " + matcher.group(1));
        }
        return found;
    }

    private static Set<String> services(Path bundle) throws IOException {
        Set<String> found = new TreeSet<>();
        try (JarFile jar = new JarFile(bundle.toFile())) {
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                if (entry.getName().startsWith("OSGI-INF/") && entry.getName().endsWith(".xml")) {
                    String xml = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
                    Matcher property = PROPERTY.matcher(xml);
                    while (property.find()) {
                        if (TYPES.containsKey(property.group(1))) {
                            found.add(TYPES.get(property.group(1)) + " " + property.group(2));
                        }
                    }
                }
            }
        }
        return found;
    }

    @Test
    void capabilitiesAreThoseOfTheServices() throws IOException {
        int parts = 0;
        for (Path bundle : bundles) {
            assertEquals(services(bundle), capabilities(bundle), "parts of " + bundle.getFileName());
            parts += capabilities(bundle).size();
        }
        assertTrue(parts >= 24, parts + " parts");
    }

    @Test
    void whatIsRequiredIsThere() throws IOException {
        Set<String> provided = new TreeSet<>();
        List<String> required = new ArrayList<>();
        for (Path bundle : bundles) {
            provided.addAll(capabilities(bundle));
            Matcher matcher = REQUIREMENT.matcher(header(bundle, "Require-Capability"));
            while (matcher.find()) {
                required.add(matcher.group(1) + " " + matcher.group(2));
            }
        }
        assertTrue(required.size() >= 20, required::toString);
        assertTrue(provided.containsAll(required), "required " + required + ", provided " + provided);
    }
}
