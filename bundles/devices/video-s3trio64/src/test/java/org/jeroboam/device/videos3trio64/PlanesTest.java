package org.jeroboam.device.videos3trio64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Memory access through the graphics controller, against {@link ReferenceVga}. */
class PlanesTest {
    private static final int[] BASES = {0xA0000, 0xA0000, 0xB0000, 0xB8000};
    private static final int[] SIZES = {0x20000, 0x10000, 0x8000, 0x8000};

    private final FakeMachine machine = new FakeMachine();
    private final Guest guest = new Guest(machine);
    private final ReferenceVga reference = new ReferenceVga();

    @BeforeEach
    void powerOn() throws ConfigurationException {
        Device device = new S3Trio64Factory().create(new DeviceConfig(Guest.NAME, "s3trio64", Map.of()));
        device.attach(machine.board(Guest.NAME));
        device.reset(ResetKind.POWER_ON);
        guest.openDecoding();
        misc(0x63);
        for (int i = 0; i < 5; i++) {
            sr(i, StandardMode.VGA_12.sequencer[i]);
        }
        for (int i = 0; i < 9; i++) {
            gr(i, StandardMode.VGA_12.graphics[i]);
        }
    }

    private void misc(int value) {
        machine.out(0x3C2, value);
        reference.misc = value;
    }

    private void sr(int register, int value) {
        guest.set(Guest.SR, register, value);
        reference.sr[register] = value;
    }

    private void gr(int register, int value) {
        guest.set(Guest.GR, register, value);
        reference.gr[register] = value;
    }

    @Test
    void randomAccessesEqualTheReference() {
        Random random = new Random(0x53335452);
        for (int round = 0; round < 3000; round++) {
            someRegisters(random);
            int map = reference.gr[6] >> 2 & 3;
            // Few distinct addresses, so that accesses meet what others left.
            int[] pool = new int[6];
            for (int i = 0; i < pool.length; i++) {
                pool[i] = random.nextInt(SIZES[map] / 0x1000) * 0x1000 + random.nextInt(24);
            }
            for (int i = 0; i < 20; i++) {
                access(random, BASES[map], pool[random.nextInt(pool.length)]);
            }
        }
        compareAllMemory();
    }

    private void someRegisters(Random random) {
        switch (random.nextInt(4)) {
            case 0 -> sr(2, random.nextInt(3) == 0 ? 15 : random.nextInt(16));
            case 1 -> sr(4, random.nextInt(8) << 1);
            case 2 -> misc(0x43 | random.nextInt(2) << 5);
            default -> {
                // The map stays.
            }
        }
        for (int i = 0; i < 3; i++) {
            int register = random.nextInt(9);
            int value =
                    switch (register) {
                        case 0, 1, 2, 6, 7 -> random.nextInt(16);
                        case 3 -> random.nextInt(32);
                        case 4 -> random.nextInt(4);
                        case 5 -> random.nextInt(128) & 0x7B;
                        default -> random.nextInt(2) == 0 ? 0xFF : random.nextInt(256);
                    };
            gr(register, value);
        }
    }

    private void access(Random random, int base, int address) {
        int size = 1 << random.nextInt(3);
        if (random.nextInt(3) == 0) {
            int expected = 0;
            for (int i = 0; i < size; i++) {
                expected |= reference.read(address + i) << 8 * i;
            }
            assertEquals(expected, machine.readMemory(base + address, size));
        } else {
            int value = random.nextInt();
            for (int i = 0; i < size; i++) {
                reference.write(address + i, value >> 8 * i & 0xFF);
            }
            machine.writeMemory(base + address, size, value);
        }
        int plane = reference.gr[4] & 3;
        assertEquals(reference.latches[plane], guest.cr(0x22), "latch");
    }

    private void compareAllMemory() {
        sr(4, 6);
        gr(5, 0);
        gr(6, 5);
        for (int plane = 0; plane < 4; plane++) {
            gr(4, plane);
            for (int address = 0; address < 0x10000; address++) {
                assertEquals(reference.read(address), machine.readMemory(Guest.A0000 + address, 1));
            }
        }
    }

    @Test
    void linearWindowShowsThePlanesInterleaved() {
        guest.cr(0x38, 0x48);
        guest.cr(0x39, 0xA5);
        guest.cr(0x59, 0xE0);
        guest.cr(0x5A, 0x00);
        guest.cr(0x58, 0x13);
        for (int plane = 0; plane < 4; plane++) {
            guest.set(Guest.SR, 2, 1 << plane);
            machine.writeMemory(Guest.A0000 + 0x1234, 1, 0x10 + plane);
        }
        assertEquals(0x13121110, machine.readMemory(0xE0000000L + 4 * 0x1234, 4));
        machine.writeMemory(0xE0000000L + 4 * 0x1235, 4, 0x44332211);
        guest.set(Guest.GR, 4, 2);
        assertEquals(0x33, machine.readMemory(Guest.A0000 + 0x1235, 1));
    }

    @Test
    void chainFourIsLinearWithBanksInS3sEnhancedMapping() {
        guest.cr(0x38, 0x48);
        guest.cr(0x39, 0xA5);
        guest.cr(0x59, 0xE0);
        guest.cr(0x58, 0x13);
        guest.set(Guest.SR, 4, 0x0E);
        guest.cr(0x31, 0x09);
        for (int bank : new int[] {0, 1, 17, 63}) {
            guest.cr(0x6A, bank);
            machine.writeMemory(Guest.A0000 + 0x4567, 1, bank + 1);
            assertEquals(bank + 1, machine.readMemory(0xE0000000L + bank * 0x10000 + 0x4567, 1), "bank " + bank);
            assertEquals(bank + 1, machine.readMemory(Guest.A0000 + 0x4567, 1), "bank " + bank);
        }
        guest.cr(0x6A, 0);
        guest.cr(0x35, 0x05);
        guest.cr(0x51, 0x04);
        machine.writeMemory(Guest.A0000, 4, 0x12345678);
        assertEquals(0x12345678, machine.readMemory(0xE0000000L + 0x15 * 0x10000, 4), "the older bank fields");
    }

    @Test
    void planarBanksCountSixtyFourKilobytesOfMemory() {
        guest.cr(0x38, 0x48);
        guest.cr(0x39, 0xA5);
        guest.cr(0x59, 0xE0);
        guest.cr(0x58, 0x13);
        guest.cr(0x31, 0x01);
        guest.cr(0x6A, 3);
        machine.writeMemory(Guest.A0000 + 5, 1, 0x77);
        assertEquals(0x77777777, machine.readMemory(0xE0000000L + 3 * 0x10000 + 20, 4));
    }

    @Test
    void planarAccessDoesNotAllocate() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int mode = 0; mode < 4; mode++) {
            guest.set(Guest.GR, 5, mode);
            guest.set(Guest.GR, 1, 5);
            guest.set(Guest.GR, 3, 0x1A);
            access(20_000);
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().threadId());
            access(200_000);
            long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().threadId()) - before;
            assertTrue(bytes < 100_000, bytes + " bytes for 400000 accesses in write mode " + mode);
        }
    }

    private void access(int count) {
        for (int i = 0; i < count; i++) {
            machine.readMemory(Guest.A0000 + (i & 0x7FFF), 1);
            machine.writeMemory(Guest.A0000 + (i & 0x7FFF), 1, i);
        }
    }
}
