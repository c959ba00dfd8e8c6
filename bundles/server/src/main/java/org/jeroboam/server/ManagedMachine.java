package org.jeroboam.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineFactory;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineScheduler;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.management.Keyboard;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.ManagementException.Kind;
import org.jeroboam.management.Mouse;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualMachineState;
import org.jeroboam.management.extension.MachineDebugger;
import org.jeroboam.management.extension.MachineExtension;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.RemovableDrive;
import org.jeroboam.management.extension.ScreenImage;
import org.jeroboam.management.extension.SerialConsole;
import org.jeroboam.server.Interruption.Then;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A virtual machine of the catalogue: its settings, its saved state, and the run that it is in. */
final class ManagedMachine implements VirtualMachine, MachineExtension {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedMachine.class);

    private final String name;
    private final Path savedState;
    private final Interruption interruption;
    private final MachineFactory factory;
    private final MachineScheduler scheduler;
    private final SettingsKeeper keeper;
    private final GuestKeyboard keyboard = new GuestKeyboard(this);
    private final GuestMouse mouse = new GuestMouse(this);
    /** Events of the machine change the settings too, while commands hold the monitor of this object. */
    private final Object settingsLock = new Object();

    private MachineSettings settings;
    private MachineRun run;
    /** Why the machine is off although people left it on; empty when there is nothing to say. */
    private volatile String note = "";

    /** Keeps settings for the next server. */
    interface SettingsKeeper {
        void keep(MachineSettings settings) throws ManagementException;
    }

    /**
     * Creates a machine that is turned off.
     *
     * @param savedState where the state is saved; null for a machine that cannot be saved by {@link #save()}
     * @param interruption what bridges the time without a server; null for a machine that ends with its server
     * @param keeper told of changed settings
     */
    ManagedMachine(
            String name,
            MachineSettings settings,
            Path savedState,
            Interruption interruption,
            MachineFactory factory,
            MachineScheduler scheduler,
            SettingsKeeper keeper) {
        this.name = name;
        this.settings = settings;
        this.savedState = savedState;
        this.interruption = interruption;
        this.factory = factory;
        this.scheduler = scheduler;
        this.keeper = keeper;
        if (interruption != null) {
            try {
                note = interruption.reason();
            } catch (IOException e) {
                LOG.error("{}: why it was interrupted cannot be read", name, e);
            }
        }
    }

    /** Builds the machine once and throws it away, so that a bad setting is refused before anybody relies on it. */
    void tryOut() throws ManagementException {
        tryOut(getSettings());
    }

    private void tryOut(MachineSettings candidate) throws ManagementException {
        MachineRun.prepare(name, candidate.withoutOutputs(), factory, scheduler, drive -> {}, false)
                .close();
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public MachineSettings getSettings() {
        synchronized (settingsLock) {
            return settings;
        }
    }

    @Override
    public synchronized VirtualMachineState getState() {
        if (!isOn()) {
            return heldState() != null ? VirtualMachineState.SAVED : VirtualMachineState.TURNED_OFF;
        }
        try {
            return machineStatus().state() == MachineState.RUNNING
                    ? VirtualMachineState.RUNNING
                    : VirtualMachineState.PAUSED;
        } catch (ManagementException e) {
            // It ended between the two questions.
            return VirtualMachineState.TURNED_OFF;
        }
    }

    @Override
    public synchronized void startup() throws ManagementException {
        if (isOn()) {
            throw ManagementException.badRequest(name + " is on already");
        }
        Path state = heldState();
        if (state != null) {
            restoreFrom(state);
            execute(new MachineCommand.Resume());
            discardSavedState();
        } else {
            powerOn(new MachineCommand.PowerOn());
        }
    }

    @Override
    public synchronized void startPaused() throws ManagementException {
        if (isOn()) {
            throw ManagementException.badRequest(name + " is on already");
        }
        Path state = heldState();
        if (state != null) {
            restoreFrom(state);
            discardSavedState();
        } else {
            powerOn(new MachineCommand.PowerOn(true));
        }
    }

    @Override
    public MachineDebugger openDebugger(MachineDebugger.Listener listener) throws ManagementException {
        return new GuestDebugger(on(), listener);
    }

    private void powerOn(MachineCommand first) throws ManagementException {
        boolean goesOn = first instanceof MachineCommand.Restore;
        MachineRun next = MachineRun.prepare(name, getSettings(), factory, scheduler, this::ejected, goesOn);
        keyboard.releaseAll();
        mouse.releaseAll();
        try {
            next.execute(first);
        } catch (ManagementException e) {
            next.close();
            throw e;
        }
        run = next;
        forgetNote();
    }

    private void forgetNote() {
        note = "";
        if (interruption != null && !interruption.holdsState()) {
            try {
                interruption.remove();
            } catch (IOException e) {
                LOG.warn("{}: what it said about its interruption cannot be deleted", name, e);
            }
        }
    }

    @Override
    public synchronized void turnOff() throws ManagementException {
        on().close();
    }

    @Override
    public void shutdown() throws ManagementException {
        execute(new MachineCommand.PressPowerButton());
    }

    @Override
    public void pause() throws ManagementException {
        execute(new MachineCommand.Pause());
    }

    @Override
    public void resume() throws ManagementException {
        execute(new MachineCommand.Resume());
    }

    @Override
    public void reset() throws ManagementException {
        execute(new MachineCommand.Reset());
    }

    @Override
    public synchronized void save() throws ManagementException {
        if (savedState == null) {
            throw ManagementException.badRequest(name + " is in no catalogue and can only be saved to a file");
        }
        saveTo(savedState);
        on().close();
    }

    @Override
    public synchronized void discardSavedState() throws ManagementException {
        Path state = heldState();
        if (state == null) {
            throw ManagementException.badRequest(name + " has no saved state");
        }
        try {
            if (state.equals(savedState)) {
                Files.deleteIfExists(state);
            } else {
                interruption.remove();
                note = "";
            }
        } catch (IOException e) {
            throw new ManagementException(Kind.FAULT, "the saved state " + state + " cannot be deleted", e);
        }
    }

    @Override
    public Keyboard getKeyboard() {
        return keyboard;
    }

    @Override
    public Mouse getMouse() {
        return mouse;
    }

    @Override
    public MachineExtension extension() {
        return this;
    }

    @Override
    public ScreenImage screen() throws ManagementException {
        return Screenshot.of((MachineReply.Screen) execute(new MachineCommand.GetScreen(0)));
    }

    @Override
    public synchronized void changeMedium(RemovableDrive drive, Path image) throws ManagementException {
        MachineSettings next = getSettings().withMedium(drive, image);
        if (isOn()) {
            run.execute(
                    image == null
                            ? new MachineCommand.EjectMedium(BoardProfile.name(drive))
                            : BoardProfile.insertion(drive, image),
                    () -> settingsAre(drive, image));
        } else if (heldState() != null) {
            throw ManagementException.badRequest("the media in " + name
                    + " belong to its saved state; start it, or discard that state (vm:discard)");
        } else {
            if (image != null) {
                tryOut(next);
            }
            settingsAre(drive, image);
        }
        keep();
    }

    private void settingsAre(RemovableDrive drive, Path image) {
        synchronized (settingsLock) {
            try {
                settings = settings.withMedium(drive, image);
            } catch (ManagementException e) {
                throw new IllegalStateException("a drive that had a medium is none", e);
            }
        }
    }

    private void keep() throws ManagementException {
        synchronized (settingsLock) {
            keeper.keep(settings);
        }
    }

    /** The guest ejected a medium. Thread of the machine's events: must not wait for this object's monitor. */
    private void ejected(String name) {
        RemovableDrive drive = BoardProfile.drive(name);
        if (drive != null) {
            settingsAre(drive, null);
            try {
                keep();
            } catch (ManagementException e) {
                LOG.error("{}: that {} was ejected will be forgotten", this.name, name, e);
            }
        }
    }

    @Override
    public MachineStatus status() {
        try {
            MachineReply.Status s = machineStatus();
            return new MachineStatus(
                    Duration.ofNanos(s.guestNanos()),
                    s.retired(),
                    Duration.ofNanos(s.cpuNanos()),
                    s.cpuCore(),
                    s.reason(),
                    s.counters());
        } catch (ManagementException e) {
            return new MachineStatus(Duration.ZERO, 0, Duration.ZERO, "", note, Map.of());
        }
    }

    @Override
    public List<PartInfo> parts() throws ManagementException {
        MachineReply.Parts reply = (MachineReply.Parts) execute(new MachineCommand.GetParts());
        return reply.parts().stream()
                .map(p -> new PartInfo(
                        p.name(),
                        p.type(),
                        p.bundle(),
                        p.version(),
                        p.stateBytes(),
                        p.imperfections(),
                        p.swaps(),
                        p.lastSwap() == null ? null : swap(p.lastSwap())))
                .toList();
    }

    @Override
    public List<String> swapTargets(String part) throws ManagementException {
        return ((MachineReply.Targets) execute(new MachineCommand.GetTargets(part))).targets();
    }

    private static PartSwap swap(MachineReply.LastSwap last) {
        String way =
                switch (last.way()) {
                    case STAGED -> "staged";
                    case IN_PLACE -> "in place";
                    case AT_RESET -> "at reset";
                };
        return new PartSwap(last.at(), last.from(), last.to(), way, Duration.ofNanos(last.blackoutNanos()));
    }

    @Override
    public SwapResult swapPart(String part, String to) throws ManagementException {
        MachineReply.Swapped reply = (MachineReply.Swapped) execute(new MachineCommand.Swap(part, to));
        return new SwapResult(Duration.ofNanos(reply.blackoutNanos()), reply.note());
    }

    @Override
    public void switchCore(String core) throws ManagementException {
        execute(new MachineCommand.SwitchCore(core));
    }

    @Override
    public String registers() throws ManagementException {
        return ((MachineReply.Registers) execute(new MachineCommand.GetRegisters())).text();
    }

    @Override
    public String stateHash() throws ManagementException {
        return ((MachineReply.Hash) execute(new MachineCommand.GetHash())).sha256();
    }

    @Override
    public void saveTo(Path file) throws ManagementException {
        execute(new MachineCommand.Save(file.toString()));
    }

    @Override
    public synchronized void restoreFrom(Path file) throws ManagementException {
        if (isOn()) {
            throw ManagementException.badRequest(name + " is on; turn it off before a state is restored into it");
        }
        if (!Files.isRegularFile(file)) {
            throw ManagementException.badRequest("there is no saved state " + file);
        }
        powerOn(new MachineCommand.Restore(file.toString()));
    }

    @Override
    public synchronized SerialConsole openConsole(SerialConsole.Output output) throws ManagementException {
        return on().links()
                .console()
                .orElseThrow(
                        () -> ManagementException.badRequest("no serial port of " + name + " leads to the console"))
                .open(output);
    }

    @Override
    public synchronized CompletableFuture<Outcome> outcome() {
        return run == null ? new CompletableFuture<>() : run.outcome().copy();
    }

    MachineReply.Status machineStatus() throws ManagementException {
        return (MachineReply.Status) execute(new MachineCommand.GetStatus());
    }

    MachineReply execute(MachineCommand command) throws ManagementException {
        return on().execute(command);
    }

    private synchronized MachineRun on() throws ManagementException {
        if (!isOn()) {
            throw ManagementException.badRequest(name + " is turned off");
        }
        return run;
    }

    private boolean isOn() {
        return run != null && !run.ended();
    }

    /** The state from which the machine starts, or null. */
    private Path heldState() {
        if (isInterrupted()) {
            return interruption.state();
        }
        return savedState != null && Files.exists(savedState) ? savedState : null;
    }

    // ---- the time without a server

    /** Whether an earlier server left a state with which the machine goes on. */
    boolean isInterrupted() {
        return interruption != null && interruption.holdsState();
    }

    /** Saves a machine that is on, so that the next server lets it go on; one that cannot be saved is turned off. */
    synchronized void interrupt(String reason) {
        if (!isOn() || interruption == null) {
            return;
        }
        try {
            Then then = run.steadyState() == MachineState.RUNNING ? Then.RUNNING : Then.PAUSED;
            long start = System.nanoTime();
            execute(new MachineCommand.Save(interruption.state().toString()));
            interruption.mark(then, "it pauses because " + reason);
            LOG.info("{} pauses because {}; saved in {} ms", name, reason, (System.nanoTime() - start) / 1_000_000);
        } catch (ManagementException | IOException e) {
            LOG.error("{} could not be saved when {}, and is off", name, reason, e);
            try {
                interruption.remove();
                interruption.mark(Then.OFF, "it was on when " + reason + ", and could not be saved: " + e.getMessage());
            } catch (IOException again) {
                LOG.error("{}: why it is off cannot be written down", name, again);
            }
        } finally {
            run.close();
        }
    }

    /** Lets a machine go on that was interrupted; answers whether there is nothing more to be done. */
    synchronized boolean goOn() {
        if (isOn() || !isInterrupted()) {
            return true;
        }
        String why = "";
        try {
            Then then = interruption.then();
            why = interruption.reason();
            if (then == Then.OFF) {
                return true;
            }
            restoreFrom(interruption.state());
            if (then == Then.RUNNING) {
                execute(new MachineCommand.Resume());
            }
            interruption.remove();
            LOG.info("{} goes on", name);
            return true;
        } catch (ManagementException | IOException e) {
            String problem = why + "; it cannot go on yet: " + e.getMessage();
            if (!problem.equals(note)) {
                LOG.warn("{}: {}", name, problem);
            }
            if (isOn()) {
                run.close();
            }
            note = problem;
            return false;
        }
    }

    /** The end of the server: a machine that is on is turned off. */
    synchronized void close() {
        if (isOn()) {
            run.close();
        }
    }
}
