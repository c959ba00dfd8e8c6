package org.jeroboam.management.extension;

import java.util.List;
import org.jeroboam.management.ManagementException;

/**
 * The spare of each bundle that was updated: what was in its place before. Offered as a service by whatever keeps them.
 * Thread-safe.
 */
public interface PartSpares {
    /**
     * The spares that are kept, one of each bundle at most.
     *
     * @return by symbolic name
     */
    List<Spare> spares();

    /**
     * Puts a bundle's spare back in its place; what is there becomes the spare.
     *
     * @param bundle symbolic name, or the bundle's number
     * @return the version that is there now
     * @throws ManagementException when there is no such spare, or the framework refuses it
     */
    String revert(String bundle) throws ManagementException;

    /**
     * A spare.
     *
     * @param id the bundle's number in the framework
     * @param bundle its symbolic name
     * @param version the version that it has
     * @param spareVersion the version of the spare
     */
    record Spare(long id, String bundle, String version, String spareVersion) {}
}
