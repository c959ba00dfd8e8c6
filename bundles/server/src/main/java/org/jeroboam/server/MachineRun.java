package org.jeroboam.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.machine.Machine;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineFactory;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineScheduler;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.ManagementException.Kind;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.management.extension.MachineSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One machine from power on to its end, with the streams that belong to it. */
final class MachineRun {
    private static final Logger LOG = LoggerFactory.getLogger(MachineRun.class);

    private final String name;
    private final boolean hashAtEnd;
    private final Links links;
    private final Machine machine;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    /** Opens files and ports only when the machine exists: a refused request overwrites nothing. */
    private MachineRun(
            String name,
            MachineSettings settings,
            MachineConfig config,
            MachineFactory factory,
            MachineScheduler scheduler)
            throws ConfigurationException, ManagementException {
        this.name = name;
        this.hashAtEnd = settings.stateHashOnExit();
        this.machine = factory.create(config, this::event, scheduler);
        try {
            this.links = Links.open(settings);
        } catch (ManagementException e) {
            machine.close();
            throw e;
        }
        links.connect(machine);
    }

    static MachineRun prepare(String name, MachineSettings settings, MachineFactory factory, MachineScheduler scheduler)
            throws ManagementException {
        try {
            return new MachineRun(name, settings, BoardProfile.build(name, settings), factory, scheduler);
        } catch (ConfigurationException e) {
            throw new ManagementException(Kind.BAD_REQUEST, e.getMessage(), e);
        }
    }

    private void event(MachineEvent event) {
        switch (event) {
            case MachineEvent.Output(String port, byte[] data) -> links.output(port, data);
            case MachineEvent.Stopped(var reason, String detail) ->
                Thread.ofVirtual().name("end-of-" + name).start(() -> end(kind(reason), detail));
            case MachineEvent.StateChanged(var state, String reason) -> LOG.info("{} is {} {}", name, state, reason);
            case MachineEvent.MediumEjected(String drive) -> LOG.info("{}: the guest ejected {}", name, drive);
            case MachineEvent.PartSwapped(String part, String from, String to, long blackout) ->
                LOG.info("{}: {} went from version {} to {} in {} us", name, part, from, to, blackout / 1000);
            case MachineEvent.PartFailed(String part, String message) ->
                LOG.error("{}: {} failed: {}", name, part, message);
            case MachineEvent.Reported(String part, String message) -> LOG.info("{}: {}: {}", name, part, message);
        }
    }

    private static Outcome.Kind kind(MachineEvent.StopReason reason) {
        return switch (reason) {
            case POWERED_OFF_BY_GUEST -> Outcome.Kind.POWERED_OFF;
            case RESET_BY_GUEST -> Outcome.Kind.RESET;
            case TURNED_OFF -> Outcome.Kind.TURNED_OFF;
            case CANNOT_GO_ON -> Outcome.Kind.CANNOT_GO_ON;
            case FAULT -> Outcome.Kind.FAULT;
        };
    }

    private void end(Outcome.Kind kind, String detail) {
        String hash =
                hashAtEnd && machine.execute(new MachineCommand.GetHash()).join() instanceof MachineReply.Hash(String h)
                        ? h
                        : "";
        machine.close();
        links.close();
        outcome.complete(new Outcome(kind, detail, links.exitCode(), hash));
    }

    /** Ends the run, whatever the guest does. */
    void close() {
        end(Outcome.Kind.TURNED_OFF, "");
    }

    CompletableFuture<Outcome> outcome() {
        return outcome;
    }

    boolean ended() {
        return outcome.isDone();
    }

    Links links() {
        return links;
    }

    /** Sends a command and waits for its reply. */
    MachineReply execute(MachineCommand command) throws ManagementException {
        MachineReply reply;
        try {
            reply = machine.execute(command).join();
        } catch (CompletionException e) {
            throw new ManagementException(
                    Kind.FAULT, name + " did not answer: " + e.getCause().getMessage(), e);
        }
        if (reply instanceof MachineReply.Refused(String message, boolean fault)) {
            throw new ManagementException(fault ? Kind.FAULT : Kind.BAD_REQUEST, message);
        }
        return reply;
    }
}
