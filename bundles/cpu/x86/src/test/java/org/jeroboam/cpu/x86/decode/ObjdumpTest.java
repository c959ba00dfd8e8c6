package org.jeroboam.cpu.x86.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.hardware.cpu.CpuModel;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random bytes against objdump, where it is installed: length, mnemonic and explicit operands must agree. Every
 * difference that is allowed is written down here.
 */
class ObjdumpTest {

    private static final int CASES = 40_000;
    /** 16 random bytes, then NOPs that bring objdump back into step. */
    private static final int SLOT = 32;

    private static final int[] PREFIXES = {0x66, 0xF2, 0xF3, 0x26, 0x67, 0x65, 0x2E, 0xF0};
    private static final Set<String> PREFIX_WORDS =
            Set.of(("rep repz repnz data16 data32 addr16 addr32 cs ds es ss fs gs lock bnd notrack xacquire xrelease")
                    .split(" "));
    private static final List<String> SEGMENTS = List.of("es", "cs", "ss", "ds", "fs", "gs");
    private static final Map<String, Integer> SIZES =
            Map.of("BYTE", 1, "WORD", 2, "DWORD", 4, "FWORD", 6, "QWORD", 8, "TBYTE", 10, "XMMWORD", 16);
    private static final Pattern SIZE = Pattern.compile("([A-Z]+) PTR ");
    private static final Pattern LINE = Pattern.compile("\\s*([0-9a-f]+):\\t([0-9a-f ]+?)\\s*\\t(.*)");

    /** Two-byte opcodes that no model of ours has in any form: other makers', or newer, or UD0 to UD2. */
    private static final Set<Integer> FOREIGN_OPCODES = Set.of(
            0x04, 0x05, 0x07, 0x0A, 0x0B, 0x0E, 0x0F, 0x24, 0x26, 0x37, 0x38, 0x39, 0x3A, 0x3F, 0x78, 0x79, 0x7C, 0x7D,
            0xA6, 0xA7, 0xB8, 0xB9, 0xD0, 0xF0, 0xFF);
    /** Newer or other makers' instructions in opcodes that we do have. */
    private static final Pattern FOREIGN_NAMES = Pattern.compile("v[a-z0-9]+|k[a-z]+|fisttp|frstpm.*|movsldup|movshdup"
            + "|movddup|movntss|movntsd|xsave[a-z]*|xrstor[a-z]*|x[a-z]*bv|xend|xtest|xbegin.?|xabort|rd[a-z]+|wr[a-z]+"
            + "|clflushopt|clwb|tpause|umwait|umonitor|ptwrite|incssp.?|clrssbsy|rstorssp|saveprevssp|setssbsy"
            + "|monitorx?|mwaitx?|clac|stac|encl.*|skinit|stgi|clgi|invlpga|invlpgb|swapgs|clzero|pconfig|serialize"
            + "|mcommit|tlbsync|psmash|pvalidate|rmp[a-z]+|seam[a-z]+|tdcall|uiret|stui|clui|testui|senduipi"
            + "|xsusldtrk|xresldtrk|hreset");
    /** Valid on a P6 although objdump does not think so. */
    private static final Set<Op> ONLY_OURS = Set.of(
            Op.SALC, Op.FSTP, Op.FCOMP, Op.FCOM, Op.FXCH, Op.LFENCE, Op.MFENCE, Op.SFENCE, Op.BSF, Op.BSR, Op.WBINVD);
    /** objdump's name, ours. */
    private static final Map<String, String> RENAMED = Map.ofEntries(
            Map.entry("int1", "icebp"),
            Map.entry("tzcnt", "bsf"),
            Map.entry("lzcnt", "bsr"),
            Map.entry("wbnoinvd", "wbinvd"),
            Map.entry("fneni(8087", "fneni"),
            Map.entry("fndisi(8087", "fndisi"),
            Map.entry("fnsetpm(287", "fnsetpm"));

    @TempDir
    Path directory;

    private record Listed(int length, String text) {}

    @ParameterizedTest
    @CsvSource({"true, i386, 11", "false, i8086, 12"})
    void agrees(boolean code32, String machine, long seed) throws IOException, InterruptedException {
        byte[] bytes = randomSlots(new Random(seed));
        Map<Integer, Listed> listing = objdump(bytes, machine);
        Decoder decoder = new Decoder(CpuModel.PM.features());
        Instruction i = new Instruction();
        List<String> differences = new ArrayList<>();
        int compared = 0;
        for (int slot = 0; slot < bytes.length; slot += SLOT) {
            int start = slot;
            decoder.decode(offset -> bytes[start + offset], code32, i);
            Listed listed = listing.get(slot);
            assertTrue(listed != null, "objdump fell out of step at " + slot);
            if (isMasked(i)) {
                continue;
            }
            compared++;
            String difference = difference(i, listed, slot);
            if (difference != null) {
                String hex = HexFormat.of().formatHex(bytes, slot, slot + 15);
                differences.add(hex + ": " + difference + " | " + Disassembler.text(i, slot) + " | " + listed);
            }
        }
        assertEquals(List.of(), differences.stream().limit(20).toList(), differences.size() + " differences");
        assertTrue(compared > CASES * 9 / 10, "too much is masked: only " + compared + " compared");
    }

    /** Hint NOPs have newer names and stricter operands now; objdump takes FWAIT for a prefix. */
    private static boolean isMasked(Instruction i) {
        boolean hint = i.op == Op.NOP || i.op == Op.PREFETCH;
        return hint || i.op == Op.FWAIT || i.op == Op.GP_TOO_LONG;
    }

    private static String difference(Instruction i, Listed listed, int address) {
        List<String> words = new ArrayList<>(Arrays.asList(listed.text.split("\\s+")));
        boolean lock = words.contains("lock");
        while (!words.isEmpty() && PREFIX_WORDS.contains(words.getFirst())) {
            words.removeFirst();
        }
        String name = words.isEmpty() ? "" : words.removeFirst();
        String operands = String.join(" ", words).replaceAll("\\s*[<#].*", "");
        if (i.op == Op.UD) {
            boolean known = name.equals("(bad)") || operands.contains("(bad)") || lock || isForeign(i, name);
            return known ? null : "only objdump knows it";
        }
        if (name.equals("(bad)")) {
            return ONLY_OURS.contains(i.op) ? null : "only we know it";
        }
        if (i.length != listed.length) {
            return "length " + i.length;
        }
        String ours = Disassembler.mnemonic(i).replace(" far", "");
        if (!sameName(ours, RENAMED.getOrDefault(name, name))) {
            return "name";
        }
        String memory = memoryDifference(i, operands);
        if (memory != null) {
            return memory;
        }
        String expected = normalised(operands);
        if (i.kind1 == OperandKind.REL && i.operandSize == 2) {
            // objdump keeps the upper half of the address.
            expected = "0x" + Integer.toHexString(Integer.decode(expected) & 0xFFFF);
        }
        String actual = ObjdumpText.operands(i, address);
        return actual == null || expected.equals(actual) ? null : "operands " + actual + " / " + expected;
    }

    /** Size and segment of the memory operand, where objdump tells them. */
    private static String memoryDifference(Instruction i, String operands) {
        Matcher size = SIZE.matcher(operands);
        if (i.memorySize != 0 && size.find() && SIZES.get(size.group(1)) != i.memorySize) {
            return "memory size " + i.memorySize;
        }
        Matcher segment = Pattern.compile("([cdefgs]s):[\\[0]").matcher(operands);
        if (i.hasMemory() && segment.find() && !SEGMENTS.get(i.segment).equals(segment.group(1))) {
            return "segment " + i.segment;
        }
        return null;
    }

    private static boolean isForeign(Instruction i, String name) {
        boolean opcode = i.opcode >> 8 == 0x0F && i.opcode >= 0x0F00 && FOREIGN_OPCODES.contains(i.opcode & 0xFF);
        boolean controlRegister = i.opcode == 0x0F20 || i.opcode == 0x0F22;
        boolean segment = name.equals("mov") && (i.opcode == 0x8E || i.opcode == 0x8C);
        // objdump ignores a stray F2 or F3 here, we take it for part of the opcode.
        boolean strayPrefix = i.opcode == 0x0FD7 || i.opcode >> 4 == 0xFE || i.opcode == 0x0FC5 || i.opcode == 0x0FAE;
        return opcode
                || controlRegister
                || segment
                || strayPrefix
                || FOREIGN_NAMES.matcher(name).matches();
    }

    /** objdump adds a size where a prefix changes it, leaves out the default, and names predicates. */
    private static boolean sameName(String ours, String theirs) {
        if (ours.equals(theirs) || (ours.length() == theirs.length() + 1 && ours.startsWith(theirs))) {
            return true;
        }
        if (theirs.equals(ours + "w") || theirs.equals(ours + "d")) {
            return true;
        }
        return ours.matches("cmp[ps][sd]") && theirs.matches("cmp[a-z]+" + ours.substring(3));
    }

    /** One notation for what objdump writes in several ways. */
    private static String normalised(String operands) {
        String text = operands.replaceAll("e?[iz]{2}z?\\*[0-9]", "eiz")
                .replaceAll("\\+eiz|eiz\\+|[er]iz", "")
                .replaceAll("\\*1|\\+0x0(?=\\])", "")
                .replaceAll("[A-Z]+ PTR ", "")
                .replaceAll("\\bst\\((\\d)\\)", "st$1")
                .replaceAll("\\bst(?![0-9])", "st0")
                .replaceAll("[cdefgs]s:\\[", "[")
                .replaceAll("\\b[cdefgs]s:(?=0x)", "@")
                .replaceAll("\\[(-?0x[0-9a-f]+)\\]", "@$1");
        Matcher negative = Pattern.compile("@-(0x[0-9a-f]+)").matcher(text);
        return negative.replaceAll(match ->
                "@0x" + Integer.toHexString(-Long.decode(match.group(1)).intValue()));
    }

    private static byte[] randomSlots(Random random) {
        byte[] bytes = new byte[CASES * SLOT];
        for (int slot = 0; slot < bytes.length; slot += SLOT) {
            Arrays.fill(bytes, slot, slot + SLOT, (byte) 0x90);
            int position = slot;
            while (random.nextInt(3) == 0 && position < slot + 3) {
                bytes[position++] = (byte) PREFIXES[random.nextInt(PREFIXES.length)];
            }
            int escape = random.nextInt(20);
            if (escape < 9) {
                bytes[position++] = 0x0F;
            } else if (escape < 12) {
                bytes[position++] = (byte) (0xD8 + random.nextInt(8));
            }
            while (position < slot + 16) {
                bytes[position++] = (byte) random.nextInt(256);
            }
        }
        return bytes;
    }

    private Map<Integer, Listed> objdump(byte[] bytes, String machine) throws IOException, InterruptedException {
        Path input = directory.resolve("code.bin");
        Path output = directory.resolve("listing.txt");
        Files.write(input, bytes);
        ProcessBuilder builder = new ProcessBuilder(
                "objdump", "-D", "-w", "-z", "-b", "binary", "-m", machine, "-M", "intel", input.toString());
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            assumeTrue(false, "objdump is not installed: " + e.getMessage());
            return Map.of();
        }
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "objdump does not end");
        Map<Integer, Listed> listing = new HashMap<>();
        for (String line : Files.readAllLines(output)) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                int length = matcher.group(2).split(" ").length;
                listing.put(
                        Integer.parseInt(matcher.group(1), 16),
                        new Listed(length, matcher.group(3).trim()));
            }
        }
        return listing;
    }
}
