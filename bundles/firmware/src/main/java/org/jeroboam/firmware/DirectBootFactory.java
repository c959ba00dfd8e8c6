package org.jeroboam.firmware;

import java.util.Map;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.firmware.Firmware;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.part.ProvidesFirmware;
import org.osgi.service.component.annotations.Component;

/**
 * Firmware {@code direct}: boots a Linux bzImage or a multiboot image. Properties: {@value #KERNEL} (file, required),
 * {@value #INITRD} (file), {@value #APPEND} (the kernel's command line).
 */
@ProvidesFirmware("direct")
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
        KernelImage kernel = KernelImage.parse(kernelFile, ImageFile.read("kernel", kernelFile, LARGEST_FILE));
        String initrd = properties.get(INITRD);
        byte[] ramDisk = initrd == null ? new byte[0] : ImageFile.read("initial RAM disk", initrd, LARGEST_FILE);
        BootPlan plan = new BootPlan(properties.getOrDefault(APPEND, ""), ramDisk, Math.min(ramBytes, LOW_RAM_LIMIT));
        kernel.check(plan);
        return new DirectBoot(kernel, plan);
    }
}
