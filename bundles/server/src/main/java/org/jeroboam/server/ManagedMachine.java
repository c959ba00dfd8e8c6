package org.jeroboam.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineFactory;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineScheduler;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.ManagementException.Kind;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualMachineState;
import org.jeroboam.management.extension.MachineExtension;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.SerialConsole;

/** A virtual machine of the catalogue: its settings, its saved state, and the run that it is in. */
final class ManagedMachine implements VirtualMachine, MachineExtension {
    private final String name;
    private final MachineSettings settings;
    private final Path savedState;
    private final MachineFactory factory;
    private final MachineScheduler scheduler;
    private MachineRun run;

    /** @param savedState where the state is saved; null for a machine that cannot be saved by {@link #save()} */
    ManagedMachine(
            String name,
            MachineSettings settings,
            Path savedState,
            MachineFactory factory,
            MachineScheduler scheduler) {
        this.name = name;
        this.settings = settings;
        this.savedState = savedState;
        this.factory = factory;
        this.scheduler = scheduler;
    }

    /** Builds the machine once and throws it away, so that a bad setting is refused before anybody relies on it. */
    void tryOut() throws ManagementException {
        MachineRun.prepare(name, settings.withoutSerial(), factory, scheduler).close();
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public MachineSettings getSettings() {
        return settings;
    }

    @Override
    public synchronized VirtualMachineState getState() {
        if (!isOn()) {
            return hasSavedState() ? VirtualMachineState.SAVED : VirtualMachineState.TURNED_OFF;
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
        if (hasSavedState()) {
            restoreFrom(savedState);
            execute(new MachineCommand.Resume());
            discardSavedState();
        } else {
            powerOn(new MachineCommand.PowerOn());
        }
    }

    private void powerOn(MachineCommand first) throws ManagementException {
        MachineRun next = MachineRun.prepare(name, settings, factory, scheduler);
        try {
            next.execute(first);
        } catch (ManagementException e) {
            next.close();
            throw e;
        }
        run = next;
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
        try {
            if (savedState == null || !Files.deleteIfExists(savedState)) {
                throw ManagementException.badRequest(name + " has no saved state");
            }
        } catch (IOException e) {
            throw new ManagementException(Kind.FAULT, "the saved state " + savedState + " cannot be deleted", e);
        }
    }

    @Override
    public MachineExtension extension() {
        return this;
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
                    s.reason());
        } catch (ManagementException e) {
            return new MachineStatus(Duration.ZERO, 0, Duration.ZERO, "", "");
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
                        p.lastBlackoutNanos() < 0 ? null : Duration.ofNanos(p.lastBlackoutNanos())))
                .toList();
    }

    @Override
    public Duration swapPart(String part, String version) throws ManagementException {
        MachineReply.Swapped reply = (MachineReply.Swapped) execute(new MachineCommand.Swap(part, version));
        return Duration.ofNanos(reply.blackoutNanos());
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
                .orElseThrow(() -> ManagementException.badRequest("COM1 of " + name + " does not lead to the console"))
                .open(output);
    }

    @Override
    public synchronized CompletableFuture<Outcome> outcome() {
        return run == null ? new CompletableFuture<>() : run.outcome().copy();
    }

    private MachineReply.Status machineStatus() throws ManagementException {
        return (MachineReply.Status) execute(new MachineCommand.GetStatus());
    }

    private MachineReply execute(MachineCommand command) throws ManagementException {
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

    private boolean hasSavedState() {
        return savedState != null && Files.exists(savedState);
    }

    /** The end of the server: a machine that is on is turned off. */
    synchronized void close() {
        if (isOn()) {
            run.close();
        }
    }
}
