package org.jeroboam.device.videos3trio64;

/**
 * All that the adapter remembers beside its video memory, which is a backing.
 *
 * @param config PCI configuration space
 * @param registers VGA and S3 registers
 * @param dac palette and its access
 * @param latch the four latches, plane 0 lowest
 * @param frameOrigin virtual time at which a frame began
 * @param retrace the retrace interrupt
 */
record S3State(
        byte[] config,
        Registers.State registers,
        Dac.State dac,
        int latch,
        long frameOrigin,
        RetraceInterrupt.State retrace) {
    S3State {
        if (config == null || config.length != 256 || registers == null || dac == null || retrace == null) {
            throw new IllegalArgumentException("a part of the video adapter is missing");
        }
    }
}
