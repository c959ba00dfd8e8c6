package org.jeroboam.firmware;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.device.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectBootFactoryTest {
    @TempDir
    Path directory;

    private final DirectBootFactory factory = new DirectBootFactory();

    /** A bzImage with one setup sector more than the minimum and a recognisable body. */
    static byte[] bzImage() {
        ByteBuffer b = ByteBuffer.allocate(3 * 512 + 64).order(ByteOrder.LITTLE_ENDIAN);
        b.put(0x1F1, (byte) 2);
        b.putShort(0x1FE, (short) 0xAA55);
        b.put(0x201, (byte) 0x66);
        b.putInt(0x202, 0x5372_6448);
        b.putShort(0x206, (short) 0x020F);
        b.put(0x211, (byte) 1);
        b.putInt(0x22C, 0x7FFF_FFFF);
        b.putInt(0x238, 2047);
        b.putInt(0x260, 0x20_0000);
        b.putInt(3 * 512, 0xCAFE_F00D);
        return b.array();
    }

    static byte[] multibootElf() {
        ByteBuffer b = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(0, 0x464C_457F).put(4, (byte) 1).putShort(18, (short) 3);
        b.putInt(24, 0x10_0010).putInt(28, 52).putShort(42, (short) 32).putShort(44, (short) 1);
        b.putInt(52, 1).putInt(56, 128).putInt(64, 0x10_0000).putInt(68, 64).putInt(72, 4096);
        b.putInt(84, 0x1BAD_B002).putInt(92, -0x1BAD_B002);
        b.putInt(128, 0x1234_5678);
        return b.array();
    }

    private Map<String, String> properties(byte[] kernel, byte[] initrd, String append) throws IOException {
        Map<String, String> p = new HashMap<>();
        p.put("kernel", Files.write(directory.resolve("kernel"), kernel).toString());
        if (initrd != null) {
            p.put("initrd", Files.write(directory.resolve("initrd"), initrd).toString());
        }
        p.put("append", append);
        return p;
    }

    private FakeBoot boot(byte[] kernel, byte[] initrd, String append) throws IOException, ConfigurationException {
        FakeBoot boot = new FakeBoot();
        factory.create(properties(kernel, initrd, append), FakeBoot.RAM).boot(boot);
        return boot;
    }

    private String refusal(byte[] kernel, byte[] initrd, String append, long ram) {
        String message = assertThrows(
                        ConfigurationException.class, () -> factory.create(properties(kernel, initrd, append), ram))
                .getMessage();
        assertFalse(message.contains("\n"), message);
        return message;
    }

    @Test
    void bzImageIsEnteredByThe32BitProtocol() throws Exception {
        FakeBoot boot = boot(bzImage(), "ramdisk!".getBytes(), "console=ttyS0");
        assertEquals(0xCAFE_F00D, boot.int32(0x10_0000));
        CpuState cpu = boot.cpu;
        assertEquals(0x10_0000, cpu.eip);
        assertEquals(0x10, cpu.segments[CpuState.CS].selector());
        assertEquals(0x18, cpu.segments[CpuState.SS].selector());
        assertEquals(-1, cpu.segments[CpuState.DS].limit());
        assertEquals(1, cpu.cr0 & 1);
        assertEquals(2, cpu.eflags);
        // The GDT in memory says what the hidden parts say.
        assertEquals(0x00CF_9B00, boot.int32(cpu.gdtBase + 0x14));
        assertEquals(0x00CF_9300, boot.int32(cpu.gdtBase + 0x1C));

        int zeroPage = cpu.gpr[6];
        assertEquals(0x5372_6448, boot.int32(zeroPage + 0x202));
        assertEquals(0xFF, boot.int8(zeroPage + 0x210));
        assertEquals("console=ttyS0", boot.text(boot.int32(zeroPage + 0x228)));
        int ramDisk = boot.int32(zeroPage + 0x218);
        assertEquals(8, boot.int32(zeroPage + 0x21C));
        assertEquals(0, ramDisk & 0xFFF);
        assertEquals("ramdisk!", boot.text(ramDisk));
    }

    @Test
    void memoryMapCoversRamWithoutTheBiosArea() throws Exception {
        FakeBoot boot = boot(bzImage(), null, "");
        int zeroPage = boot.cpu.gpr[6];
        assertEquals(4, boot.int8(zeroPage + 0x1E8));
        assertEquals(0, boot.int32(zeroPage + 0x2D0));
        assertEquals(0x9_FC00, boot.int32(zeroPage + 0x2D8));
        assertEquals(1, boot.int32(zeroPage + 0x2E0));
        int last = zeroPage + 0x2D0 + 3 * 20;
        assertEquals(0x10_0000, boot.int32(last));
        assertEquals(FakeBoot.RAM - 0x10_0000, boot.int32(last + 8));
    }

    @Test
    void multibootElfGetsItsInformation() throws Exception {
        FakeBoot boot = boot(multibootElf(), "module".getBytes(), "verbose");
        assertEquals(0x1234_5678, boot.int32(0x10_0000));
        assertEquals(0, boot.int32(0x10_0040));
        assertEquals(0x10_0010, boot.cpu.eip);
        assertEquals(0x2BAD_B002, boot.cpu.gpr[0]);
        int info = boot.cpu.gpr[3];
        assertEquals("verbose", boot.text(boot.int32(info + 16)));
        assertEquals((FakeBoot.RAM >> 10) - 1024, boot.int32(info + 8));
        int module = boot.int32(info + 24);
        assertEquals("module", boot.text(boot.int32(module)));
        assertEquals(24, boot.int32(info + 44) / 4);
    }

    @Test
    void acpiTablesHaveTheirChecksumsAndPointToEachOther() throws Exception {
        FakeBoot boot = boot(bzImage(), null, "");
        int rsdp = 0xE_0000;
        assertEquals("RSD PTR ", boot.text(rsdp).substring(0, 8));
        assertEquals(0, sum(boot, rsdp, 20));
        int rsdt = boot.int32(rsdp + 16);
        assertEquals(0, sum(boot, rsdt, boot.int32(rsdt + 4)));
        int fadt = boot.int32(rsdt + 36);
        assertEquals(116, boot.int32(fadt + 4));
        assertEquals(0, sum(boot, fadt, 116));
        assertEquals(BoardSetup.PM_BASE, boot.int32(fadt + 56));
        assertEquals(BoardSetup.PM_BASE + 8, boot.int32(fadt + 76));
        assertEquals(0xB2, boot.int32(fadt + 48));
        assertEquals(9, boot.int16(fadt + 46));
        int facs = boot.int32(fadt + 36);
        assertEquals(0, facs & 63);
        int dsdt = boot.int32(fadt + 40);
        assertEquals(0, sum(boot, dsdt, boot.int32(dsdt + 4)));
    }

    private static int sum(FakeBoot boot, int address, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += boot.int8(address + i);
        }
        return sum & 0xFF;
    }

    @Test
    void memoryTypesAreThoseOfABios() throws Exception {
        CpuState cpu = boot(bzImage(), null, "").cpu;
        assertArrayEquals(Arrays.stream(cpu.msrNumbers).sorted().distinct().toArray(), cpu.msrNumbers);
        assertEquals(0xC06, cpu.msrValues[Arrays.binarySearch(cpu.msrNumbers, 0x2FF)]);
        assertEquals(0xE000_0000L, cpu.msrValues[Arrays.binarySearch(cpu.msrNumbers, 0x200)]);
    }

    @Test
    void whatIsNoKernelIsRefused() {
        assertTrue(refusal("#!/bin/sh\n".repeat(100).getBytes(), null, "", FakeBoot.RAM)
                .contains("is no kernel"));
        assertTrue(refusal(new byte[0], null, "", FakeBoot.RAM).contains("is no kernel"));
    }

    @Test
    void missingFilesAndDirectoriesAreRefused() {
        assertTrue(assertThrows(
                        ConfigurationException.class, () -> factory.create(Map.of("kernel", "/nowhere/k"), 1 << 24))
                .getMessage()
                .contains("/nowhere/k does not exist"));
        assertTrue(assertThrows(
                        ConfigurationException.class,
                        () -> factory.create(Map.of("kernel", directory.toString()), 1 << 24))
                .getMessage()
                .contains("is a directory"));
        assertThrows(ConfigurationException.class, () -> factory.create(Map.of(), 1 << 24));
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheSizeThatWould() {
        String message = refusal(bzImage(), new byte[3 << 20], "", 4 << 20);
        assertTrue(message.contains("more than 6 MiB"), message);
        assertTrue(refusal(bzImage(), null, "x".repeat(3000), FakeBoot.RAM).contains("3000 characters"));
    }

    @Test
    void oldProtocolAndTruncatedImagesAreRefused() {
        byte[] old = bzImage();
        old[0x206] = 3;
        assertTrue(refusal(old, null, "", FakeBoot.RAM).contains("protocol 2.3"));
        assertTrue(
                refusal(Arrays.copyOf(bzImage(), 1024), null, "", FakeBoot.RAM).contains("truncated"));
    }

    /** Kernels come from outside: whatever is in them, the answer is one sentence or a machine that boots garbage. */
    @Test
    void damagedKernelsNeverBreakTheHost() throws Exception {
        Random random = new Random(42);
        FakeBoot boot = new FakeBoot();
        for (int round = 0; round < 4000; round++) {
            byte[] image = (round & 1) == 0 ? bzImage() : multibootElf();
            for (int i = 0; i < 6; i++) {
                image[random.nextInt(image.length)] = (byte) random.nextInt();
            }
            image = Arrays.copyOf(image, image.length - random.nextInt(8));
            try {
                KernelImage kernel = KernelImage.parse("k", image);
                BootPlan plan = new BootPlan("a", new byte[10], FakeBoot.RAM);
                kernel.check(plan);
                kernel.load(plan, new GuestRam(boot.board().memory()), boot.cpu);
            } catch (ConfigurationException e) {
                assertTrue(e.getMessage().length() > 10);
            }
        }
    }
}
