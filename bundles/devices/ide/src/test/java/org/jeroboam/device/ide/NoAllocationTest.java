package org.jeroboam.device.ide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.jeroboam.hardware.device.ConfigurationException;
import org.junit.jupiter.api.Test;

/** Commands cost no garbage: neither on the machine thread nor, as far as the device goes, on the I/O thread. */
class NoAllocationTest {
    private static final int TABLE = 0x8000;
    private static final int BUFFER = 0x100000;
    private static final int WARM_UP = 3000;
    private static final int MEASURED = 2000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long allocatedBy(Runnable command) {
        for (int i = 0; i < WARM_UP; i++) {
            command.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MEASURED; i++) {
            command.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static QuietMachine machine() throws ConfigurationException {
        QuietMachine machine = new QuietMachine(
                Map.of("primary.master", "disk0", "primary.slave", "cdrom0", "primary.slave.type", "cdrom"));
        for (int page = 0; page < 16; page++) {
            machine.ram.set(ValueLayout.JAVA_INT, TABLE + 8 * page, BUFFER + 0x2000 * page);
            machine.ram.set(ValueLayout.JAVA_INT, TABLE + 8 * page + 4, 0x1000 | (page == 15 ? 0x80000000 : 0));
        }
        return machine;
    }

    /** 128 sectors to 16 pages, as Linux's ata_piix does it. */
    private static void dmaRead(QuietMachine machine) {
        machine.out(0xC004, 4, TABLE);
        machine.out(0xC000, 1, 8);
        machine.out(0xC002, 1, 6);
        machine.out(0x1F6, 1, 0xE0);
        machine.out(0x1F2, 1, 128);
        machine.out(0x1F3, 1, 0);
        machine.out(0x1F4, 1, 1);
        machine.out(0x1F5, 1, 0);
        machine.out(0x1F7, 1, 0xC8);
        machine.out(0xC000, 1, 9);
        machine.work();
        end(machine);
    }

    /** 32 blocks by a packet, likewise. */
    private static void packetRead(QuietMachine machine) {
        machine.out(0xC004, 4, TABLE);
        machine.out(0xC000, 1, 8);
        machine.out(0xC002, 1, 6);
        machine.out(0x1F6, 1, 0xB0);
        machine.out(0x1F1, 1, 1);
        machine.out(0x1F7, 1, 0xA0);
        machine.out(0x1F0, 4, 0x28);
        machine.out(0x1F0, 4, 0);
        machine.out(0x1F0, 4, 32);
        machine.out(0xC000, 1, 9);
        machine.work();
        end(machine);
    }

    private static void end(QuietMachine machine) {
        boolean done = machine.irq && (machine.in(0xC002, 1) & 7) == 4 && machine.in(0x1F7, 1) == 0x50;
        machine.out(0xC000, 1, 0);
        if (!done || machine.irq) {
            throw new AssertionError("the command did not end well");
        }
    }

    private static void pioRead(QuietMachine machine) {
        machine.out(0x1F6, 1, 0xE0);
        machine.out(0x1F2, 1, 8);
        machine.out(0x1F3, 1, 0);
        machine.out(0x1F4, 1, 0);
        machine.out(0x1F7, 1, 0x20);
        machine.work();
        for (int i = 0; i < 8; i++) {
            machine.in(0x1F7, 1);
            for (int word = 0; word < 256; word++) {
                machine.in(0x1F0, 2);
            }
        }
        if (machine.in(0x1F7, 1) != 0x50) {
            throw new AssertionError("the command did not end well");
        }
    }

    @Test
    void dmaOfADisk() throws ConfigurationException {
        QuietMachine machine = machine();
        assertEquals(0, allocatedBy(() -> dmaRead(machine)));
        assertTrue(machine.counted > 0);
    }

    @Test
    void dmaOfAPacketDrive() throws ConfigurationException {
        QuietMachine machine = machine();
        assertEquals(0, allocatedBy(() -> packetRead(machine)));
    }

    @Test
    void pioOfADisk() throws ConfigurationException {
        QuietMachine machine = machine();
        assertEquals(0, allocatedBy(() -> pioRead(machine)));
    }
}
