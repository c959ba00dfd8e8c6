package org.jeroboam.machine;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.PhysicalMemory;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.machine.board.AbandonedThread;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.memory.GuestRam;
import org.jeroboam.machine.memory.ZeroPages;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.Part;

/** Answers questions about a machine. Machine thread. */
final class Inspector {
    private static final String[] SEGMENTS = {"ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"};
    private static final String[] REGISTERS = {"EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI"};

    private final Chassis chassis;

    Inspector(Chassis chassis) {
        this.chassis = chassis;
    }

    MachineReply.Status status() {
        Motherboard board = chassis.board;
        boolean on = board != null;
        return new MachineReply.Status(
                chassis.state(),
                chassis.reason(),
                on ? board.clock().now() : chassis.lastGuestNanos,
                on ? board.processor().retired() : chassis.lastRetired,
                GuestRunner.cpuNanos(),
                chassis.coreName,
                chassis.swaps.with(on ? board.counters().values() : chassis.lastCounters));
    }

    /** Why better cores than the present one do not serve. */
    private List<String> declined() {
        return chassis.catalog.all(CpuCoreFactory.class).stream()
                .filter(offer -> !offer.service().probe().usable())
                .map(offer -> offer.name() + " is not used: "
                        + offer.service().probe().reason())
                .toList();
    }

    MachineReply.Parts parts() {
        List<MachineReply.Part> list = new ArrayList<>();
        CpuState cpu = cpu();
        list.add(new MachineReply.Part(
                PartExchange.CPU,
                chassis.coreName,
                chassis.coreOrigin.bundle(),
                chassis.coreOrigin.version(),
                chassis.board == null || cpu == null ? -1 : bytes(cpu).length,
                declined(),
                chassis.swaps.count(PartExchange.CPU),
                chassis.swaps.last(PartExchange.CPU)));
        list.add(firmware());
        for (Part part : chassis.parts) {
            list.add(new MachineReply.Part(
                    part.name(),
                    part.config().type(),
                    part.bundle(),
                    part.version(),
                    stateSize(part),
                    part.imperfections(),
                    chassis.swaps.count(part.name()),
                    chassis.swaps.last(part.name())));
        }
        for (DriveBay.OpenImage image : chassis.drives.images()) {
            list.add(withoutState(DriveBay.partName(image.drive()), image.format(), image.offer(), List.of()));
        }
        if (chassis.drives.locks() != null) {
            list.add(withoutState(PartExchange.LOCKS, "image-locks", chassis.drives.locks(), List.of()));
        }
        return new MachineReply.Parts(list);
    }

    private MachineReply.Part firmware() {
        SwapLog.Origin booted = chassis.bootedOrigin;
        List<String> notes = chassis.board == null || booted.equals(chassis.firmwareOrigin)
                ? List.of()
                : List.of("takes over at the next reset; the machine was booted by "
                        + (booted == SwapLog.Origin.NONE
                                ? "what is not known"
                                : booted.bundle() + " " + booted.version()));
        return withoutState(PartExchange.FIRMWARE, chassis.config.firmware().type(), chassis.firmwareOffer, notes);
    }

    private MachineReply.Part withoutState(String name, String type, Offer<?> offer, List<String> notes) {
        SwapLog.Origin origin = SwapLog.Origin.of(offer);
        List<String> texts = new ArrayList<>(notes);
        if (offer != null) {
            texts.addAll(offer.imperfections());
        }
        return new MachineReply.Part(
                name,
                type,
                origin.bundle(),
                origin.version(),
                -1,
                texts,
                chassis.swaps.count(name),
                chassis.swaps.last(name));
    }

    private int stateSize(Part part) {
        if (part.heldState() != null) {
            return part.heldState().length;
        }
        if (part.scope() == null) {
            return -1;
        }
        StateWriter out = new StateWriter();
        try {
            chassis.guarded(part.name(), "save", () -> {
                part.device().save(out);
                return null;
            });
            return out.toBytes().length;
        } catch (RuntimeException | Error e) {
            AbandonedThread.pass(e);
            chassis.board.signals().failed(part.name(), e);
            return -1;
        }
    }

    private CpuState cpu() {
        Motherboard board = chassis.board;
        return board == null || board.processor().core() == null
                ? chassis.heldCpu
                : board.processor().core().save();
    }

    private static byte[] bytes(CpuState cpu) {
        StateWriter out = new StateWriter();
        cpu.save(out);
        return out.toBytes();
    }

    private CpuState needCpu() throws Refusal {
        CpuState cpu = cpu();
        if (cpu == null) {
            throw Refusal.of("machine " + chassis.config.name() + " is off and keeps nothing of its last run");
        }
        return cpu;
    }

    /** Zero pages do not count, so that RAM that nobody touched stays untouched. */
    MachineReply.Hash hash() throws Refusal {
        CpuState cpu = needCpu();
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes(cpu));
            GuestRam ram = chassis.ram;
            byte[] page = new byte[PhysicalMemory.PAGE_SIZE];
            java.lang.foreign.MemorySegment target = java.lang.foreign.MemorySegment.ofArray(page);
            ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
            for (long i = 0; i < ram.size() >>> PhysicalMemory.PAGE_SHIFT; i++) {
                long address = ram.pageAddress(i);
                if (!ZeroPages.isZero(address)) {
                    digest.update(number.putLong(0, i).array());
                    HostMemory.copyOut(address, target, 0, page.length);
                    digest.update(page);
                }
            }
            return new MachineReply.Hash(HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw Refusal.fault("this Java has no SHA-256", e);
        }
    }

    MachineReply.Registers registers() throws Refusal {
        CpuState s = needCpu();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < REGISTERS.length; i++) {
            text.append(String.format("%s=%08X%s", REGISTERS[i], s.gpr[i], i % 4 == 3 ? "\n" : " "));
        }
        text.append(String.format(
                "EIP=%08X EFLAGS=%08X%s%s%n".replace("%n", "\n"),
                s.eip,
                s.eflags,
                s.halted ? " halted" : "",
                s.shutdown ? " shut down" : ""));
        for (int i = 0; i < SEGMENTS.length; i++) {
            SegmentState segment = s.segments[i];
            text.append(String.format(
                    "%-4s %04X base=%08X limit=%08X attributes=%04X\n",
                    SEGMENTS[i], segment.selector(), segment.base(), segment.limit(), segment.attributes()));
        }
        text.append(String.format("GDT  base=%08X limit=%04X\n", s.gdtBase, s.gdtLimit));
        text.append(String.format("IDT  base=%08X limit=%04X\n", s.idtBase, s.idtLimit));
        text.append(String.format("CR0=%08X CR2=%08X CR3=%08X CR4=%08X\n", s.cr0, s.cr2, s.cr3, s.cr4));
        text.append(String.format(
                "DR0=%08X DR1=%08X DR2=%08X DR3=%08X DR6=%08X DR7=%08X\n",
                s.dr[0], s.dr[1], s.dr[2], s.dr[3], s.dr[6], s.dr[7]));
        text.append(String.format(
                "instructions=%d INTR=%d A20=%s\n", s.retired, s.interruptLine ? 1 : 0, s.a20 ? "open" : "closed"));
        return new MachineReply.Registers(text.toString());
    }
}
