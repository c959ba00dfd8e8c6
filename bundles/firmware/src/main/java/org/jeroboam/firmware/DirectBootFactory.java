package org.jeroboam.firmware;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.firmware.Firmware;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.osgi.service.component.annotations.Component;

/**
 * Firmware {@code direct}: boots a Linux bzImage or a multiboot image. Properties: {@value #KERNEL} (file, required),
 * {@value #INITRD} (file), {@value #APPEND} (the kernel's command line).
 */
@Component(property = FirmwareFactory.TYPE + "=direct")
public final class DirectBootFactory implements FirmwareFactory {
    /** Property: the kernel's file. */
    public static final String KERNEL = "kernel";

    /** Property: file of the initial RAM disk. */
    public static final String INITRD = "initrd";

    /** Property: the kernel's command line. */
    public static final String APPEND = "append";

    /** RAM below the PCI hole at most. */
    private static final long LOW_RAM_LIMIT = 0xE000_0000L;

    private static final long LARGEST_FILE = 1L << 30;

    @Override
    public Firmware create(Map<String, String> properties, long ramBytes) throws ConfigurationException {
        String kernelFile = properties.get(KERNEL);
        if (kernelFile == null) {
            throw new ConfigurationException("direct boot needs a kernel; give one with --kernel FILE");
        }
        KernelImage kernel = KernelImage.parse(kernelFile, read("kernel", kernelFile));
        String initrd = properties.get(INITRD);
        byte[] ramDisk = initrd == null ? new byte[0] : read("initial RAM disk", initrd);
        BootPlan plan = new BootPlan(properties.getOrDefault(APPEND, ""), ramDisk, Math.min(ramBytes, LOW_RAM_LIMIT));
        kernel.check(plan);
        return new DirectBoot(kernel, plan);
    }

    private static byte[] read(String what, String name) throws ConfigurationException {
        Path file = Path.of(name);
        try {
            if (Files.isDirectory(file)) {
                throw new ConfigurationException("the " + what + " " + name + " is a directory; a file is needed");
            }
            if (Files.size(file) > LARGEST_FILE) {
                throw new ConfigurationException("the " + what + " " + name + " is larger than 1 GiB");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("the " + what + " " + name + " does not exist", e);
        } catch (IOException e) {
            throw new ConfigurationException("the " + what + " " + name + " cannot be read: " + e.getMessage(), e);
        }
    }
}
