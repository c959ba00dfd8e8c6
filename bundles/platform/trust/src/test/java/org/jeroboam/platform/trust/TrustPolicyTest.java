package org.jeroboam.platform.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.ZipFile;
import jdk.security.jarsigner.JarSigner;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustPolicyTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    static Path keys;

    @TempDir
    Path folder;

    private static Path trusted;
    private static Path stranger;

    @BeforeAll
    static void makeKeys() throws Exception {
        trusted = key("trusted");
        stranger = key("stranger");
    }

    private static Path key(String name) throws Exception {
        Path store = keys.resolve(name + ".p12");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        name,
                        "-dname",
                        "CN=" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        process.getInputStream().readAllBytes();
        assertEquals(0, process.waitFor());
        return store;
    }

    private Path jar(String text) throws Exception {
        TreeMap<String, byte[]> files = new TreeMap<>();
        files.put("META-INF/MANIFEST.MF", bytes("Manifest-Version: 1.0\r\nBundle-SymbolicName: p\r\n\r\n"));
        files.put("p/P.class", bytes(text));
        files.put("q.txt", bytes("q"));
        Path jar = folder.resolve("unsigned.jar");
        new Content(files).write(jar);
        return jar;
    }

    private Path sign(Path jar, Path store, String alias) throws Exception {
        KeyStore keystore = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        KeyStore.PrivateKeyEntry key = (KeyStore.PrivateKeyEntry)
                keystore.getEntry(alias, new KeyStore.PasswordProtection(PASSWORD.toCharArray()));
        Path signed = folder.resolve(alias + ".jar");
        try (ZipFile in = new ZipFile(jar.toFile());
                OutputStream out = Files.newOutputStream(signed)) {
            new JarSigner.Builder(key).build().sign(in, out);
        }
        return signed;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private TrustPolicy policy() {
        return new TrustPolicy(true, trusted, PASSWORD, folder.resolve("distribution"));
    }

    private String problem(Path jar) throws Exception {
        Files.createDirectories(folder.resolve("distribution"));
        return policy().problem(Content.of(jar));
    }

    @Test
    void whatATrustedKeySignedIsTrusted() throws Exception {
        assertNull(problem(sign(jar("code"), trusted, "trusted")));
    }

    @Test
    void whatNobodySignedIsNot() throws Exception {
        assertEquals("is not signed: p/P.class", problem(jar("code")));
    }

    @Test
    void whatAStrangerSignedIsNot() throws Exception {
        assertEquals(
                "is signed by somebody who is not trusted: CN=stranger",
                problem(sign(jar("code"), stranger, "stranger")));
    }

    @Test
    void whatWasChangedIsNot() throws Exception {
        Content signed = Content.of(sign(jar("code"), trusted, "trusted"));
        TreeMap<String, byte[]> changed = new TreeMap<>(signed.files());
        changed.put("p/P.class", bytes("evil"));
        assertEquals(
                "was changed after it was signed: p/P.class",
                policyWithDistribution().problem(new Content(changed)));
        TreeMap<String, byte[]> more = new TreeMap<>(signed.files());
        more.put("p/Q.class", bytes("evil"));
        assertEquals("is not signed: p/Q.class", policyWithDistribution().problem(new Content(more)));
        TreeMap<String, byte[]> hidden = new TreeMap<>(signed.files());
        hidden.put("META-INF/services/x.SF", bytes("evil"));
        assertEquals(
                "is not signed: META-INF/services/x.SF",
                policyWithDistribution().problem(new Content(hidden)));
    }

    private TrustPolicy policyWithDistribution() throws Exception {
        Files.createDirectories(folder.resolve("distribution"));
        return policy();
    }

    @Test
    void theDistributionsOwnBytesAreTrustedAndNoOthers() throws Exception {
        Path own = Files.createDirectories(folder.resolve("distribution")).resolve("own.jar");
        Files.copy(jar("code"), own);
        assertNull(policy().problem(Content.of(own)));
        assertEquals("is not signed: p/P.class", policy().problem(Content.of(jar("other code"))));
    }

    @Test
    void withoutAKeyStoreNothingIsTrusted() throws Exception {
        Path signed = sign(jar("code"), trusted, "trusted");
        Path distribution = Files.createDirectories(folder.resolve("distribution"));
        Path missing = folder.resolve("missing.p12");
        assertEquals(
                "cannot be checked: there is no key store " + missing,
                new TrustPolicy(true, missing, PASSWORD, distribution).problem(Content.of(signed)));
        String wrong = new TrustPolicy(true, trusted, "guess", distribution).problem(Content.of(signed));
        assertTrue(wrong.startsWith("cannot be checked: "), wrong);
    }

    @Test
    void theSwitchIsOffAndFailsClosed() throws Exception {
        assertFalse(TrustActivator.read(folder, folder).required());
        Path file = folder.resolve("org.jeroboam.platform.trust.cfg");
        for (String line : List.of("required = true", "required = ture", "required =")) {
            Files.writeString(file, line);
            assertTrue(TrustActivator.read(folder, folder).required(), line);
        }
        Files.writeString(file, "required = false");
        assertFalse(TrustActivator.read(folder, folder).required());
    }

    @Test
    void wildcardsCanMeanHardware() {
        String packages = "osgi.wiring.package";
        String hardware = "org.jeroboam.hardware.";
        for (String name : List.of("org.jeroboam.hardware.device", "org.jeroboam.hardware.*", "org.*", "*")) {
            assertTrue(
                    PartGuard.canMean("(&(" + packages + "=" + name + ")(version>=1.0.0))", packages, hardware), name);
        }
        for (String name : List.of("org.jeroboam.management", "javax.*", "org.jeroboam.hard")) {
            assertFalse(PartGuard.canMean("(" + packages + "=" + name + ")", packages, hardware), name);
        }
    }
}
