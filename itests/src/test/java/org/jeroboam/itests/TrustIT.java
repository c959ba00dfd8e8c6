package org.jeroboam.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.zip.ZipFile;
import jdk.security.jarsigner.JarSigner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the policy on, only parts that a trusted key signed are resolved, and the distribution's own. */
class TrustIT {
    private static final String SERIAL = "jeroboam-device-serial";
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path home;

    @Test
    void onlyWhatATrustedKeySignedBecomesAPart() throws Exception {
        Path trusted = key("trusted");
        Path stranger = key("stranger");
        Path tampered = sign(NextVersion.of(SERIAL, "0.1.3", home), trusted, "trusted");
        try (FileSystem zip = FileSystems.newFileSystem(tampered, Map.of())) {
            Files.write(zip.getPath("/tampered.txt"), "evil".getBytes(StandardCharsets.US_ASCII));
        }
        ServerProcess server = new ServerProcess(home);
        server.configure("org.jeroboam.platform.trust.cfg", "required", "true");
        Files.copy(trusted, server.state().resolve("etc").resolve("trusted-parts.p12"));
        server.start();
        try {
            TickingGuest guest = TickingGuest.start(server, home, "web");
            refused(server, NextVersion.of(SERIAL, "0.1.1", home), "0.1.1 is refused as a part: it is not signed");
            refused(
                    server,
                    sign(NextVersion.of(SERIAL, "0.1.2", home), stranger, "stranger"),
                    "0.1.2 is refused as a part: it is signed by somebody who is not trusted: CN=stranger");
            refused(server, tampered, "0.1.3 is refused as a part: it is not signed: tampered.txt");
            server.shell("bundle:install -s "
                    + sign(NextVersion.of(SERIAL, "0.1.4", home), trusted, "trusted")
                            .toUri());
            server.shell("vm:swap web com1");
            assertTrue(server.shell("vm:devices web").contains("0.1.4"));
            guest.goesOn("a signed part was swapped in");
        } finally {
            server.stop();
        }
    }

    private static void refused(ServerProcess server, Path jar, String why) {
        server.attempt("bundle:install -s " + jar.toUri());
        ServerProcess.await(() -> server.log().contains(why), () -> why + "\n" + server.log());
    }

    private Path key(String name) throws Exception {
        Path store = home.resolve(name + ".p12");
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

    private Path sign(Path jar, Path store, String alias) throws Exception {
        KeyStore keystore = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        KeyStore.PrivateKeyEntry key = (KeyStore.PrivateKeyEntry)
                keystore.getEntry(alias, new KeyStore.PasswordProtection(PASSWORD.toCharArray()));
        Path signed = home.resolve(alias + "-" + jar.getFileName());
        try (ZipFile in = new ZipFile(jar.toFile());
                OutputStream out = Files.newOutputStream(signed)) {
            new JarSigner.Builder(key).build().sign(in, out);
        }
        return signed;
    }
}
