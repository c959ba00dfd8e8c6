package org.jeroboam.device.floppy;

import static org.jeroboam.device.floppy.Guest.DIR;
import static org.jeroboam.device.floppy.Guest.DOR;
import static org.jeroboam.device.floppy.Guest.MSR;
import static org.jeroboam.device.floppy.Guest.assertResult;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.jeroboam.hardware.device.ConfigurationException;
import org.junit.jupiter.api.Test;

class SeekTest {
    private final Guest guest = new Guest(Map.of("a", "floppy0", "b", "floppy1", "speed", "1"));

    SeekTest() throws ConfigurationException {
        guest.insert(Guest.HD);
        guest.ready();
    }

    private long timeOf(int... command) {
        long begin = guest.machine.clock().now();
        guest.send(command);
        guest.awaitInterrupt();
        return guest.machine.clock().now() - begin;
    }

    @Test
    void seekAndRecalibrateEndWithTheirStatus() {
        assertResult(guest.seek(0x0F, 0x00, 10), 0x20, 10);
        assertResult(guest.command(0x04, 0x00), 0x28);
        assertResult(guest.command(0x08), 0x80);
        assertResult(guest.seek(0x07, 0x00), 0x20, 0);
        assertResult(guest.command(0x04, 0x00), 0x38);
        assertResult(guest.seek(0x0F, 0x05, 3), 0x21, 3);
    }

    @Test
    void stepsTakeTheStepRate() {
        assertEquals(10_000_000, timeOf(0x0F, 0, 10), 100_000);
        guest.command(0x08);
        guest.command(0x03, 0xA0, 0x02);
        assertEquals(60_000_000, timeOf(0x0F, 0, 0), 100_000);
        guest.command(0x08);
        guest.out(Guest.CCR, 2);
        assertEquals(120_000_000, timeOf(0x0F, 0, 10), 100_000, "the step time counts in units of the data rate");
        guest.command(0x08);
        assertTrue(timeOf(0x0F, 0, 10) < 100_000, "no step, no time");
    }

    @Test
    void msrShowsDrivesOnTheWayAndTakesCommandsMeanwhile() {
        guest.send(0x0F, 0x00, 20);
        assertEquals(0x81, guest.in(MSR));
        guest.send(0x0F, 0x01, 30);
        assertEquals(0x83, guest.in(MSR));
        assertResult(guest.command(0x08), 0x80);
        guest.awaitInterrupt();
        assertEquals(0x82, guest.in(MSR));
        guest.machine.clock().advance(50_000_000);
        assertEquals(0x80, guest.in(MSR));
        guest.machine.forgetEdges();
        assertResult(guest.command(0x08), 0x20, 20);
        assertEquals(1, guest.machine.interrupts(6), "the second seek has an interrupt of its own");
        assertResult(guest.command(0x08), 0x21, 30);
        assertResult(guest.command(0x08), 0x80);
        assertFalse(guest.machine.irq(6));
    }

    @Test
    void recalibrateOfADriveThatIsNotThereFails() {
        assertResult(guest.seek(0x07, 0x02), 0x72, 0);
        assertResult(guest.seek(0x0F, 0x02, 4), 0x22, 4);
    }

    @Test
    void recalibrateMakes79Steps() {
        guest.seek(0x0F, 0, 82);
        assertResult(guest.seek(0x07, 0), 0x70, 0);
        assertResult(guest.seek(0x07, 0), 0x20, 0);
        assertResult(guest.command(0x04, 0x00), 0x38);
    }

    @Test
    void pcnIsWhatTheControllerThinks() {
        guest.seek(0x0F, 0, 10);
        guest.out(MSR, 0x80);
        guest.awaitInterrupt();
        for (int i = 0; i < 4; i++) {
            guest.command(0x08);
        }
        assertResult(guest.seek(0x0F, 0, 5), 0x20, 5);
        assertEquals(15, guest.execute(0x4A, 0)[3], "the head is elsewhere, as READ ID shows");
        guest.seek(0x07, 0);
        assertEquals(0, guest.execute(0x4A, 0)[3]);
    }

    @Test
    void relativeSeek() {
        assertResult(guest.seek(0xCF, 0x00, 7), 0x20, 7);
        assertEquals(7, guest.execute(0x4A, 0)[3]);
        assertResult(guest.seek(0x8F, 0x00, 3), 0x20, 4);
        assertEquals(4, guest.execute(0x4A, 0)[3]);
        assertResult(guest.seek(0x8F, 0x00, 9), 0x70, 0xFB);
        assertResult(guest.command(0x04, 0x00), 0x38);
    }

    @Test
    void stepWithAMediumClearsTheChangeLatch() {
        assertEquals(0x80, guest.in(DIR));
        guest.seek(0x07, 0);
        assertEquals(0x80, guest.in(DIR), "no step at track 0");
        guest.seek(0x0F, 0, 1);
        assertEquals(0, guest.in(DIR));
        guest.disk.eject();
        assertEquals(0x80, guest.in(DIR));
        guest.seek(0x0F, 0, 2);
        assertEquals(0x80, guest.in(DIR), "no medium");
        guest.insert(Guest.HD);
        assertEquals(0x80, guest.in(DIR), "another medium");
        guest.seek(0x0F, 0, 3);
        assertEquals(0, guest.in(DIR));
        guest.disk.eject();
        guest.insert(Guest.HD);
        assertEquals(0x80, guest.in(DIR), "changed between two looks");
    }

    @Test
    void changeOfAnotherMediumWhileTheHeadMovesStays() {
        guest.seek(0x0F, 0, 1);
        guest.send(0x0F, 0, 9);
        guest.machine.clock().advance(2_000_000);
        guest.disk.eject();
        guest.awaitInterrupt();
        assertEquals(0x80, guest.in(DIR));
    }

    @Test
    void changeLatchesOfTwoDrives() {
        guest.machine.blockPort("floppy1").insert(new byte[512 * 1440], false);
        guest.seek(0x0F, 0, 1);
        assertEquals(0, guest.in(DIR));
        guest.out(DOR, 0x2D);
        assertEquals(0x80, guest.in(DIR));
        guest.seek(0x0F, 1, 1);
        assertEquals(0, guest.in(DIR));
        guest.out(DOR, 0x4E);
        assertEquals(0, guest.in(DIR), "nobody drives the line of a drive that is not there");
    }
}
