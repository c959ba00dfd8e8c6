package org.jeroboam.firmware;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.firmware.LowMemory.Entry;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.device.ConfigurationException;

/** A kernel after the Multiboot Specification 0.6.96: a 32-bit ELF executable, or an image with addresses in its header. */
final class MultibootImage implements KernelImage {
    private static final int MAGIC = 0x1BAD_B002;
    private static final int BOOTED_BY_LOADER = 0x2BAD_B002;
    private static final int SEARCH_LIMIT = 8192;
    private static final int HAS_ADDRESSES = 1 << 16;
    private static final int UNKNOWN_REQUIREMENTS = 0xFFF8;

    private static final int ELF_MAGIC = 0x464C_457F;
    private static final int ELF_CLASS_32 = 1;
    private static final int ELF_MACHINE_386 = 3;
    private static final int PT_LOAD = 1;

    // The information structure and what it points to, below the boot parameters of the other protocol.
    private static final int INFO = LowMemory.BOOT_PARAMETERS;
    private static final int INFO_SIZE = 120;
    private static final int MODULES = INFO + 0x100;
    private static final int MEMORY_MAP = INFO + 0x200;
    private static final int LOADER_NAME = INFO + 0x180;
    private static final int HAS_MEMORY = 1;
    private static final int HAS_COMMAND_LINE = 1 << 2;
    private static final int HAS_MODULES = 1 << 3;
    private static final int HAS_MEMORY_MAP = 1 << 6;
    private static final int HAS_LOADER_NAME = 1 << 9;

    private static final int PAGE = 4096;

    /** Bytes of the file that go to an address, and zeros after them. */
    private record Segment(long address, int offset, int fileBytes, long memoryBytes) {
        long end() {
            return address + memoryBytes;
        }
    }

    private final String name;
    private final ByteBuffer file;
    private final List<Segment> segments = new ArrayList<>();
    private int entry;

    MultibootImage(String name, ByteBuffer file) throws ConfigurationException {
        this.name = name;
        this.file = file;
        int header = find(file);
        int flags = file.getInt(header + 4);
        if ((flags & UNKNOWN_REQUIREMENTS) != 0) {
            throw new ConfigurationException(name + " asks for multiboot features that do not exist here (flags "
                    + Integer.toHexString(flags) + "h)");
        }
        if ((flags & HAS_ADDRESSES) != 0) {
            readAddresses(header);
        } else {
            readElf();
        }
        for (Segment s : segments) {
            if (s.offset() < 0
                    || s.fileBytes() < 0
                    || (long) s.offset() + s.fileBytes() > file.capacity()
                    || s.fileBytes() > s.memoryBytes()) {
                throw new ConfigurationException(
                        name + " is a damaged multiboot image: a segment lies outside the file");
            }
        }
    }

    static boolean recognises(ByteBuffer file) {
        return find(file) >= 0;
    }

    private static int find(ByteBuffer file) {
        int last = Math.min(SEARCH_LIMIT, file.capacity()) - 12;
        for (int at = 0; at <= last; at += 4) {
            if (file.getInt(at) == MAGIC && MAGIC + file.getInt(at + 4) + file.getInt(at + 8) == 0) {
                return at;
            }
        }
        return -1;
    }

    private void readAddresses(int header) throws ConfigurationException {
        if (header + 32 > file.capacity()) {
            throw new ConfigurationException(name + " is a truncated multiboot image");
        }
        int headerAddress = file.getInt(header + 12);
        int load = file.getInt(header + 16);
        int loadEnd = file.getInt(header + 20);
        int bssEnd = file.getInt(header + 24);
        int offset = header - (headerAddress - load);
        int bytes = loadEnd == 0 ? file.capacity() - offset : loadEnd - load;
        long memory = bssEnd == 0 ? Integer.toUnsignedLong(bytes) : Integer.toUnsignedLong(bssEnd - load);
        segments.add(new Segment(Integer.toUnsignedLong(load), offset, bytes, memory));
        entry = file.getInt(header + 28);
    }

    private void readElf() throws ConfigurationException {
        if (file.capacity() < 52
                || file.getInt(0) != ELF_MAGIC
                || file.get(4) != ELF_CLASS_32
                || file.getShort(18) != ELF_MACHINE_386) {
            throw new ConfigurationException(name + " is a multiboot image, but no 32-bit ELF file for the 386");
        }
        entry = file.getInt(24);
        int table = file.getInt(28);
        int size = file.getShort(42) & 0xFFFF;
        int count = file.getShort(44) & 0xFFFF;
        for (int i = 0; i < count; i++) {
            long at = Integer.toUnsignedLong(table) + (long) i * size;
            if (size < 32 || at + 32 > file.capacity()) {
                throw new ConfigurationException(
                        name + " is a damaged ELF file: its program headers lie outside the file");
            }
            int p = (int) at;
            if (file.getInt(p) == PT_LOAD) {
                segments.add(new Segment(
                        Integer.toUnsignedLong(file.getInt(p + 12)),
                        file.getInt(p + 4),
                        file.getInt(p + 16),
                        Integer.toUnsignedLong(file.getInt(p + 20))));
            }
        }
    }

    private long kernelEnd() {
        return segments.stream().mapToLong(Segment::end).max().orElse(0);
    }

    private long ramDiskAddress() {
        return (Math.max(kernelEnd(), LowMemory.BIOS_AREA_END) + PAGE - 1) & -PAGE;
    }

    @Override
    public void check(BootPlan plan) throws ConfigurationException {
        for (Segment s : segments) {
            if (s.address() < LowMemory.BIOS_AREA_END) {
                throw new ConfigurationException(name + " wants to lie at address " + Long.toHexString(s.address())
                        + "h; only kernels above 1 MiB can be loaded");
            }
        }
        if (plan.commandLineBytes().length > LowMemory.COMMAND_LINE_SIZE) {
            throw new ConfigurationException(
                    "the kernel's command line has " + plan.commandLine().length() + " characters; at most "
                            + (LowMemory.COMMAND_LINE_SIZE - 1) + " fit");
        }
        long end = ramDiskAddress() + plan.ramDisk().length;
        if (end > plan.lowRam()) {
            throw new ConfigurationException("kernel and initial RAM disk do not fit into " + (plan.lowRam() >> 20)
                    + " MiB of memory; they reach up to " + ((end >> 20) + 1) + " MiB");
        }
    }

    @Override
    public void load(BootPlan plan, GuestRam ram, CpuState cpu) {
        for (Segment s : segments) {
            ram.put(s.address(), file, s.offset(), s.fileBytes());
            ram.clear(s.address() + s.fileBytes(), s.memoryBytes() - s.fileBytes());
        }
        ram.put(LowMemory.COMMAND_LINE, plan.commandLineBytes());
        ram.clear(INFO, INFO_SIZE);
        int flags = HAS_MEMORY | HAS_COMMAND_LINE | HAS_MEMORY_MAP | HAS_LOADER_NAME;
        ram.putInt(INFO + 4, LowMemory.EXTENDED_BIOS_DATA >> 10);
        ram.putInt(INFO + 8, (int) ((plan.lowRam() - LowMemory.BIOS_AREA_END) >> 10));
        ram.putInt(INFO + 16, LowMemory.COMMAND_LINE);
        if (plan.ramDisk().length > 0) {
            flags |= HAS_MODULES;
            ram.put(ramDiskAddress(), plan.ramDisk());
            ram.putInt(INFO + 20, 1);
            ram.putInt(INFO + 24, MODULES);
            ram.putInt(MODULES, (int) ramDiskAddress());
            ram.putInt(MODULES + 4, (int) ramDiskAddress() + plan.ramDisk().length);
            ram.putInt(MODULES + 8, LowMemory.COMMAND_LINE);
            ram.putInt(MODULES + 12, 0);
        }
        ram.put(LOADER_NAME, "Jeroboam\0".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        ram.putInt(INFO + 64, LOADER_NAME);
        ram.putInt(INFO, flags);
        FlatMode.enter(ram, cpu, 0x08, 0x10, entry);
        cpu.gpr[0] = BOOTED_BY_LOADER;
        cpu.gpr[3] = INFO;
    }

    /** Tells the kernel where memory is. */
    static void writeMap(GuestRam ram, List<Entry> map) {
        int at = MEMORY_MAP;
        for (Entry e : map) {
            ram.putInt(at, 20);
            ram.putLong(at + 4, e.base());
            ram.putLong(at + 12, e.length());
            ram.putInt(at + 20, e.kind().number);
            at += 24;
        }
        ram.putInt(INFO + 44, at - MEMORY_MAP);
        ram.putInt(INFO + 48, MEMORY_MAP);
    }
}
