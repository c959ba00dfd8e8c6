package org.jeroboam.hardware.machine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.device.DeviceConfig;

/**
 * All that a machine is told about itself. Plain data.
 *
 * @param name for messages and threads
 * @param memoryBytes RAM, a multiple of 1 MiB from {@link #MIN_MEMORY} to {@link #MAX_MEMORY}
 * @param cpuCore name of the core, or null for the usable one with the highest rank
 * @param cpuModel which processor to be
 * @param clock how time advances
 * @param rtcBase date at power on, or null for the host's
 * @param firmware what boots it
 * @param devices in the order in which they are attached
 * @param drives media for the devices' block ports
 * @param characterPorts names of the byte streams that are connected; others lead nowhere
 * @param resetPowersOff whether a guest's reset ends the machine instead
 */
public record MachineConfig(
        String name,
        long memoryBytes,
        String cpuCore,
        CpuModel cpuModel,
        ClockMode clock,
        Instant rtcBase,
        FirmwareConfig firmware,
        List<DeviceConfig> devices,
        List<DriveConfig> drives,
        List<String> characterPorts,
        boolean resetPowersOff) {
    /** One mebibyte. */
    public static final long MIB = 1L << 20;
    /** Least RAM. */
    public static final long MIN_MEMORY = 4 * MIB;
    /** Most RAM: the limit of Virtual Server 2005 R2, 3,712 MiB. */
    public static final long MAX_MEMORY = 3712 * MIB;

    /**
     * Firmware and its settings.
     *
     * @param type the factory's {@link org.jeroboam.hardware.firmware.FirmwareFactory#TYPE}
     * @param properties the kind's own settings
     */
    public record FirmwareConfig(String type, Map<String, String> properties) {}

    /**
     * A drive's medium.
     *
     * @param name name by which a device asks for it
     * @param image path of the image file, or null for an empty drive
     * @param format the format's name, or null to recognise it
     * @param readOnly whether writes are refused
     * @param removable whether the medium can be changed while the machine runs
     */
    public record DriveConfig(String name, String image, String format, boolean readOnly, boolean removable) {}
}
