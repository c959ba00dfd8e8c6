package org.jeroboam.management.extension;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
     * Replaces a part by another implementation while the machine runs.
     *
     * @param part its name
     * @param version bundle version to use, or null for the highest-ranked one
     * @return how long the guest stood still
     * @throws ManagementException when there is no such part or version, or the new one refused; the old one then goes on
     */
    Duration swapPart(String part, String version) throws ManagementException;

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
     * Figures.
     *
     * @param guestTime the guest's clock
     * @param instructions executed
     * @param cpuTime host CPU time of the machine's thread
     * @param cpuCore name of the core, empty while it is off
     * @param reason why it stands still, or empty
     */
    record MachineStatus(Duration guestTime, long instructions, Duration cpuTime, String cpuCore, String reason) {}

    /**
     * One part.
     *
     * @param name its name on the machine
     * @param type its type
     * @param bundle symbolic name of the bundle that made it
     * @param version that bundle's version
     * @param stateBytes size of its state
     * @param imperfections what it does not model
     * @param swaps how often it was replaced
     * @param lastBlackout how long the guest stood still at the last replacement, or null
     */
    record PartInfo(
            String name,
            String type,
            String bundle,
            String version,
            int stateBytes,
            List<String> imperfections,
            int swaps,
            Duration lastBlackout) {}

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
