package org.jeroboam.chipset.i440bx.isa;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.PciInterruptRouter;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class Piix4IsaContractTest extends DeviceContract {
    @Override
    protected DeviceFactory factory() {
        return new Piix4IsaFactory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("isa", "piix4-isa", Map.of());
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        switch (random.nextInt(7)) {
            case 0 -> machine.writeConfig(7, 0, 0x60 + random.nextInt(4), 1, random.nextInt(256));
            case 1 -> machine.out(0x92, random.nextInt(4));
            case 2 -> machine.out(0xCF9, random.nextInt(8));
            case 3 -> machine.writeConfig(7, 0, 0x4E, 1, random.nextInt(4));
            case 4 -> machine.writeConfig(7, 0, 0xCB, 1, random.nextInt(64));
            case 5 -> machine.readPort(0xCF0 + random.nextInt(16), 1);
            default -> {
                PciInterruptRouter router = machine.role(PciInterruptRouter.class);
                machine.in(router.route(random.nextInt(32), random.nextInt(4)) + 0x91);
                machine.in(0x60 + random.nextInt(20));
            }
        }
    }
}
