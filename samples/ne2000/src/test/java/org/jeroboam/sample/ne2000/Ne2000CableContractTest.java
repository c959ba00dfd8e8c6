package org.jeroboam.sample.ne2000;

import java.util.Map;
import org.jeroboam.hardware.device.DeviceConfig;

/** The same on a cable. */
class Ne2000CableContractTest extends Ne2000ContractTest {
    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("net0", "ne2000", Map.of("network", "cable"));
    }
}
