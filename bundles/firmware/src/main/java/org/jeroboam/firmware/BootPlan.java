package org.jeroboam.firmware;

import java.nio.charset.StandardCharsets;

/**
 * What a kernel is given.
 *
 * @param commandLine its arguments
 * @param ramDisk initial RAM disk; empty for none
 * @param lowRam bytes of RAM from address 0
 */
record BootPlan(String commandLine, byte[] ramDisk, long lowRam) {
    /** The command line as C expects it. */
    byte[] commandLineBytes() {
        return (commandLine + "\0").getBytes(StandardCharsets.ISO_8859_1);
    }
}
