package org.jeroboam.machine.part;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All services from which machines are made. Filled by whoever knows the services; thread-safe. */
public final class PartCatalog {
    private final List<Offer<?>> offers = new ArrayList<>();
    private final List<OfferListener> listeners = new CopyOnWriteArrayList<>();
    private long count;

    /** Adds a service. */
    public void add(Offer<?> offer) {
        synchronized (offers) {
            offer.id = ++count;
            offers.add(offer);
            offers.sort(Offer.BEST_FIRST);
        }
        listeners.forEach(listener -> listener.arrived(offer));
    }

    /** Removes a service; returns when no machine uses it any more. */
    public void remove(Offer<?> offer) {
        boolean removed;
        synchronized (offers) {
            removed = offers.remove(offer);
        }
        if (removed) {
            listeners.forEach(listener -> listener.departing(offer));
        }
    }

    /** Whether a service is still there. */
    public boolean has(Offer<?> offer) {
        synchronized (offers) {
            return offers.contains(offer);
        }
    }

    /** All services of a kind, the best first. */
    public <F> List<Offer<F>> all(Class<F> kind) {
        List<Offer<F>> found = new ArrayList<>();
        synchronized (offers) {
            for (Offer<?> offer : offers) {
                if (offer.kind() == kind) {
                    @SuppressWarnings("unchecked")
                    Offer<F> match = (Offer<F>) offer;
                    found.add(match);
                }
            }
        }
        return found;
    }

    /** The services of a kind that make one thing, the best first. */
    public <F> List<Offer<F>> all(Class<F> kind, String name) {
        return all(kind).stream().filter(offer -> offer.name().equals(name)).toList();
    }

    /** The best service of a kind that makes one thing, or null. */
    public <F> Offer<F> best(Class<F> kind, String name) {
        List<Offer<F>> found = all(kind, name);
        return found.isEmpty() ? null : found.getFirst();
    }

    /** The names of all things that services of a kind make, for messages. */
    public String names(Class<?> kind) {
        List<String> names =
                all(kind).stream().map(Offer::name).distinct().sorted().toList();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    /** Adds a listener. */
    public void addListener(OfferListener listener) {
        listeners.add(listener);
    }

    /** Removes a listener. */
    public void removeListener(OfferListener listener) {
        listeners.remove(listener);
    }
}
