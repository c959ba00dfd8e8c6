package org.jeroboam.platform.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;

/**
 * The key pair with which the owner of a state directory enters the server's shell, and the host key that the server
 * makes for itself.
 *
 * <p>Only the owner can read the files. A fresh server has no user and no password at all; the owner's public key in
 * {@code etc/keys.properties} is the only way in.
 */
final class ShellKeys {

    /** The user to whom the owner's key belongs. */
    static final String USER = "admin";

    private static final String GROUP = "_g_:admingroup";
    private static final String CURVE = "secp256r1";

    private final Path privateKey;
    private final Path hostKey;
    private final Path users;

    /** @param state the server's state directory */
    ShellKeys(Path state) {
        privateKey = state.resolve("shell.key");
        hostKey = state.resolve("etc").resolve("host.key");
        users = state.resolve("etc").resolve("keys.properties");
    }

    /** Makes the owner's key, if it is missing, and enters it into the server's list of users. */
    void prepare() throws IOException, GeneralSecurityException {
        if (!Files.exists(privateKey)) {
            write(privateKey);
        }
        enter(owner().getPublic());
    }

    /** The owner's key pair. */
    KeyPair owner() throws IOException, GeneralSecurityException {
        return load(privateKey);
    }

    /** Whether a server that shows this key is ours. */
    boolean isServer(PublicKey key) throws IOException, GeneralSecurityException {
        return KeyUtils.compareKeys(key, load(hostKey).getPublic());
    }

    private static KeyPair load(Path file) throws IOException, GeneralSecurityException {
        for (KeyPair pair : new FileKeyPairProvider(file).loadKeys(null)) {
            return pair;
        }
        throw new IOException(file + " holds no key; stop the server, remove the file and start the server again");
    }

    private static void write(Path file) throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(CURVE));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(generator.generateKeyPair(), "jeroboam", null, bytes);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
            bytes.writeTo(out);
        }
    }

    /** Adds the owner, unless the list already has a user of that name: then the administrator decided otherwise. */
    private void enter(PublicKey key) throws IOException {
        List<String> lines = Files.exists(users) ? Files.readAllLines(users, StandardCharsets.UTF_8) : List.of();
        Properties known = new Properties();
        if (Files.exists(users)) {
            try (var in = Files.newBufferedReader(users)) {
                known.load(in);
            }
        }
        if (known.containsKey(USER)) {
            return;
        }
        List<String> entered = new ArrayList<>(lines);
        String[] entry = PublicKeyEntry.toString(key).split(" ");
        entered.add(USER + " = " + entry[1] + "," + GROUP);
        Files.write(users, entered, StandardCharsets.UTF_8);
    }
}
