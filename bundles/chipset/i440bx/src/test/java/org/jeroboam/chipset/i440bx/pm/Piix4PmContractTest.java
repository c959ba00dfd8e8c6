package org.jeroboam.chipset.i440bx.pm;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.PowerButton;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class Piix4PmContractTest extends DeviceContract {
    private static final int[] CONFIG = {0x40, 0x80, 0x90, 0xD2, 0x58, 0x04};

    @Override
    protected DeviceFactory factory() {
        return new Piix4PmFactory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("pm", "piix4-pm", Map.of());
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        int base = machine.readConfig(7, 3, 0x40, 2) & 0xFFC0;
        int size = 1 << random.nextInt(3);
        switch (random.nextInt(10)) {
            case 0 -> machine.writeConfig(7, 3, CONFIG[random.nextInt(CONFIG.length)] & -size, size, random.nextInt());
            case 1 -> machine.writeConfig(7, 3, 0x80, 1, 1);
            case 2, 3 -> machine.writePort(base + random.nextInt(64), size, random.nextInt());
            case 4 -> machine.readPort(base + random.nextInt(64), size);
            case 5 -> machine.out(0xB2 + random.nextInt(2), random.nextBoolean() ? 0xF1 : random.nextInt(256));
            case 6 -> {
                machine.writeConfig(7, 3, 0x90, 4, 0xB101);
                machine.writeConfig(7, 3, 0xD2, 1, random.nextInt(16));
            }
            case 7 -> {
                machine.out(0xB100 + random.nextInt(16), random.nextInt(256));
                machine.in(0xB100 + random.nextInt(16));
            }
            case 8 -> machine.role(PowerButton.class).press();
            default -> machine.clock().advance(1L << random.nextInt(32));
        }
    }
}
