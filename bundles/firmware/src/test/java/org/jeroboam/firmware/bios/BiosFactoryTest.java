package org.jeroboam.firmware.bios;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jeroboam.firmware.FakeBoot;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.device.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BiosFactoryTest {
    private static final long RAM = 64 << 20;

    @TempDir
    Path directory;

    private final BiosFactory factory = new BiosFactory();

    private Map<String, String> image(int kib) throws IOException {
        byte[] image = new byte[kib << 10];
        for (int i = 0; i < image.length; i += 4096) {
            image[i] = (byte) (i >> 12);
            image[i + 4095] = (byte) ~(i >> 12);
        }
        return Map.of(
                "image", Files.write(directory.resolve("bios-" + kib), image).toString());
    }

    private String refusal(Map<String, String> properties) {
        String message = assertThrows(ConfigurationException.class, () -> factory.create(properties, RAM))
                .getMessage();
        assertFalse(message.contains("\n"), message);
        return message;
    }

    private FakeBoot boot(int kib) throws IOException, ConfigurationException {
        FakeBoot boot = new FakeBoot();
        boot.machine.board("host-bridge").setDramAccess(0xE_0000, 0x2_0000, false, false);
        factory.create(image(kib), RAM).boot(boot);
        return boot;
    }

    private static void assertRom(FakeBoot boot, long address, int page, int pages) {
        for (int i = 0; i < pages; i++) {
            long at = address + i * 4096L;
            assertEquals(page + i, boot.int8(at), () -> "first byte of page " + Long.toHexString(at));
            assertEquals(~(page + i) & 0xFF, boot.int8(at + 4095), () -> "last byte of page " + Long.toHexString(at));
        }
    }

    @Test
    void wholeImageEndsAt4GigabytesAndItsEndAt1Megabyte() throws Exception {
        FakeBoot boot = boot(256);
        assertRom(boot, 0xFFFC_0000L, 0, 64);
        assertRom(boot, 0xE_0000, 32, 32);
        assertEquals(0xFF, boot.int8(0xD_F000));
        assertEquals(0xFF, boot.int8(0xFFFB_F000L));

        boot = boot(128);
        assertRom(boot, 0xFFFE_0000L, 0, 32);
        assertRom(boot, 0xE_0000, 0, 32);

        boot = boot(64);
        assertRom(boot, 0xFFFF_0000L, 0, 16);
        assertRom(boot, 0xF_0000, 0, 16);
        assertEquals(0xFF, boot.int8(0xE_F000));
    }

    @Test
    void romCannotBeWrittenAndDramHidesIt() throws Exception {
        FakeBoot boot = boot(128);
        boot.board.memory().write(0xF_0000, 1, 0x77);
        boot.board.memory().write(0xFFFF_0000L, 1, 0x77);
        assertRom(boot, 0xF_0000, 16, 1);
        assertRom(boot, 0xFFFF_0000L, 16, 1);
        boot.machine.board("host-bridge").setDramAccess(0xF_0000, 0x1_0000, true, true);
        boot.board.memory().write(0xF_0000, 1, 0x77);
        assertEquals(0x77, boot.int8(0xF_0000));
        assertRom(boot, 0xFFFF_0000L, 16, 1);
    }

    @Test
    void processorStaysAsResetLeftIt() throws Exception {
        CpuState cpu = boot(128).cpu;
        CpuState reset = CpuState.afterReset(CpuModel.P3);
        assertEquals(0xFFF0, cpu.eip);
        assertEquals(reset.segments[CpuState.CS], cpu.segments[CpuState.CS]);
        assertEquals(0xF000, cpu.segments[CpuState.CS].selector());
        assertEquals(0xFFFF_0000, cpu.segments[CpuState.CS].base());
    }

    @Test
    void takesTwoWindowsAndNothingElse() throws Exception {
        FakeBoot boot = new FakeBoot();
        boot.machine.board("host-bridge").setDramAccess(0xE_0000, 0x2_0000, false, false);
        var bios = factory.create(image(128), RAM);
        bios.boot(boot);
        assertRom(boot, 0xE_0000, 0, 32);
        assertEquals(2, boot.registrations(), "two windows and nothing else");
    }

    @Test
    void whatIsNoImageIsRefused() throws IOException {
        assertTrue(refusal(Map.of()).contains("--bios FILE"));
        assertTrue(refusal(Map.of("image", "/nowhere/bios.bin")).contains("/nowhere/bios.bin does not exist"));
        assertTrue(refusal(Map.of("image", directory.toString())).contains("is a directory"));
        assertTrue(refusal(image(0)).contains("has 0 bytes"));
        assertTrue(refusal(image(32)).contains("multiple of 64 KiB"));
        assertTrue(refusal(image(320)).contains("larger than 256 KiB"));
        assertTrue(refusal(Map.of("image", "a\0b")).contains("is no path"));
        Path odd = Files.write(directory.resolve("odd"), new byte[(128 << 10) + 1]);
        assertTrue(refusal(Map.of("image", odd.toString())).contains("131073 bytes"));
    }
}
