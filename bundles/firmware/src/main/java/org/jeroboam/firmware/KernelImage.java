package org.jeroboam.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.device.ConfigurationException;

/** A kernel that can be placed in RAM and entered without a BIOS. */
sealed interface KernelImage permits BzImage, MultibootImage {
    /**
     * Finds out what a file holds.
     *
     * @param name the file, for messages
     * @param content the whole file
     * @return the kernel
     * @throws ConfigurationException when it is neither a bzImage nor a multiboot image
     */
    static KernelImage parse(String name, byte[] content) throws ConfigurationException {
        ByteBuffer file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        if (BzImage.recognises(file)) {
            return new BzImage(name, file);
        }
        if (MultibootImage.recognises(file)) {
            return new MultibootImage(name, file);
        }
        throw new ConfigurationException(name + " is no kernel: it is neither a Linux bzImage nor a multiboot image");
    }

    /**
     * Checks that kernel and initial RAM disk fit.
     *
     * @param plan what else is in RAM
     * @throws ConfigurationException when they do not; the message says how much memory would do
     */
    void check(BootPlan plan) throws ConfigurationException;

    /**
     * Places everything in RAM and sets the processor to the kernel's entry.
     *
     * @param plan what to place
     * @param ram where to
     * @param cpu after reset
     */
    void load(BootPlan plan, GuestRam ram, CpuState cpu);
}
