package org.jeroboam.platform.updates;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.osgi.framework.Bundle;

/**
 * A bundle's content as a jar, with the framework's own means: entry by entry, each with the bytes it has, so that its
 * signatures stay good. Equal contents give equal jars.
 */
final class BundleJar {
    private static final String META_INF = "META-INF/";
    private static final String MANIFEST = META_INF + "MANIFEST.MF";

    private BundleJar() {}

    /** Reads the bundle's present revision. Does not resolve it. */
    static byte[] of(Bundle bundle) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        collect(bundle, "/", names);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            // Readers of streams want the manifest first, and the signatures next.
            if (names.remove(MANIFEST)) {
                put(bundle, MANIFEST, jar);
            }
            List<String> first =
                    names.stream().filter(name -> name.startsWith(META_INF)).toList();
            for (String name : first) {
                put(bundle, name, jar);
            }
            first.forEach(names::remove);
            for (String name : names) {
                put(bundle, name, jar);
            }
        }
        return bytes.toByteArray();
    }

    private static void collect(Bundle bundle, String folder, TreeSet<String> names) {
        Enumeration<String> paths = bundle.getEntryPaths(folder);
        for (String path : paths == null ? List.<String>of() : Collections.list(paths)) {
            if (path.endsWith("/")) {
                collect(bundle, path, names);
            } else {
                names.add(path);
            }
        }
    }

    private static void put(Bundle bundle, String name, JarOutputStream jar) throws IOException {
        URL url = bundle.getEntry(name);
        if (url == null) {
            throw new IOException("the bundle lists " + name + " and does not have it");
        }
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(0);
        jar.putNextEntry(entry);
        try (InputStream in = url.openStream()) {
            in.transferTo(jar);
        }
        jar.closeEntry();
    }
}
