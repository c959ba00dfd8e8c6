package org.jeroboam.chipset.i440bx.bridge;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeMachine;

/** The same contract with the identity strap, whose end firmware and garbage bring about. */
class StrappedBridgeContractTest extends I82443bxContractTest {
    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("bridge", "i82443bx", Map.of("strap", "true"));
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        switch (random.nextInt(20)) {
            case 0 -> machine.writeConfig(0, 0, 0x59, 1, 0x30);
            case 1 -> machine.writeConfig(0, 0, 0x59, 1, 0x10);
            case 2 -> machine.readConfig(0, 0, 0, 4);
            default -> super.exercise(machine, random);
        }
    }
}
