package org.jeroboam.device.serial;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class SerialContractTest extends DeviceContract {
    @Override
    protected DeviceFactory factory() {
        return new SerialFactory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("com1", "serial-16550", Map.of());
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        switch (random.nextInt(13)) {
            case 0 -> machine.out(0x3F8 + 2, 1 | random.nextInt(4) << 6);
            case 1 -> machine.out(0x3F8 + 4, 0x0B | random.nextInt(4) / 3 << 4);
            case 2 -> machine.out(0x3F8 + 1, random.nextInt(16));
            case 3 -> machine.characterPort("com1").type("0123456789".substring(0, 1 + random.nextInt(9)));
            case 4 -> machine.characterPort("com1").setRoom(random.nextInt(3) * 5);
            case 5, 6 -> machine.out(0x3F8, random.nextInt(256));
            case 7 -> machine.in(0x3F8);
            case 8 -> machine.in(0x3F8 + 2);
            case 9 -> machine.in(0x3F8 + 5);
            case 10 -> machine.in(0x3F8 + 6);
            case 11 -> machine.out(0x3F8 + 3, new int[] {0x03, 0x0B, 0x43, 0x4B}[random.nextInt(4)]);
            default -> machine.clock().advance(random.nextInt(500_000));
        }
    }
}
