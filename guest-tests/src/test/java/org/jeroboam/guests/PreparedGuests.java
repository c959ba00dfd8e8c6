package org.jeroboam.guests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.operation.Conversion;
import org.jeroboam.storage.vhd.operation.DiskKind;
import org.jeroboam.storage.vhd.operation.Progress;

/** What the scripts gather and build for the tests, fetched when it is missing. Their files are never written to. */
final class PreparedGuests {
    private PreparedGuests() {}

    /** The directory with the foreign boot media; see {@code scripts/test-guests}. */
    static Path bootMedia() throws IOException, InterruptedException {
        return Path.of(run("test-guests"));
    }

    /** A new VHD with the demo's disk: GRUB, Debian's kernel and a user land. */
    static Path demoDisk(Path directory) throws IOException, InterruptedException, ConfigurationException {
        Path disk = directory.resolve("demo.vhd");
        Conversion.run(Path.of(run("demo-disk")), disk, DiskKind.DYNAMIC, false, Progress.NONE);
        return disk;
    }

    private static String run(String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("jeroboam.scripts"), script).toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> paths =
                new String(process.getInputStream().readAllBytes()).lines().toList();
        if (process.waitFor() != 0 || paths.size() != 1) {
            throw new IOException("scripts/" + script + " could not prepare its guests");
        }
        return paths.getFirst();
    }

    /** Makes the server find SeaBIOS. */
    static void useFirmware() throws IOException, InterruptedException {
        Path bios = FirmwareFiles.fetch().bios();
        System.setProperty("jeroboam.firmware", bios.getParent().toString());
    }

    /** A copy that a guest may write to. */
    static Path copy(Path image, Path directory) throws IOException {
        return Files.copy(image, directory.resolve(image.getFileName()));
    }
}
