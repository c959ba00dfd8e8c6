package org.jeroboam.firmware.fwcfg;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class FwCfgContractTest extends DeviceContract {
    @Override
    protected DeviceFactory factory() {
        return new FwCfgFactory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("fw-cfg", "fw-cfg", Map.of("boot", "cda", "menu", "true"));
    }

    @Override
    protected void prepare(FakeMachine machine) {
        new FakeBridge().place(machine);
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        switch (random.nextInt(8)) {
            case 0 -> machine.writePort(0x510, 2, random.nextInt(0x30));
            case 1 -> machine.writePort(0x510, 2, random.nextInt(0x1_0000));
            case 2 -> machine.writePort(0x510, 2, 0x8001);
            default -> {
                for (int i = random.nextInt(100); i > 0; i--) {
                    machine.in(0x511);
                }
            }
        }
    }
}
