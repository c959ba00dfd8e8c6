package org.jeroboam.hardware.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jeroboam.hardware.board.PortHandler;

/** The port table: the range taken last answers; wide and overlapping accesses are split into bytes. */
final class FakePorts {
    private static final int PORTS = 0x10000;

    private final List<Range> ranges = new ArrayList<>();

    /** A taken range. */
    record Range(int first, int count, int width, PortHandler handler) {
        boolean holds(int port, int size) {
            return port >= first && port + size <= first + count;
        }
    }

    Range map(int first, int count, int width, PortHandler handler) {
        if (first < 0 || count < 1 || first + count > PORTS) {
            throw new IllegalArgumentException("no ports " + Integer.toHexString(first) + "h, count " + count);
        }
        if (width != 1 && width != 2 && width != 4) {
            throw new IllegalArgumentException("no port width " + width);
        }
        Range range = new Range(first, count, width, handler);
        ranges.add(range);
        return range;
    }

    void unmap(Range range) {
        ranges.removeIf(r -> r == range);
    }

    int read(int port, int size) {
        Range range = find(port);
        if (range != null && size <= range.width() && range.holds(port, size)) {
            return mask(range.handler().readPort(port, size), size);
        }
        int result = 0;
        for (int i = 0; i < size; i++) {
            Range r = find(port + i & 0xFFFF);
            int b = r == null ? 0xFF : r.handler().readPort(port + i & 0xFFFF, 1) & 0xFF;
            result |= b << 8 * i;
        }
        return result;
    }

    void write(int port, int size, int value) {
        Range range = find(port);
        if (range != null && size <= range.width() && range.holds(port, size)) {
            range.handler().writePort(port, size, mask(value, size));
            return;
        }
        for (int i = 0; i < size; i++) {
            Range r = find(port + i & 0xFFFF);
            if (r != null) {
                r.handler().writePort(port + i & 0xFFFF, 1, value >>> 8 * i & 0xFF);
            }
        }
    }

    /** A port that somebody answers, or one just beside it. */
    int any(Random random) {
        if (ranges.isEmpty()) {
            return random.nextInt(PORTS);
        }
        // Sorted, because a successor may have taken its ranges in another order.
        Range range = ranges.stream()
                .sorted(Comparator.comparingInt(Range::first).thenComparingInt(Range::count))
                .skip(random.nextInt(ranges.size()))
                .findFirst()
                .orElseThrow();
        return Math.clamp(range.first() - 1 + random.nextInt(range.count() + 2), 0, PORTS - 1);
    }

    boolean empty() {
        return ranges.isEmpty();
    }

    static int mask(int value, int size) {
        return size == 4 ? value : value & (1 << 8 * size) - 1;
    }

    private Range find(int port) {
        for (int i = ranges.size() - 1; i >= 0; i--) {
            if (ranges.get(i).holds(port, 1)) {
                return ranges.get(i);
            }
        }
        return null;
    }
}
