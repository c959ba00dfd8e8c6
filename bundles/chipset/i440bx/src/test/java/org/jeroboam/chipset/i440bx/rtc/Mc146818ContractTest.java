package org.jeroboam.chipset.i440bx.rtc;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class Mc146818ContractTest extends DeviceContract {
    @Override
    protected DeviceFactory factory() {
        return new Mc146818Factory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("rtc", "mc146818", Map.of());
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        int register = random.nextInt(8) == 0 ? random.nextInt(256) : random.nextInt(14);
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                machine.out(0x70, register);
                machine.in(0x71);
            }
            case 2 -> {
                machine.out(0x70, register);
                machine.out(0x71, random.nextInt(3) == 0 ? 0xFF : random.nextInt(256) & 0x77);
            }
            case 3 -> machine.readPort(0x70 + random.nextInt(4), 1);
            default -> machine.clock().advance(1L << random.nextInt(36));
        }
    }
}
