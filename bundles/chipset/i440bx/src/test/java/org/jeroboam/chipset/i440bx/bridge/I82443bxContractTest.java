package org.jeroboam.chipset.i440bx.bridge;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class I82443bxContractTest extends DeviceContract {
    @Override
    protected DeviceFactory factory() {
        return new I82443bxFactory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("bridge", "i82443bx", Map.of());
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        int address = 0xA0000 + random.nextInt(0x60) * 0x1000;
        switch (random.nextInt(6)) {
            case 0 -> machine.writePort(0xCF8, 4, 0x8000_0000 | random.nextInt(64) << 2);
            case 1 -> machine.writePort(0xCFC + random.nextInt(4), 1 << random.nextInt(3), random.nextInt());
            case 2 -> machine.readPort(0xCFC + random.nextInt(4), 1 << random.nextInt(3));
            case 3 -> machine.writeConfig(0, 0, 0x59 + random.nextInt(7), 1, random.nextInt(256));
            case 4 -> machine.readMemory(address, 1);
            default -> machine.writeMemory(address, 1, random.nextInt(256));
        }
    }
}
