package org.jeroboam.guests;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How much memory is in use after collections, over time. */
final class MemoryCourse {
    private static final int QUARTER = 4;
    private static final int MIB = 1 << 20;
    /** Growth that is no leak: what a longer life brings, such as the guest's own code in a core's tables. */
    private static final double TOLERANCE = 0.15;

    private static final long SLACK = 3 * MIB;

    private final List<Long> heap = new ArrayList<>();
    private final List<Long> metaspace = new ArrayList<>();
    private final List<Long> classes = new ArrayList<>();

    /** Collects garbage and notes what is left. */
    void sample() {
        System.gc();
        heap.add(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        metaspace.add(ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .mapToLong((MemoryPoolMXBean pool) -> pool.getUsage().getUsed())
                .sum());
        classes.add((long) ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
    }

    /** What grew; nothing, one hopes. */
    List<String> growth() {
        List<String> growth = new ArrayList<>();
        check(growth, "heap", heap, median(firstHalf(heap)), lowest(lastHalf(heap)));
        check(growth, "metaspace", metaspace, first(metaspace), last(metaspace));
        return growth;
    }

    private static void check(List<String> growth, String what, List<Long> samples, long before, long after) {
        if (after > before * (1 + TOLERANCE) + SLACK) {
            growth.add(what + " grew: " + samples);
        }
    }

    private static List<Long> firstHalf(List<Long> samples) {
        return samples.subList(0, Math.max(1, samples.size() / 2));
    }

    private static List<Long> lastHalf(List<Long> samples) {
        return samples.subList(samples.size() / 2, samples.size());
    }

    /** The heap swings with what the present core has decoded and translated; a leak lifts the lowest points, too. */
    private static long lowest(List<Long> samples) {
        return samples.stream().min(Long::compare).orElseThrow();
    }

    private static long first(List<Long> samples) {
        return median(samples.subList(0, Math.max(1, samples.size() / QUARTER)));
    }

    private static long last(List<Long> samples) {
        return median(samples.subList(samples.size() - Math.max(1, samples.size() / QUARTER), samples.size()));
    }

    private static long median(List<Long> samples) {
        return samples.stream().sorted().toList().get(samples.size() / 2);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "medians of the first and the last quarter of %d samples: heap %.1f and %.1f MiB, metaspace %.1f and %.1f MiB,"
                        + " classes %d and %d",
                heap.size(),
                mib(first(heap)),
                mib(last(heap)),
                mib(first(metaspace)),
                mib(last(metaspace)),
                first(classes),
                last(classes));
    }

    private static double mib(long bytes) {
        return bytes / (double) MIB;
    }
}
