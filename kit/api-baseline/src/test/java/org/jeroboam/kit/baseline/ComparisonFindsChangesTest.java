package org.jeroboam.kit.baseline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.Jar;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.Manifest;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison must fail for what vendors cannot live with. */
class ComparisonFindsChangesTest {
    private static final String ORIGINAL = "public interface Part { void attach(); int drain(); }";

    @TempDir
    Path directory;

    private int built;

    /** A bundle that exports one package with one interface. */
    private Jar bundle(String version, String source) throws Exception {
        Path classes = Files.createDirectory(directory.resolve("classes" + built));
        Path file = Files.writeString(
                Files.createDirectories(directory.resolve("source" + built++ + "/api"))
                        .resolve("Part.java"),
                "package api; " + source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertEquals(0, compiler.run(null, null, null, "-d", classes.toString(), file.toString()));
        try (Builder builder = new Builder()) {
            builder.addClasspath(classes.toFile());
            builder.setProperties(toProperties(
                    Map.of("Bundle-SymbolicName", "api", "Export-Package", "api;version=" + version, "-noee", "true")));
            Path jar = directory.resolve("api" + built + ".jar");
            builder.build().write(jar.toFile());
            return new Jar(jar.toFile());
        }
    }

    private static Properties toProperties(Map<String, String> map) {
        Properties properties = new Properties();
        properties.putAll(map);
        return properties;
    }

    private List<String> complaints(String version, String source) throws Exception {
        try (Jar older = bundle("1.0.0", ORIGINAL);
                Jar newer = bundle(version, source)) {
            return ApiComparison.complaints(newer, older);
        }
    }

    @Test
    void nothingChanged() throws Exception {
        assertEquals(List.of(), complaints("1.0.0", ORIGINAL));
    }

    @Test
    void aMethodIsGone() throws Exception {
        String changed = "public interface Part { void attach(); }";
        List<String> complaints = complaints("1.1.0", changed);
        assertEquals(1, complaints.size());
        String complaint = complaints.getFirst();
        assertTrue(complaint.startsWith("package api differs from the baseline's"), complaint);
        assertTrue(complaint.contains("drain() removed"), complaint);
        assertTrue(complaint.endsWith("from 1.1.0 to 2.0.0"), complaint);
        assertEquals(List.of(), complaints("2.0.0", changed));
    }

    @Test
    void aMethodWithABodyIsNew() throws Exception {
        String changed = "public interface Part { void attach(); int drain(); default void more() {} }";
        assertTrue(complaints("1.0.0", changed).getFirst().endsWith("from 1.0.0 to 1.1.0"));
        assertEquals(List.of(), complaints("1.1.0", changed));
    }

    @Test
    void aMethodThatVendorsMustImplementIsNew() throws Exception {
        String changed = "public interface Part { void attach(); int drain(); void more(); }";
        assertTrue(complaints("1.1.0", changed).getFirst().endsWith("from 1.1.0 to 2.0.0"));
    }

    @Test
    void thePackageIsGone() throws Exception {
        try (Jar older = bundle("1.0.0", ORIGINAL);
                Jar newer = new Jar("empty")) {
            newer.setManifest(new Manifest());
            assertEquals(
                    List.of("package api is gone; bring it back for the vendors who use it"),
                    ApiComparison.complaints(newer, older));
        }
    }
}
