package org.jeroboam.platform.updates;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpareStoreTest {
    private static final byte[] OLD = bytes("old");
    private static final byte[] NEW = bytes("new");

    @TempDir
    Path folder;

    private SpareStore store;

    @BeforeEach
    void open() {
        store = new SpareStore(folder.resolve("spares"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void whatWasThereBeforeIsTheSpare() throws Exception {
        assertNull(store.version(7));
        assertFalse(store.knows(7, 100));
        assertFalse(store.note(7, 100, "1.0.0", OLD));
        assertTrue(store.knows(7, 100));
        assertNull(store.version(7));
        assertTrue(store.note(7, 200, "1.0.1", NEW));
        assertFalse(store.knows(7, 100));
        assertTrue(store.knows(7, 200));
        assertEquals("1.0.0", store.version(7));
        assertArrayEquals(OLD, store.spare(7));
        assertNull(store.version(8));
    }

    @Test
    void theSameJarAgainIsNoUpdate() throws Exception {
        store.note(7, 100, "1.0.0", OLD);
        store.note(7, 200, "1.0.1", NEW);
        assertFalse(store.note(7, 300, "1.0.1", NEW));
        assertEquals("1.0.0", store.version(7));
        assertTrue(store.knows(7, 300));
    }

    @Test
    void oneSpareOfEachBundleIsKept() throws Exception {
        for (int i = 0; i < 5; i++) {
            store.note(7, i, "1.0." + i, bytes("jar " + i));
        }
        assertEquals("1.0.3", store.version(7));
        try (var files = Files.list(folder.resolve("spares"))) {
            assertEquals(4, files.count());
        }
        store.forget(7);
        assertNull(store.version(7));
        try (var files = Files.list(folder.resolve("spares"))) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void sparesOutliveTheProcess() throws Exception {
        store.note(7, 100, "1.0.0", OLD);
        store.note(7, 200, "1.0.1", NEW);
        open();
        assertArrayEquals(OLD, store.spare(7));
        assertTrue(store.knows(7, 200));
    }
}
