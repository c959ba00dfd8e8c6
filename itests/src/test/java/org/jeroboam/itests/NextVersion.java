package org.jeroboam.itests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Another version of a bundle: the same jar under another number. */
final class NextVersion {
    private NextVersion() {}

    /** Writes the bundle anew, with the version given, into a folder. */
    static Path of(String bundle, String version, Path folder) throws IOException {
        return write(bundle, version, folder, "");
    }

    /** The same without its components: the bundle offers nothing any more. */
    static Path broken(String bundle, String version, Path folder) throws IOException {
        return write(bundle, version, folder, "Service-Component");
    }

    private static Path write(String bundle, String version, Path folder, String without) throws IOException {
        Path result = folder.resolve(bundle + "-" + version + ".jar");
        if (!Files.exists(result)) {
            Path part = folder.resolve(bundle + "-" + version + ".part");
            try (InputStream in = Files.newInputStream(ServerProcess.jar(bundle));
                    JarInputStream jar = new JarInputStream(in);
                    OutputStream out = Files.newOutputStream(part)) {
                Manifest manifest = jar.getManifest();
                manifest.getMainAttributes().put(new Attributes.Name("Bundle-Version"), version);
                manifest.getMainAttributes().keySet().removeIf(name -> name.toString()
                        .equals(without));
                copy(jar, new JarOutputStream(out, manifest));
            }
            Files.move(part, result);
        }
        return result;
    }

    private static void copy(JarInputStream from, JarOutputStream to) throws IOException {
        try (to) {
            for (JarEntry entry = from.getNextJarEntry(); entry != null; entry = from.getNextJarEntry()) {
                to.putNextEntry(new JarEntry(entry.getName()));
                from.transferTo(to);
                to.closeEntry();
            }
        }
    }
}
