package org.jeroboam.device.ide;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class IdeContractTest extends DeviceContract {
    private static final int SECTORS = 600;
    private static final int[] COMMANDS = {
        0x20, 0x24, 0x30, 0x34, 0xC4, 0xC5, 0xC8, 0xC8, 0x25, 0xCA, 0xCA, 0x35, 0x40, 0xE7, 0xEC, 0xEF, 0xC6, 0x91, 0xE5
    };

    @Override
    protected DeviceFactory factory() {
        return new IdeFactory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig(
                "ide",
                "piix4-ide",
                Map.of("primary.master", "disk0", "primary.slave", "disk1", "secondary.master", "disk2"));
    }

    @Override
    protected void prepare(FakeMachine machine) {
        byte[] content = new byte[SECTORS * 512];
        new Random(7).nextBytes(content);
        machine.blockPort("disk0").insert(content, false);
        machine.blockPort("disk1").insert(content.clone(), true);
        machine.blockPort("disk0").failAt(SECTORS - 3, "the disk is worn out");
    }

    @Override
    protected int ramSize() {
        return 1 << 20;
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        machine.writeConfig(7, 1, 0x40, 4, 0x80008000);
        machine.writeConfig(7, 1, 0x04, 2, 5);
        machine.writeConfig(7, 1, 0x20, 4, 0xC000);
        switch (random.nextInt(12)) {
            case 0, 1 -> command(machine, random);
            case 2, 3, 4 -> {
                for (int i = random.nextInt(300); i >= 0; i--) {
                    machine.readPort(0x1F0, 2);
                }
            }
            case 5, 6 -> {
                for (int i = random.nextInt(300); i >= 0; i--) {
                    machine.writePort(0x1F0, 4, random.nextInt());
                }
            }
            case 7 -> machine.in(0x1F7);
            case 8 -> machine.out(0x3F6, random.nextInt(10) == 0 ? 4 : random.nextInt(4) == 0 ? 2 : 0);
            case 9 -> busMaster(machine, random);
            default -> machine.clock().advance(random.nextInt(400_000));
        }
        for (int register = 0x1F1; register <= 0x1F6; register++) {
            machine.in(register);
        }
        machine.readPort(0xC000, 4);
    }

    private static void command(FakeMachine machine, Random random) {
        machine.out(0x1F2, random.nextInt(8) == 0 ? 0 : 1 << random.nextInt(5));
        machine.out(0x1F3, random.nextInt(256));
        machine.out(0x1F4, random.nextInt(3));
        machine.out(0x1F5, 0);
        machine.out(0x1F6, random.nextInt(4) == 0 ? 0xF0 : 0xE0);
        machine.out(0x1F1, 2 + random.nextInt(2));
        machine.out(0x1F7, COMMANDS[random.nextInt(COMMANDS.length)]);
    }

    private static void busMaster(FakeMachine machine, Random random) {
        int table = 0x8000;
        for (int i = 0; i < 4; i++) {
            machine.writeMemory(table + 8 * i, 4, 0x10000 + random.nextInt(0x400) * 512);
            machine.writeMemory(table + 8 * i + 4, 4, 512 * random.nextInt(20) | (i == 3 ? 0x80000000 : 0));
        }
        machine.out(0xC000, 0);
        machine.writePort(0xC004, 4, table);
        machine.out(0xC002, 6);
        machine.out(0xC000, random.nextBoolean() ? 9 : 1);
    }
}
