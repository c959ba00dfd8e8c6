package org.jeroboam.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineConfig.DriveConfig;
import org.jeroboam.hardware.machine.MachineConfig.FirmwareConfig;
import org.jeroboam.hardware.part.Part;
import org.jeroboam.hardware.part.RequiresPart;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.ExtraDevice;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.RemovableDrive;

/** The board that every machine has, as a list of parts: 440BX, PIIX4 and the PC's legacy devices. */
@RequiresPart(type = Part.DEVICE, name = "i8259")
@RequiresPart(type = Part.DEVICE, name = "i8254")
@RequiresPart(type = Part.DEVICE, name = "mc146818")
@RequiresPart(type = Part.DEVICE, name = "i8237")
@RequiresPart(type = Part.DEVICE, name = "i82443bx")
@RequiresPart(type = Part.DEVICE, name = "piix4-isa")
@RequiresPart(type = Part.DEVICE, name = "piix4-ide")
@RequiresPart(type = Part.DEVICE, name = "piix4-pm")
@RequiresPart(type = Part.DEVICE, name = "i8042")
@RequiresPart(type = Part.DEVICE, name = "serial-16550")
@RequiresPart(type = Part.DEVICE, name = "i82077aa")
@RequiresPart(type = Part.DEVICE, name = "s3trio64")
@RequiresPart(type = Part.DEVICE, name = "fw-cfg")
@RequiresPart(type = Part.DEVICE, name = "debug-console")
@RequiresPart(type = Part.DEVICE, name = "exit-port")
@RequiresPart(type = Part.FIRMWARE, name = "bios")
@RequiresPart(type = Part.FIRMWARE, name = "direct")
@RequiresPart(type = Part.DISK_FORMAT, name = "raw")
@RequiresPart(type = Part.DISK_FORMAT, name = "iso")
@RequiresPart(type = Part.CPU_CORE, name = "interpreter")
public final class BoardProfile {
    /** Names of the byte streams. */
    static final String COM1 = "com1";

    static final String COM2 = "com2";
    static final String DEBUG = "debug";
    static final String EXIT = "exit";

    private static final String CDROM = "cdrom0";
    private static final String FLOPPY = "floppy0";
    private static final String CD_FORMAT = "iso";
    private static final String FLOPPY_FORMAT = "raw";
    private static final String CD_CONNECTOR = "secondary.master";
    /** The last one is the CD drive's, unless a disk needs it. */
    private static final List<String> DISK_CONNECTORS =
            List.of("primary.master", "primary.slave", "secondary.slave", CD_CONNECTOR);

    private BoardProfile() {}

    /**
     * Builds the configuration.
     *
     * @param name the machine's name
     * @param settings what people asked for
     * @return what the machine is told
     * @throws ManagementException when a value does not exist here
     */
    public static MachineConfig build(String name, MachineSettings settings) throws ManagementException {
        BiosFiles bios = settings.bootsThroughBios() ? BiosFiles.find(settings.bios()) : null;
        List<DeviceConfig> devices = new ArrayList<>();
        devices.add(part("pic", "i8259"));
        devices.add(part("pit", "i8254"));
        devices.add(part("rtc", "mc146818"));
        devices.add(part("dma", "i8237"));
        devices.add(part("host-bridge", "i82443bx", bios == null ? Map.of() : Map.of("strap", "true")));
        devices.add(part("isa-bridge", "piix4-isa"));
        devices.add(part("ide", "piix4-ide", connectors(settings)));
        devices.add(part("pm", "piix4-pm"));
        devices.add(part("keyboard", "i8042"));
        devices.add(part(COM1, "serial-16550", Map.of("port", "0x3f8", "irq", "4", "character", COM1)));
        devices.add(part(COM2, "serial-16550", Map.of("port", "0x2f8", "irq", "3", "character", COM2)));
        devices.add(part("floppy", "i82077aa", Map.of("a", FLOPPY)));
        devices.add(part("video", "s3trio64"));
        if (bios != null) {
            devices.add(part("fw-cfg", "fw-cfg", bootOptions(settings, bios)));
        }
        devices.add(part(DEBUG, "debug-console", Map.of("character", DEBUG)));
        if (settings.exitPort() != 0) {
            devices.add(
                    part(EXIT, "exit-port", Map.of("port", Integer.toString(settings.exitPort()), "character", EXIT)));
        }
        for (ExtraDevice extra : settings.devices()) {
            if (devices.stream().anyMatch(device -> device.name().equals(extra.name()))) {
                throw ManagementException.badRequest("every machine has a part " + extra.name()
                        + "; give the device another name: --device " + extra.type() + ",name=NAME");
            }
            devices.add(part(extra.name(), extra.type(), extra.properties()));
        }
        return new MachineConfig(
                name,
                settings.memoryBytes(),
                settings.cpuCore(),
                CpuModel.find(settings.cpuModel())
                        .orElseThrow(() -> ManagementException.badRequest("there is no processor model '"
                                + settings.cpuModel() + "'; there are " + CpuModel.ids())),
                settings.deterministic() ? ClockMode.DETERMINISTIC : ClockMode.REAL,
                settings.rtcBase(),
                bios == null ? directBoot(settings) : new FirmwareConfig("bios", Map.of("image", text(bios.bios()))),
                List.copyOf(devices),
                drives(settings),
                List.of(COM1, COM2, DEBUG, EXIT),
                settings.resetPowersOff());
    }

    private static boolean hasCdDrive(MachineSettings settings) {
        return settings.disks().size() < DISK_CONNECTORS.size();
    }

    private static Map<String, String> connectors(MachineSettings settings) {
        Map<String, String> connectors = new LinkedHashMap<>();
        for (int i = 0; i < settings.disks().size(); i++) {
            connectors.put(DISK_CONNECTORS.get(i), disk(i));
        }
        if (hasCdDrive(settings)) {
            connectors.put(CD_CONNECTOR, CDROM);
            connectors.put(CD_CONNECTOR + ".type", "cdrom");
        }
        return connectors;
    }

    private static List<DriveConfig> drives(MachineSettings settings) {
        List<DriveConfig> drives = new ArrayList<>();
        for (int i = 0; i < settings.disks().size(); i++) {
            drives.add(new DriveConfig(disk(i), text(settings.disks().get(i)), null, false, false));
        }
        if (hasCdDrive(settings)) {
            drives.add(removable(settings, RemovableDrive.CDROM));
        }
        drives.add(removable(settings, RemovableDrive.FLOPPY));
        return List.copyOf(drives);
    }

    private static DriveConfig removable(MachineSettings settings, RemovableDrive drive) {
        Path image = settings.medium(drive);
        return new DriveConfig(
                name(drive),
                image == null ? null : text(image),
                image == null ? null : format(drive),
                image != null && writeProtected(drive, image),
                true);
    }

    private static String disk(int number) {
        return "disk" + number;
    }

    /** The name that the machine knows a drive by. */
    static String name(RemovableDrive drive) {
        return switch (drive) {
            case CDROM -> CDROM;
            case FLOPPY -> FLOPPY;
        };
    }

    /** The drive with a name, or null. */
    static RemovableDrive drive(String name) {
        return switch (name) {
            case CDROM -> RemovableDrive.CDROM;
            case FLOPPY -> RemovableDrive.FLOPPY;
            default -> null;
        };
    }

    /** How the machine is told to put a medium in. */
    static MachineCommand insertion(RemovableDrive drive, Path image) {
        return new MachineCommand.InsertMedium(name(drive), text(image), format(drive), writeProtected(drive, image));
    }

    private static String format(RemovableDrive drive) {
        return drive == RemovableDrive.CDROM ? CD_FORMAT : FLOPPY_FORMAT;
    }

    /** A floppy disk whose file cannot be written has its tab open. */
    private static boolean writeProtected(RemovableDrive drive, Path image) {
        return drive == RemovableDrive.CDROM || Files.exists(image) && !Files.isWritable(image);
    }

    private static Map<String, String> bootOptions(MachineSettings settings, BiosFiles bios) {
        Map<String, String> properties = new LinkedHashMap<>();
        if (bios.videoRom() != null) {
            properties.put("video-rom", text(bios.videoRom()));
        }
        properties.put("boot", settings.boot());
        properties.put("menu", Boolean.toString(settings.bootMenu()));
        properties.put("cdrom", hasCdDrive(settings) ? CD_CONNECTOR : "");
        return properties;
    }

    private static FirmwareConfig directBoot(MachineSettings settings) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("kernel", text(settings.kernel()));
        if (settings.initrd() != null) {
            properties.put("initrd", text(settings.initrd()));
        }
        properties.put("append", settings.append());
        return new FirmwareConfig("direct", properties);
    }

    private static String text(Path file) {
        return file.toString();
    }

    private static DeviceConfig part(String name, String type) {
        return part(name, type, Map.of());
    }

    private static DeviceConfig part(String name, String type, Map<String, String> properties) {
        return new DeviceConfig(name, type, properties);
    }
}
