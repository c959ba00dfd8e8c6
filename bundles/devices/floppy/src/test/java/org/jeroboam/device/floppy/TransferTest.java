package org.jeroboam.device.floppy;

import static org.jeroboam.device.floppy.Guest.DOR;
import static org.jeroboam.device.floppy.Guest.HD;
import static org.jeroboam.device.floppy.Guest.assertResult;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.jeroboam.hardware.device.ConfigurationException;
import org.junit.jupiter.api.Test;

class TransferTest {
    private static final int TO = TestDma.TO_MEMORY;
    private static final int FROM = TestDma.FROM_MEMORY;

    private final Guest guest = new Guest();

    TransferTest() throws ConfigurationException {
        guest.insert(HD);
        guest.ready();
    }

    @Test
    void readsOneSector() {
        assertResult(guest.transfer(TO, 512, 0xE6, 0, 0, 1, 18), 0, 0, 0, 0, 0, 2, 2);
        assertArrayEquals(guest.sectors(0, 1), guest.ram(512));
        assertFalse(guest.machine.irq(6), "reading the first result byte ends the interrupt");
        assertEquals(1, guest.machine.counter("floppy", "sectors.read"));
    }

    @Test
    void readsAWholeCylinderWithMultiTrack() {
        guest.seek(0x0F, 0, 7);
        assertResult(guest.transfer(TO, 36 * 512, 0xE6, 0, 7, 1, 18), 0, 0, 0, 8, 0, 1, 2);
        assertArrayEquals(guest.sectors(7 * 36, 36), guest.ram(36 * 512));
    }

    @Test
    void resultPhaseAfterTerminalCount() {
        // Data sheet, table 5-6: MT, side, last sector less than or equal to EOT.
        assertResult(guest.transfer(TO, 512, 0x46, 0, 0, 5, 9), 0, 0, 0, 0, 0, 6, 2);
        assertResult(guest.transfer(TO, 512, 0x46, 0, 0, 9, 9), 0, 0, 0, 1, 0, 1, 2);
        assertResult(guest.transfer(TO, 512, 0x46, 1, 0, 5, 9), 4, 0, 0, 0, 1, 6, 2);
        assertResult(guest.transfer(TO, 512, 0x46, 1, 0, 9, 9), 4, 0, 0, 1, 1, 1, 2);
        assertResult(guest.transfer(TO, 512, 0xC6, 0, 0, 5, 9), 0, 0, 0, 0, 0, 6, 2);
        assertResult(guest.transfer(TO, 512, 0xC6, 0, 0, 9, 9), 4, 0, 0, 0, 1, 1, 2);
        assertResult(guest.transfer(TO, 512, 0xC6, 1, 0, 5, 9), 4, 0, 0, 0, 1, 6, 2);
        assertResult(guest.transfer(TO, 512, 0xC6, 1, 0, 9, 9), 0, 0, 0, 1, 0, 1, 2);
    }

    @Test
    void endOfCylinderWithoutTerminalCountIsAbnormal() {
        assertResult(guest.transfer(TO, 8192, 0x46, 0, 0, 1, 2), 0x40, 0x80, 0, 0, 0, 2, 2);
        assertArrayEquals(guest.sectors(0, 2), guest.ram(1024));
        assertEquals(8192 - 1024, TestDma.left(guest.machine));
        assertResult(guest.transfer(TO, 16384, 0xC6, 0, 0, 17, 18), 0x44, 0x80, 0, 0, 1, 18, 2);
    }

    @Test
    void terminalCountWithinASector() {
        guest.fillRam(1024, 5);
        byte[] before = guest.ram(1024);
        assertResult(guest.transfer(TO, 700, 0xE6, 0, 0, 1, 18), 0, 0, 0, 0, 0, 3, 2);
        assertArrayEquals(guest.sectors(0, 2), join(guest.ram(700), Arrays.copyOfRange(guest.sectors(1, 1), 188, 512)));
        assertArrayEquals(Arrays.copyOfRange(before, 700, 1024), Arrays.copyOfRange(guest.ram(1024), 700, 1024));
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    @Test
    void writesOverTheEndOfASide() {
        byte[] data = guest.fillRam(1536, 9);
        assertResult(guest.transfer(FROM, 1536, 0xC5, 0, 0, 17, 18), 4, 0, 0, 0, 1, 2, 2);
        assertArrayEquals(data, guest.sectors(16, 3));
    }

    @Test
    void writeIsDurableWhenTheGuestHearsOfIt() {
        byte[] data = guest.fillRam(1024, 10);
        TestDma.program(guest.machine, FROM, Guest.BUFFER, 1024);
        guest.send(0xC5, 0, 0, 0, 3, 2, 18, 0x1B, 0xFF);
        guest.awaitInterrupt();
        assertArrayEquals(data, Arrays.copyOfRange(guest.disk.durable(), 1024, 2048));
        assertEquals(1, guest.disk.flushes(), "once for the command");
        assertEquals(2, guest.machine.counter("floppy", "sectors.written"));
    }

    @Test
    void shortWriteFillsTheSectorWithZeros() {
        byte[] data = guest.fillRam(100, 3);
        assertResult(guest.transfer(FROM, 100, 0x45, 0, 0, 4, 18), 0, 0, 0, 0, 0, 5, 2);
        assertArrayEquals(Arrays.copyOf(data, 512), guest.sectors(3, 1));
    }

    @Test
    void writeProtectedMedium() {
        byte[] content = guest.disk.content().clone();
        guest.disk.insert(content.clone(), true);
        guest.fillRam(512, 1);
        assertResult(guest.transfer(FROM, 512, 0xC5, 0, 0, 1, 18), 0x40, 0x02, 0, 0, 0, 1, 2);
        TestDma.program(guest.machine, FROM, Guest.BUFFER, 72);
        int[] result = guest.execute(0x4D, 0, 2, 18, 0x6C, 0xF6);
        assertEquals(0x40, result[0]);
        assertEquals(0x02, result[1]);
        assertArrayEquals(content, guest.disk.content());
        assertEquals(0, guest.disk.writes());
    }

    @Test
    void idsThatDoNotMatch() {
        assertResult(guest.transfer(TO, 512, 0xE6, 0, 0, 19, 30), 0x40, 0x04, 0, 0, 0, 19, 2);
        assertResult(guest.transfer(TO, 512, 0xE6, 0, 0, 0, 18), 0x40, 0x04, 0, 0, 0, 0, 2);
        assertResult(guest.transfer(TO, 512, 0xE6, 0, 3, 1, 18), 0x40, 0x04, 0x10, 3, 0, 1, 2);
        TestDma.program(guest.machine, TO, Guest.BUFFER, 512);
        assertResult(guest.execute(0xE6, 4, 0, 0, 1, 2, 18, 0x1B, 0xFF), 0x44, 0x04, 0, 0, 0, 1, 2);
        assertResult(guest.execute(0xE6, 0, 0, 0, 1, 3, 18, 0x1B, 0xFF), 0x40, 0x04, 0, 0, 0, 1, 3);
        assertEquals(512, TestDma.left(guest.machine));
    }

    @Test
    void nothingToFind() {
        assertEquals(0x01, guest.transfer(TO, 512, 0xA6, 0, 0, 1, 18)[1], "FM");
        guest.out(Guest.CCR, 1);
        assertEquals(0x01, guest.transfer(TO, 512, 0xE6, 0, 0, 1, 18)[1], "data rate");
        guest.out(Guest.CCR, 0);
        guest.out(DOR, 0x0C);
        assertEquals(0x01, guest.transfer(TO, 512, 0xE6, 0, 0, 1, 18)[1], "motor off");
        guest.out(DOR, 0x1C);
        guest.seek(0x0F, 0, 80);
        assertEquals(0x01, guest.transfer(TO, 512, 0xE6, 0, 80, 1, 18)[1], "behind the last track");
        guest.seek(0x07, 0);
        guest.seek(0x07, 0);
        guest.disk.eject();
        assertResult(guest.transfer(TO, 512, 0xE6, 0, 0, 1, 18), 0x40, 0x01, 0, 0, 0, 1, 2);
        assertEquals(0x41, guest.execute(0x4A, 1)[0], "no such drive");
        guest.disk.insert(new byte[512 * 320], false);
        guest.out(Guest.CCR, 2);
        assertEquals(0x01, guest.transfer(TO, 512, 0xE6, 1, 0, 1, 8)[1], "one side only");
        assertEquals(0x00, guest.transfer(TO, 512, 0xE6, 0, 0, 1, 8)[1]);
    }

    @Test
    void dmaThatDoesNotAnswerIsAnOverrun() {
        assertResult(guest.transfer(TestDma.MASKED, 512, 0xE6, 0, 0, 2, 18), 0x40, 0x10, 0, 0, 0, 2, 2);
        assertResult(guest.transfer(TO, 512, 0xC5, 0, 0, 2, 18), 0x40, 0x10, 0, 0, 0, 2, 2);
        guest.out(DOR, 0x14);
        TestDma.program(guest.machine, TO, Guest.BUFFER, 512);
        guest.send(0xE6, 0, 0, 0, 2, 2, 18, 0x1B, 0xFF);
        guest.machine.clock().advance(1_000_000_000);
        assertFalse(guest.machine.irq(6), "DMAGATE closes INT too");
        assertEquals(0x10, guest.results()[1]);
        assertEquals(0, guest.disk.writes());
    }

    @Test
    void dmaVerifyModeMovesNothing() {
        byte[] before = guest.ram(512);
        assertResult(guest.transfer(TestDma.VERIFY, 512, 0xE6, 0, 0, 1, 18), 0, 0, 0, 0, 0, 2, 2);
        assertArrayEquals(before, guest.ram(512));
    }

    @Test
    void verify() {
        // Data sheet, table 5-7.
        assertResult(guest.execute(0x56, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF), 0, 0, 0, 1, 0, 1, 2);
        assertEquals(0x04, guest.execute(0x56, 0, 0, 0, 1, 2, 19, 0x1B, 0xFF)[1], "EOT > sectors per side");
        assertResult(guest.execute(0x56, 0x80, 0, 0, 1, 2, 18, 0x1B, 5), 0, 0, 0, 0, 0, 6, 2);
        assertResult(guest.execute(0xD6, 0x80, 0, 0, 1, 2, 18, 0x1B, 36), 0, 0, 0, 1, 0, 1, 2);
        assertEquals(0x44, guest.execute(0xD6, 0x80, 0, 0, 1, 2, 18, 0x1B, 37)[0], "SC > sectors remaining");
        guest.disk.failAt(4, "the disk is worn out");
        assertResult(guest.execute(0x56, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF), 0x40, 0x20, 0x20, 0, 0, 5, 2);
        assertTrue(guest.machine.reports().getFirst().contains("worn out"));
    }

    @Test
    void hostFailuresAreDataErrors() {
        guest.disk.failAt(2, "the disk is worn out");
        assertResult(guest.transfer(TO, 4096, 0xE6, 0, 0, 1, 18), 0x40, 0x20, 0x20, 0, 0, 3, 2);
        assertArrayEquals(guest.sectors(0, 2), guest.ram(1024));
        assertResult(guest.transfer(FROM, 512, 0xC5, 0, 0, 3, 18), 0x40, 0x20, 0x20, 0, 0, 3, 2);
        guest.disk.heal();
        guest.disk.failFlush("the host's disk is full");
        int[] result = guest.transfer(FROM, 512, 0xC5, 0, 0, 3, 18);
        assertEquals(0x40, result[0]);
        assertEquals(0x20, result[1]);
        assertEquals(
                "drive floppy0: the host's disk is full",
                guest.machine.reports().getLast());
    }

    @Test
    void deletedDataMarks() {
        // Data sheet, table 5-5: an ordinary sector ends READ DELETED DATA, or is skipped.
        assertResult(guest.transfer(TO, 1024, 0x4C, 0, 0, 3, 18), 0, 0, 0x40, 0, 0, 3, 2);
        assertArrayEquals(guest.sectors(2, 1), guest.ram(512));
        assertEquals(512, TestDma.left(guest.machine));
        assertResult(guest.transfer(TO, 1024, 0x6C, 0, 0, 3, 18), 0x40, 0x80, 0x40, 0, 0, 18, 2);
        assertEquals(1024, TestDma.left(guest.machine));
        byte[] data = guest.fillRam(512, 8);
        assertResult(guest.transfer(FROM, 512, 0x49, 0, 0, 3, 18), 0, 0, 0, 0, 0, 4, 2);
        assertArrayEquals(data, guest.sectors(2, 1));
    }

    @Test
    void readTrack() {
        assertResult(guest.transfer(TO, 3 * 512, 0x42, 0, 0, 1, 18), 0, 0, 0, 0, 0, 4, 2);
        assertArrayEquals(guest.sectors(0, 3), guest.ram(1536));
        int[] result = guest.transfer(TO, 4 * 512, 0x42, 0, 0, 7, 4);
        assertEquals(0x04, result[1] & 0x04, "it begins after the index hole, whatever R says");
        assertArrayEquals(guest.sectors(0, 4), guest.ram(2048));
        assertEquals(0x80, guest.transfer(TO, 20 * 512, 0x42, 0, 0, 1, 18)[1], "EOT sectors and no TC");
    }

    @Test
    void readIdTellsWhatComesNext() throws ConfigurationException {
        Guest slow = new Guest(Map.of("a", "floppy0", "speed", "1"));
        slow.insert(HD);
        slow.ready();
        slow.seek(0x0F, 0, 12);
        int[] first = slow.execute(0x4A, 0x04);
        assertResult(first, 4, 0, 0, 12, 1, first[5], 2);
        int[] second = slow.execute(0x4A, 0x04);
        assertEquals(first[5] % 18 + 1, second[5]);
        long begin = slow.machine.clock().now();
        slow.execute(0x4A, 0);
        assertTrue(slow.machine.clock().now() - begin < 13_000_000, "a sector's time at most");
    }

    @Test
    void rotationTakesItsTime() throws ConfigurationException {
        Guest slow = new Guest(Map.of("a", "floppy0", "speed", "1"));
        byte[] content = slow.insert(HD);
        slow.ready();
        slow.transfer(TO, 512, 0xE6, 0, 0, 1, 18);
        long begin = slow.machine.clock().now();
        assertEquals(0, slow.transfer(TO, 512, 0xE6, 0, 0, 2, 18)[0]);
        long next = slow.machine.clock().now();
        assertTrue(next - begin < 12_000_000, "the gap is long enough for the next sector");
        slow.transfer(TO, 512, 0xE6, 0, 0, 2, 18);
        long turn = slow.machine.clock().now();
        assertEquals(200_000_000, turn - next, 1_000_000, "the same sector comes a turn later");
        slow.transfer(TO, 36 * 512, 0xE6, 0, 0, 1, 18);
        long cylinder = slow.machine.clock().now() - turn;
        assertTrue(cylinder > 400_000_000 && cylinder < 600_000_000, "two tracks, two turns and what comes before");
        assertArrayEquals(Arrays.copyOf(content, 36 * 512), slow.ram(36 * 512));
    }

    @Test
    void slowHostLosesNoTurn() {
        guest.machine.holdOffloads();
        TestDma.program(guest.machine, TO, Guest.BUFFER, 1024);
        guest.send(0xE6, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        guest.machine.clock().advance(100_000_000);
        assertFalse(guest.machine.irq(6));
        guest.machine.releaseOffloads();
        guest.machine.clock().advance(1_000_000);
        assertTrue(guest.machine.irq(6), "the second sector came with the first");
        assertArrayEquals(guest.sectors(0, 2), guest.ram(1024));
    }

    @Test
    void impliedSeek() {
        guest.command(0x13, 0, 0x60, 0);
        guest.send(0xE6, 0, 20, 0, 1, 2, 18, 0x1B, 0xFF);
        assertEquals(0x11, guest.in(Guest.MSR), "busy, and the drive on its way");
        TestDma.program(guest.machine, TO, Guest.BUFFER, 512);
        guest.awaitInterrupt();
        assertResult(guest.results(), 0x20, 0, 0, 20, 0, 2, 2);
        assertArrayEquals(guest.sectors(20 * 36, 1), guest.ram(512));
        assertResult(guest.command(0x08), 0x80);
        assertResult(guest.transfer(TO, 512, 0xE6, 0, 20, 2, 18), 0, 0, 0, 20, 0, 3, 2);
    }

    @Test
    void dataCommandWaitsForTheHead() {
        guest.send(0x0F, 0, 40);
        TestDma.program(guest.machine, TO, Guest.BUFFER, 512);
        guest.send(0xE6, 0, 40, 0, 1, 2, 18, 0x1B, 0xFF);
        guest.awaitInterrupt();
        guest.machine.clock().advance(100_000_000);
        assertResult(guest.results(), 0, 0, 0, 40, 0, 2, 2);
        assertTrue(guest.machine.irq(6), "the seek's own interrupt");
        assertResult(guest.command(0x08), 0x20, 40);
    }

    @Test
    void mediumTakenOutInMidTransfer() {
        TestDma.program(guest.machine, TO, Guest.BUFFER, 18 * 512);
        guest.send(0xE6, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        guest.machine.clock().advance(16_000_000);
        guest.disk.eject();
        guest.insert(1440);
        guest.awaitInterrupt();
        int[] result = guest.results();
        assertEquals(0x40, result[0]);
        assertEquals(0x01, result[1]);
        guest.insert(HD);
        guest.transfer(FROM, 512, 0xC5, 0, 0, 1, 18);
        guest.machine.holdOffloads();
        byte[] fresh = guest.insert(HD);
        byte[] copy = fresh.clone();
        TestDma.program(guest.machine, FROM, Guest.BUFFER, 512);
        guest.send(0xC5, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        guest.machine.clock().advance(30_000_000);
        byte[] other = guest.insert(HD);
        guest.machine.releaseOffloads();
        guest.awaitInterrupt();
        assertEquals(0x40, guest.results()[0]);
        assertArrayEquals(copy, fresh, "the old medium was out before the write");
        assertArrayEquals(copy, other, "and the new one is none of the command's business");
    }

    @Test
    void resetWhileTheHostReadsHarmsNoLaterCommand() {
        guest.machine.holdOffloads();
        TestDma.program(guest.machine, TO, Guest.BUFFER, 512);
        guest.send(0xE6, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        guest.machine.clock().advance(30_000_000);
        guest.out(Guest.MSR, 0x80);
        guest.awaitInterrupt();
        for (int i = 0; i < 4; i++) {
            guest.command(0x08);
        }
        guest.send(0xE6, 0, 0, 0, 9, 2, 18, 0x1B, 0xFF);
        guest.machine.clock().advance(30_000_000);
        guest.machine.releaseOffloads();
        guest.awaitInterrupt();
        assertResult(guest.results(), 0, 0, 0, 0, 0, 10, 2);
        assertArrayEquals(guest.sectors(8, 1), guest.ram(512));
    }
}
