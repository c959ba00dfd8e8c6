package org.jeroboam.chipset.i440bx.pit;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class I8254ContractTest extends DeviceContract {
    @Override
    protected DeviceFactory factory() {
        return new I8254Factory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("pit", "i8254", Map.of());
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        int port = 0x40 + random.nextInt(3);
        switch (random.nextInt(6)) {
            case 0 -> machine.out(0x43, random.nextInt(256));
            case 1 -> machine.out(port, random.nextInt(256));
            case 2 -> machine.in(port);
            case 3 -> machine.out(0x61, random.nextInt(16));
            case 4 -> machine.in(0x61);
            default -> machine.clock().advance(1L << random.nextInt(24));
        }
    }
}
