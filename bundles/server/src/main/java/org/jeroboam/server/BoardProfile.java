package org.jeroboam.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineConfig.DriveConfig;
import org.jeroboam.hardware.machine.MachineConfig.FirmwareConfig;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.MachineSettings;

/** The board that every machine has, as a list of parts: 440BX, PIIX4 and the PC's legacy devices. */
public final class BoardProfile {
    /** Names of the byte streams. */
    static final String COM1 = "com1";

    static final String DEBUG = "debug";
    static final String EXIT = "exit";

    private static final List<String> IDE_CONNECTORS =
            List.of("primary.master", "primary.slave", "secondary.master", "secondary.slave");

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
        List<DeviceConfig> devices = new ArrayList<>();
        List<DriveConfig> drives = new ArrayList<>();
        Map<String, String> connectors = new LinkedHashMap<>();
        for (int i = 0; i < settings.disks().size(); i++) {
            String drive = "disk" + i;
            drives.add(new DriveConfig(drive, settings.disks().get(i).toString(), null, false, false));
            connectors.put(IDE_CONNECTORS.get(i), drive);
        }
        devices.add(part("pic", "i8259"));
        devices.add(part("pit", "i8254"));
        devices.add(part("rtc", "mc146818"));
        devices.add(part("dma", "i8237"));
        devices.add(part("host-bridge", "i82443bx"));
        devices.add(part("isa-bridge", "piix4-isa"));
        devices.add(new DeviceConfig("ide", "piix4-ide", connectors));
        devices.add(part("pm", "piix4-pm"));
        devices.add(part("keyboard", "i8042"));
        devices.add(new DeviceConfig(COM1, "serial-16550", Map.of("port", "0x3f8", "irq", "4", "character", COM1)));
        devices.add(new DeviceConfig(DEBUG, "debug-console", Map.of("character", DEBUG)));
        if (settings.exitPort() != 0) {
            devices.add(new DeviceConfig(
                    EXIT, "exit-port", Map.of("port", Integer.toString(settings.exitPort()), "character", EXIT)));
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
                firmware(settings),
                List.copyOf(devices),
                List.copyOf(drives),
                List.of(COM1, DEBUG, EXIT),
                settings.resetPowersOff());
    }

    private static FirmwareConfig firmware(MachineSettings settings) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("kernel", settings.kernel().toString());
        if (settings.initrd() != null) {
            properties.put("initrd", settings.initrd().toString());
        }
        properties.put("append", settings.append());
        return new FirmwareConfig("direct", properties);
    }

    private static DeviceConfig part(String name, String type) {
        return new DeviceConfig(name, type, Map.of());
    }
}
