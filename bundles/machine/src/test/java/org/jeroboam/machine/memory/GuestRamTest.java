package org.jeroboam.machine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jeroboam.hardware.memory.HostMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guest RAM ends where it ends: what runs over stops the process. */
class GuestRamTest {
    private static final long SIZE = 1 << 20;

    @TempDir
    Path directory;

    private static String rights(long address) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .map(line -> line.split("[- ]", 3))
                .filter(f -> Long.parseUnsignedLong(f[0], 16) <= address && address < Long.parseUnsignedLong(f[1], 16))
                .map(f -> f[2].substring(0, 4))
                .findFirst()
                .orElse("none");
    }

    @Test
    void guardsLieAround() throws IOException {
        GuestRam ram = new GuestRam(SIZE);
        long first = ram.pageAddress(0);
        assertEquals("rw-p", rights(first));
        assertEquals("rw-p", rights(first + SIZE - 1));
        assertEquals("---p", rights(first - 1));
        assertEquals("---p", rights(first - 4096));
        assertEquals("---p", rights(first + SIZE));
        HostMemory.putByte(first + SIZE - 1, 7);
        ram.clear();
        assertEquals(0, HostMemory.getByte(first + SIZE - 1));
        ram.close();
        assertTrue(!rights(first).equals("rw-p") || !rights(first - 1).equals("---p"), "gone");
    }

    @Test
    void aByteBeforeStopsTheProcess() throws Exception {
        assertTrue(child(-1).contains("SIGSEGV"));
    }

    @Test
    void aByteBehindStopsTheProcess() throws Exception {
        assertTrue(child(SIZE).contains("SIGSEGV"));
    }

    @Test
    void theLastByteDoesNot() throws Exception {
        assertEquals("", child(SIZE - 1));
    }

    /** What a process says that writes at an offset of its guest RAM. */
    private String child(long offset) throws Exception {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + directory.resolve("error"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Toucher.class.getName(),
                        Long.toString(offset)))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        String said = Files.readString(output);
        assertEquals(said.isEmpty(), process.exitValue() == 0, said);
        return said;
    }

    /** The program of the child: writes a byte at an offset from the beginning of a megabyte of guest RAM. */
    static final class Toucher {
        private Toucher() {}

        public static void main(String[] arguments) {
            HostMemory.putByte(new GuestRam(SIZE).pageAddress(0) + Long.parseLong(arguments[0]), 1);
        }
    }
}
