package org.jeroboam.hardware.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of an image, whole or damaged. */
final class Folder {
    private Folder() {}

    static Map<Path, byte[]> contents(Path folder) throws IOException {
        Map<Path, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                contents.put(file, Files.readAllBytes(file));
            }
        }
        return contents;
    }

    static void assertSame(Map<Path, byte[]> expected, Map<Path, byte[]> actual) {
        assertEquals(expected.keySet(), actual.keySet(), "the image's files");
        expected.forEach((file, bytes) -> assertArrayEquals(bytes, actual.get(file), file.toString()));
    }

    /** Writes the files with some damage in one of them, most of it where formats have their structures. */
    static void damage(Map<Path, byte[]> whole, Random random) throws IOException {
        List<Path> files = List.copyOf(whole.keySet());
        int chosen = random.nextInt(files.size());
        for (int i = 0; i < files.size(); i++) {
            byte[] bytes = whole.get(files.get(i));
            if (i == chosen && random.nextInt(16) == 0 && files.size() > 1) {
                Files.deleteIfExists(files.get(i));
            } else {
                Files.write(files.get(i), i == chosen ? damaged(bytes, random) : bytes);
            }
        }
    }

    private static byte[] damaged(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        if (bytes.length == 0) {
            return new byte[random.nextInt(1000)];
        }
        int near = Math.min(bytes.length, 2048);
        switch (random.nextInt(5)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(3000));
            case 2 -> bytes[random.nextInt(near)] ^= (byte) (1 << random.nextInt(8));
            case 3 -> bytes[bytes.length - 1 - random.nextInt(near)] ^= (byte) (1 << random.nextInt(8));
            default -> {
                int at = random.nextBoolean() ? random.nextInt(near) : random.nextInt(bytes.length);
                Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), (byte) (random.nextBoolean() ? 0xFF : 0x7F));
            }
        }
        return bytes;
    }
}
