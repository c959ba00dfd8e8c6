package org.jeroboam.storage.vhd.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jeroboam.hardware.device.ConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFileTest {
    private static final byte[] TEXT = "content".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private Path target;

    @BeforeEach
    void name() {
        target = folder.resolve("new.vhd");
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private void make(boolean replace) throws Exception {
        try (NewFile file = NewFile.begin(target, replace)) {
            file.file().write(0, ByteBuffer.wrap(TEXT));
            file.finish();
        }
    }

    @Test
    void aFinishedFileHasItsName() throws Exception {
        make(false);
        assertEquals(List.of(target), files());
        assertArrayEquals(TEXT, Files.readAllBytes(target));
    }

    @Test
    void anUnfinishedFileIsGone() throws Exception {
        try (NewFile file = NewFile.begin(target, false)) {
            file.file().write(0, ByteBuffer.wrap(TEXT));
            assertTrue(Files.notExists(target));
            assertEquals(1, files().size());
        }
        assertEquals(List.of(), files());
    }

    @Test
    void anExistingFileStaysUnlessItIsReplaced() throws Exception {
        Files.writeString(target, "old");
        assertTrue(assertThrows(ConfigurationException.class, () -> make(false))
                .getMessage()
                .contains("exists"));
        try (NewFile file = NewFile.begin(target, true)) {
            file.file().write(0, ByteBuffer.wrap(TEXT));
        }
        assertEquals("old", Files.readString(target));
        make(true);
        assertArrayEquals(TEXT, Files.readAllBytes(target));
        assertEquals(List.of(target), files());
    }

    @Test
    void aNameTakenMeanwhileIsNotReplaced() throws Exception {
        try (NewFile file = NewFile.begin(target, false)) {
            Files.writeString(target, "faster");
            assertThrows(ConfigurationException.class, file::finish);
        }
        assertEquals("faster", Files.readString(target));
        assertEquals(List.of(target), files());
    }

    @Test
    void impossiblePlacesAreRefused() throws Exception {
        assertTrue(assertThrows(ConfigurationException.class, () -> NewFile.begin(folder, true))
                .getMessage()
                .contains("directory"));
        Path nowhere = folder.resolve("none").resolve("x.vhd");
        assertTrue(assertThrows(ConfigurationException.class, () -> NewFile.begin(nowhere, true))
                .getMessage()
                .contains("no folder"));
    }
}
