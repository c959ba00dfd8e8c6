package org.jeroboam.firmware.bios;

import java.util.Map;
import org.jeroboam.firmware.ImageFile;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.firmware.Firmware;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.part.ProvidesFirmware;
import org.osgi.service.component.annotations.Component;

/** Firmware {@code bios}: a BIOS image runs from the reset vector. Property: {@value #IMAGE} (file, required). */
@ProvidesFirmware("bios")
@Component(property = FirmwareFactory.TYPE + "=bios")
public final class BiosFactory implements FirmwareFactory {
    /** Property: the image's file; 64 to 256 KiB, as chips have them. */
    public static final String IMAGE = "image";

    private static final int BLOCK = 64 << 10;
    private static final int LARGEST = 256 << 10;

    /** Called by Declarative Services. */
    public BiosFactory() {}

    @Override
    public Firmware create(Map<String, String> properties, long ramBytes) throws ConfigurationException {
        String name = properties.get(IMAGE);
        if (name == null) {
            throw new ConfigurationException("booting through a BIOS needs its image; give one with --bios FILE");
        }
        byte[] image = ImageFile.read("BIOS image", name, LARGEST);
        if (image.length == 0 || image.length % BLOCK != 0) {
            throw new ConfigurationException("the BIOS image " + name + " has " + image.length
                    + " bytes; a BIOS chip has a multiple of 64 KiB, up to 256 KiB");
        }
        return new Bios(image);
    }
}
