package org.jeroboam.management.extension;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jeroboam.management.ManagementException;

/** What this server can do with a machine beyond the SDK's object model. Thread-safe. */
public interface MachineExtension {
    /**
     * Figures of the machine.
     *
     * @return as of now
     */
    MachineStatus status();

    /**
     * The parts of which it consists.
     *
     * @return the processor core first
     * @throws ManagementException when it is turned off
     */
    List<PartInfo> parts() throws ManagementException;

    /**
     * The implementations that a part can be replaced by.
     *
     * @param part its name
     * @return what {@link #swapPart} takes as target, the highest-ranked first; empty for a part that the machine does not
     *     have
     * @throws ManagementException when the machine is turned off
     */
    List<String> swapTargets(String part) throws ManagementException;

    /**
     * Replaces a part by another implementation while the machine runs: a device, {@code cpu}, {@code firmware},
     * {@code locks}, or the format of a drive's image ({@code disk:} and the drive's name).
     *
     * @param part its name
     * @param to a bundle's version, its symbolic name, or {@code name/version}; null for the highest-ranked one
     * @return how long the guest stood still, and what else there is to say
     * @throws ManagementException when there is no such part or bundle, or the new one refused; the old one then goes on
     */
    SwapResult swapPart(String part, String to) throws ManagementException;

    /**
     * Changes the processor core while the machine runs.
     *
     * @param core its name
     * @throws ManagementException when there is no such core or it cannot run here
     */
    void switchCore(String core) throws ManagementException;

    /**
     * The processor's registers.
     *
     * @return several lines of text
     * @throws ManagementException when it is turned off
     */
    String registers() throws ManagementException;

    /**
     * A digest of RAM and processor.
     *
     * @return 64 hexadecimal digits
     * @throws ManagementException when it is turned off
     */
    String stateHash() throws ManagementException;

    /**
     * Writes the machine's state to a file and pauses it.
     *
     * @param file is replaced when the state is complete
     * @throws ManagementException when it is not on or the file cannot be written
     */
    void saveTo(Path file) throws ManagementException;

    /**
     * Restores a state into a machine that is turned off, and pauses it.
     *
     * @param file from {@link #saveTo}
     * @throws ManagementException when the state does not fit the machine, or a disk has changed since
     */
    void restoreFrom(Path file) throws ManagementException;

    /**
     * What is on the screen.
     *
     * @return a picture of this moment; 0 by 0 pixels when nothing was shown yet
     * @throws ManagementException when it is turned off
     */
    ScreenImage screen() throws ManagementException;

    /**
     * Changes the medium in a drive, also while the machine runs. The settings follow, and so does a guest's own wish to
     * eject.
     *
     * @param drive which one
     * @param image what is put in, in place of what is there; null to take that out
     * @throws ManagementException when it cannot be opened, and the medium before stays; when there is no such drive; or
     *     when there is a saved state, to which the media belong
     */
    void changeMedium(RemovableDrive drive, Path image) throws ManagementException;

    /**
     * Opens the serial port that leads to the console: COM1, or COM2 by the settings.
     *
     * @param output gets what the guest sent lately and everything from now on; called on a thread of the server
     * @return for sending
     * @throws ManagementException when both ports lead elsewhere
     */
    SerialConsole openConsole(SerialConsole.Output output) throws ManagementException;

    /**
     * Turns it on, or restores its saved state, and stops it before its next instruction.
     *
     * @throws ManagementException when it runs already, or a file or part is missing
     */
    void startPaused() throws ManagementException;

    /**
     * Opens the machine's only debugger and stops the guest.
     *
     * @param listener told when the guest, having been resumed, stops
     * @return to be closed; the guest then goes on
     * @throws ManagementException when it is turned off, or there is a debugger already
     */
    MachineDebugger openDebugger(MachineDebugger.Listener listener) throws ManagementException;

    /**
     * How the machine's present or last run ends.
     *
     * @return completed when the guest has stopped for good
     */
    CompletableFuture<Outcome> outcome();

    /**
     * What came of a replacement.
     *
     * @param blackout how long the guest stood still
     * @param note one sentence, such as that it takes effect at the next reset; else empty
     */
    record SwapResult(Duration blackout, String note) {}

    /**
     * Figures.
     *
     * @param guestTime the guest's clock
     * @param instructions executed
     * @param cpuTime host CPU time of the machine's thread
     * @param cpuCore name of the core, empty while it is off
     * @param reason why it stands still, or empty
     * @param counters what its devices count, {@code device.counter}, and how its parts were replaced:
     *     {@code swap.count}, {@code swap.failed}, {@code swap.blackout.max} in nanoseconds; empty while it is off
     */
    record MachineStatus(
            Duration guestTime,
            long instructions,
            Duration cpuTime,
            String cpuCore,
            String reason,
            Map<String, Long> counters) {}

    /**
     * One part.
     *
     * @param name its name on the machine
     * @param type its type
     * @param bundle symbolic name of the bundle that made it
     * @param version that bundle's version
     * @param stateBytes size of its state, or -1 when it has none
     * @param imperfections what it does not model
     * @param swaps how often it was replaced
     * @param lastSwap its last replacement, or null
     */
    record PartInfo(
            String name,
            String type,
            String bundle,
            String version,
            int stateBytes,
            List<String> imperfections,
            int swaps,
            PartSwap lastSwap) {}

    /**
     * A replacement.
     *
     * @param at when
     * @param from version of the bundle before; {@code name/version} when it is another bundle
     * @param to version of the bundle after, likewise
     * @param way {@code staged}, {@code in place} or {@code at reset}
     * @param blackout how long the guest stood still
     */
    record PartSwap(Instant at, String from, String to, String way, Duration blackout) {}

    /**
     * How a run ended.
     *
     * @param kind why
     * @param detail one sentence, or empty
     * @param exitCode what the guest wrote to its exit port; -1 when it did not
     * @param stateHash digest of RAM and processor, when the settings ask for it; else empty
     */
    record Outcome(Kind kind, String detail, int exitCode, String stateHash) {
        /** Why a run ended. */
        public enum Kind {
            /** The guest switched the power off. */
            POWERED_OFF,
            /** The guest reset the machine, which ends it by its settings. */
            RESET,
            /** Somebody turned it off or saved it. */
            TURNED_OFF,
            /** The guest cannot go on. */
            CANNOT_GO_ON,
            /** A fault of the server. */
            FAULT
        }
    }
}
