package org.jeroboam.machine.board;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jeroboam.hardware.board.Counter;

/** Counters of all parts; they outlive replacements. */
public final class Counters {
    private static final class Cell implements Counter {
        long value;

        @Override
        public void add(long amount) {
            value += amount;
        }
    }

    private final Map<String, Cell> cells = new LinkedHashMap<>();

    Counter get(String part, String name) {
        return cells.computeIfAbsent(part + "." + name, key -> new Cell());
    }

    /** All values by {@code part.counter}. */
    public Map<String, Long> values() {
        Map<String, Long> values = new LinkedHashMap<>();
        cells.forEach((name, cell) -> values.put(name, cell.value));
        return values;
    }
}
