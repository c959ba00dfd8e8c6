package org.jeroboam.firmware;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DsdtTest {
    private static final Path SOURCE = Path.of("src/main/asl/dsdt.asl");
    private static final int COMPILER_ID = 28;
    private static final int COMPILER_END = 36;

    @TempDir
    Path directory;

    /** The compiled table in the resources is what the compiler makes of the source; needs Debian's acpica-tools. */
    @Test
    void compiledTableIsNotStale() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/iasl")), "iasl (package acpica-tools) is not installed");
        Process iasl = new ProcessBuilder(
                        "iasl", "-p", directory.resolve("dsdt").toString(), SOURCE.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        assertEquals(0, iasl.waitFor(), () -> "iasl refused " + SOURCE);
        assertArrayEquals(
                withoutCompiler(Files.readAllBytes(directory.resolve("dsdt.aml"))), withoutCompiler(AcpiTables.dsdt()));
    }

    /** Another version of the compiler may sign differently. */
    private static byte[] withoutCompiler(byte[] table) {
        byte[] result = table.clone();
        result[9] = 0;
        for (int i = COMPILER_ID; i < COMPILER_END; i++) {
            result[i] = 0;
        }
        return result;
    }
}
