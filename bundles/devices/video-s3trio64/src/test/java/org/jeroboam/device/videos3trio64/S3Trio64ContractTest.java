package org.jeroboam.device.videos3trio64;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class S3Trio64ContractTest extends DeviceContract {
    private static final int[] EXTENDED = {
        0x31, 0x32, 0x35, 0x36, 0x43, 0x50, 0x51, 0x58, 0x59, 0x5A, 0x5D, 0x5E, 0x69, 0x6A
    };

    @Override
    protected DeviceFactory factory() {
        return new S3Trio64Factory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig(Guest.NAME, "s3trio64", Map.of());
    }

    @Override
    protected int ramSize() {
        return 1 << 20;
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        Guest guest = new Guest(machine);
        if (random.nextInt(4) == 0) {
            guest.openDecoding();
        }
        switch (random.nextInt(12)) {
            case 0 -> guest.mode(StandardMode.values()[random.nextInt(StandardMode.values().length)]);
            case 1, 2, 3 -> draw(machine, random);
            case 4 -> {
                for (int i = 0; i < 9; i++) {
                    guest.set(Guest.GR, i, random.nextInt(256));
                }
                guest.set(Guest.SR, 2, random.nextInt(16));
                guest.set(Guest.SR, 4, random.nextInt(16));
            }
            case 5 -> guest.cr(random.nextInt(0x19), random.nextInt(256));
            case 6 -> guest.ar(random.nextInt(21), random.nextInt(64));
            case 7 -> {
                guest.cr(0x38, 0x48);
                guest.cr(0x39, 0xA5);
                guest.cr(EXTENDED[random.nextInt(EXTENDED.length)], random.nextInt(256));
            }
            case 8 -> {
                machine.out(0x3C7 + random.nextInt(2), random.nextInt(256));
                for (int i = random.nextInt(9); i >= 0; i--) {
                    machine.out(0x3C9, random.nextInt(256));
                    machine.in(0x3C9);
                }
            }
            case 9 -> {
                guest.cr(0x11, random.nextInt(64));
                guest.cr(0x32, 0x10);
                machine.clock().advance(random.nextInt(40_000_000));
            }
            case 10 -> {
                if (random.nextInt(4) == 0) {
                    machine.displayPort(Guest.NAME).look();
                }
            }
            default -> machine.clock().advance(random.nextInt(5_000_000));
        }
        machine.in(0x3C2);
        machine.in(0x3DA);
    }

    /** In runs of bytes, words and doublewords, so that something appears on the screen. */
    private static void draw(FakeMachine machine, Random random) {
        int at = Guest.A0000 + random.nextInt(0x18) * 0x1000 + random.nextInt(0x800);
        int size = 1 << random.nextInt(3);
        for (int i = random.nextInt(200); i >= 0; i--) {
            if (random.nextInt(4) == 0) {
                machine.readMemory(at, size);
            }
            machine.writeMemory(at, size, random.nextInt());
            at += size;
        }
    }
}
