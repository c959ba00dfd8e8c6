package org.jeroboam.hardware.machine;

import java.util.concurrent.CompletableFuture;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.state.RecordCodec;
import org.jeroboam.hardware.state.StateException;

/**
 * A machine factory whose every message is turned into bytes and back: the proof that server and machine share nothing,
 * and the seam at which a machine will move to a process of its own.
 */
public final class SerializingMachine implements Machine {
    private final Machine machine;

    private SerializingMachine(Machine machine) {
        this.machine = machine;
    }

    /**
     * Wraps a factory.
     *
     * @param factory makes the real machines
     * @return a factory of machines that speak in bytes
     */
    public static MachineFactory wrap(MachineFactory factory) {
        return (config, listener, scheduler) -> create(factory, config, listener, scheduler);
    }

    private static Machine create(
            MachineFactory factory, MachineConfig config, MachineListener listener, MachineScheduler scheduler)
            throws ConfigurationException {
        return new SerializingMachine(factory.create(
                copy(config, MachineConfig.class),
                event -> listener.event(copy(event, MachineEvent.class)),
                scheduler));
    }

    @Override
    public CompletableFuture<MachineReply> execute(MachineCommand command) {
        return machine.execute(copy(command, MachineCommand.class)).thenApply(reply -> copy(reply, MachineReply.class));
    }

    @Override
    public void close() {
        machine.close();
    }

    private static <T> T copy(T message, Class<T> type) {
        try {
            return RecordCodec.decode(RecordCodec.encodeAs(message, type), type);
        } catch (StateException e) {
            throw new IllegalStateException(
                    "a message of the machine contract does not survive encoding: " + message, e);
        }
    }
}
