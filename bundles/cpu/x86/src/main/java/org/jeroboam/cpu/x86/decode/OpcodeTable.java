package org.jeroboam.cpu.x86.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.hardware.cpu.CpuFeature;

/**
 * The opcode maps, parsed once from their rows. A row reads
 *
 * <pre>  [prefix] [0F] opcode [selector] operation [operands] [.b] [{feature}]</pre>
 *
 * <ul>
 *   <li>prefix: {@code NP} (none), {@code 66}, {@code F3}, {@code F2} if it belongs to the opcode; {@code MX} stands
 *       for two rows, the MMX one (NP) and the XMM one (66); without it any prefix will do;
 *   <li>selector: {@code /n} ModRM.reg, with {@code r} or {@code m} the register or memory form only; {@code +r} eight
 *       opcodes with a register, {@code +c} sixteen with a condition; a second byte, or {@code C0+i}, for x87;
 *   <li>operation: an {@link Op}, with {@code :n} its condition; operands: see {@link OperandCode};
 *   <li>{@code .b} byte form of a string instruction.
 * </ul>
 *
 * A later row overrides an earlier one. What no row fills is an invalid opcode.
 */
final class OpcodeTable {

    static final int ONE_BYTE = 0;
    static final int TWO_BYTE = 1;

    private static final int PREFIXES = 4;
    private static final int MODRM_FORMS = 128;
    private static final int ALL = -1;
    private static final int MEMORY_FORM = 0;
    private static final int REGISTER_FORM = 1;
    private static final List<String> PREFIX_NAMES = List.of("NP", "66", "F3", "F2", "MX");
    private static final int MX = 4;

    private static final Cell[] CELLS = build();

    /** One opcode: its forms by mandatory prefix and by ModRM, as far as they differ. */
    static final class Cell {
        private boolean modrm;
        private boolean modIgnored;
        private boolean byPrefix;
        private boolean byModrm;
        private Form[] forms;

        /** Whether a ModRM byte follows the opcode. */
        boolean hasModrm() {
            return modrm;
        }

        /** Whether ModRM names a register whatever its mod field says (MOV to and from CR and DR). */
        boolean ignoresMod() {
            return modIgnored;
        }

        /**
         * The form that is encoded, or null when there is none.
         *
         * @param prefix 0 none, 1 66, 2 F3, 3 F2
         * @param modrm the ModRM byte, anything if there is none
         */
        Form form(int prefix, int modrm) {
            int index = 0;
            if (byModrm) {
                index = modrm >= 0xC0 ? modrm - 0x80 : modrm & 0x38;
            }
            if (byPrefix) {
                index += prefix * (byModrm ? MODRM_FORMS : 1);
            }
            return forms[index];
        }

        private void put(Row row) {
            for (int i = 0; i < forms.length; i++) {
                int modrmIndex = byModrm ? i % MODRM_FORMS : 0;
                int prefix = byPrefix ? i / (byModrm ? MODRM_FORMS : 1) : 0;
                boolean fits = row.mod == ALL || row.mod == modrmIndex >> 6;
                fits &= row.reg == ALL || row.reg == (modrmIndex >> 3 & 7);
                fits &= row.rm == ALL || row.rm == (modrmIndex & 7);
                fits &= row.prefix == ALL || row.prefix == prefix;
                if (fits) {
                    forms[i] = row.form;
                }
            }
        }
    }

    private record Row(int key, int prefix, int mod, int reg, int rm, Form form) {

        boolean selectsByModrm() {
            return mod != ALL || reg != ALL || rm != ALL;
        }

        boolean needsModrm() {
            return selectsByModrm() || form.operands().stream().anyMatch(OperandCode::needsModrm);
        }
    }

    private OpcodeTable() {}

    /**
     * The cell of an opcode.
     *
     * @param map {@link #ONE_BYTE} or {@link #TWO_BYTE}
     */
    static Cell cell(int map, int opcode) {
        return CELLS[map << 8 | opcode];
    }

    /** Every form of the maps, duplicates included. */
    static Stream<Form> forms() {
        return Arrays.stream(CELLS).flatMap(cell -> Arrays.stream(cell.forms)).filter(Objects::nonNull);
    }

    private static Cell[] build() {
        List<Row> rows = new ArrayList<>();
        for (String text : List.of(IntegerRows.ONE_BYTE, IntegerRows.TWO_BYTE, FpuRows.ROWS, SimdRows.ROWS)) {
            text.lines().filter(line -> !line.isBlank()).forEach(line -> new RowParser(line).parse(rows));
        }
        Cell[] cells = new Cell[512];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = new Cell();
        }
        for (Row row : rows) {
            Cell cell = cells[row.key];
            cell.modrm |= row.needsModrm();
            cell.modIgnored |= row.form.operands().stream().anyMatch(OperandCode::ignoresMod);
            cell.byModrm |= row.selectsByModrm();
            cell.byPrefix |= row.prefix != ALL;
        }
        for (Cell cell : cells) {
            cell.forms = new Form[(cell.byPrefix ? PREFIXES : 1) * (cell.byModrm ? MODRM_FORMS : 1)];
        }
        rows.forEach(row -> cells[row.key].put(row));
        return cells;
    }

    /** Parses one line into as many rows as it stands for. */
    private static final class RowParser {
        private final String line;
        private final String[] tokens;
        private int position;
        private int prefix = ALL;
        private int map = ONE_BYTE;
        private int opcode;
        private int mod = ALL;
        private int reg = ALL;
        private int rm = ALL;
        private String series = "";
        private int condition = -1;
        private CpuFeature feature;

        RowParser(String line) {
            this.line = line;
            this.tokens = line.trim().split(" +");
        }

        void parse(List<Row> rows) {
            if (PREFIX_NAMES.contains(tokens[0])) {
                prefix = PREFIX_NAMES.indexOf(tokens[position++]);
            }
            if (tokens[position].equals("0F")) {
                map = TWO_BYTE;
                position++;
            }
            parseOpcode(tokens[position++]);
            Op op = parseOperation(tokens[position++]);
            List<String> operands = new ArrayList<>();
            boolean byteForm = false;
            for (; position < tokens.length; position++) {
                String token = tokens[position];
                if (token.equals(".b")) {
                    byteForm = true;
                } else if (token.startsWith("{")) {
                    feature = CpuFeature.valueOf(token.substring(1, token.length() - 1));
                } else {
                    operands.add(token);
                }
            }
            if (prefix == MX) {
                CpuFeature mmxFeature = feature == null ? CpuFeature.MMX : feature;
                add(rows, 0, form(op, operands, byteForm, mmxFeature));
                List<String> wide = operands.stream().map(RowParser::widened).toList();
                add(rows, 1, form(op, wide, byteForm, CpuFeature.SSE2));
            } else {
                add(rows, prefix, form(op, operands, byteForm, feature == null ? featureOf(op) : feature));
            }
        }

        private void parseOpcode(String token) {
            opcode = Integer.parseInt(token.substring(0, 2), 16);
            String selector = token.substring(2);
            if (selector.startsWith("/")) {
                reg = selector.charAt(1) - '0';
                if (selector.endsWith("r")) {
                    mod = REGISTER_FORM;
                } else if (selector.endsWith("m")) {
                    mod = MEMORY_FORM;
                }
            } else {
                series = selector;
            }
            boolean escape = map == ONE_BYTE && (opcode & 0xF8) == 0xD8;
            if (escape && selector.isEmpty()) {
                String second = tokens[position++];
                int modrm = Integer.parseInt(second.substring(0, 2), 16);
                mod = REGISTER_FORM;
                reg = modrm >> 3 & 7;
                rm = second.endsWith("+i") ? ALL : modrm & 7;
            }
        }

        private Op parseOperation(String token) {
            int colon = token.indexOf(':');
            if (colon < 0) {
                return Op.valueOf(token);
            }
            condition = Integer.parseInt(token.substring(colon + 1));
            return Op.valueOf(token.substring(0, colon));
        }

        private Form form(Op op, List<String> operands, boolean byteForm, CpuFeature needed) {
            List<OperandCode> codes = operands.stream().map(OperandCode::parse).toList();
            int fixedSize = byteForm ? 1 : fixedOperandSize(codes);
            return new Form(op, codes, condition, fixedSize, needed);
        }

        private void add(List<Row> rows, int rowPrefix, Form form) {
            int rowMod = mod;
            if (form.operands().stream().anyMatch(OperandCode::memoryOnly)) {
                rowMod = MEMORY_FORM;
            } else if (form.operands().stream().anyMatch(OperandCode::registerOnly)) {
                rowMod = REGISTER_FORM;
            }
            int count =
                    switch (series) {
                        case "" -> 1;
                        case "+r" -> 8;
                        case "+c" -> 16;
                        default -> throw new IllegalArgumentException("no such selector in opcode row: " + line);
                    };
            for (int i = 0; i < count; i++) {
                Form each = count == 16 ? form.withCondition(i) : form;
                rows.add(new Row(map << 8 | opcode + i, rowPrefix, rowMod, reg, rm, each));
            }
        }

        /** The operand of the XMM form that answers to one of the MMX form. */
        private static String widened(String operand) {
            return switch (operand.charAt(0)) {
                case 'P' -> "V";
                case 'N' -> "U";
                case 'Q' -> "Wx";
                default -> operand;
            };
        }

        private CpuFeature featureOf(Op op) {
            if (op.has(Trait.MMX)) {
                return prefix == 0 ? CpuFeature.MMX : CpuFeature.SSE2;
            }
            if (op.has(Trait.SSE2)) {
                return CpuFeature.SSE2;
            }
            return op.has(Trait.SSE) ? CpuFeature.SSE : null;
        }

        private static int fixedOperandSize(List<OperandCode> codes) {
            for (OperandCode code : codes) {
                if (code.decidesOperandSize()) {
                    return switch (code.size()) {
                        case BYTE -> 1;
                        case WORD -> 2;
                        case DWORD -> 4;
                        default -> 0;
                    };
                }
            }
            return 0;
        }
    }
}
