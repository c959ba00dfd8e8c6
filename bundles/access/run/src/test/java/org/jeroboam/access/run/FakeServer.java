package org.jeroboam.access.run;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jeroboam.management.Keyboard;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.Mouse;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualMachineState;
import org.jeroboam.management.VirtualServer;
import org.jeroboam.management.extension.MachineDebugger;
import org.jeroboam.management.extension.MachineExtension;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.RemovableDrive;
import org.jeroboam.management.extension.ScreenImage;
import org.jeroboam.management.extension.SerialConsole;

/** A server with one machine, whose end the test decides. */
final class FakeServer implements VirtualServer, VirtualMachine, MachineExtension {
    boolean startedPaused;
    boolean resumed;

    final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    MachineSettings settings;
    ManagementException refusal;
    RuntimeException bug;
    String output = "";
    boolean deleted;

    @Override
    public VirtualMachine createTransientMachine(String name, MachineSettings newSettings) {
        settings = newSettings;
        return this;
    }

    @Override
    public VirtualMachine createVirtualMachine(String name, MachineSettings newSettings) {
        throw new AssertionError("run must leave nothing in the catalogue");
    }

    @Override
    public Optional<VirtualMachine> findVirtualMachine(String name) {
        return Optional.empty();
    }

    @Override
    public List<VirtualMachine> getVirtualMachines() {
        return List.of();
    }

    @Override
    public void deleteVirtualMachine(VirtualMachine machine) {
        deleted = true;
        outcome.complete(new Outcome(Outcome.Kind.TURNED_OFF, "", -1, settings.stateHashOnExit() ? "hash" : ""));
    }

    @Override
    public String getName() {
        return "machine";
    }

    @Override
    public VirtualMachineState getState() {
        return VirtualMachineState.RUNNING;
    }

    @Override
    public MachineSettings getSettings() {
        return settings;
    }

    @Override
    public void startup() {
        throw new AssertionError("run must open the console before the guest's first instruction");
    }

    @Override
    public void turnOff() {
        outcome.complete(new Outcome(Outcome.Kind.TURNED_OFF, "", -1, ""));
    }

    @Override
    public void shutdown() {
        turnOff();
    }

    @Override
    public void pause() {
        turnOff();
    }

    @Override
    public void resume() {
        resumed = true;
    }

    @Override
    public void reset() {
        turnOff();
    }

    @Override
    public void save() {
        turnOff();
    }

    @Override
    public void discardSavedState() {
        turnOff();
    }

    @Override
    public Keyboard getKeyboard() {
        throw new AssertionError("run types on no keyboard");
    }

    @Override
    public Mouse getMouse() {
        throw new AssertionError("run moves no mouse");
    }

    @Override
    public ScreenImage screen() {
        return new ScreenImage(0, 0, new int[0], null);
    }

    @Override
    public void changeMedium(RemovableDrive drive, Path image) {
        throw new AssertionError("run changes no media");
    }

    @Override
    public MachineExtension extension() {
        return this;
    }

    @Override
    public MachineStatus status() {
        return new MachineStatus(Duration.ZERO, 0, Duration.ZERO, "", "", Map.of());
    }

    @Override
    public List<PartInfo> parts() {
        return List.of();
    }

    @Override
    public List<String> swapTargets(String part) {
        return List.of();
    }

    @Override
    public SwapResult swapPart(String part, String to) {
        return new SwapResult(Duration.ZERO, "");
    }

    @Override
    public void switchCore(String core) {
        turnOff();
    }

    @Override
    public String registers() {
        return "";
    }

    @Override
    public String stateHash() {
        return "hash";
    }

    @Override
    public void saveTo(Path file) {
        turnOff();
    }

    @Override
    public void restoreFrom(Path file) {
        turnOff();
    }

    @Override
    public SerialConsole openConsole(SerialConsole.Output sink) {
        if (resumed) {
            throw new AssertionError("a guest that ends at once has no console any more");
        }
        sink.bytes(output.getBytes(StandardCharsets.UTF_8));
        return new SerialConsole() {
            @Override
            public void send(byte[] data) {
                output += new String(data, StandardCharsets.UTF_8);
            }

            @Override
            public void close() {
                output = "";
            }
        };
    }

    @Override
    public CompletableFuture<Outcome> outcome() {
        return outcome.copy();
    }

    @Override
    public void startPaused() throws ManagementException {
        if (refusal != null) {
            throw refusal;
        }
        if (bug != null) {
            throw bug;
        }
        startedPaused = true;
    }

    @Override
    public MachineDebugger openDebugger(MachineDebugger.Listener listener) throws ManagementException {
        throw ManagementException.badRequest("no debugger in this test");
    }
}
