package org.jeroboam.guests;

import java.io.IOException;
import java.nio.file.Path;

/**
 * SeaBIOS, from the system's package.
 *
 * @param bios image of 128 KiB
 * @param videoRom VGA BIOS for the ISA registers
 */
record FirmwareFiles(Path bios, Path videoRom) {
    /** The files, fetched when they are missing. */
    static FirmwareFiles fetch() throws IOException, InterruptedException {
        Process script = new ProcessBuilder(Path.of(System.getProperty("jeroboam.scripts"), "firmware")
                        .toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String directory = new String(script.getInputStream().readAllBytes()).strip();
        if (script.waitFor() != 0 || directory.isEmpty()) {
            throw new IOException("scripts/firmware could not find SeaBIOS");
        }
        return new FirmwareFiles(Path.of(directory, "bios.bin"), Path.of(directory, "vgabios-isavga.bin"));
    }
}
