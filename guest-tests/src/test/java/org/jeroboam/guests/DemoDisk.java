package org.jeroboam.guests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.operation.Conversion;
import org.jeroboam.storage.vhd.operation.DiskKind;
import org.jeroboam.storage.vhd.operation.Progress;

/** A copy of the disk that {@code scripts/demo-disk} makes; its files can be changed before a machine gets it. */
final class DemoDisk {
    private static final int FIRST_SECTOR = 2048;
    private static final int SECTOR = 512;

    private final Path image;

    private DemoDisk(Path image) {
        this.image = image;
    }

    /**
     * Copies the disk, which is made when it is missing.
     *
     * @param kernel {@code 686} or {@code 686-pae}
     * @param directory for the copy
     */
    static DemoDisk copy(String kernel, Path directory) throws IOException, InterruptedException {
        String said = Tools.run(
                Path.of(System.getProperty("jeroboam.scripts"), "demo-disk").toString(), "--kernel", kernel);
        String original = said.strip().lines().reduce("", (before, line) -> line); // progress comes before
        Path image = directory.resolve(kernel + ".img");
        Tools.run("cp", "--sparse=always", original, image.toString());
        return new DemoDisk(image);
    }

    /** What a virtual hard disk holds. */
    static DemoDisk of(Path vhd, Path directory) throws IOException, ConfigurationException {
        Path image = directory.resolve(vhd.getFileName() + ".img");
        Conversion.run(vhd, image, DiskKind.RAW, true, Progress.NONE);
        return new DemoDisk(image);
    }

    /** A boot menu with one entry. */
    static byte[] grub(String arguments) {
        return ("serial --unit=0 --speed=115200\nterminal_input console serial\nterminal_output console serial\n"
                        + "set timeout=1\nmenuentry Debian {\n  linux /boot/vmlinuz root=/dev/sda1 rw console=tty0"
                        + " console=ttyS0,115200 mitigations=off " + arguments + "\n  initrd /boot/initrd.img\n}\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Puts a file in, in place of one with the same name. */
    void put(String path, byte[] content) throws IOException, InterruptedException {
        Path file = Files.write(image.resolveSibling("content"), content);
        Path commands = Files.write(
                image.resolveSibling("commands"), List.of("rm " + path, "write " + file.toAbsolutePath() + " " + path));
        Tools.run("debugfs", "-w", "-f", commands.toString(), fileSystem());
        if (!Arrays.equals(content, get(path))) {
            throw new IOException("debugfs did not put " + path + " into " + image);
        }
    }

    /** Takes a file out. */
    byte[] get(String path) throws IOException, InterruptedException {
        Path file = image.resolveSibling("content");
        Files.deleteIfExists(file);
        Tools.run("debugfs", "-R", "dump " + path + " " + file.toAbsolutePath(), fileSystem());
        return Files.readAllBytes(file);
    }

    /** The file system, as the tools of e2fsprogs want it named. */
    String fileSystem() {
        return image + "?offset=" + FIRST_SECTOR * SECTOR;
    }

    /** The disk as a dynamic virtual hard disk, beside the image. */
    Path vhd() throws IOException, ConfigurationException {
        Path vhd = image.resolveSibling(image.getFileName() + ".vhd");
        Conversion.run(image, vhd, DiskKind.DYNAMIC, false, Progress.NONE);
        return vhd;
    }
}
