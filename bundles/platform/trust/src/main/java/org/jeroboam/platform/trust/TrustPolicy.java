package org.jeroboam.platform.trust;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which bundles may be parts: those of the distribution, byte by byte, and those that are signed by somebody in a key
 * store. The key store is read anew for each bundle.
 */
final class TrustPolicy {
    private final boolean required;
    private final Path keystore;
    private final char[] password;
    private final Path distribution;
    private Set<String> own;

    /**
     * @param required whether parts must be trusted at all
     * @param keystore PKCS #12 or JKS
     * @param password of the key store; empty for none
     * @param distribution directory of the distribution's own jars
     */
    TrustPolicy(boolean required, Path keystore, String password, Path distribution) {
        this.required = required;
        this.keystore = keystore;
        this.password = password.toCharArray();
        this.distribution = distribution;
    }

    boolean required() {
        return required;
    }

    /** Why a bundle's content is not trusted: the end of a sentence; null when it is. */
    String problem(Content content) {
        try {
            if (own().contains(content.digest())) {
                return null;
            }
            KeyStore trusted = trusted();
            Path jar = Files.createTempFile("part", ".jar");
            try {
                content.write(jar);
                return Signatures.problem(jar, trusted);
            } finally {
                Files.delete(jar);
            }
        } catch (IOException | GeneralSecurityException e) {
            return "cannot be checked: " + e.getMessage();
        }
    }

    private KeyStore trusted() throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(keystore)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            if (store.size() == 0) {
                throw new IOException("the key store " + keystore + " is empty");
            }
            return store;
        } catch (java.nio.file.NoSuchFileException e) {
            throw new IOException("there is no key store " + keystore, e);
        }
    }

    private synchronized Set<String> own() throws IOException {
        if (own == null) {
            Set<String> digests = new HashSet<>();
            try (Stream<Path> files = Files.walk(distribution)) {
                for (Path jar : files.filter(f -> f.toString().endsWith(".jar")).toList()) {
                    digests.add(Content.of(jar).digest());
                }
            }
            own = digests;
        }
        return own;
    }
}
