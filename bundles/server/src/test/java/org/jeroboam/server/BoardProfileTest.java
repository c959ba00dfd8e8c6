package org.jeroboam.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Manifest;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.MachineSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoardProfileTest {
    private static MachineSettings.Builder bios() {
        return MachineSettings.builder().bios(Path.of("/firmware/own.bin"));
    }

    private static MachineConfig build(MachineSettings.Builder settings) throws ManagementException {
        return BoardProfile.build("vm", settings.build());
    }

    private static Map<String, String> part(MachineConfig config, String name) {
        return config.devices().stream()
                .filter(device -> device.name().equals(name))
                .findFirst()
                .orElseThrow()
                .properties();
    }

    private static List<String> names(MachineConfig config) {
        return config.devices().stream().map(DeviceConfig::name).toList();
    }

    @Test
    void aBiosBootHasAStrapAndFirmwareConfiguration() throws ManagementException {
        MachineConfig config = build(bios().boot("dc").bootMenu(true).disk(Path.of("/d")));
        assertEquals("bios", config.firmware().type());
        assertEquals(Map.of("image", "/firmware/own.bin"), config.firmware().properties());
        assertEquals(Map.of("strap", "true"), part(config, "host-bridge"));
        assertEquals("dc", part(config, "fw-cfg").get("boot"));
        assertEquals("true", part(config, "fw-cfg").get("menu"));
        assertEquals("secondary.master", part(config, "fw-cfg").get("cdrom"));
    }

    @Test
    void aDirectBootHasNeither() throws ManagementException {
        MachineConfig config = build(MachineSettings.builder()
                .kernel(Path.of("/k"))
                .initrd(Path.of("/i"))
                .append("a"));
        assertEquals("direct", config.firmware().type());
        assertEquals(
                Map.of("kernel", "/k", "initrd", "/i", "append", "a"),
                config.firmware().properties());
        assertEquals(Map.of(), part(config, "host-bridge"));
        assertFalse(names(config).contains("fw-cfg"));
        assertTrue(names(config).containsAll(List.of("com1", "com2", "floppy", "video", "keyboard", "ide")));
        assertTrue(config.characterPorts().contains("com2"));
    }

    @Test
    void drivesFillTheConnectorsAndTheCdKeepsItsOwn() throws ManagementException {
        MachineSettings.Builder settings = bios();
        assertEquals(
                Map.of("secondary.master", "cdrom0", "secondary.master.type", "cdrom"), part(build(settings), "ide"));
        settings.disk(Path.of("/0")).disk(Path.of("/1")).disk(Path.of("/2"));
        assertEquals(
                Map.of(
                        "primary.master", "disk0",
                        "primary.slave", "disk1",
                        "secondary.slave", "disk2",
                        "secondary.master", "cdrom0",
                        "secondary.master.type", "cdrom"),
                part(build(settings), "ide"));
        settings.disk(Path.of("/3"));
        MachineConfig four = build(settings);
        assertEquals(
                Map.of(
                        "primary.master", "disk0",
                        "primary.slave", "disk1",
                        "secondary.slave", "disk2",
                        "secondary.master", "disk3"),
                part(four, "ide"));
        assertEquals("", part(four, "fw-cfg").get("cdrom"));
        assertEquals(
                List.of("disk0", "disk1", "disk2", "disk3", "floppy0"),
                four.drives().stream().map(MachineConfig.DriveConfig::name).toList());
    }

    @Test
    void emptyDrivesAreThereAndRemovable() throws ManagementException {
        MachineConfig config = build(bios());
        assertEquals(
                List.of(
                        new MachineConfig.DriveConfig("cdrom0", null, null, false, true),
                        new MachineConfig.DriveConfig("floppy0", null, null, false, true)),
                config.drives());
        assertEquals(
                new MachineConfig.DriveConfig("cdrom0", "/a.iso", "iso", true, true),
                build(bios().cdrom(Path.of("/a.iso"))).drives().getFirst());
    }

    @Test
    void extraDevicesComeLast() throws ManagementException {
        MachineConfig config = build(bios().device("card,name=card0,pci.device=10"));
        assertEquals(
                new DeviceConfig("card0", "card", Map.of("pci.device", "10")),
                config.devices().getLast());
        assertThrows(ManagementException.class, () -> build(bios().device("card,name=com1")));
    }

    /** Whoever installs the server without a part of its board is told so by name. */
    @Test
    void theBundleRequiresAllPartsOfTheBoard() throws Exception {
        Path classes = Path.of(BoardProfile.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Manifest manifest;
        try (InputStream in = Files.newInputStream(classes.resolve("META-INF/MANIFEST.MF"))) {
            manifest = new Manifest(in);
        }
        String required = manifest.getMainAttributes().getValue("Require-Capability");
        MachineConfig direct =
                build(MachineSettings.builder().kernel(Path.of("/k")).exitPort("0xf4"));
        MachineConfig bios = build(bios());
        for (MachineConfig config : List.of(direct, bios)) {
            for (DeviceConfig device : config.devices()) {
                assertRequired(required, "device", device.type());
            }
            assertRequired(required, "firmware", config.firmware().type());
        }
        assertRequired(required, "disk-format", "raw");
        assertTrue(required.contains("effective:=active"), "a wire to a part would restart the server with it");
    }

    private static void assertRequired(String header, String type, String name) {
        String filter = "(&(type=" + type + ")(name=" + name + "))";
        assertTrue(header.contains(filter), "BoardProfile has no @RequiresPart for " + filter);
    }

    @Test
    void missingFirmwareIsOneSentenceThatHelps(@TempDir Path directory) throws IOException, ManagementException {
        for (String file : List.of("bios.bin", "vgabios-isavga.bin")) {
            ManagementException e = assertThrows(ManagementException.class, () -> BiosFiles.find(null, directory));
            assertEquals(ManagementException.Kind.BAD_REQUEST, e.kind());
            assertTrue(e.getMessage().contains(file), e.getMessage());
            assertTrue(
                    e.getMessage().contains("package seabios") && e.getMessage().contains("--bios"));
            assertEquals(1, e.getMessage().lines().count());
            Files.write(directory.resolve(file), new byte[1]);
        }
        assertEquals(
                new BiosFiles(directory.resolve("bios.bin"), directory.resolve("vgabios-isavga.bin")),
                BiosFiles.find(null, directory));
    }

    @Test
    void anOwnBiosTakesTheVideoBiosIfThereIsOne(@TempDir Path directory) throws IOException, ManagementException {
        Path own = Path.of("/own.bin");
        assertNull(BiosFiles.find(own, directory).videoRom());
        Path video = Files.write(directory.resolve("vgabios-isavga.bin"), new byte[1]);
        assertEquals(new BiosFiles(own, video), BiosFiles.find(own, directory));
    }
}
