package org.jeroboam.guests;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How long guests stood still, by part and way. */
final class SwapFigures {
    private static final int PERCENT = 99;

    private final Map<String, Map<String, List<Long>>> blackouts = new TreeMap<>(Comparator.reverseOrder());

    /** @param blackout in nanoseconds */
    void add(String way, String part, long blackout) {
        blackouts
                .computeIfAbsent(way, key -> new TreeMap<>())
                .computeIfAbsent(part, key -> new ArrayList<>())
                .add(blackout);
    }

    /** How many there are. */
    int count() {
        return blackouts.values().stream()
                .flatMap(parts -> parts.values().stream())
                .mapToInt(List::size)
                .sum();
    }

    /** A table in milliseconds. */
    @Override
    public String toString() {
        StringBuilder table =
                new StringBuilder("| way | part | swaps | median, ms | 99th percentile, ms | largest, ms |\n"
                        + "|---|---|---|---|---|---|\n");
        blackouts.forEach((way, parts) -> {
            parts.forEach((part, all) -> table.append(row(way, part, all)));
            table.append(row(
                    way,
                    "**all**",
                    parts.values().stream().flatMap(Collection::stream).toList()));
        });
        return table.toString();
    }

    private static String row(String way, String part, List<Long> blackouts) {
        List<Long> sorted = blackouts.stream().sorted().toList();
        int n = sorted.size();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %.2f | %.2f | %.2f |%n",
                way,
                part,
                n,
                millis(sorted.get(n / 2)),
                millis(sorted.get(Math.min(n - 1, n * PERCENT / 100))),
                millis(sorted.getLast()));
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }
}
