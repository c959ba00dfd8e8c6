package org.jeroboam.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.machine.Machine;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineFactory;
import org.jeroboam.hardware.machine.MachineListener;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineScheduler;
import org.jeroboam.hardware.machine.MachineState;

/** Machines without hardware: they keep to the contract's states, and a test plays the guest. */
final class FakeMachines implements MachineFactory {
    final List<FakeMachine> made = new ArrayList<>();
    String refusal;

    @Override
    public Machine create(MachineConfig config, MachineListener listener, MachineScheduler scheduler)
            throws ConfigurationException {
        if (refusal != null) {
            throw new ConfigurationException(refusal);
        }
        FakeMachine machine = new FakeMachine(config, listener);
        made.add(machine);
        return machine;
    }

    FakeMachine last() {
        return made.getLast();
    }

    /**
     * A key or a pointer movement.
     *
     * @param command what came
     * @param guestNanos when, in guest time
     */
    record Input(MachineCommand command, long guestNanos) {}

    static final class FakeMachine implements Machine {
        final MachineConfig config;
        final List<byte[]> received = new ArrayList<>();
        final List<Input> input = new ArrayList<>();
        final Map<String, String> media = new TreeMap<>();
        MachineReply.Screen screen = new MachineReply.Screen(0, 0, 0, 0, 0, 0, 0, new byte[0], null);
        /** Why it cannot be saved, or null. */
        String saveRefusal;
        /** What one look at the status costs the guest, in nanoseconds of its time. */
        long guestNanosPerLook = 1_000_000;

        private long guestNanos;
        private final MachineListener listener;
        private MachineState state = MachineState.OFF;
        private String core = "fake";
        private int consumed;
        private boolean closed;

        private FakeMachine(MachineConfig config, MachineListener listener) {
            this.config = config;
            this.listener = listener;
        }

        @Override
        public synchronized CompletableFuture<MachineReply> execute(MachineCommand command) {
            return CompletableFuture.completedFuture(answer(command));
        }

        private MachineReply answer(MachineCommand command) {
            return switch (command) {
                case MachineCommand.PowerOn _ -> move(MachineState.OFF, MachineState.RUNNING);
                case MachineCommand.Pause _ -> move(MachineState.RUNNING, MachineState.PAUSED);
                case MachineCommand.Resume _ -> move(MachineState.PAUSED, MachineState.RUNNING);
                case MachineCommand.Save(String file) -> save(Path.of(file));
                case MachineCommand.Restore(String file) -> restore(Path.of(file));
                case MachineCommand.SwitchCore(String name) -> {
                    core = name;
                    yield new MachineReply.Done();
                }
                case MachineCommand.GetStatus _ ->
                    new MachineReply.Status(state, "", guestNanos += guestNanosPerLook, 8, 9, core, Map.of());
                case MachineCommand.GetHash _ -> new MachineReply.Hash("h");
                case MachineCommand.GetParts _ ->
                    new MachineReply.Parts(List.of(
                            new MachineReply.Part("com1", "serial", "b", "1.0.0", 5, List.of("none"), 0, null)));
                case MachineCommand.GetTargets(String part) ->
                    new MachineReply.Targets(part.equals("com1") ? List.of("1.1.0", "1.0.0") : List.of());
                case MachineCommand.GetRegisters _ -> new MachineReply.Registers("eip");
                case MachineCommand.Swap(String part, var version) ->
                    part.equals("com1")
                            ? new MachineReply.Swapped(1000, "")
                            : new MachineReply.Refused("there is no part '" + part + "'", false);
                case MachineCommand.Send(var port, byte[] data) -> {
                    received.add(data);
                    yield new MachineReply.Accepted(data.length);
                }
                case MachineCommand.Consumed(var port, int count) -> {
                    consumed += count;
                    notifyAll();
                    yield new MachineReply.Done();
                }
                case MachineCommand.Key key -> take(key);
                case MachineCommand.Pointer pointer -> take(pointer);
                case MachineCommand.GetScreen _ -> screen;
                case MachineCommand.InsertMedium(String drive, String image, var format, var readOnly) -> {
                    if (image.contains("bad")) {
                        yield new MachineReply.Refused("cannot open " + image, false);
                    }
                    media.put(drive, image + " " + format + " " + readOnly);
                    yield new MachineReply.Done();
                }
                case MachineCommand.EjectMedium(String drive) -> {
                    media.remove(drive);
                    yield new MachineReply.Done();
                }
                default -> new MachineReply.Done();
            };
        }

        private MachineReply take(MachineCommand command) {
            if (state != MachineState.RUNNING) {
                return new MachineReply.Refused("it is " + state, false);
            }
            input.add(new Input(command, guestNanos));
            return new MachineReply.Done();
        }

        /** Keys and pointer movements. */
        List<MachineCommand> commands() {
            return input.stream().map(Input::command).toList();
        }

        /** Takes a state of its own accord, and says so. */
        synchronized void become(MachineState next) {
            state = next;
            listener.event(new MachineEvent.StateChanged(next, "test"));
        }

        private MachineReply save(Path file) {
            if (saveRefusal != null) {
                return new MachineReply.Refused(saveRefusal, true);
            }
            try {
                Files.writeString(file, core);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            state = MachineState.PAUSED;
            return new MachineReply.Done();
        }

        private MachineReply restore(Path file) {
            try {
                core = Files.readString(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return move(MachineState.OFF, MachineState.PAUSED);
        }

        private MachineReply move(MachineState from, MachineState to) {
            if (state != from) {
                return new MachineReply.Refused("it is " + state, false);
            }
            state = to;
            return new MachineReply.Done();
        }

        void guestSends(String port, String text) {
            listener.event(new MachineEvent.Output(port, text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)));
        }

        void guestEjects(String drive) {
            listener.event(new MachineEvent.MediumEjected(drive));
        }

        void guestPowersOff() {
            listener.event(new MachineEvent.Stopped(MachineEvent.StopReason.POWERED_OFF_BY_GUEST, ""));
        }

        synchronized void awaitConsumed(int bytes) throws InterruptedException {
            while (consumed < bytes) {
                wait();
            }
        }

        synchronized boolean closed() {
            return closed;
        }

        @Override
        public synchronized void close() {
            state = MachineState.CLOSED;
            closed = true;
        }
    }
}
