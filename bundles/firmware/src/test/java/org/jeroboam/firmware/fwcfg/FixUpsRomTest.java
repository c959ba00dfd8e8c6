package org.jeroboam.firmware.fwcfg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FixUpsRomTest {
    private static final Path SOURCE = Path.of("src/main/asm/fixups.asm");
    private static final Path BINARY = Path.of("src/main/resources/org/jeroboam/firmware/fwcfg/fixups.rom");

    @TempDir
    Path directory;

    /** The binary in the resources is what the assembler makes of the source; needs Debian's nasm. */
    @Test
    void assembledRomIsNotStale() throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/nasm")), "nasm is not installed");
        Path fresh = directory.resolve("fixups.rom");
        Process nasm = new ProcessBuilder("nasm", "-f", "bin", "-o", fresh.toString(), SOURCE.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        assertEquals(0, nasm.waitFor(), () -> "nasm refused " + SOURCE);
        assertArrayEquals(Files.readAllBytes(fresh), Files.readAllBytes(BINARY));
    }
}
