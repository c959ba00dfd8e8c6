package org.jeroboam.hardware.machine;

import java.util.concurrent.CompletableFuture;

/**
 * One machine, seen through the narrow contract: commands in, replies and events out, all of them plain records that
 * {@link org.jeroboam.hardware.state.RecordCodec} can turn into bytes, so that a machine can live in another process.
 * Thread-safe.
 */
public interface Machine extends AutoCloseable {
    /**
     * Sends a command. Commands are carried out one after the other, on the machine thread.
     *
     * @param command what to do
     * @return its reply; {@link MachineReply.Refused} when it does not fit the machine's state or something went wrong;
     *     never completed exceptionally
     */
    CompletableFuture<MachineReply> execute(MachineCommand command);

    /** Turns the machine off and frees everything: threads, files, locks, memory. Returns when that is done; again has no effect. */
    @Override
    void close();
}
