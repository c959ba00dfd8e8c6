package org.jeroboam.device.floppy;

import static org.jeroboam.device.floppy.Guest.assertResult;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.jeroboam.hardware.device.ConfigurationException;
import org.junit.jupiter.api.Test;

class FormatTest {
    private final Guest guest = new Guest();

    FormatTest() throws ConfigurationException {
        guest.insert(Guest.HD);
        guest.ready();
    }

    private int[] format(int cylinder, int head, int sectors, int first, int filler) {
        for (int i = 0; i < sectors; i++) {
            guest.machine.writeMemory(
                    Guest.BUFFER + 4 * i, 4, cylinder | head << 8 | (i * 5 % sectors + first) << 16 | 2 << 24);
        }
        TestDma.program(guest.machine, TestDma.FROM_MEMORY, Guest.BUFFER, 4 * sectors);
        return guest.execute(0x4D, head << 2, 2, sectors, 0x6C, filler);
    }

    private static byte[] filled(int sectors, int value) {
        byte[] bytes = new byte[sectors * 512];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void fillsTheTrack() {
        guest.seek(0x0F, 0, 3);
        byte[] before = guest.disk.content().clone();
        assertEquals(0, format(3, 0, 18, 1, 0xF6)[0]);
        assertArrayEquals(filled(18, 0xF6), guest.sectors(3 * 36, 18));
        System.arraycopy(filled(18, 0xF6), 0, before, 3 * 36 * 512, 18 * 512);
        assertArrayEquals(before, guest.disk.content(), "and nothing else");
        assertArrayEquals(before, guest.disk.durable());
        assertEquals(0, TestDma.left(guest.machine));
        assertEquals(18, guest.machine.counter("floppy", "sectors.written"));
        assertEquals(18, guest.command(0x0E)[6], "DUMPREG gives SC");
    }

    @Test
    void takesFromIndexToIndex() throws ConfigurationException {
        Guest slow = new Guest(Map.of("a", "floppy0", "speed", "1"));
        slow.insert(Guest.HD);
        slow.ready();
        TestDma.program(slow.machine, TestDma.FROM_MEMORY, Guest.BUFFER, 72);
        long begin = slow.machine.clock().now();
        slow.execute(0x4D, 0, 2, 18, 0x6C, 0);
        long time = slow.machine.clock().now() - begin;
        assertTrue(time > 200_000_000 && time < 401_000_000);
    }

    @Test
    void otherLayoutsDoNotStay() {
        byte[] before = guest.disk.content().clone();
        assertEquals(0, format(0, 0, 21, 4, 0xF6)[0], "as on a real drive it seems to work");
        assertEquals(0, format(9, 0, 18, 1, 0xF6)[0]);
        guest.out(Guest.CCR, 2);
        assertEquals(0, format(0, 0, 9, 1, 0xF6)[0]);
        assertEquals(3, guest.machine.reports().size());
        guest.out(Guest.CCR, 0);
        assertArrayEquals(before, guest.disk.content());
    }

    @Test
    void earlyTerminalCountAndNoDma() {
        for (int i = 0; i < 18; i++) {
            guest.machine.writeMemory(Guest.BUFFER + 4 * i, 4, (i + 1) << 16 | 2 << 24);
        }
        TestDma.program(guest.machine, TestDma.FROM_MEMORY, Guest.BUFFER, 8);
        byte[] third = guest.sectors(2, 1);
        assertEquals(0, guest.execute(0x4D, 0, 2, 18, 0x6C, 0x11)[0]);
        assertArrayEquals(filled(2, 0x11), guest.sectors(0, 2));
        assertArrayEquals(third, guest.sectors(2, 1));
        assertEquals(0x10, guest.execute(0x4D, 0, 2, 18, 0x6C, 0x11)[1], "masked");
        assertEquals(0, guest.execute(0x4D, 0, 2, 0, 0x6C, 0x11)[0], "no sectors");
        assertArrayEquals(filled(2, 0x11), guest.sectors(0, 2));
        guest.disk.eject();
        assertEquals(0x01, format(0, 0, 18, 1, 0)[1]);
    }

    @Test
    void layoutsBySize() {
        int[][] sizes = {
            {320, 40, 1, 8, 2},
            {360, 40, 1, 9, 2},
            {640, 40, 2, 8, 2},
            {720, 40, 2, 9, 2},
            {1440, 80, 2, 9, 2},
            {2400, 80, 2, 15, 0},
            {2880, 80, 2, 18, 0},
            {5760, 80, 2, 36, 3},
            {3360, 80, 2, 21, 0},
            {3444, 82, 2, 21, 0},
            {1, 80, 2, 18, 0},
            {2881, 80, 2, 36, 3}
        };
        for (int[] each : sizes) {
            DiskLayout layout = DiskLayout.of(each[0]);
            assertEquals(each[1], layout.cylinders(), each[0] + " sectors");
            assertEquals(each[2], layout.heads());
            assertEquals(each[3], layout.sectors());
            assertEquals(each[4], layout.rate());
            assertTrue(layout.readableAt(each[4]));
        }
        assertNull(DiskLayout.of(0));
        assertNull(DiskLayout.of(5761));
        assertTrue(DiskLayout.of(720).readableAt(DiskLayout.KBPS_300), "a 1.2 MB drive turns faster");
        assertEquals(166_666_667, DiskLayout.of(2400).revolution());
    }

    @Test
    void everySectorOfEveryLayoutIsReached() {
        int[][] layouts = {{320, 1}, {720, 2}, {1440, 2}, {2400, 0}, {3360, 0}, {5760, 3}};
        for (int[] each : layouts) {
            byte[] content = guest.insert(each[0]);
            DiskLayout layout = DiskLayout.of(each[0]);
            guest.out(Guest.CCR, layout.rate());
            guest.seek(0x07, 0);
            int track = layout.sectors() * 512;
            for (int c = 0; c < layout.cylinders(); c += 13) {
                guest.seek(0x0F, 0, c);
                for (int h = 0; h < layout.heads(); h++) {
                    int[] result = guest.transfer(TestDma.TO_MEMORY, track, 0x46, h, c, 1, layout.sectors());
                    assertResult(result, h << 2, 0, 0, c + 1, h, 1, 2);
                    int from = (c * layout.heads() + h) * track;
                    assertArrayEquals(Arrays.copyOfRange(content, from, from + track), guest.ram(track));
                }
            }
        }
    }

    @Test
    void imageThatEndsEarly() {
        guest.insert(20);
        assertEquals(0x04, guest.transfer(TestDma.TO_MEMORY, 1024, 0x46, 1, 0, 2, 18)[0]);
        assertArrayEquals(guest.sectors(19, 1), Arrays.copyOf(guest.ram(1024), 512));
        assertArrayEquals(new byte[512], Arrays.copyOfRange(guest.ram(1024), 512, 1024));
        assertEquals(0x04, guest.transfer(TestDma.FROM_MEMORY, 1024, 0x45, 1, 0, 2, 18)[1], "room for one sector only");
        assertEquals(0x04, format(0, 1, 18, 1, 0xE5)[0]);
        assertArrayEquals(filled(2, 0xE5), guest.sectors(18, 2));
    }

    @Test
    void imageThatIsNoDiskette() {
        guest.insert(5761);
        assertEquals(0x01, guest.execute(0x4A, 0)[1]);
        assertTrue(guest.machine.reports().getFirst().contains("5761 sectors"));
    }
}
