package org.jeroboam.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.PortHandler;
import org.junit.jupiter.api.Test;

class PortTableTest {
    private final List<String> log = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final PortTable table = new PortTable((part, failure) -> failures.add(part));

    private Mapping map(String owner, int first, int count, int width, PortHandler handler) {
        return table.map(owner, 0, first, count, width, handler);
    }

    private PortHandler handler(String name, int answer) {
        return new PortHandler() {
            @Override
            public int readPort(int port, int size) {
                log.add(name + " r" + size + "@" + Integer.toHexString(port));
                return answer;
            }

            @Override
            public void writePort(int port, int size, int value) {
                log.add(name + " w" + size + "@" + Integer.toHexString(port) + "=" + Integer.toHexString(value));
            }
        };
    }

    @Test
    void nobodyAnswersWithOnes() {
        assertEquals(0xFF, table.read(0x80, 1));
        assertEquals(0xFFFF, table.read(0x80, 2));
        assertEquals(-1, table.read(0xFFFE, 4));
        table.write(0xFFFF, 4, 0);
    }

    @Test
    void wideAccessesAreSplitUpwards() {
        map("a", 0x60, 2, 1, handler("a", 0x1AB));
        assertEquals(0xFFFFABAB, table.read(0x60, 4));
        assertEquals(List.of("a r1@60", "a r1@61"), log);
        log.clear();
        table.write(0x5F, 4, 0x44332211);
        assertEquals(List.of("a w1@60=22", "a w1@61=33"), log);
    }

    @Test
    void accessesOverTheEndOfARangeAreSplit() {
        map("a", 0x100, 3, 4, handler("a", 0x01020304));
        assertEquals(0x0304, table.read(0x100, 2));
        assertEquals(0xFF04_0404, table.read(0x100, 4));
        assertEquals(List.of("a r2@100", "a r1@100", "a r1@101", "a r1@102"), log);
        log.clear();
        map("b", 0x200, 4, 4, handler("b", 0x01020304));
        assertEquals(0x01020304, table.read(0x200, 4));
        assertEquals(0x0304, table.read(0x201, 2));
    }

    @Test
    void theLastRangeAnswersUntilItGoes() {
        Mapping a = map("a", 0x60, 8, 4, handler("a", 0x0A0A0A0A));
        Mapping b = map("b", 0x62, 1, 1, handler("b", 0x0B));
        // A whole access is its first port's: CF8h with CF9h inside.
        assertEquals(0x0A0A0A0A, table.read(0x60, 4));
        assertEquals(0x0B, table.read(0x62, 1));
        assertEquals(0x0A0B, table.read(0x62, 2));
        b.unmap();
        b.unmap();
        log.clear();
        assertEquals(0x0A0A0A0A, table.read(0x60, 4));
        assertEquals(List.of("a r4@60"), log);
        a.unmap();
        assertEquals(-1, table.read(0x60, 4));
    }

    @Test
    void theRankDecidesNotTheTime() {
        table.map("isa", 2, 0xCF9, 1, 1, handler("isa", 0x06));
        Mapping host = table.map("host", 1, 0xCF8, 4, 4, handler("host", 0x80000000));
        assertEquals(0x06, table.read(0xCF9, 1), "although the host bridge came last");
        assertEquals(0x80000000, table.read(0xCF8, 4));
        host.unmap();
        assertEquals(0xFF, table.read(0xCF8, 1));
        assertEquals(0x06, table.read(0xCF9, 1));
        table.map("host", 1, 0xCF8, 4, 4, handler("successor", 0x44332211));
        assertEquals(0x06, table.read(0xCF9, 1));
        assertEquals(0x44332211, table.read(0xCF8, 4));
        assertEquals(List.of("successor r4@cf8"), log.subList(log.size() - 1, log.size()));
    }

    @Test
    void ofEqualRanksTheLastAnswers() {
        Mapping window = table.map("a", 1, 0x100, 4, 1, handler("a", 1));
        Mapping second = table.map("a", 1, 0x102, 4, 1, handler("b", 2));
        table.map("z", 0, 0x100, 16, 1, handler("z", 0));
        assertEquals(0x00020201, table.read(0x101, 1) | table.read(0x102, 2) << 8 | table.read(0x106, 1) << 24);
        window.unmap();
        assertEquals(0x02020000, table.read(0x100, 4));
        second.unmap();
        assertEquals(0, table.read(0x102, 4));
    }

    /** The rule of whole accesses, tried out on random ranges against a search through all of them. */
    @Test
    void wholeAccessesBelongToWhoeverAnswersTheirFirstPort() {
        Random random = new Random(9);
        for (int round = 0; round < 200; round++) {
            PortTable tried = new PortTable((part, failure) -> failures.add(part));
            List<int[]> ranges = new ArrayList<>();
            List<Mapping> mappings = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                int[] r = {random.nextInt(24), 1 + random.nextInt(8), 1 << random.nextInt(3), random.nextInt(3), i};
                ranges.add(r);
                mappings.add(tried.map("d" + i, r[3], r[0], r[1], r[2], handler("d" + i, 0)));
            }
            int gone = random.nextInt(6);
            mappings.get(gone).unmap();
            ranges.remove(gone);
            for (int port = 0; port < 40; port++) {
                for (int size = 1; size <= 4; size *= 2) {
                    log.clear();
                    tried.read(port, size);
                    assertEquals(expected(ranges, port, size), log);
                }
            }
        }
    }

    private static List<String> expected(List<int[]> ranges, int port, int size) {
        int[] top = null;
        for (int[] r : ranges) {
            if (port >= r[0] && port < r[0] + r[1] && (top == null || r[3] >= top[3])) {
                top = r;
            }
        }
        List<String> reads = new ArrayList<>();
        if (top != null && (size == 1 || size <= top[2] && port + size <= top[0] + top[1])) {
            reads.add("d" + top[4] + " r" + size + "@" + Integer.toHexString(port));
        } else if (size > 1) {
            for (int i = 0; i < size; i++) {
                reads.addAll(expected(ranges, port + i, 1));
            }
        }
        return reads;
    }

    @Test
    void theLastPortsWrapAround() {
        map("a", 0xFFFF, 1, 4, handler("a", 0x11));
        map("b", 0, 1, 4, handler("b", 0x22));
        assertEquals(0x2211, table.read(0xFFFF, 2));
        assertThrows(IllegalArgumentException.class, () -> map("c", 0xFFFF, 2, 1, handler("c", 0)));
        assertThrows(IllegalArgumentException.class, () -> map("c", 0, 1, 3, handler("c", 0)));
    }

    @Test
    void whoThrowsIsNamed() {
        map("a", 0x60, 1, 1, new PortHandler() {
            @Override
            public int readPort(int port, int size) {
                throw new ArithmeticException();
            }

            @Override
            public void writePort(int port, int size, int value) {
                throw new NoClassDefFoundError();
            }
        });
        assertEquals(0xFF, table.read(0x60, 1));
        table.write(0x60, 1, 0);
        assertEquals(List.of("a", "a"), failures);
    }
}
