package org.jeroboam.firmware.fwcfg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FwCfgTest {
    private static final int SELECTOR = 0x510;
    private static final int DATA = 0x511;
    private static final int RAM = 32 << 20;

    @TempDir
    Path directory;

    private final FakeMachine machine = new FakeMachine(RAM);
    private final FakeBridge bridge = new FakeBridge().place(machine);

    private Device start(Map<String, String> properties) throws ConfigurationException {
        Device device = new FwCfgFactory().create(new DeviceConfig("fw-cfg", "fw-cfg", properties));
        device.attach(machine.board("fw-cfg"));
        device.reset(ResetKind.POWER_ON);
        return device;
    }

    private String refusal(Map<String, String> properties) {
        return assertThrows(ConfigurationException.class, () -> start(properties))
                .getMessage();
    }

    private byte[] read(int key, int size) {
        machine.writePort(SELECTOR, 2, key);
        return more(size);
    }

    private byte[] more(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) machine.in(DATA);
        }
        return bytes;
    }

    /** All files, found as firmware finds them. */
    private Map<String, byte[]> files() {
        int count = ByteBuffer.wrap(read(0x19, 4)).getInt();
        Map<String, int[]> entries = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            ByteBuffer entry = ByteBuffer.wrap(more(64));
            int size = entry.getInt();
            int select = entry.getShort() & 0xFFFF;
            String name = new String(entry.array(), 8, 56, StandardCharsets.US_ASCII);
            entries.put(name.substring(0, name.indexOf(0)), new int[] {select, size});
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        entries.forEach((name, entry) -> files.put(name, read(entry[0], entry[1])));
        return files;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @Test
    void signatureAndNumbers() throws Exception {
        start(Map.of("menu", "true"));
        assertEquals("QEMU", text(read(0, 4)));
        assertArrayEquals(new byte[8], more(8), "zeros follow");
        assertArrayEquals(new byte[] {1, 0, 0, 0}, read(1, 4), "no DMA");
        assertArrayEquals(new byte[] {1, 0}, read(5, 2), "one processor");
        assertArrayEquals(new byte[] {1, 0}, read(0x0F, 2));
        assertArrayEquals(new byte[] {1, 0}, read(0x0E, 2), "boot menu");
        assertArrayEquals(new byte[8], read(0x0D, 8), "no NUMA");
        assertArrayEquals(new byte[4], read(0x8003, 4), "unknown items are zeros");
        assertArrayEquals(new byte[4], read(0xFFFF, 4));
    }

    @Test
    void onlyAWordSelects() throws Exception {
        start(Map.of());
        read(0, 1);
        machine.out(SELECTOR, 1);
        machine.out(DATA, 1);
        assertEquals("EMU", text(more(3)));
        assertEquals(0xFF, machine.in(SELECTOR));
        assertEquals(0xFFFF, machine.readPort(SELECTOR, 2));
        machine.writePort(SELECTOR, 4, 0);
        assertEquals(0, machine.in(DATA), "four bytes are split and select nothing");
    }

    @Test
    void nothingAnswersWhenTheBridgeHasItsOwnIdentity() throws Exception {
        Device device = start(Map.of());
        read(0, 1);
        bridge.subsystem = 0;
        assertEquals(0xFF, machine.in(DATA));
        machine.writePort(SELECTOR, 2, 1);
        assertEquals(0xFF, machine.in(DATA));
        device.reset(ResetKind.HARD);
        assertEquals(0xFF, machine.in(DATA));
        bridge.subsystem = 0x1100_1AF4;
        assertEquals("QEMU", text(more(4)));
    }

    @Test
    void memoryMapIsRamAlone() throws Exception {
        start(Map.of());
        ByteBuffer map = ByteBuffer.wrap(files().get("etc/e820")).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(20, map.capacity());
        assertEquals(0, map.getLong());
        assertEquals(RAM, map.getLong());
        assertEquals(1, map.getInt());

        map = ByteBuffer.wrap(file(new FwCfgSettings("", false, null).items(0xE000_0000L, 128 << 20), "etc/e820"))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(40, map.capacity());
        assertEquals(0xE000_0000L, map.getLong(8));
        assertEquals(1L << 32, map.getLong(20));
        assertEquals(128 << 20, map.getLong(28));
    }

    private static byte[] file(FwCfgItems items, String name) {
        ByteBuffer directory = ByteBuffer.wrap(items.find(0x19));
        for (int i = 0; i < directory.getInt(0); i++) {
            int at = 4 + 64 * i;
            if (text(directory.array())
                    .substring(at + 8, at + 8 + name.length() + 1)
                    .equals(name + "\0")) {
                return items.find(directory.getShort(at + 4));
            }
        }
        throw new AssertionError("no file " + name);
    }

    @Test
    void bootOrderNamesTheBoardsDrives() throws Exception {
        start(Map.of("boot", "dca"));
        assertEquals("""
                /pci@i0cf8/ide@7,1/drive@1/disk@0
                /pci@i0cf8/ide@7,1/drive@0/disk@0
                /pci@i0cf8/ide@7,1/drive@0/disk@1
                /pci@i0cf8/ide@7,1/drive@1/disk@1
                /pci@i0cf8/isa@7/fdc@03f0/floppy@0\0""", text(files().get("bootorder")));
    }

    @Test
    void fourDisksLeaveNoPlaceForACdrom() throws Exception {
        start(Map.of("boot", "dc", "cdrom", ""));
        String order = text(files().get("bootorder"));
        assertEquals(4, order.lines().count());
        assertTrue(order.endsWith("/drive@1/disk@0\0"), order);
    }

    @Test
    void withoutLettersCmosMemoryDecides() throws Exception {
        start(Map.of());
        assertNull(files().get("bootorder"));
        assertArrayEquals(new byte[2], read(0x0E, 2), "no boot menu");
    }

    @Test
    void waitsForEverWhenNothingBoots() throws Exception {
        start(Map.of());
        assertArrayEquals(new byte[] {-1, -1, -1, -1, 0, 0, 0, 0}, files().get("etc/boot-fail-wait"));
    }

    @Test
    void smbiosFieldsNameTheProduct() throws Exception {
        start(Map.of());
        ByteBuffer count = ByteBuffer.wrap(read(0x8001, 2)).order(ByteOrder.LITTLE_ENDIAN);
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = count.getShort(); i > 0; i--) {
            ByteBuffer header = ByteBuffer.wrap(more(6)).order(ByteOrder.LITTLE_ENDIAN);
            byte[] value = more(header.getShort(0) - 6);
            assertEquals(0, header.get(2), "a field");
            assertEquals(0, value[value.length - 1]);
            fields.put(header.get(3) + "/" + header.getShort(4), text(value).trim());
        }
        assertEquals("Jeroboam", fields.get("1/5"));
        assertEquals("Jeroboam Project", fields.get("1/4"));
        assertEquals("SeaBIOS", fields.get("0/4"));
    }

    @Test
    void optionRomsHaveTheirChecksums() throws Exception {
        byte[] vga = rom(1024);
        start(Map.of("video-rom", write(vga)));
        assertArrayEquals(vga, files().get("vgaroms/vgabios.bin"));
        byte[] own = files().get("genroms/jeroboam.rom");
        assertEquals(own.length, 512 * own[2]);
        byte sum = 0;
        for (byte b : own) {
            sum += b;
        }
        assertEquals(0, sum);
    }

    private static byte[] rom(int size) {
        byte[] rom = new byte[size];
        rom[0] = 0x55;
        rom[1] = (byte) 0xAA;
        rom[2] = (byte) (size / 512);
        rom[size - 1] = (byte) -(0x55 + 0xAA + rom[2]);
        return rom;
    }

    private String write(byte[] rom) throws IOException {
        return Files.write(directory.resolve("vga.rom"), rom).toString();
    }

    @Test
    void videoRomIsChecked() throws Exception {
        assertTrue(refusal(Map.of("video-rom", "/nowhere/vga")).contains("/nowhere/vga does not exist"));
        assertTrue(refusal(Map.of("video-rom", directory.toString())).contains("is a directory"));
        assertTrue(refusal(Map.of("video-rom", write(new byte[600]))).contains("does not start with 55 AA"));
        assertTrue(refusal(Map.of("video-rom", write(new byte[70_000]))).contains("larger than 64 KiB"));
        assertTrue(refusal(Map.of("video-rom", write(new byte[0]))).contains("is no option ROM"));
        byte[] rom = rom(1024);
        rom[2] = 3;
        assertTrue(refusal(Map.of("video-rom", write(rom))).contains("names a length of 1536"));
        rom = rom(1024);
        rom[100] = 1;
        assertTrue(refusal(Map.of("video-rom", write(rom))).contains("checksum is wrong"));
        assertFalse(refusal(Map.of("video-rom", write(rom))).contains("\n"));
    }

    @Test
    void wrongPropertiesAreRefused() {
        assertEquals(
                "device fw-cfg: boot must be letters of c, d and a in order, not 'cc'", refusal(Map.of("boot", "cc")));
        assertTrue(refusal(Map.of("boot", "n")).contains("'n'"));
        assertTrue(refusal(Map.of("menu", "maybe")).contains("menu must be true or false"));
        assertTrue(refusal(Map.of("cdrom", "tertiary")).contains("cdrom must be one of"));
    }
}
