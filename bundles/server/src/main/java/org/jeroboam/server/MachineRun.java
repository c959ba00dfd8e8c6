package org.jeroboam.server;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.machine.Machine;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineFactory;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineScheduler;
import org.jeroboam.hardware.machine.MachineState;
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
    private final MachineSettings settings;
    private final Consumer<String> ejected;
    private final Links links;
    private final Machine machine;
    private final AtomicReference<Consumer<MachineEvent>> observer = new AtomicReference<>();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private volatile MachineState steady = MachineState.RUNNING;

    /** Opens files and ports only when the machine exists: a refused request overwrites nothing. */
    private MachineRun(
            String name,
            MachineSettings settings,
            MachineConfig config,
            MachineFactory factory,
            MachineScheduler scheduler,
            Consumer<String> ejected,
            boolean goesOn)
            throws ConfigurationException, ManagementException {
        this.name = name;
        this.settings = settings;
        this.ejected = ejected;
        this.machine = factory.create(config, this::event, scheduler);
        try {
            this.links = Links.open(settings, goesOn);
        } catch (ManagementException e) {
            machine.close();
            throw e;
        }
        links.connect(machine);
    }

    /**
     * @param ejected told the name of a drive whose medium the guest ejected
     * @param goesOn whether a state is to be restored, so that files of the guest's output are added to
     */
    static MachineRun prepare(
            String name,
            MachineSettings settings,
            MachineFactory factory,
            MachineScheduler scheduler,
            Consumer<String> ejected,
            boolean goesOn)
            throws ManagementException {
        Screenshot.check(settings.screenshotOnExit());
        try {
            return new MachineRun(
                    name, settings, BoardProfile.build(name, settings), factory, scheduler, ejected, goesOn);
        } catch (ConfigurationException e) {
            throw new ManagementException(Kind.BAD_REQUEST, e.getMessage(), e);
        }
    }

    /** Lets a debugger hear the machine's events from now on. */
    void observe(Consumer<MachineEvent> debugger) throws ManagementException {
        if (!observer.compareAndSet(null, debugger)) {
            throw ManagementException.badRequest(name + " has a debugger already");
        }
    }

    /** The debugger leaves. */
    void stopObserving() {
        observer.set(null);
    }

    private void event(MachineEvent event) {
        Consumer<MachineEvent> listening = observer.get();
        if (listening != null) {
            listening.accept(event);
        }
        switch (event) {
            case MachineEvent.Output(String port, byte[] data) -> links.output(port, data);
            case MachineEvent.Stopped(var reason, String detail) ->
                Thread.ofVirtual().name("end-of-" + name).start(() -> end(kind(reason), detail));
            case MachineEvent.StateChanged(var state, String reason) -> {
                if (state == MachineState.RUNNING || state == MachineState.PAUSED) {
                    steady = state;
                }
                LOG.info("{} is {} {}", name, state, reason);
            }
            case MachineEvent.BreakpointHit(var breakpoint) -> LOG.debug("{} stopped at {}", name, breakpoint);
            case MachineEvent.MediumEjected(String drive) -> {
                LOG.info("{}: the guest ejected the medium of {}", name, drive);
                ejected.accept(drive);
            }
            case MachineEvent.PartSwapped(String part, String from, String to, var way, long blackout) ->
                LOG.info("{}: {} went from {} to {} ({}) in {} us", name, part, from, to, way, blackout / 1000);
            case MachineEvent.SwapFailed(String part, String from, String to, String message) ->
                LOG.error("{}: {} could not go from {} to {}: {}", name, part, from, to, message);
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
        String hash = settings.stateHashOnExit()
                        && machine.execute(new MachineCommand.GetHash()).join() instanceof MachineReply.Hash(String h)
                ? h
                : "";
        String complaint = settings.screenshotOnExit() == null ? "" : takeScreenshot();
        machine.close();
        links.close();
        outcome.complete(new Outcome(kind, detail.isEmpty() ? complaint : detail, links.exitCode(), hash));
    }

    /** Returns what went wrong, in one sentence, or nothing. A machine that never showed anything leaves no picture. */
    private String takeScreenshot() {
        try {
            if (machine.execute(new MachineCommand.GetScreen(0)).join() instanceof MachineReply.Screen screen
                    && screen.width() > 0) {
                Screenshot.write(Screenshot.of(screen), settings.screenshotOnExit());
            }
            return "";
        } catch (IOException e) {
            String message = "the screenshot " + settings.screenshotOnExit() + " cannot be written: " + e.getMessage();
            LOG.error("{}: {}", name, message, e);
            return message;
        }
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

    /** RUNNING or PAUSED: the state now, or while a part is missing the one before. */
    MachineState steadyState() throws ManagementException {
        MachineState now = ((MachineReply.Status) execute(new MachineCommand.GetStatus())).state();
        return now == MachineState.RUNNING || now == MachineState.PAUSED ? now : steady;
    }

    Links links() {
        return links;
    }

    /** Sends a command and waits for its reply. */
    MachineReply execute(MachineCommand command) throws ManagementException {
        return execute(command, () -> {});
    }

    /**
     * Sends a command and waits for its reply.
     *
     * @param done run when the command was carried out, before any event that came about later
     */
    MachineReply execute(MachineCommand command, Runnable done) throws ManagementException {
        MachineReply reply;
        try {
            reply = machine.execute(command)
                    .thenApply(answer -> {
                        if (!(answer instanceof MachineReply.Refused)) {
                            done.run();
                        }
                        return answer;
                    })
                    .join();
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
