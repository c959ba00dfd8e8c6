package org.jeroboam.platform.updates;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Properties;

/**
 * The jars of bundles, on disk: of each the one that it had when it was stopped last, and the spare that it had before
 * that. So an update, before which a bundle is stopped, finds the old jar here.
 */
final class SpareStore {
    private static final String STAMP = "stamp";
    private static final String VERSION = "version";

    private final Path directory;

    /** @param directory where the jars are kept, made when it is needed */
    SpareStore(Path directory) {
        this.directory = directory;
    }

    /** Whether the jar that a bundle has now is known already. */
    boolean knows(long bundle, long stamp) throws IOException {
        return Long.toString(stamp).equals(read(info(bundle, "last")).getProperty(STAMP));
    }

    /**
     * Notes the jar that a bundle has. When it has another one than was noted last, that is its spare from now on.
     *
     * @param bundle its number
     * @param stamp when it was changed last
     * @param version its version
     * @param jar its content
     * @return whether there is a new spare
     */
    boolean note(long bundle, long stamp, String version, byte[] jar) throws IOException {
        Files.createDirectories(directory);
        Path last = jar(bundle, "last");
        boolean other = Files.exists(last) && !Arrays.equals(jar, Files.readAllBytes(last));
        if (other) {
            move(last, jar(bundle, "spare"));
            move(info(bundle, "last"), info(bundle, "spare"));
        }
        Path part = directory.resolve(bundle + ".part");
        Files.write(part, jar);
        move(part, last);
        Properties info = new Properties();
        info.setProperty(STAMP, Long.toString(stamp));
        info.setProperty(VERSION, version);
        try (Writer out = Files.newBufferedWriter(part)) {
            info.store(out, null);
        }
        move(part, info(bundle, "last"));
        return other;
    }

    /** The version of a bundle's spare, or null. */
    String version(long bundle) throws IOException {
        return Files.exists(jar(bundle, "spare")) ? read(info(bundle, "spare")).getProperty(VERSION, "?") : null;
    }

    /** A bundle's spare. */
    byte[] spare(long bundle) throws IOException {
        return Files.readAllBytes(jar(bundle, "spare"));
    }

    /** Forgets a bundle. */
    void forget(long bundle) throws IOException {
        for (String which : new String[] {"last", "spare"}) {
            Files.deleteIfExists(jar(bundle, which));
            Files.deleteIfExists(info(bundle, which));
        }
    }

    private Path jar(long bundle, String which) {
        return directory.resolve(bundle + "." + which + ".jar");
    }

    private Path info(long bundle, String which) {
        return directory.resolve(bundle + "." + which + ".properties");
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Properties read(Path file) throws IOException {
        Properties p = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            p.load(in);
        } catch (NoSuchFileException e) {
            return new Properties();
        }
        return p;
    }
}
