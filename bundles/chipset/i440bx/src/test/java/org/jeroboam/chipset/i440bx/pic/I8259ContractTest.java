package org.jeroboam.chipset.i440bx.pic;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class I8259ContractTest extends DeviceContract {
    private static final int[] PORTS = {0x20, 0x21, 0xA0, 0xA1, 0x4D0, 0x4D1};
    private static final int[] COMMANDS = {0x11, 0x20, 0x0A, 0x0B, 0x0C, 0x68, 0x48, 0xA0, 0x61, 0xC3, 0x80};

    @Override
    protected DeviceFactory factory() {
        return new I8259Factory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("pic", "i8259", Map.of());
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        InterruptController pic = machine.role(InterruptController.class);
        switch (random.nextInt(6)) {
            case 0 -> machine.in(PORTS[random.nextInt(PORTS.length)]);
            case 1 -> machine.out(0x20 | random.nextInt(2) << 7, COMMANDS[random.nextInt(COMMANDS.length)]);
            case 2 -> machine.out(PORTS[random.nextInt(PORTS.length)], random.nextInt(256) & ~random.nextInt(256));
            case 3 -> machine.in(pic.acknowledge() & 0xFF);
            case 4 -> pic.lineChanged(random.nextInt(16), random.nextBoolean());
            default -> {
                for (int port = 0x20; port <= 0xA0; port += 0x80) {
                    machine.out(port, 0x11);
                    machine.out(port + 1, random.nextInt(256));
                    machine.out(port + 1, 4);
                    machine.out(port + 1, random.nextInt(32));
                }
            }
        }
    }
}
