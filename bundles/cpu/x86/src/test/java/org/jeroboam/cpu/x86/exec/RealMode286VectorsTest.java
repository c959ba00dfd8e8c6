package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.Test;

/**
 * Single instructions as captured on a real 80286 in real mode. The vectors are not part of this project; the test
 * finds them by the system property {@code jeroboam.vectors} (a directory) or as {@code shared/vectors} beside or above
 * the checkout.
 */
class RealMode286VectorsTest {
    private static final String FILE = "real-mode-286.jsonl.gz";
    private static final String[] REGISTERS = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds"};

    @Test
    void everyVectorPassesUnderTheMasks() throws IOException {
        List<String> failures = new ArrayList<>();
        Map<String, Integer> perForm = new TreeMap<>();
        int run = 0;
        int skipped = 0;
        try (Arena arena = Arena.ofConfined();
                BufferedReader lines = open()) {
            TestBus bus = new TestBus(new TestMemory(arena, 17 << 20));
            // The machine that captured the vectors had nothing on its bus: reads float to ones.
            ProcessorCore core = new ProcessorCore(bus, CpuModel.P2);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Vector vector = Vector.parse(line);
                if (VectorMasks.skip(vector) != null) {
                    skipped++;
                    continue;
                }
                run++;
                String difference = run(bus, core, vector);
                if (difference != null) {
                    perForm.merge(vector.op(), 1, Integer::sum);
                    if (failures.size() < 40) {
                        String exception = vector.exception() < 0 ? "" : " exception " + vector.exception();
                        failures.add(vector.op() + " #" + vector.index() + " " + vector.name() + exception + ": "
                                + difference);
                    }
                }
            }
            core.close();
        }
        assertTrue(run > 30_000, "only " + run + " vectors ran, " + skipped + " were masked out");
        assertEquals(List.of(), failures, "failures by form: " + perForm);
    }

    private static BufferedReader open() throws IOException {
        return new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(find())), StandardCharsets.UTF_8));
    }

    private static Path find() {
        String property = System.getProperty("jeroboam.vectors");
        if (property != null) {
            return Path.of(property, FILE);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path candidate = at.resolve("shared").resolve("vectors").resolve(FILE);
            if (Files.exists(candidate)) {
                return candidate;
            }
        }
        return fail("The instruction vectors are missing: put " + FILE + " into shared/vectors beside the checkout,"
                + " or name its directory by -Djeroboam.vectors=...");
    }

    private static String run(TestBus bus, ProcessorCore core, Vector v) {
        v.ram().forEach((address, value) -> bus.memory.write(address, 1, value));
        if (v.exception() == GuestFault.GP) {
            // The stack segment's limit faults by vector 12 since the 386: the same handler here.
            bus.memory.write(4 * GuestFault.SS, 4, bus.memory.read(4 * GuestFault.GP, 4));
        }
        CpuState state = initial(v);
        core.load(state);
        String difference;
        // An instruction and HLT, or with an exception the HLT of its handler; REP strings retire per iteration.
        core.run(1_000);
        if (core.exitReason() != ExitReason.HALT) {
            difference = "ended with " + core.exitReason() + " instead of HLT";
        } else {
            difference = compare(v, state, core.save(), bus.memory);
        }
        v.ram().keySet().forEach(address -> bus.memory.write(address, 1, 0));
        v.finalRam().keySet().forEach(address -> bus.memory.write(address, 1, 0));
        bus.memory.write(4 * GuestFault.SS, 4, 0);
        return difference;
    }

    private static CpuState initial(Vector v) {
        CpuState state = CpuState.afterReset(CpuModel.P2);
        for (int i = 0; i < 8; i++) {
            state.gpr[i] = v.registers().get(REGISTERS[i]);
        }
        for (int i = 0; i < 4; i++) {
            int selector = v.registers().get(SEGMENTS[i]);
            state.segments[i] = new SegmentState(selector, selector << 4, 0xFFFF, 0x93);
        }
        state.eip = v.registers().get("ip");
        state.eflags = v.registers().get("flags") & VectorMasks.FLAGS_OF_286;
        state.cr0 = 0x10;
        return state;
    }

    private static String compare(Vector v, CpuState before, CpuState after, TestMemory memory) {
        StringBuilder difference = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            int expected = v.finalRegisters().getOrDefault(REGISTERS[i], before.gpr[i]);
            check(difference, REGISTERS[i], expected, after.gpr[i], VectorMasks.changed(v, REGISTERS[i]) ? 0 : -1);
        }
        for (int i = 0; i < 4; i++) {
            int expected = v.finalRegisters().getOrDefault(SEGMENTS[i], before.segments[i].selector());
            check(difference, SEGMENTS[i], expected, after.segments[i].selector(), -1);
        }
        check(difference, "ip", v.finalRegisters().getOrDefault("ip", before.eip), after.eip, VectorMasks.IP);
        int flagsMask = VectorMasks.FLAGS_OF_286 & ~VectorMasks.undefined(v);
        int flags = v.finalRegisters().getOrDefault("flags", before.eflags);
        if (v.exception() < 0) {
            check(difference, "flags", flags, after.eflags, flagsMask);
        } else {
            check(difference, "IF and TF", 0, after.eflags, EFlags.IF | EFlags.TF);
        }
        int pushed = after.segments[CpuState.SS].selector() * 16 + (after.gpr[4] + 4 & 0xFFFF);
        v.finalRam().forEach((address, value) -> {
            int mask = 0xFF;
            if (v.exception() >= 0 && (address == pushed || address == pushed + 1)) {
                mask = flagsMask >>> (address == pushed ? 0 : 8) & 0xFF;
            }
            check(difference, "[" + Integer.toHexString(address) + "h]", value, memory.read(address, 1), mask);
        });
        return difference.isEmpty() ? null : difference.toString();
    }

    private static void check(StringBuilder out, String what, int expected, int actual, int mask) {
        if (((expected ^ actual) & mask) != 0) {
            out.append(what)
                    .append(" is ")
                    .append(Integer.toHexString(actual & mask))
                    .append("h, not ")
                    .append(Integer.toHexString(expected & mask))
                    .append("h; ");
        }
    }
}
