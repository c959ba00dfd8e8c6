package org.jeroboam.firmware.fwcfg;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jeroboam.firmware.ImageFile;
import org.jeroboam.hardware.device.ConfigurationException;

/** Option ROMs: 55h AAh, a length in units of 512 bytes, and bytes whose sum is 0. */
final class OptionRom {
    private static final int UNIT = 512;
    private static final int LARGEST = 64 << 10;
    private static final String FIX_UPS = "fixups.rom";

    private OptionRom() {}

    /** Our own ROM, assembled from {@code src/main/asm/fixups.asm}. */
    static byte[] fixUps() {
        byte[] rom;
        try (InputStream in = OptionRom.class.getResourceAsStream(FIX_UPS)) {
            rom = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the bundle's own " + FIX_UPS + " cannot be read", e);
        }
        rom[rom.length - 1] -= sum(rom, rom.length);
        return rom;
    }

    /**
     * Reads and checks a ROM, which SeaBIOS would pass over in silence when it is bad.
     *
     * @param name the file
     * @return its content
     * @throws ConfigurationException when it is no option ROM; one sentence
     */
    static byte[] read(String name) throws ConfigurationException {
        byte[] rom = ImageFile.read("video ROM", name, LARGEST);
        if (rom.length < UNIT || (rom[0] & 0xFF) != 0x55 || (rom[1] & 0xFF) != 0xAA) {
            throw new ConfigurationException(
                    "the video ROM " + name + " is no option ROM: it does not start with 55 AA");
        }
        int length = (rom[2] & 0xFF) * UNIT;
        if (length == 0 || length > rom.length) {
            throw new ConfigurationException("the video ROM " + name + " is damaged: it has " + rom.length
                    + " bytes but names a length of " + length);
        }
        if (sum(rom, length) != 0) {
            throw new ConfigurationException("the video ROM " + name + " is damaged: its checksum is wrong");
        }
        return rom;
    }

    private static byte sum(byte[] rom, int length) {
        byte sum = 0;
        for (int i = 0; i < length; i++) {
            sum += rom[i];
        }
        return sum;
    }
}
