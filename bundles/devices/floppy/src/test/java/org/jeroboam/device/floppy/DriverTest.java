package org.jeroboam.device.floppy;

import static org.jeroboam.device.floppy.Guest.CCR;
import static org.jeroboam.device.floppy.Guest.DIR;
import static org.jeroboam.device.floppy.Guest.DOR;
import static org.jeroboam.device.floppy.Guest.FIFO;
import static org.jeroboam.device.floppy.Guest.HD;
import static org.jeroboam.device.floppy.Guest.MSR;
import static org.jeroboam.device.floppy.Guest.assertResult;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.jeroboam.hardware.device.ConfigurationException;
import org.junit.jupiter.api.Test;

/** What drivers do, step by step, with what they check. */
class DriverTest {
    private final Guest guest = new Guest();

    DriverTest() throws ConfigurationException {}

    private static int interruptCode(int[] result) {
        return result[0] & 0xC0;
    }

    /** Linux' interrupt handler: a result, or SENSE INTERRUPT STATUS until the drive's own comes. */
    private int[] linuxInterrupt() {
        guest.awaitInterrupt();
        int[] result = guest.results();
        for (int i = 0; result.length == 0 && i < 4; i++) {
            int[] sensed = guest.command(0x08);
            assertEquals(2, sensed.length);
            if ((sensed[0] & 0x83) == 0 || i == 3) {
                result = sensed;
            }
        }
        return result;
    }

    private void linuxReset() {
        guest.out(MSR, 0x80);
        linuxInterrupt();
        assertEquals(0x80, guest.in(MSR), "STATUS_READY and nothing else");
    }

    private void linuxProbe() {
        guest.out(DOR, 0x04);
        guest.out(DOR, 0x0C);
        guest.machine.clock().advance(10_000_000);
        guest.out(DOR, 0x08);
        guest.out(DOR, 0x0C);
        linuxInterrupt();
        assertEquals(10, guest.command(0x0E).length, "DUMPREG: better than an 8272A");
        guest.out(FIFO, 0x13);
        assertEquals(0x80, guest.in(MSR) & 0xC0, "CONFIGURE wants more: an 82072A at least");
        guest.send(0x00, 0x1A, 0x00);
        guest.out(FIFO, 0x12);
        assertEquals(0x80, guest.in(MSR) & 0xC0, "PERPENDICULAR MODE wants more: an 82077 at least");
        guest.send(0x00);
        assertResult(guest.command(0x14), 0x00);
        assertResult(guest.command(0x18), 0x80);
        linuxReset();
    }

    /** Linux' first access of a drive: motor, rate, CONFIGURE, SPECIFY, twice RECALIBRATE, SEEK to clear the latch. */
    private boolean linuxFindsAMedium() {
        guest.out(DOR, 0x1C);
        guest.out(CCR, 0);
        boolean changed = (guest.in(DIR) & 0x80) != 0;
        guest.command(0x12, 0x00);
        guest.command(0x13, 0, 0x1A, 0);
        guest.command(0x03, 0xD1, 0x02);
        guest.send(0x07, 0x00);
        assertResult(linuxInterrupt(), 0x20, 0);
        if (changed) {
            guest.send(0x0F, 0x00, 1);
            assertResult(linuxInterrupt(), 0x20, 1);
        }
        return (guest.in(DIR) & 0x80) == 0;
    }

    @Test
    void linuxProbesReadsAndWrites() {
        guest.insert(HD);
        linuxProbe();
        assertTrue(linuxFindsAMedium());
        assertResult(guest.command(0x04, 0x00), 0x28);
        guest.send(0x0F, 0x00, 0);
        assertResult(linuxInterrupt(), 0x20, 0);
        TestDma.program(guest.machine, TestDma.TO_MEMORY, Guest.BUFFER, 18 * 512);
        guest.send(0xE6, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        int[] result = linuxInterrupt();
        assertEquals(0, interruptCode(result));
        assertEquals(18, ((result[3] * 2 + result[4]) * 18) + result[5] - 1, "what Linux counts from the result");
        assertArrayEquals(guest.sectors(0, 18), guest.ram(18 * 512));

        byte[] data = guest.fillRam(2 * 512, 6);
        TestDma.program(guest.machine, TestDma.FROM_MEMORY, Guest.BUFFER, 2 * 512);
        guest.send(0xC5, 0x04, 0, 1, 5, 2, 18, 0x1B, 0xFF);
        result = linuxInterrupt();
        assertEquals(0, interruptCode(result));
        assertArrayEquals(data, guest.sectors(18 + 4, 2));
        guest.out(DOR, 0x0C);
        assertFalse(guest.machine.irq(6));
    }

    @Test
    void linuxSeesAnEmptyDrive() {
        linuxProbe();
        assertFalse(linuxFindsAMedium(), "the change line stays after a seek: no medium");
        guest.insert(HD);
        guest.send(0x0F, 0x00, 0);
        assertResult(linuxInterrupt(), 0x20, 0);
        assertEquals(0, guest.in(DIR));
    }

    @Test
    void linuxFindsTheLayoutByTrying() {
        guest.insert(1440);
        linuxProbe();
        assertTrue(linuxFindsAMedium());
        guest.send(0x0F, 0x00, 0);
        linuxInterrupt();
        TestDma.program(guest.machine, TestDma.TO_MEMORY, Guest.BUFFER, 9 * 512);
        guest.send(0xE6, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        assertResult(linuxInterrupt(), 0x40, 0x01, 0, 0, 0, 1, 2);
        guest.out(CCR, 2);
        guest.send(0xE6, 0x00, 0, 0, 1, 2, 9, 0x2A, 0xFF);
        assertEquals(0, interruptCode(linuxInterrupt()));
        assertArrayEquals(guest.sectors(0, 9), guest.ram(9 * 512));
    }

    /** Sends and receives as SeaBIOS does: RQM for each byte, a result only where one is due, no byte more. */
    private int[] seabios(boolean interrupt, int results, int... bytes) {
        for (int b : bytes) {
            assertEquals(0x80, guest.in(MSR) & 0xC0);
            guest.out(FIFO, b);
        }
        if (interrupt) {
            guest.awaitInterrupt();
        }
        int[] result = new int[results];
        for (int i = 0; i < results; i++) {
            assertEquals(0xC0, guest.in(MSR) & 0xC0);
            result[i] = guest.in(FIFO);
        }
        assertEquals(0x80, guest.in(MSR) & 0xC0);
        return result;
    }

    private void seabiosReset() {
        guest.out(DOR, 0x08);
        guest.machine.clock().advance(4_000);
        guest.out(DOR, 0x0C);
        guest.awaitInterrupt();
        for (int i = 0; i < 4; i++) {
            seabios(false, 2, 0x08);
        }
    }

    private boolean seabiosReadId(int rate) {
        guest.out(CCR, rate);
        return interruptCode(seabios(true, 7, 0x4A, 0x00)) == 0;
    }

    private void seabiosRecalibrate() {
        guest.out(DOR, 0x1C);
        seabios(true, 0, 0x07, 0x00);
        assertResult(seabios(false, 2, 0x08), 0x20, 0);
    }

    private byte[] seabiosRead(int cylinder, int head, int sector, int count) {
        TestDma.program(guest.machine, TestDma.TO_MEMORY, Guest.BUFFER, count * 512);
        int[] result = seabios(true, 7, 0xE6, head << 2, cylinder, head, sector, 2, sector + count - 1, 0x1B, 0xFF);
        assertEquals(0, interruptCode(result));
        return guest.ram(count * 512);
    }

    @Test
    void seabiosBoots() {
        guest.insert(HD);
        seabiosReset();
        seabiosRecalibrate();
        assertTrue(seabiosReadId(0));
        seabios(false, 0, 0x03, 0xAF, 0x02);
        assertArrayEquals(guest.sectors(0, 1), seabiosRead(0, 0, 1, 1));
        assertArrayEquals(guest.sectors(1, 17), seabiosRead(0, 0, 2, 17));
        assertArrayEquals(guest.sectors(18, 18), seabiosRead(0, 1, 1, 18));
        seabios(true, 0, 0x0F, 0x00, 5);
        assertResult(seabios(false, 2, 0x08), 0x20, 5);
        assertArrayEquals(guest.sectors(5 * 36 + 18 + 3, 4), seabiosRead(5, 1, 4, 4));
        byte[] data = guest.fillRam(512, 2);
        TestDma.program(guest.machine, TestDma.FROM_MEMORY, Guest.BUFFER, 512);
        assertEquals(0, interruptCode(seabios(true, 7, 0xC5, 0, 5, 0, 1, 2, 1, 0x1B, 0xFF)));
        assertArrayEquals(data, guest.sectors(5 * 36, 1));
    }

    @Test
    void seabiosSensesADoubleDensityMedium() {
        guest.insert(1440);
        seabiosReset();
        seabiosRecalibrate();
        assertFalse(seabiosReadId(0));
        assertTrue(seabiosReadId(2));
        assertArrayEquals(guest.sectors(0, 9), seabiosRead(0, 0, 1, 9));
    }

    @Test
    void seabiosGivesAnEmptyDriveUpSoon() {
        seabiosReset();
        long begin = guest.machine.clock().now();
        seabiosRecalibrate();
        assertFalse(seabiosReadId(0));
        assertFalse(seabiosReadId(2));
        assertTrue(guest.machine.clock().now() - begin < 100_000_000, "far from its timeout of five seconds");
        guest.out(DOR, 0x00);
        assertEquals(0, guest.in(MSR));
    }

    @Test
    void dosStyleSectorBySector() {
        guest.insert(HD);
        guest.ready();
        byte[] all = new byte[0];
        long begin = guest.machine.clock().now();
        for (int sector = 1; sector <= 18; sector++) {
            TestDma.program(guest.machine, TestDma.TO_MEMORY, Guest.BUFFER, 512);
            assertEquals(0, interruptCode(guest.execute(0xE6, 0, 0, 0, sector, 2, 18, 0x1B, 0xFF)));
            all = Arrays.copyOf(all, sector * 512);
            System.arraycopy(guest.ram(512), 0, all, (sector - 1) * 512, 512);
        }
        assertArrayEquals(guest.sectors(0, 18), all);
        assertTrue(guest.machine.clock().now() - begin < 30_000_000, "a track in two turns");
    }
}
