package org.jeroboam.device.serial;

import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/**
 * Makes serial ports. Properties: {@code port} (first of 8 I/O ports, 0x3F8), {@code irq} (4), {@code character}
 * (name of the byte stream, by default the device's name), {@code pace} ({@code true} sends and receives no faster
 * than the divisor latch says; by default bytes leave at once and come in at 115200 bit/s or faster).
 */
@ProvidesDevice("serial-16550")
@Component(
        service = DeviceFactory.class,
        property = {
            DeviceFactory.TYPE + "=serial-16550",
            DeviceFactory.IMPERFECTIONS + "=" + Uart16550.NO_LINE_FORMAT,
            DeviceFactory.IMPERFECTIONS + "=" + Uart16550.NO_BREAK,
            DeviceFactory.IMPERFECTIONS + "=" + Uart16550.NO_OVERRUN,
            DeviceFactory.IMPERFECTIONS + "=" + Uart16550.MODEM_ALWAYS_READY,
            DeviceFactory.IMPERFECTIONS + "=" + Uart16550.LOOSE_TIME
        })
public final class SerialFactory implements DeviceFactory {
    private static final int COM1 = 0x3F8;
    private static final int COM1_IRQ = 4;

    /** For Declarative Services. */
    public SerialFactory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        int port = config.number("port", COM1, 0, 0x10000 - Uart16550.PORTS);
        int irq = config.number("irq", COM1_IRQ, 0, 15);
        if (irq == 2) {
            throw new ConfigurationException(
                    "device " + config.name() + ": irq must not be 2, the cascade of the two 8259s");
        }
        String pace = config.text("pace", "false");
        if (!pace.equals("true") && !pace.equals("false")) {
            throw new ConfigurationException(
                    "device " + config.name() + ": pace must be true or false, not '" + pace + "'");
        }
        return new Uart16550(
                port, new LineId.Irq(irq), config.text("character", config.name()), Boolean.parseBoolean(pace));
    }
}
