package org.jeroboam.machine.part;

/** Told of services that come and go. */
public interface OfferListener {
    /**
     * A service came; it can be found already.
     *
     * @param offer the service
     */
    void arrived(Offer<?> offer);

    /**
     * A service goes, and cannot be found any more. When this returns, nothing of it is used.
     *
     * @param offer the service
     */
    void departing(Offer<?> offer);
}
