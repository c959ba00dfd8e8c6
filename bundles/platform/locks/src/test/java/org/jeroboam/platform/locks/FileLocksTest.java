package org.jeroboam.platform.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.ImageLocks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLocksTest {
    @TempDir
    Path folder;

    private final FileLocks locks = new FileLocks();
    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.write(folder.resolve("disk.img"), new byte[512]);
    }

    private String refused(Path path, boolean shared) {
        String message = assertThrows(ConfigurationException.class, () -> locks.lock(path, shared, "second"))
                .getMessage();
        assertFalse(message.contains("\n"), message);
        return message;
    }

    private Process child(boolean shared) throws IOException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        Process child = new ProcessBuilder(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockingProcess.class.getName(),
                        file.toString(),
                        Boolean.toString(shared))
                .start();
        BufferedReader said = child.errorReader(StandardCharsets.UTF_8);
        assertEquals("locked", said.readLine());
        return child;
    }

    @Test
    void exclusiveMeansOne() throws Exception {
        ImageLocks.Lock lock = locks.lock(file, false, "machine 'first', disk 0");
        assertTrue(refused(file, false).contains("machine 'first', disk 0"));
        assertTrue(refused(file, true).contains("machine 'first', disk 0"));
        lock.close();
        locks.lock(file, false, "second").close();
    }

    @Test
    void sharedMeansReaders() throws Exception {
        ImageLocks.Lock one = locks.lock(file, true, "one");
        ImageLocks.Lock two = locks.lock(file, true, "two");
        assertTrue(refused(file, false).contains("one, two"));
        one.close();
        one.close();
        assertTrue(refused(file, false).contains("by two;"));
        two.close();
        locks.lock(file, false, "three").close();
    }

    @Test
    void fileIsTheSameUnderEachName() throws Exception {
        Path symbolic = Files.createSymbolicLink(folder.resolve("symbolic.img"), file);
        Path hard = Files.createLink(folder.resolve("hard.img"), file);
        try (ImageLocks.Lock lock = locks.lock(symbolic, false, "first")) {
            assertTrue(refused(file, false).contains("first"));
            assertTrue(refused(hard, true).contains("first"));
            assertNotNull(lock);
        }
    }

    @Test
    void killedProcessLeavesNothing() throws Exception {
        Process child = child(false);
        try {
            String message = refused(file, false);
            assertTrue(message.contains("process " + child.pid()), message);
            refused(file, true);
        } finally {
            child.destroyForcibly().waitFor();
        }
        locks.lock(file, false, "second").close();
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList(), "no litter");
        }
    }

    @Test
    void otherReadersMayReadAndLooksDoNotUnlock() throws Exception {
        Process child = child(true);
        try {
            locks.lock(file, true, "reader").close();
            refused(file, false);
        } finally {
            child.destroyForcibly().waitFor();
        }
        try (ImageLocks.Lock lock = locks.lock(file, false, "first")) {
            FileChannel.open(file).close();
            ConfigurationException e =
                    assertThrows(ConfigurationException.class, () -> new FileLocks().lock(file, true, "other"));
            assertTrue(
                    e.getMessage().contains("process " + ProcessHandle.current().pid()), e.getMessage());
            assertNotNull(lock);
        }
    }

    @Test
    void unfitFilesAreRefused() {
        assertTrue(refused(folder, false).contains("directory"));
        assertTrue(refused(folder.resolve("none"), false).contains("does not exist"));
    }

    @Test
    void lockOutlivesItsService() throws Exception {
        ImageLocks.Lock lock = locks.lock(file, false, "first");
        FileLocks successor = new FileLocks();
        assertThrows(ConfigurationException.class, () -> successor.lock(file, false, "other"));
        lock.close();
        successor.lock(file, false, "other").close();
    }
}
