package org.jeroboam.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.PortHandler;
import org.junit.jupiter.api.Test;

class PortTableTest {
    private final List<String> log = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final PortTable table = new PortTable((part, failure) -> failures.add(part));

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
        table.map("a", 0x60, 2, 1, handler("a", 0x1AB));
        assertEquals(0xFFFFABAB, table.read(0x60, 4));
        assertEquals(List.of("a r1@60", "a r1@61"), log);
        log.clear();
        table.write(0x5F, 4, 0x44332211);
        assertEquals(List.of("a w1@60=22", "a w1@61=33"), log);
    }

    @Test
    void accessesOverTheEndOfARangeAreSplit() {
        table.map("a", 0x100, 3, 4, handler("a", 0x01020304));
        assertEquals(0x0304, table.read(0x100, 2));
        assertEquals(0xFF04_0404, table.read(0x100, 4));
        assertEquals(List.of("a r2@100", "a r1@100", "a r1@101", "a r1@102"), log);
        log.clear();
        table.map("b", 0x200, 4, 4, handler("b", 0x01020304));
        assertEquals(0x01020304, table.read(0x200, 4));
        assertEquals(0x0304, table.read(0x201, 2));
    }

    @Test
    void theLastRangeAnswersUntilItGoes() {
        Mapping a = table.map("a", 0x60, 8, 4, handler("a", 0x0A0A0A0A));
        Mapping b = table.map("b", 0x62, 1, 1, handler("b", 0x0B));
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
    void theLastPortsWrapAround() {
        table.map("a", 0xFFFF, 1, 4, handler("a", 0x11));
        table.map("b", 0, 1, 4, handler("b", 0x22));
        assertEquals(0x2211, table.read(0xFFFF, 2));
        assertThrows(IllegalArgumentException.class, () -> table.map("c", 0xFFFF, 2, 1, handler("c", 0)));
        assertThrows(IllegalArgumentException.class, () -> table.map("c", 0, 1, 3, handler("c", 0)));
    }

    @Test
    void whoThrowsIsNamed() {
        table.map("a", 0x60, 1, 1, new PortHandler() {
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
