package org.jeroboam.hardware.firmware;

/** What brings a machine from reset to its first instruction. Machine thread. */
public interface Firmware {
    /**
     * Called after every {@code POWER_ON} and {@code HARD} reset, before the first instruction. Maps ROMs or places a
     * program in RAM, programs the board as a BIOS would, and sets the processor's state.
     *
     * @param context the machine after reset
     */
    void boot(BootContext context);
}
