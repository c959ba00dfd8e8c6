package org.jeroboam.device.floppy;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class FloppyContractTest extends DeviceContract {
    private static final int DOR = 0x3F2;
    private static final int MSR = 0x3F4;
    private static final int FIFO = 0x3F5;
    private static final int DIR = 0x3F7;
    private static final int[] DATA_COMMANDS = {0xE6, 0xE6, 0x46, 0xC5, 0xC5, 0x45, 0x49, 0x4C, 0x6C, 0x42, 0xF6, 0x56};

    @Override
    protected DeviceFactory factory() {
        return new FloppyFactory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("floppy", "i82077aa", Map.of("a", "floppy0", "b", "floppy1"));
    }

    @Override
    protected void prepare(FakeMachine machine) {
        TestDma.install(machine);
        byte[] content = new byte[100 * 512];
        new Random(11).nextBytes(content);
        machine.blockPort("floppy0").insert(content, false);
        machine.blockPort("floppy0").failAt(7, "the disk is worn out");
        machine.blockPort("floppy1").insert(new byte[60 * 512], true);
    }

    @Override
    protected int ramSize() {
        return 1 << 20;
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3, 4 -> transfer(machine, random);
            case 5 -> positioning(machine, random);
            case 6 -> setting(machine, random);
            case 7 -> machine.out(DOR, random.nextInt(4) == 0 ? 0 : 0x3C | random.nextInt(2));
            case 8 -> machine.out(MSR, random.nextInt(4) == 0 ? 0x80 : 0);
            case 9 -> machine.out(DIR, random.nextInt(3) == 0 ? random.nextInt(4) : 0);
            case 10, 11 -> {
                for (int i = random.nextInt(600); i >= 0; i--) {
                    machine.in(FIFO);
                    machine.clock().advance(1_500);
                }
            }
            case 12 -> {
                for (int i = random.nextInt(600); i >= 0; i--) {
                    machine.out(FIFO, random.nextInt(256));
                    machine.clock().advance(1_500);
                }
            }
            default -> machine.clock().advance(random.nextInt(20_000_000));
        }
        machine.in(MSR);
        machine.in(DIR);
        machine.readMemory(0x10000 + random.nextInt(0x4000), 4);
    }

    private static void send(FakeMachine machine, int... bytes) {
        for (int i = 0; i < 10 && (machine.in(MSR) & 0xD0) == 0xD0; i++) {
            machine.in(FIFO);
        }
        for (int b : bytes) {
            machine.out(FIFO, b);
        }
    }

    private static void transfer(FakeMachine machine, Random random) {
        machine.out(DOR, 0x3C);
        machine.out(DIR, 0);
        int bytes = random.nextInt(3) == 0 ? random.nextInt(4000) : 512 * random.nextInt(10);
        TestDma.program(machine, random.nextInt(4), 0x10000 + 512 * random.nextInt(0x100), bytes);
        int head = random.nextInt(2);
        int sector = 1 + random.nextInt(20);
        switch (random.nextInt(8)) {
            case 0 -> send(machine, 0x4A, head << 2);
            case 1 -> {
                for (int i = 0; i < 18; i++) {
                    machine.writeMemory(0x10000 + 4 * i, 4, 0x02000000 | i + 1 << 16 | head << 8);
                }
                TestDma.program(machine, TestDma.FROM_MEMORY, 0x10000, 72);
                send(machine, 0x4D, head << 2, 2, 18, 0x54, random.nextInt(256));
            }
            default -> {
                int command = DATA_COMMANDS[random.nextInt(DATA_COMMANDS.length)];
                int last = random.nextBoolean() ? 18 : random.nextInt(20);
                int cylinder = random.nextInt(4) == 0 ? random.nextInt(4) : 0;
                send(machine, command, head << 2, cylinder, head, sector, 2, last, 0x1B, random.nextInt(6));
            }
        }
        machine.clock().advance(random.nextInt(8_000_000));
    }

    private static void positioning(FakeMachine machine, Random random) {
        switch (random.nextInt(5)) {
            case 0 -> send(machine, 0x07, random.nextInt(4));
            case 1 -> send(machine, 0x0F, random.nextInt(2), random.nextInt(4));
            case 2 -> send(machine, random.nextBoolean() ? 0x8F : 0xCF, 0, random.nextInt(5));
            case 3 -> send(machine, 0x04, random.nextInt(8));
            default -> send(machine, 0x08);
        }
        machine.clock().advance(random.nextInt(3_000_000));
    }

    private static void setting(FakeMachine machine, Random random) {
        switch (random.nextInt(5)) {
            case 0 -> send(machine, 0x03, 0xAF, random.nextInt(3) == 0 ? 3 : 2);
            case 1 ->
                send(machine, 0x13, 0, random.nextInt(3) == 0 ? 0x40 | random.nextInt(64) : random.nextInt(64), 0);
            case 2 -> send(machine, random.nextBoolean() ? 0x94 : 0x14);
            case 3 -> send(machine, 0x12, random.nextInt(256));
            default -> send(machine, 0x0E);
        }
    }
}
