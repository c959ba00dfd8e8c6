package org.jeroboam.sample.splitraw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitRawFormatTest {
    private final SplitRawFormat format = new SplitRawFormat();

    @TempDir
    Path directory;

    private Path part(int number, int sectors) throws IOException {
        byte[] bytes = new byte[sectors * DiskImage.SECTOR_SIZE];
        Arrays.fill(bytes, (byte) number);
        return Files.write(directory.resolve("d.img.%03d".formatted(number)), bytes);
    }

    @Test
    void aTransferGoesOnInTheNextFile() throws Exception {
        Path first = part(1, 3);
        Path second = part(2, 3);
        Path third = part(3, 1);
        assertEquals(List.of(second, third), format.parents(first));
        try (DiskImage disk = format.open(first, false);
                Arena arena = Arena.ofConfined()) {
            assertEquals(7, disk.sectors());
            MemorySegment buffer = arena.allocate(5 * DiskImage.SECTOR_SIZE);
            disk.read(2, 5, buffer);
            byte[] read = buffer.toArray(ValueLayout.JAVA_BYTE);
            assertEquals(1, read[511]);
            assertEquals(2, read[512]);
            assertEquals(3, read[4 * 512]);
            buffer.fill((byte) 9);
            disk.write(2, 5, buffer);
        }
        assertEquals(1, Files.readAllBytes(first)[1023]);
        assertEquals(9, Files.readAllBytes(first)[1024]);
        assertEquals(9, Files.readAllBytes(third)[511]);
        assertEquals(3 * 512, Files.size(second));
    }

    @Test
    void filesThatDoNotFitAreRefusedByName() throws IOException {
        Path first = part(1, 3);
        part(2, 2);
        part(3, 3);
        refused(first, "d.img.002");
        part(2, 4);
        refused(first, "d.img.002");
        Files.delete(directory.resolve("d.img.002"));
        refused(first, "d.img.002");
        Files.write(directory.resolve("d.img.002"), new byte[700]);
        refused(first, "d.img.002");
        refused(directory.resolve("d.img.003"), ".001");
    }

    private void refused(Path file, String named) {
        ConfigurationException e = assertThrows(
                ConfigurationException.class, () -> format.open(file, false).close());
        assertTrue(e.getMessage().contains(named), e.getMessage());
    }
}
