package org.jeroboam.access.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.management.ManagementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** What a user reads when a bundle cannot be used. */
class BroughtBundlesTest {
    @TempDir
    Path folder;

    private final List<String> done = new ArrayList<>();
    private String symbolicName = "vendor.card";
    private BundleException atInstall;
    private BundleException atStart;

    private Bundle bundle(String location) {
        return (Bundle) Proxy.newProxyInstance(
                Bundle.class.getClassLoader(), new Class<?>[] {Bundle.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getSymbolicName")) {
                        return symbolicName;
                    }
                    done.add(method.getName() + " " + location);
                    if (atStart != null) {
                        throw atStart;
                    }
                    return null;
                });
    }

    private BroughtBundles bundles() {
        return new BroughtBundles((BundleContext) Proxy.newProxyInstance(
                BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> {
                    String location = (String) arguments[0];
                    String name = location.substring(location.lastIndexOf('/') + 1);
                    done.add("install " + name);
                    if (atInstall != null) {
                        throw atInstall;
                    }
                    return bundle(name);
                }));
    }

    private Path jar(String name) throws IOException {
        return Files.writeString(folder.resolve(name), "");
    }

    private String refused(Path... files) {
        ManagementException e =
                assertThrows(ManagementException.class, () -> bundles().start(List.of(files)));
        assertEquals(ManagementException.Kind.BAD_REQUEST, e.kind());
        return e.getMessage();
    }

    @Test
    void allAreInstalledBeforeOneIsStarted() throws Exception {
        bundles().start(List.of(jar("a.jar"), jar("b.jar")));
        assertEquals(List.of("install a.jar", "install b.jar", "start a.jar", "start b.jar"), done);
        bundles().start(List.of());
        assertEquals(4, done.size());
    }

    @Test
    void whatIsNoFile() {
        Path none = folder.resolve("none.jar");
        assertEquals("--bundle: there is no file " + none, refused(none));
    }

    @Test
    void whatIsNoBundle() throws IOException {
        Path jar = jar("plain.jar");
        symbolicName = null;
        assertEquals("--bundle " + jar + " is no bundle: its manifest has no Bundle-SymbolicName", refused(jar));
        atInstall = new BundleException("Unable to cache", new IOException("zip END header not found"));
        assertEquals("--bundle " + jar + " is no bundle: zip END header not found", refused(jar));
    }

    @Test
    void whatIsThereAlready() throws IOException {
        Path jar = jar("twice.jar");
        atInstall = new BundleException(
                "Bundle symbolic name and version are not unique", BundleException.DUPLICATE_BUNDLE_ERROR);
        assertEquals(
                "--bundle " + jar + " has the name and version of a bundle that is there already;"
                        + " give it another version",
                refused(jar));
    }

    @Test
    void whatDoesNotResolve() throws IOException {
        Path jar = jar("card.jar");
        atStart = new BundleException(
                "Unable to resolve vendor.card [31](R 31.0): missing requirement [vendor.card [31](R 31.0)]"
                        + " osgi.wiring.package; (&(osgi.wiring.package=org.jeroboam.hardware.device)(version>=9.0.0))"
                        + " Unresolved requirements: [[vendor.card [31](R 31.0)] osgi.wiring.package;"
                        + " (&(osgi.wiring.package=org.jeroboam.hardware.device)(version>=9.0.0))]",
                BundleException.RESOLVE_ERROR);
        assertEquals(
                "--bundle " + jar + " cannot be started: nothing here offers what it needs, osgi.wiring.package"
                        + " (&(osgi.wiring.package=org.jeroboam.hardware.device)(version>=9.0.0))",
                refused(jar));
        atStart = new BundleException(
                "Unable to resolve vendor.card [31](R 31.0): missing requirement [vendor.card [31](R 31.0)]"
                        + " osgi.wiring.package; (osgi.wiring.package=vendor.library) [caused by: Unable to resolve"
                        + " vendor.library [32](R 32.0): missing requirement [vendor.library [32](R 32.0)]"
                        + " org.jeroboam.part; (&(type=device)(name=acme))] Unresolved requirements: [[vendor.card"
                        + " [31](R 31.0)] osgi.wiring.package; (osgi.wiring.package=vendor.library)]",
                BundleException.RESOLVE_ERROR);
        assertEquals(
                "--bundle " + jar + " cannot be started: nothing here offers what it needs, org.jeroboam.part"
                        + " (&(type=device)(name=acme))",
                refused(jar));
        atStart = new BundleException("Activator start error", new IllegalStateException("the licence\n has ended"));
        assertEquals("--bundle " + jar + " cannot be started: the licence has ended", refused(jar));
    }
}
