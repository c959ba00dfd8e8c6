package org.jeroboam.machine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jeroboam.hardware.board.MemoryHandler;
import org.jeroboam.hardware.memory.MemoryListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PhysicalMapTest {
    private static final long MIB = 1L << 20;

    private final List<String> failures = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final GuestRam ram = new GuestRam(16 * MIB);
    private final PhysicalMap map = new PhysicalMap(ram, (part, failure) -> failures.add(part));
    private final BackingStore backings = new BackingStore(map);

    private final MemoryListener listener = new MemoryListener() {
        @Override
        public void pagesChanged(long firstPage, long count) {
            heard.add("pages " + Long.toHexString(firstPage) + "+" + count);
        }

        @Override
        public void codeWritten(long physical, int length) {
            heard.add("code " + Long.toHexString(physical) + "+" + length);
        }
    };

    private static final class Registers implements MemoryHandler {
        final List<String> log = new ArrayList<>();
        final int answer;

        Registers(int answer) {
            this.answer = answer;
        }

        @Override
        public int readMemory(long offset, int size) {
            log.add("r" + size + "@" + Long.toHexString(offset));
            return answer;
        }

        @Override
        public void writeMemory(long offset, int size, int value) {
            log.add("w" + size + "@" + Long.toHexString(offset) + "=" + Integer.toHexString(value));
        }
    }

    @AfterEach
    void free() {
        backings.close();
        ram.close();
        assertEquals(List.of(), failures);
    }

    @Test
    void nothingReadsAsOnesAndTakesWrites() {
        for (long address : new long[] {16 * MIB, 0xFFFF_FFFFL, 1L << 36, -1, Long.MIN_VALUE, Long.MAX_VALUE - 2}) {
            map.write(address, 4, 0x12345678);
            assertEquals(-1, map.read(address, 4), Long.toHexString(address));
            assertEquals(0xFFFF, map.read(address, 2));
            assertEquals(0xFF, map.read(address, 1));
            assertEquals(0, map.readAddress(address >>> 12));
            assertEquals(0, map.writeAddress(address >>> 12));
            map.markCode(address, 1);
            map.clearCode(address >>> 12);
        }
        // A read over the end of RAM gets both parts.
        map.write(16 * MIB - 2, 4, 0xAABBCCDD);
        assertEquals(0xFFFFCCDD, map.read(16 * MIB - 2, 4));
    }

    @Test
    void valuesAreLittleEndianAndCrossPages() {
        map.write(0xFFE, 4, 0x04030201);
        assertEquals(0x01, map.read(0xFFE, 1));
        assertEquals(0x04030201, map.read(0xFFE, 4));
        assertEquals(0x0403, map.read(0x1000, 2));
        assertEquals(0x0302, map.read(0xFFF, 2));
    }

    @Test
    void dramHidesWindowsAndTheLastWindowAnswers() {
        Registers first = new Registers(1);
        Registers second = new Registers(2);
        Window a = map.mapDevice("a", 0, 0xA0000, 0x20000, first);
        assertEquals(1, map.read(0xA0000, 1));
        Window b = map.mapDevice("b", 0, 0xA8000, 0x1000, second);
        assertEquals(2, map.read(0xA8004, 4));
        assertEquals(List.of("r4@4"), second.log);
        map.setDramAccess(0xA8000, 0x1000, true, false);
        assertEquals(0, map.read(0xA8004, 4));
        map.write(0xA8004, 4, 7);
        assertEquals("w4@4=7", second.log.getLast());
        map.setDramAccess(0xA8000, 0x1000, false, true);
        map.write(0xA8004, 4, 9);
        assertEquals(2, map.read(0xA8004, 4));
        map.setDramAccess(0xA8000, 0x1000, true, true);
        assertEquals(9, map.read(0xA8004, 4));
        map.closeDram();
        b.unmap();
        b.unmap();
        assertEquals(1, map.read(0xA8004, 1));
        a.unmap();
        assertEquals(0xFF, map.read(0xA8004, 1));
        // RAM outside the closable pages hides what is mapped over it.
        map.mapDevice("c", 0, 0x200000, 0x1000, first);
        map.write(0x200000, 4, 5);
        assertEquals(5, map.read(0x200000, 4));
    }

    @Test
    void romsReadAndSwallowWrites() {
        BackingMemory rom = backings.get("bios", "rom", 0x20000);
        rom.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 0x1FFF0, 0x11223344);
        map.mapBacking("bios", 0, 0xFFFE0000L, 0x20000, rom, 0, false);
        map.mapBacking("bios", 0, 0xF0000, 0x10000, rom, 0x10000, false);
        assertEquals(0x11223344, map.read(0xFFFFFFF0L, 4));
        assertEquals(0x11223344, map.read(0xFFFF0, 4));
        map.write(0xFFFF0, 4, 0);
        assertEquals(0x11223344, map.read(0xFFFFFFF0L, 4));
        assertEquals(0, map.writeAddress(0xFF));
        assertNotEquals(0, map.readAddress(0xFF));
        assertEquals(rom, backings.get("bios", "rom", 0x20000));
        assertThrows(IllegalArgumentException.class, () -> backings.get("bios", "rom", 0x10000));
        assertThrows(
                IllegalArgumentException.class, () -> map.mapBacking("bios", 0, 0xE0000, 0x10000, rom, 0x18000, false));
    }

    @Test
    void writesToCodeAreAnnounced() {
        map.addListener(listener);
        map.markCode(0x5040, 64);
        assertEquals(2, map.codeLines(5));
        assertEquals(0, map.writeAddress(5));
        assertNotEquals(0, map.readAddress(5));
        map.write(0x5000, 4, 1);
        assertEquals(List.of(), heard);
        map.write(0x503E, 4, 1);
        map.write(0x507F, 1, 1);
        map.write(0x5080, 4, 1);
        assertEquals(List.of("code 503e+4", "code 507f+1"), heard);
        heard.clear();
        try (Arena arena = Arena.ofConfined()) {
            map.copyIn(0x4000, arena.allocate(0x3000), 0, 0x3000);
        }
        assertEquals(List.of("code 5000+4096"), heard);
        map.clearCode(5);
        assertNotEquals(0, map.writeAddress(5));
    }

    @Test
    void writesThroughABackingReachItsPages() {
        map.addListener(listener);
        BackingMemory video = backings.get("vga", "memory", 0x10000);
        map.mapBacking("vga", 0, 0xFD000000L, 0x10000, video, 0, true);
        map.write(0xFD000010L, 4, 42);
        assertEquals(42, video.segment().get(ValueLayout.JAVA_INT_UNALIGNED, 0x10));
        map.markCode(0xFD001000L, 16);
        heard.clear();
        video.written(0, 0x1000);
        assertEquals(List.of(), heard);
        video.written(0, 0x1001);
        assertEquals(List.of("code fd001000+1"), heard);
        assertEquals(0, map.writeAddress(0xFD001));
    }

    @Test
    void theDirtyLogKnowsWrittenPages() {
        map.setDirtyLog(true);
        assertEquals(0, map.writeAddress(3));
        map.write(0x3000, 1, 1);
        map.write(0x4FFF, 2, 1);
        assertNotEquals(0, map.writeAddress(3));
        map.addListener(listener);
        assertEquals("{3, 4, 5}", map.takeDirty().toString());
        assertEquals(List.of("pages 3+3"), heard);
        assertEquals(0, map.writeAddress(3));
        assertTrue(map.takeDirty().isEmpty());
        map.setDirtyLog(false);
        assertNotEquals(0, map.writeAddress(3));
        map.write(0x3000, 1, 1);
        assertTrue(map.takeDirty().isEmpty());
    }

    @Test
    void busMastersReachRegisters() {
        Registers registers = new Registers(0x04030201);
        map.mapDevice("a", 0, 0xE0000000L, 0x1000, registers);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(16);
            map.copyOut(0xE0000003L, buffer, 0, 6);
            assertEquals(List.of("r1@3", "r4@4", "r1@8"), registers.log);
            assertEquals(0x01, buffer.get(ValueLayout.JAVA_BYTE, 0));
            assertEquals(0x04030201, buffer.get(ValueLayout.JAVA_INT_UNALIGNED, 1));
            registers.log.clear();
            map.copyIn(0xE0000004L, buffer, 1, 5);
            assertEquals(List.of("w4@4=4030201", "w1@8=1"), registers.log);
            map.copyIn(Long.MAX_VALUE - 3, buffer, 0, 16);
            map.copyOut(-8, buffer, 0, 16);
        }
    }

    @Test
    void aHandlerThatThrowsIsNamed() {
        map.mapDevice("broken", 0, 0xE0000000L, 0x1000, new MemoryHandler() {
            @Override
            public int readMemory(long offset, int size) {
                throw new IllegalStateException();
            }

            @Override
            public void writeMemory(long offset, int size, int value) {
                throw new StackOverflowError();
            }
        });
        assertEquals(0xFFFF, map.read(0xE0000000L, 2));
        map.write(0xE0000000L, 2, 0);
        assertEquals(List.of("broken", "broken"), failures);
        failures.clear();
    }

    @Test
    void ramAboveTheHoleGoesOnAt4GiB() {
        GuestRam large = new GuestRam(3712 * MIB);
        try {
            PhysicalMap big = new PhysicalMap(large, (part, failure) -> failures.add(part));
            assertEquals(3584 * MIB, large.lowSize());
            assertEquals(128 * MIB, large.highSize());
            big.write(0xDFFF_FFFCL, 4, 1);
            big.write(0x1_0000_0000L, 4, 2);
            big.write(0x1_07FF_FFFCL, 4, 3);
            big.write(0x1_0800_0000L, 4, 4);
            assertEquals(1, big.read(0xDFFF_FFFCL, 4));
            assertEquals(-1, big.read(0xE000_0000L, 4));
            assertEquals(2, big.read(0x1_0000_0000L, 4));
            assertEquals(3, big.read(0x1_07FF_FFFCL, 4));
            assertEquals(-1, big.read(0x1_0800_0000L, 4));
            assertEquals(big.readAddress(0xDFFFF) + 4096, big.readAddress(0x100000));
        } finally {
            large.close();
        }
    }

    /** Random windows and DRAM switches against a plain list. */
    @Test
    void overlapsAnswerLikeAList() {
        Random random = new Random(11);
        List<Window> windows = new ArrayList<>();
        List<Integer> answers = new ArrayList<>();
        boolean[] open = new boolean[0x100];
        for (int step = 0; step < 3000; step++) {
            long base = 0x90000 + 0x1000L * random.nextInt(0x60);
            long length = 0x1000L * (1 + random.nextInt(0x20));
            switch (random.nextInt(3)) {
                case 0 -> {
                    answers.add(step);
                    windows.add(map.mapDevice("w", 0, base, length, new Registers(step)));
                }
                case 1 -> {
                    if (!windows.isEmpty()) {
                        int at = random.nextInt(windows.size());
                        windows.remove(at).unmap();
                        answers.remove(at);
                    }
                }
                default -> {
                    boolean reads = random.nextBoolean();
                    map.setDramAccess(base, length, reads, reads);
                    for (long page = Math.max(0xA0, base >> 12); page < Math.min(0x100, base + length >> 12); page++) {
                        open[(int) page] = reads;
                    }
                }
            }
            long page = 0x80 + random.nextInt(0xA0);
            int expected = page < 0xA0 || page >= 0x100 || open[(int) page] ? 0 : -1;
            for (int i = 0; expected == -1 && i < windows.size(); i++) {
                Window top = windows.get(windows.size() - 1 - i);
                if (top.covers(page)) {
                    expected = answers.get(windows.size() - 1 - i);
                    break;
                }
            }
            assertEquals(expected, map.read(page << 12, 4), "step " + step);
        }
    }
}
