package org.jeroboam.machine.part;

import java.util.ArrayList;
import java.util.List;

/**
 * Which of several services a part shall come from: {@code version}, {@code bundle}, {@code bundle/version}, or any.
 *
 * @param bundle symbolic name, or null for any
 * @param version version, or null for any
 */
public record Target(String bundle, String version) {
    /** Any service. */
    public static final Target ANY = new Target(null, null);

    /**
     * Reads what a user wrote.
     *
     * @param text see above; null for any
     * @return the target
     */
    public static Target of(String text) {
        if (text == null || text.isBlank()) {
            return ANY;
        }
        int slash = text.indexOf('/');
        if (slash >= 0) {
            return new Target(
                    text.substring(0, slash).trim(), text.substring(slash + 1).trim());
        }
        // A symbolic name begins with a letter, save in jest; a version never does.
        return Character.isDigit(text.charAt(0)) ? new Target(null, text.trim()) : new Target(text.trim(), null);
    }

    /** Whether a service fits. */
    public boolean fits(Offer<?> offer) {
        return (bundle == null || bundle.equals(offer.bundle()))
                && (version == null || Offer.compareVersions(version, offer.version()) == 0);
    }

    /** Those that fit, in the order given. */
    public <F> List<Offer<F>> among(List<Offer<F>> offers) {
        return offers.stream().filter(this::fits).toList();
    }

    /** How a service is named so that {@link #of} finds it: its version, with the bundle where there is more than one. */
    public static List<String> names(List<? extends Offer<?>> offers) {
        boolean one = offers.stream().map(Offer::bundle).distinct().count() == 1;
        List<String> names = new ArrayList<>();
        for (Offer<?> offer : offers) {
            names.add(one ? offer.version() : offer.bundle() + "/" + offer.version());
        }
        return names;
    }

    /** How a sentence names it. */
    @Override
    public String toString() {
        if (bundle == null) {
            return version == null ? "any version" : "version " + version;
        }
        return "bundle " + bundle + (version == null ? "" : " in version " + version);
    }
}
