package org.jeroboam.cpu.x86.exec;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One captured instruction.
 *
 * @param op opcode in hex, with {@code .n} for a ModRM reg field
 * @param index number in the full suite
 * @param name disassembly
 * @param length bytes of the instruction, without the HLT behind it
 * @param registers all registers before
 * @param ram bytes before, by physical address
 * @param finalRegisters registers that changed
 * @param finalRam bytes that changed
 * @param exception vector of the exception raised, or -1
 */
record Vector(
        String op,
        int index,
        String name,
        int length,
        Map<String, Integer> registers,
        Map<Integer, Integer> ram,
        Map<String, Integer> finalRegisters,
        Map<Integer, Integer> finalRam,
        int exception) {

    private static final Pattern OP =
            Pattern.compile("\"op\":\"([^\"]*)\",\"i\":(\\d+),\"name\":\"([^\"]*)\",\"bytes\":\"([^\"]*)\"");
    private static final Pattern REGISTER = Pattern.compile("\"(\\w+)\":(\\d+)");
    private static final Pattern BYTE = Pattern.compile("\\[(\\d+),(\\d+)\\]");
    private static final Pattern EXCEPTION = Pattern.compile("\"exception\":\\{\"number\":(\\d+),");

    /** Reads a line of the vectors' file, whose shape is fixed: no nesting beyond what is looked for here. */
    static Vector parse(String line) {
        Matcher head = OP.matcher(line);
        Matcher exception = EXCEPTION.matcher(line);
        boolean raised = exception.find();
        int split = line.indexOf("\"final\":");
        if (!head.find() || split < 0 || raised != line.contains("\"exception\"")) {
            throw new IllegalArgumentException("not a vector: " + line);
        }
        String before = line.substring(0, split);
        String after = line.substring(split, raised ? exception.start() : line.length());
        return new Vector(
                head.group(1),
                Integer.parseInt(head.group(2)),
                head.group(3),
                head.group(4).length() / 2 - 1,
                registers(before),
                bytes(before),
                registers(after),
                bytes(after),
                raised ? Integer.parseInt(exception.group(1)) : -1);
    }

    private static Map<String, Integer> registers(String part) {
        Map<String, Integer> values = new LinkedHashMap<>();
        int start = part.indexOf("\"regs\":{");
        if (start >= 0) {
            Matcher m = REGISTER.matcher(part.substring(start + 8, part.indexOf('}', start)));
            while (m.find()) {
                values.put(m.group(1), Integer.parseInt(m.group(2)));
            }
        }
        return values;
    }

    private static Map<Integer, Integer> bytes(String part) {
        Map<Integer, Integer> values = new LinkedHashMap<>();
        int start = part.indexOf("\"ram\":[");
        if (start >= 0) {
            Matcher m = BYTE.matcher(part.substring(start));
            while (m.find()) {
                values.put(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
            }
        }
        return values;
    }
}
