package org.jeroboam.storage.vhd.operation;

import java.util.concurrent.CancellationException;

/** Told how far an operation is, and asked whether it shall go on. Called on the operation's own thread. */
@FunctionalInterface
public interface Progress {
    /** Nobody looks. */
    Progress NONE = (done, total) -> {};

    /**
     * How far it is. An implementation cancels the operation by throwing; what was made so far is removed then.
     *
     * @param done units done
     * @param total units in all, at least 1
     * @throws CancellationException to end the operation
     */
    void at(long done, long total);
}
