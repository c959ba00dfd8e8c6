package org.jeroboam.firmware;

import java.nio.ByteBuffer;
import java.util.List;
import org.jeroboam.firmware.LowMemory.Entry;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.device.ConfigurationException;

/**
 * A Linux kernel, entered by the 32-bit boot protocol (Linux Documentation/arch/x86/boot.rst, protocol 2.04 or later).
 */
final class BzImage implements KernelImage {
    // Offsets in the image's first sectors, which are also those in the boot parameters ("zero page").
    private static final int SETUP_SECTS = 0x1F1;
    private static final int BOOT_FLAG = 0x1FE;
    private static final int JUMP_LENGTH = 0x201;
    private static final int HEADER = 0x202;
    private static final int VERSION = 0x206;
    private static final int TYPE_OF_LOADER = 0x210;
    private static final int LOADFLAGS = 0x211;
    private static final int CODE32_START = 0x214;
    private static final int RAMDISK_IMAGE = 0x218;
    private static final int RAMDISK_SIZE = 0x21C;
    private static final int CMD_LINE_PTR = 0x228;
    private static final int INITRD_ADDR_MAX = 0x22C;
    private static final int CMDLINE_SIZE = 0x238;
    private static final int INIT_SIZE = 0x260;

    // Offsets that exist in the boot parameters only.
    private static final int ACPI_RSDP_ADDR = 0x070;
    private static final int E820_ENTRIES = 0x1E8;
    private static final int E820_TABLE = 0x2D0;
    private static final int E820_ENTRY_SIZE = 20;

    private static final int HDRS = 0x5372_6448;
    private static final int LOADED_HIGH = 0x01;
    private static final int UNDEFINED_LOADER = 0xFF;
    private static final int LOAD_ADDRESS = 0x10_0000;
    private static final int SECTOR = 512;
    private static final int PAGE = 4096;

    private final String name;
    private final ByteBuffer file;
    private final int setupBytes;

    BzImage(String name, ByteBuffer file) throws ConfigurationException {
        this.name = name;
        this.file = file;
        int sectors = file.get(SETUP_SECTS) & 0xFF;
        setupBytes = (1 + (sectors == 0 ? 4 : sectors)) * SECTOR;
        int version = file.getShort(VERSION) & 0xFFFF;
        if (version < 0x0204 || (file.get(LOADFLAGS) & LOADED_HIGH) == 0) {
            throw new ConfigurationException(name + " is a Linux kernel for boot protocol " + (version >> 8) + "."
                    + (version & 0xFF) + "; a bzImage of protocol 2.4 or later is needed");
        }
        if (setupBytes >= file.capacity() || headerEnd() > setupBytes) {
            throw new ConfigurationException(name + " is a truncated Linux kernel: it ends within its setup sectors");
        }
    }

    static boolean recognises(ByteBuffer file) {
        return file.capacity() > INIT_SIZE + 4
                && (file.getShort(BOOT_FLAG) & 0xFFFF) == 0xAA55
                && file.getInt(HEADER) == HDRS;
    }

    private int headerEnd() {
        return HEADER + (file.get(JUMP_LENGTH) & 0xFF);
    }

    private int field(int offset, int fallback) {
        return offset + 4 <= headerEnd() ? file.getInt(offset) : fallback;
    }

    /** Bytes from {@link #LOAD_ADDRESS} that the kernel uses before it looks at its memory map. */
    private long footprint() {
        long code = file.capacity() - setupBytes;
        return Math.max(code, Integer.toUnsignedLong(field(INIT_SIZE, 0)));
    }

    private long ramDiskAddress(BootPlan plan) {
        long limit = Math.min(plan.lowRam(), Integer.toUnsignedLong(field(INITRD_ADDR_MAX, 0x37FF_FFFF)) + 1);
        return (limit - plan.ramDisk().length) & -PAGE;
    }

    @Override
    public void check(BootPlan plan) throws ConfigurationException {
        int longest = Math.min(field(CMDLINE_SIZE, 255), LowMemory.COMMAND_LINE_SIZE - 1);
        if (plan.commandLineBytes().length - 1 > longest) {
            throw new ConfigurationException("the kernel's command line has " + (plan.commandLineBytes().length - 1)
                    + " characters; " + name + " takes at most " + longest);
        }
        if (LOAD_ADDRESS + footprint() > ramDiskAddress(plan)) {
            long needed = (LOAD_ADDRESS + footprint() + plan.ramDisk().length + (1 << 20) - 1) >> 20;
            throw new ConfigurationException("kernel and initial RAM disk do not fit into " + (plan.lowRam() >> 20)
                    + " MiB of memory; give the machine more than " + needed + " MiB");
        }
    }

    @Override
    public void load(BootPlan plan, GuestRam ram, CpuState cpu) {
        ram.put(LOAD_ADDRESS, file, setupBytes, file.capacity() - setupBytes);
        ram.put(LowMemory.COMMAND_LINE, plan.commandLineBytes());

        int zeroPage = LowMemory.BOOT_PARAMETERS;
        ram.clear(zeroPage, PAGE);
        ram.put(zeroPage + SETUP_SECTS, file, SETUP_SECTS, headerEnd() - SETUP_SECTS);
        ram.putByte(zeroPage + TYPE_OF_LOADER, UNDEFINED_LOADER);
        ram.putInt(zeroPage + CODE32_START, LOAD_ADDRESS);
        ram.putInt(zeroPage + CMD_LINE_PTR, LowMemory.COMMAND_LINE);
        ram.putLong(zeroPage + ACPI_RSDP_ADDR, LowMemory.ACPI_TABLES);
        if (plan.ramDisk().length > 0) {
            long address = ramDiskAddress(plan);
            ram.put(address, plan.ramDisk());
            ram.putInt(zeroPage + RAMDISK_IMAGE, (int) address);
            ram.putInt(zeroPage + RAMDISK_SIZE, plan.ramDisk().length);
        }
        FlatMode.enter(ram, cpu, 0x10, 0x18, LOAD_ADDRESS);
        cpu.gpr[6] = zeroPage;
    }

    /** Tells the kernel where memory is. */
    static void writeMap(GuestRam ram, List<Entry> map) {
        int at = LowMemory.BOOT_PARAMETERS + E820_TABLE;
        for (Entry entry : map) {
            ram.putLong(at, entry.base());
            ram.putLong(at + 8, entry.length());
            ram.putInt(at + 16, entry.kind().number);
            at += E820_ENTRY_SIZE;
        }
        ram.putByte(LowMemory.BOOT_PARAMETERS + E820_ENTRIES, map.size());
    }
}
