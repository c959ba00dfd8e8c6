package org.jeroboam.hardware.testkit;

import java.util.Random;

/** Accesses as only a broken or hostile guest makes them. */
final class Fuzzer {
    private static final int[] SIZES = {1, 1, 1, 2, 4};

    private Fuzzer() {}

    static void access(FakeMachine machine, Random random) {
        int size = SIZES[random.nextInt(SIZES.length)];
        int choice = random.nextInt(16);
        if (choice == 0) {
            machine.clock().advance(1L << random.nextInt(28));
        } else if (choice <= 2) {
            config(machine, random, size);
        } else if (choice <= 5) {
            memory(machine, random, size);
        } else if (!machine.ports.empty()) {
            port(machine, random, size);
        }
    }

    private static void port(FakeMachine machine, Random random, int size) {
        int port = machine.ports.any(random);
        if (random.nextBoolean()) {
            machine.readPort(port, size);
        } else {
            machine.writePort(port, size, value(random));
        }
    }

    private static void config(FakeMachine machine, Random random, int size) {
        int place = machine.pci.any(random);
        if (place < 0) {
            return;
        }
        int register = random.nextInt(256) & -size;
        if (random.nextInt(4) > 0) {
            machine.readConfig(place >> 3, place & 7, register, size);
        } else {
            machine.writeConfig(place >> 3, place & 7, register, size, value(random));
        }
    }

    private static void memory(FakeMachine machine, Random random, int size) {
        Long at = machine.memory.any(random);
        if (at == null) {
            return;
        }
        if (random.nextBoolean()) {
            machine.readMemory(at, size);
        } else {
            machine.writeMemory(at, size, value(random));
        }
    }

    private static int value(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> 1 << random.nextInt(32);
            case 1 -> ~(1 << random.nextInt(32));
            case 2 -> random.nextInt(256);
            default -> random.nextInt();
        };
    }
}
