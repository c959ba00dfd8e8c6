package org.jeroboam.platform.trust;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.osgi.framework.Bundle;

/** The files in a bundle or jar, by name. */
record Content(SortedMap<String, byte[]> files) {
    private static final String META_INF = "META-INF/";
    private static final String MANIFEST = META_INF + "MANIFEST.MF";

    /** What a bundle holds, as its classes are loaded from it. Does not resolve it. */
    static Content of(Bundle bundle) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        collect(bundle, "/", files);
        return new Content(files);
    }

    private static void collect(Bundle bundle, String folder, SortedMap<String, byte[]> files) throws IOException {
        Enumeration<String> paths = bundle.getEntryPaths(folder);
        for (String path : paths == null ? List.<String>of() : Collections.list(paths)) {
            if (path.endsWith("/")) {
                collect(bundle, path, files);
            } else {
                try (InputStream in = bundle.getEntry(path).openStream()) {
                    files.put(path, in.readAllBytes());
                }
            }
        }
    }

    /** What a jar holds. */
    static Content of(Path jar) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (!entry.isDirectory()) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        files.put(entry.getName(), in.readAllBytes());
                    }
                }
            }
        }
        return new Content(files);
    }

    /** A digest of names and bytes. */
    String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files.forEach((name, bytes) -> {
                byte[] text = name.getBytes(StandardCharsets.UTF_8);
                digest.update((text.length + ":" + bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                digest.update(text);
                digest.update(bytes);
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Writes all of it as a jar, the manifest and signatures first. */
    void write(Path jar) throws IOException {
        List<String> names = new ArrayList<>(files.keySet());
        names.sort((a, b) -> Integer.compare(rank(a), rank(b)));
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (String name : names) {
                out.putNextEntry(new ZipEntry(name));
                out.write(files.get(name));
                out.closeEntry();
            }
        }
    }

    private static int rank(String name) {
        return name.equals(MANIFEST) ? 0 : name.startsWith(META_INF) ? 1 : 2;
    }
}
