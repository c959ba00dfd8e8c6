package org.jeroboam.hardware.board;

import org.osgi.annotation.versioning.ProviderType;

/** Ports or pages that a device took. */
@ProviderType
public interface Mapping {
    /** Gives them back; again has no effect. */
    void unmap();
}
