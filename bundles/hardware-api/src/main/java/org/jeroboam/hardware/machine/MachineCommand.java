package org.jeroboam.hardware.machine;

import java.util.List;
import org.jeroboam.hardware.cpu.Breakpoint;

/** What a machine can be told. */
public sealed interface MachineCommand {
    /**
     * Powers on: OFF to RUNNING or PAUSED.
     *
     * @param paused whether the machine stops before its first instruction
     */
    record PowerOn(boolean paused) implements MachineCommand {
        /** OFF to RUNNING. */
        public PowerOn() {
            this(false);
        }
    }

    /** Cuts the power: any state to OFF. What the guest did not flush is lost to it. */
    record PowerOff() implements MachineCommand {}

    /** Presses the power button; the guest decides. */
    record PressPowerButton() implements MachineCommand {}

    /** RUNNING to PAUSED, between two instructions. */
    record Pause() implements MachineCommand {}

    /** PAUSED to RUNNING. */
    record Resume() implements MachineCommand {}

    /** Presses the reset button. */
    record Reset() implements MachineCommand {}

    /**
     * Saves RUNNING or PAUSED into a file, written beside it first and moved over it when complete; the machine is PAUSED
     * afterwards.
     *
     * @param file path
     */
    record Save(String file) implements MachineCommand {}

    /**
     * Restores OFF to PAUSED from a file. Refused when an image that the state belongs to has changed since.
     *
     * @param file path
     */
    record Restore(String file) implements MachineCommand {}

    /**
     * Replaces a part by another implementation while the machine runs (staged swap). Firmware is chosen now and boots the
     * machine at its next reset; a lock service keeps the locks that it gave.
     *
     * @param part its name in {@link MachineReply.Parts}: a device's, {@code cpu}, {@code firmware}, {@code locks}, or
     *     {@code disk:} and a drive's name for the format of its image (also the name alone, if no device has it)
     * @param to which one: the version of a bundle, its symbolic name, or {@code name/version}; of several that fit the
     *     highest-ranked; null for the highest-ranked of all
     */
    record Swap(String part, String to) implements MachineCommand {}

    /**
     * Changes the processor core.
     *
     * @param core its name
     */
    record SwitchCore(String core) implements MachineCommand {}

    /** Asks for {@link MachineReply.Status}. */
    record GetStatus() implements MachineCommand {}

    /** Asks for {@link MachineReply.Parts}. */
    record GetParts() implements MachineCommand {}

    /**
     * Asks for {@link MachineReply.Targets}.
     *
     * @param part a part's name, as in {@link Swap}
     */
    record GetTargets(String part) implements MachineCommand {}

    /** Asks for {@link MachineReply.Registers}. */
    record GetRegisters() implements MachineCommand {}

    /** Asks for {@link MachineReply.Hash}. */
    record GetHash() implements MachineCommand {}

    /**
     * Bytes for a character port.
     *
     * @param port its name
     * @param data the bytes; the reply says how many were taken
     */
    record Send(String port, byte[] data) implements MachineCommand {}

    /**
     * Bytes of {@link MachineEvent.Output} were passed on: the machine may send as many more. It keeps at most 64 KiB
     * unacknowledged per port; then the guest waits.
     *
     * @param port its name
     * @param count bytes
     */
    record Consumed(String port, int count) implements MachineCommand {}

    /**
     * Puts a medium into a removable drive, in place of the one that is in; that stays when the new one is refused.
     *
     * @param drive the drive's name
     * @param image path of the image file
     * @param format the format's name, or null to recognise it
     * @param readOnly whether writes are refused
     */
    record InsertMedium(String drive, String image, String format, boolean readOnly) implements MachineCommand {}

    /**
     * Takes the medium out of a removable drive, whatever the guest thinks of it.
     *
     * @param drive the drive's name
     */
    record EjectMedium(String drive) implements MachineCommand {}

    /**
     * Asks for the picture on the screen as {@link MachineReply.Screen}.
     *
     * @param since number of the frame that the asker has, to get only what changed after it; 0 for the whole
     */
    record GetScreen(long since) implements MachineCommand {}

    /**
     * Sets a debugger's breakpoints in place of those before. At one the machine becomes PAUSED and tells
     * {@link MachineEvent.BreakpointHit}. They end with power off.
     *
     * @param breakpoints any number; empty for none
     */
    record SetBreakpoints(List<Breakpoint> breakpoints) implements MachineCommand {}

    /** PAUSED to PAUSED: executes one instruction, whatever breakpoint it has; a halted processor takes a waiting interrupt. */
    record Step() implements MachineCommand {}

    /**
     * Asks for {@link MachineReply.Memory}.
     *
     * @param linear first linear address, in the address space of the moment
     * @param length bytes, 0 to {@link #LARGEST_MEMORY}
     */
    record ReadMemory(int linear, int length) implements MachineCommand {}

    /**
     * Writes guest memory, whatever page tables protect; the reply says how many bytes were written before a page that is
     * not present.
     *
     * @param linear first linear address, in the address space of the moment
     * @param data up to {@link #LARGEST_MEMORY} bytes
     */
    record WriteMemory(int linear, byte[] data) implements MachineCommand {}

    /** Asks for {@link MachineReply.Processor}. */
    record GetProcessor() implements MachineCommand {}

    /**
     * Gives the processor of a PAUSED machine a state. A segment register ES to GS whose selector differs from the
     * present one, but not its hidden part, is loaded as by MOV (CS: by a far JMP) in the mode of the state, or refused
     * where that would fault.
     *
     * @param state as in {@link MachineReply.Processor}
     */
    record SetProcessor(byte[] state) implements MachineCommand {}

    /** Most bytes in one {@link ReadMemory} or {@link WriteMemory}. */
    int LARGEST_MEMORY = 1 << 16;

    /**
     * A key moved.
     *
     * @param scanCode as in {@link org.jeroboam.hardware.input.InputPort.Listener#key}
     * @param down whether it was pressed
     */
    record Key(int scanCode, boolean down) implements MachineCommand {}

    /**
     * The pointer moved; as in {@link org.jeroboam.hardware.input.InputPort.Listener#pointer}.
     *
     * @param dx to the right
     * @param dy downwards
     * @param wheel notches
     * @param buttons pressed ones
     */
    record Pointer(int dx, int dy, int wheel, int buttons) implements MachineCommand {}
}
