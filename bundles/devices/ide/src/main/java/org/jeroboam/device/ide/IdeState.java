package org.jeroboam.device.ide;

/**
 * All that the function remembers.
 *
 * @param config PCI configuration space
 * @param primary channel at 1F0h
 * @param secondary channel at 170h
 */
record IdeState(byte[] config, Channel.State primary, Channel.State secondary) {
    IdeState {
        if (config == null || config.length != 256 || primary == null || secondary == null) {
            throw new IllegalArgumentException("a part of the IDE function is missing");
        }
    }
}
