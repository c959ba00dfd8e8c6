package org.jeroboam.sample.ne2000;

import java.util.regex.Pattern;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/**
 * Makes NE2000 adapters for PCI. Properties: {@code pci.device}, the device number on bus 0, 10 by default; {@code mac}, the
 * station address, such as {@code 02:4A:45:52:00:01}; {@code network}, the network port that the cable leads to. Without
 * the last the cable leads to a {@link LoopbackStation}.
 */
@ProvidesDevice("ne2000")
@Component(
        property = {
            DeviceFactory.TYPE + "=ne2000",
            DeviceFactory.IMPERFECTIONS + "=no remote DMA command Send Packet, no DCR.BOS (big-endian words)",
            DeviceFactory.IMPERFECTIONS + "=in loop-back modes a frame reaches the FIFO only, without CRC",
            DeviceFactory.IMPERFECTIONS + "=no collisions; frames of less than 14 or more than 1514 bytes are not sent",
            DeviceFactory.IMPERFECTIONS + "=no boot ROM; the configuration registers of page 3 read as after reset"
        })
public final class Ne2000Factory implements DeviceFactory {
    private static final Pattern MAC = Pattern.compile("\\p{XDigit}{2}(:\\p{XDigit}{2}){5}");

    /** Called by Declarative Services. */
    public Ne2000Factory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        return new Ne2000(config.number("pci.device", 10, 0, 31), mac(config), config.text("network", null));
    }

    private static byte[] mac(DeviceConfig config) throws ConfigurationException {
        String text = config.text("mac", "02:4A:45:52:00:01");
        if (!MAC.matcher(text).matches()) {
            throw wrong(config, text, "six hexadecimal bytes such as 02:4A:45:52:00:01");
        }
        byte[] mac = new byte[6];
        for (int i = 0; i < mac.length; i++) {
            mac[i] = (byte) Integer.parseInt(text, 3 * i, 3 * i + 2, 16);
        }
        if ((mac[0] & 1) != 0) {
            throw wrong(config, text, "the address of one station: its first byte is even");
        }
        return mac;
    }

    private static ConfigurationException wrong(DeviceConfig config, String text, String right) {
        return new ConfigurationException(
                "device " + config.name() + ": mac must be " + right + ", not '" + text + "'");
    }
}
