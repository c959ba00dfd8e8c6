package org.jeroboam.device.floppy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.Test;

/** A transfer goes on in a successor, wherever it was saved. */
class SaveTest {
    private static final int SECTORS = 24;
    private static final int BYTES = SECTORS * 512;
    private static final DeviceConfig CONFIG = new DeviceConfig("floppy", "i82077aa", Map.of("a", "floppy0"));

    private final Set<Execution.Phase> seen = EnumSet.noneOf(Execution.Phase.class);

    private byte[] save(Device device) throws StateException {
        StateWriter out = new StateWriter();
        device.save(out);
        byte[] bytes = out.toBytes();
        seen.add(new StateReader(bytes)
                .section("i82077aa", 1, FdcState.class)
                .execution()
                .phase());
        return bytes;
    }

    /** Runs, changes the machine and the device at an instant, runs on. */
    private FakeMachine exchange(Guest guest, long until) throws ConfigurationException, StateException {
        guest.machine.clock().advance(until);
        guest.machine.finishWork();
        byte[] state = save(guest.device);
        FakeMachine machine = new FakeMachine();
        TestDma.install(machine);
        machine.takeConditionOf(guest.machine);
        machine.takeLinesOf(guest.machine, "floppy");
        Device successor = new FloppyFactory().create(CONFIG);
        successor.attach(machine.board("floppy"));
        successor.restore(new StateReader(state));
        assertArrayEquals(state, save(successor));
        machine.clock().advance(200_000_000);
        return machine;
    }

    @Test
    void readsGoOn() throws ConfigurationException, StateException {
        for (int step = 0; step < 90; step++) {
            Guest guest = new Guest();
            byte[] content = guest.insert(80);
            guest.ready();
            guest.seek(0x0F, 0, 2);
            TestDma.program(guest.machine, TestDma.TO_MEMORY, Guest.BUFFER, BYTES);
            guest.command(0x13, 0, 0x60, 0);
            guest.send(0xE6, 0, 1, 0, 7, 2, 18, 0x1B, 0xFF);
            FakeMachine machine = exchange(guest, step * 400_000L + 13);
            assertTrue(machine.irq(6));
            assertEquals(0x20 | 4, machine.in(Guest.FIFO), "step " + step);
            assertArrayEquals(
                    Arrays.copyOfRange(content, (36 + 6) * 512, (36 + 6) * 512 + BYTES),
                    Arrays.copyOfRange(machine.memory().ram(), Guest.BUFFER, Guest.BUFFER + BYTES));
        }
        assertTrue(seen.containsAll(Set.of(
                Execution.Phase.SEEKING, Execution.Phase.TURNING, Execution.Phase.ACCESS, Execution.Phase.IDLE)));
    }

    @Test
    void writesGoOn() throws ConfigurationException, StateException {
        for (int step = 0; step < 90; step++) {
            Guest guest = new Guest();
            guest.insert(80);
            guest.ready();
            byte[] data = guest.fillRam(BYTES, step);
            TestDma.program(guest.machine, TestDma.FROM_MEMORY, Guest.BUFFER, BYTES);
            guest.send(0xC5, 0, 0, 0, 3, 2, 18, 0x1B, 0xFF);
            FakeMachine machine = exchange(guest, step * 400_000L);
            assertEquals(4, machine.in(Guest.FIFO));
            assertArrayEquals(
                    data, Arrays.copyOfRange(machine.blockPort("floppy0").content(), 1024, 1024 + BYTES));
            assertArrayEquals(
                    machine.blockPort("floppy0").content(),
                    machine.blockPort("floppy0").durable());
        }
        assertTrue(seen.contains(Execution.Phase.ACCESS));
    }

    @Test
    void flushGoesOn() throws ConfigurationException, StateException {
        for (int step = 0; step < 300; step++) {
            Guest guest = new Guest();
            guest.insert(80);
            guest.ready();
            guest.fillRam(512, step);
            TestDma.program(guest.machine, TestDma.FROM_MEMORY, Guest.BUFFER, 512);
            guest.send(0xC5, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
            long end = guest.machine.clock().now() / 12_500_000 * 12_500_000 + 12_500_000 + 600_000;
            FakeMachine machine = exchange(guest, end - guest.machine.clock().now() + step * 250);
            assertTrue(machine.irq(6));
        }
        assertTrue(seen.contains(Execution.Phase.FLUSHING));
    }

    @Test
    void bytesGoOn() throws ConfigurationException, StateException {
        for (int step = 0; step < 512; step += 13) {
            Guest guest = new Guest();
            byte[] content = guest.insert(80);
            guest.ready();
            guest.command(0x03, 0xF0, 0x03);
            guest.send(0x46, 0, 0, 0, 1, 2, 1, 0x1B, 0xFF);
            for (int i = 0; i < step; i++) {
                guest.awaitInterrupt();
                assertEquals(content[i], (byte) guest.in(Guest.FIFO));
            }
            FakeMachine machine = exchange(guest, step * 10);
            for (int i = step; i < 512; i++) {
                assertTrue(machine.irq(6));
                assertEquals(content[i], (byte) machine.in(Guest.FIFO));
                machine.clock().advance(100_000);
            }
            machine.clock().advance(100_000);
            assertEquals(0x40, machine.in(Guest.FIFO));
        }
        assertTrue(seen.contains(Execution.Phase.BYTES));
    }

    @Test
    void resetWithWorkUnderWayGoesOn() throws ConfigurationException, StateException {
        for (int step = 0; step < 40; step++) {
            Guest guest = new Guest(Map.of("a", "floppy0", "speed", "1"));
            guest.insert(80);
            guest.ready();
            guest.send(0xE6, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
            while (!guest.machine.workWaiting()) {
                guest.machine.clock().advance(1_000_000);
            }
            guest.out(Guest.MSR, 0x80);
            TestDma.program(guest.machine, TestDma.TO_MEMORY, Guest.BUFFER, 512);
            guest.send(0xE6, 0, 0, 0, 2, 2, 18, 0x1B, 0xFF);
            FakeMachine machine = exchange(guest, step * 400_000L);
            machine.clock().advance(500_000_000);
            assertEquals(0, machine.in(Guest.FIFO));
            assertArrayEquals(
                    guest.sectors(1, 1), Arrays.copyOfRange(machine.memory().ram(), Guest.BUFFER, Guest.BUFFER + 512));
        }
    }
}
