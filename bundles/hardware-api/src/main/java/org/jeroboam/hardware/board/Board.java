package org.jeroboam.hardware.board;

import org.jeroboam.hardware.character.CharacterPort;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.clock.VirtualClock;
import org.jeroboam.hardware.display.DisplayPort;
import org.jeroboam.hardware.input.InputPort;
import org.jeroboam.hardware.memory.PhysicalMemory;
import org.jeroboam.hardware.network.NetworkPort;
import org.jeroboam.hardware.storage.BlockPort;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What one device sees of its machine: a <em>scope</em>. All that a device registers here (ports, pages, lines, timers,
 * background work, roles, handles of back ends) is taken back by the machine when the device is detached; what it still
 * holds afterwards does nothing. Machine thread only.
 *
 * <p>A device registers in {@link org.jeroboam.hardware.device.Device#attach} in a fixed order (it decides which of two
 * timers due at the same time fires first) and may register more later, such as a window whose base the guest programs.
 *
 * @see <a href="https://www.intel.com/">Intel 82443BX and 82371AB data sheets for the board that machines have</a>
 */
@ProviderType
public interface Board {
    /**
     * The device's name on this board.
     *
     * @return unique within the machine, such as {@code com1}
     */
    String deviceName();

    /**
     * Takes I/O ports. Accesses wider than {@code width}, and those that reach over the end of the range, are split into
     * bytes in ascending order. Where two ranges overlap, one taken after attach hides one taken in attach; else that of the
     * device listed later answers, and of a device's own the one taken last. A replaced device thus keeps its rank. When
     * the range goes, the other is back. A wide access belongs as a whole to whoever answers its first port, if it fits
     * into that range: a dword at CF8h is the host bridge's, although CF9h is the reset register of another part.
     *
     * @param first first port, 0 to FFFFh
     * @param count ports, 1 or more
     * @param width widest access the handler takes: 1, 2 or 4 bytes
     * @param handler answers
     * @return the range, for closing it before detach
     */
    Mapping mapPorts(int first, int count, int width, PortHandler handler);

    /**
     * Takes physical pages for a device's registers. Base and length are multiples of 4 KiB. DRAM that the host bridge
     * opened ({@link #setDramAccess}) hides it; among other mappings the rules of {@link #mapPorts} say which answers.
     *
     * @param base first physical address
     * @param length bytes
     * @param handler answers accesses of 1, 2 and 4 bytes within a page, at offsets from {@code base}
     * @return the range
     */
    Mapping mapDevice(long base, long length, MemoryHandler handler);

    /**
     * Maps host memory (ROM, linear video memory) into the physical address space, with the same rules as
     * {@link #mapDevice}.
     *
     * @param base first physical address, a multiple of 4 KiB
     * @param length bytes, a multiple of 4 KiB
     * @param backing from {@link #backing}
     * @param offset first byte of {@code backing} to show, a multiple of 4 KiB
     * @param writable whether guest writes change it; otherwise they vanish
     * @return the range
     */
    Mapping mapBacking(long base, long length, Backing backing, long offset, boolean writable);

    /**
     * Host memory outside the heap that belongs to the machine, is part of its saved state and survives the device's
     * replacement: asking again with the same name gives the same bytes.
     *
     * @param name unique within the device
     * @param size bytes, a multiple of 4 KiB
     * @return zero-filled at first
     */
    Backing backing(String name, long size);

    /**
     * Opens or closes DRAM below 1 MiB, as the host bridge's PAM and SMRAM registers do. Where it is not readable, reads
     * go to what is mapped there otherwise (ROM, device, nothing); likewise for writes. After power on all of
     * A0000h to FFFFFh is closed, all other RAM open.
     *
     * @param base first physical address, a multiple of 4 KiB, A0000h or more
     * @param length bytes, a multiple of 4 KiB, up to address 100000h
     * @param readable whether reads come from DRAM
     * @param writable whether writes go to DRAM
     */
    void setDramAccess(long base, long length, boolean readable, boolean writable);

    /**
     * The machine's RAM.
     *
     * @return bytes; RAM above the PCI hole is counted
     */
    long ramSize();

    /**
     * The part of the RAM that starts at address 0 and ends below the PCI hole; the rest starts at 4 GiB.
     *
     * @return bytes
     */
    long lowRamSize();

    /**
     * Guest memory for bus masters.
     *
     * @return access with code and dirty tracking
     */
    PhysicalMemory memory();

    /**
     * This device's connection to a line. A line is the OR of all its connections. On detach the connection's level stays
     * as it was until the machine has attached and restored the successor, so that a replacement makes no edge.
     *
     * @param line which line
     * @return the connection; asking again gives the same
     */
    Line line(LineId line);

    /**
     * The PCI bus, on which functions are placed and which host bridges address.
     *
     * @return the bus, as seen by this device
     */
    PciBus pci();

    /**
     * Offers a part of the board's logic, such as the interrupt controller. The machine puts it into its tables.
     *
     * @param role which
     * @param implementation called on the machine thread
     * @param <R> the role's interface
     */
    <R extends BoardRole> void provide(Class<R> role, R implementation);

    /**
     * A role that another part offers, as a handle that stays valid while that part is replaced (while there is none it
     * does nothing and answers zeros).
     *
     * @param role which
     * @param <R> the role's interface
     * @return the handle
     */
    <R extends BoardRole> R role(Class<R> role);

    /**
     * The machine's clock.
     *
     * @return guest time
     */
    VirtualClock clock();

    /**
     * Makes a timer.
     *
     * @param action runs on the machine thread when the deadline has passed
     * @return not armed
     */
    Timer timer(Runnable action);

    /**
     * Prepares work off the machine thread, to be submitted any number of times, one at a time.
     *
     * @param work runs on a thread of the machine's I/O pool, on buffers that the device owns; it must not touch the
     *     board. What it throws is passed to {@code completion}
     * @param completion runs on the machine thread
     * @return idle
     */
    Offload offload(Offload.Work work, Offload.Completion completion);

    /**
     * Asks for a reset of the board at the next instruction boundary; the CPU executes no further instruction before it.
     *
     * @param kind what to reset
     */
    void requestReset(ResetKind kind);

    /** Soft-off: the machine powers itself off at the next instruction boundary. */
    void requestPowerOff();

    /**
     * The byte stream with a name, such as {@code com1}.
     *
     * @param name name in the machine's configuration
     * @return the stream; one to nowhere when the configuration connects nothing
     */
    CharacterPort characterPort(String name);

    /**
     * The drive with a name.
     *
     * @param name name in the machine's configuration
     * @return the drive, without medium when the configuration has none of this name
     */
    BlockPort blockPort(String name);

    /**
     * The network port with a name.
     *
     * @param name name in the machine's configuration
     * @return the port, with the cable unplugged when the configuration connects nothing
     */
    NetworkPort networkPort(String name);

    /**
     * The screen that this device draws.
     *
     * @return published to the front doors
     */
    DisplayPort displayPort();

    /**
     * Keys and pointer movements for this device.
     *
     * @return what people type
     */
    InputPort inputPort();

    /**
     * Counts something for the machine's statistics.
     *
     * @param name such as {@code sectors.read}
     * @return the counter; asking again gives the same
     */
    Counter counter(String name);

    /**
     * Says something about the guest that an administrator should know (an unknown command, say). Rate-limited by the
     * machine; never per access.
     *
     * @param message one sentence
     */
    void report(String message);
}
