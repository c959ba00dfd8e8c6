package org.jeroboam.hardware.part;

/**
 * The capability namespace of parts. A capability has the attributes {@code type} (one of the constants here) and
 * {@code name} (what machines call the part), as in {@code org.jeroboam.part;type=device;name=serial-16550}.
 */
public final class Part {
    /** The namespace. */
    public static final String NAMESPACE = "org.jeroboam.part";

    /** Type of a {@link org.jeroboam.hardware.device.DeviceFactory}; the name is its {@code device.type}. */
    public static final String DEVICE = "device";

    /** Type of a {@link org.jeroboam.hardware.cpu.CpuCoreFactory}; the name is its {@code cpu.core}. */
    public static final String CPU_CORE = "cpu-core";

    /** Type of a {@link org.jeroboam.hardware.storage.DiskFormat}; the name is its {@code disk.format}. */
    public static final String DISK_FORMAT = "disk-format";

    /** Type of a {@link org.jeroboam.hardware.firmware.FirmwareFactory}; the name is its {@code firmware.type}. */
    public static final String FIRMWARE = "firmware";

    /** Type of a {@link org.jeroboam.hardware.network.NetworkTopology}; the name is its {@code network.topology}. */
    public static final String NETWORK = "network";

    private Part() {}
}
