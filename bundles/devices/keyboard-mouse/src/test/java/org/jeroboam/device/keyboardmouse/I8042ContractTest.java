package org.jeroboam.device.keyboardmouse;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class I8042ContractTest extends DeviceContract {
    private static final int[] COMMANDS = {
        0x20, 0x60, 0xA7, 0xA8, 0xAA, 0xAD, 0xAE, 0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xD4, 0xD4
    };

    @Override
    protected DeviceFactory factory() {
        return new KeyboardMouseFactory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("kbc", "i8042", Map.of());
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        switch (random.nextInt(10)) {
            case 0 -> machine.out(0x64, COMMANDS[random.nextInt(COMMANDS.length)]);
            case 1 -> machine.out(0x60, 0xE6 + random.nextInt(26));
            case 2 -> machine.out(0x60, random.nextInt(256));
            case 3 -> {
                int key = 1 + random.nextInt(0x58) + (random.nextInt(4) == 0 ? 0xE000 : 0);
                machine.inputPort("kbc").key(key, random.nextBoolean());
            }
            case 4 -> {
                int dx = random.nextInt(600) - 300;
                int dy = random.nextInt(9) - 4;
                machine.inputPort("kbc").pointer(dx, dy, random.nextInt(3) - 1, random.nextInt(8));
            }
            case 5, 6 -> machine.in(0x64);
            case 7, 8 -> machine.in(0x60);
            default -> machine.clock().advance(random.nextInt(200_000));
        }
    }
}
