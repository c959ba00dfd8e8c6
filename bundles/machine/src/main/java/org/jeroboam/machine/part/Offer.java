package org.jeroboam.machine.part;

import java.util.Comparator;
import java.util.List;

/**
 * A service that makes parts, with what is known of it. Compared by identity: each offering is one of its own.
 *
 * @param <F> the service's interface
 */
public final class Offer<F> {
    /** Best first: by ranking, then by version, then the newest. */
    static final Comparator<Offer<?>> BEST_FIRST = Comparator.<Offer<?>>comparingInt(Offer::ranking)
            .thenComparing(Offer::version, Offer::compareVersions)
            .thenComparingLong(o -> o.id)
            .reversed();

    private final Class<F> kind;
    private final String name;
    private final F service;
    private final String bundle;
    private final String version;
    private final int ranking;
    private final List<String> imperfections;
    private volatile boolean known;
    long id;

    /**
     * Creates an offer.
     *
     * @param kind the service's interface
     * @param name what it makes: device type, core, firmware type, disk format
     * @param service the service
     * @param bundle symbolic name of its bundle
     * @param version version of its bundle
     * @param ranking the service's ranking
     * @param imperfections what its parts do not model
     */
    public Offer(
            Class<F> kind,
            String name,
            F service,
            String bundle,
            String version,
            int ranking,
            List<String> imperfections) {
        this.kind = kind;
        this.name = name;
        this.service = service;
        this.bundle = bundle;
        this.version = version;
        this.ranking = ranking;
        this.imperfections = List.copyOf(imperfections);
    }

    /** The service's interface. */
    public Class<F> kind() {
        return kind;
    }

    /** What it makes. */
    public String name() {
        return name;
    }

    /** The service. */
    public F service() {
        return service;
    }

    /** Symbolic name of its bundle. */
    public String bundle() {
        return bundle;
    }

    /** Version of its bundle. */
    public String version() {
        return version;
    }

    /** The service's ranking. */
    public int ranking() {
        return ranking;
    }

    /** What its parts do not model. */
    public List<String> imperfections() {
        return imperfections;
    }

    /** Whether a part was made by it and has worked once, so that its classes are loaded and linked. Any thread. */
    public boolean known() {
        return known;
    }

    /** A part that it made works, or has done so. */
    public void use() {
        known = true;
    }

    /** Compares versions as OSGi does: three numbers, then text. */
    static int compareVersions(String a, String b) {
        String[] left = a.split("\\.", 4);
        String[] right = b.split("\\.", 4);
        for (int i = 0; i < 3; i++) {
            int order = Integer.compare(number(left, i), number(right, i));
            if (order != 0) {
                return order;
            }
        }
        return (left.length > 3 ? left[3] : "").compareTo(right.length > 3 ? right[3] : "");
    }

    private static int number(String[] parts, int index) {
        return index < parts.length && parts[index].matches("\\d{1,9}") ? Integer.parseInt(parts[index]) : 0;
    }
}
