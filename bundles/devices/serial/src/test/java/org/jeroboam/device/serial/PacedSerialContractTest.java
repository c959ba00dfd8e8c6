package org.jeroboam.device.serial;

import java.util.Map;
import org.jeroboam.hardware.device.DeviceConfig;

class PacedSerialContractTest extends SerialContractTest {
    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("com1", "serial-16550", Map.of("pace", "true"));
    }
}
