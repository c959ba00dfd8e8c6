package org.jeroboam.hardware.machine;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What a machine answers. */
public sealed interface MachineReply {
    /** It was done. */
    record Done() implements MachineReply {}

    /**
     * It was not done.
     *
     * @param message one sentence for the user
     * @param fault whether it is a fault of ours (or of a part) rather than of the request
     */
    record Refused(String message, boolean fault) implements MachineReply {}

    /**
     * Bytes were taken.
     *
     * @param count how many
     */
    record Accepted(int count) implements MachineReply {}

    /**
     * A part was replaced.
     *
     * @param blackoutNanos how long the guest stood still, host time
     * @param note one sentence on what is not as one would think, such as that it takes effect at the next reset; else
     *     empty
     */
    record Swapped(long blackoutNanos, String note) implements MachineReply {}

    /**
     * The machine's state and figures.
     *
     * @param state what it does
     * @param reason why, when that is not obvious; else empty
     * @param guestNanos guest time
     * @param retired instructions
     * @param cpuNanos host CPU time of the machine thread
     * @param cpuCore name of the core
     * @param counters the devices' counters, {@code device.counter}, and those of the machine since it was made:
     *     {@code swap.count}, {@code swap.failed}, {@code swap.blackout.max} in nanoseconds
     */
    record Status(
            MachineState state,
            String reason,
            long guestNanos,
            long retired,
            long cpuNanos,
            String cpuCore,
            Map<String, Long> counters)
            implements MachineReply {}

    /**
     * The machine's parts.
     *
     * @param parts the core, firmware, devices and then the formats of images in the order of the configuration, locks
     */
    record Parts(List<Part> parts) implements MachineReply {}

    /**
     * What a part can be replaced by.
     *
     * @param targets for {@link MachineCommand.Swap}: versions, or {@code name/version} where there is more than one bundle;
     *     the highest-ranked first; none for a part that the machine does not have
     */
    record Targets(List<String> targets) implements MachineReply {}

    /**
     * One part.
     *
     * @param name its name on this machine
     * @param type its type
     * @param bundle symbolic name of the bundle that made it
     * @param version that bundle's version
     * @param stateBytes size of its state now, or -1 while the machine is off or when it has none
     * @param imperfections what it does not model
     * @param swaps how often it was replaced
     * @param lastSwap the last time, or null
     */
    record Part(
            String name,
            String type,
            String bundle,
            String version,
            int stateBytes,
            List<String> imperfections,
            int swaps,
            LastSwap lastSwap) {}

    /**
     * When and how a part was replaced last.
     *
     * @param at when, host time
     * @param from version of the bundle before; {@code name/version} when it is another bundle
     * @param to version of the bundle now, likewise
     * @param way how
     * @param blackoutNanos how long the guest stood still, host time
     */
    record LastSwap(Instant at, String from, String to, SwapWay way, long blackoutNanos) {}

    /**
     * The processor's registers as text.
     *
     * @param text several lines
     */
    record Registers(String text) implements MachineReply {}

    /**
     * A digest of RAM and the processor's architectural state.
     *
     * @param sha256 64 hexadecimal digits
     */
    record Hash(String sha256) implements MachineReply {}

    /**
     * The picture on the screen, or what changed of it.
     *
     * @param frame number of this frame, to be given with the next {@link MachineCommand.GetScreen}; 0 for a machine that
     *     has no screen or has drawn nothing
     * @param width pixels of the whole screen
     * @param height pixels of the whole screen
     * @param x left of the changed rectangle
     * @param y top of the changed rectangle
     * @param damageWidth pixels of the changed rectangle; 0 when nothing changed
     * @param damageHeight pixels of the changed rectangle; 0 when nothing changed
     * @param pixels the rectangle row by row, four bytes for each pixel: blue, green, red, 0
     * @param text in text modes the screen's lines joined by newlines; null in graphics modes
     */
    record Screen(
            long frame,
            int width,
            int height,
            int x,
            int y,
            int damageWidth,
            int damageHeight,
            byte[] pixels,
            String text)
            implements MachineReply {}

    /**
     * Guest memory.
     *
     * @param data what was read; shorter than asked for when a page is not present
     */
    record Memory(byte[] data) implements MachineReply {}

    /**
     * The processor's state.
     *
     * @param state what {@link org.jeroboam.hardware.cpu.CpuState#save} writes, as bytes
     */
    record Processor(byte[] state) implements MachineReply {}
}
