package org.jeroboam.itests;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A feature that lacks a part is refused before anything of it is started, by a message that names the part. */
class MissingPartIT {
    @TempDir
    Path home;

    private ServerProcess server;

    @BeforeEach
    void start() throws Exception {
        server = new ServerProcess(home).start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void theMessageNamesThePart() throws Exception {
        server.shell("feature:repo-add " + feature("lucky", "serial-16550").toUri());
        server.shell("feature:install lucky");
        server.shell("feature:repo-add " + feature("unlucky", "acme-unheard-of").toUri());
        String refusal = server.refused("feature:install unlucky");
        assertTrue(refusal.contains("name=acme-unheard-of"), refusal);
        assertTrue(refusal.contains("org.jeroboam.part"), refusal);
        String bundles = server.shell("bundle:list -s");
        assertTrue(bundles.contains("vendor.lucky"), bundles);
        assertFalse(bundles.contains("vendor.unlucky"), bundles);
    }

    /** A feature with one bundle, which requires a device. */
    private Path feature(String name, String device) throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "vendor." + name);
        headers.putValue("Bundle-Version", "1.0.0");
        headers.putValue(
                "Require-Capability",
                "org.jeroboam.part;effective:=active;filter:=\"(&(type=device)(name=" + device + "))\"");
        Path jar = home.resolve(name + ".jar");
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return Files.writeString(home.resolve(name + ".xml"), """
                <features name="%1$s" xmlns="http://karaf.apache.org/xmlns/features/v1.6.0">
                  <feature name="%1$s" version="1.0.0">
                    <bundle>%2$s</bundle>
                  </feature>
                </features>
                """.formatted(name, jar.toUri()));
    }
}
