package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.cpu.x86.decode.Decoder;
import org.jeroboam.hardware.cpu.CpuModel;

/** Every form that the instruction table has, found by asking the decoder about all encodings. */
final class Forms {
    /** The processor that all lock-step tests use: it has every feature. */
    static final CpuModel MODEL = CpuModel.PM;

    private static final int[] MANDATORY = {-1, 0x66, 0xF3, 0xF2};

    /**
     * One form.
     *
     * @param twoByte behind 0F
     * @param opcode of its map
     * @param prefix 66h, F2h or F3h if the form needs it, else -1
     * @param memory whether ModRM names memory
     * @param reg the reg field that it needs, or -1 for any
     * @param rm the rm field that it needs, or -1 for any
     * @param hasModrm whether there is a ModRM byte
     * @param op what it is
     */
    record Form(boolean twoByte, int opcode, int prefix, boolean memory, int reg, int rm, boolean hasModrm, Op op) {
        @Override
        public String toString() {
            return (prefix < 0 ? "" : String.format("%02X ", prefix))
                    + (twoByte ? "0F " : "")
                    + String.format("%02X", opcode)
                    + (reg < 0 ? "" : "/" + reg)
                    + (rm < 0 ? "" : "." + rm)
                    + (hasModrm ? memory ? " m " : " r " : " ")
                    + op;
        }
    }

    private static final class Table {
        static final List<Form> ALL = new Forms().find();
    }

    private final Decoder decoder = new Decoder(MODEL.features());
    private final List<Form> forms = new ArrayList<>();

    private Forms() {}

    static List<Form> all() {
        return Table.ALL;
    }

    private List<Form> find() {
        for (int map = 0; map < 2; map++) {
            for (int opcode = 0; opcode < 256; opcode++) {
                if (map == 1 || !isPrefix(opcode)) {
                    for (int prefix : MANDATORY) {
                        opcode(map == 1, opcode, prefix);
                    }
                }
            }
        }
        return List.copyOf(forms);
    }

    static boolean isPrefix(int opcode) {
        return switch (opcode) {
            case 0x0F, 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3 -> true;
            default -> false;
        };
    }

    private void opcode(boolean twoByte, int opcode, int prefix) {
        Instruction in = decode(twoByte, opcode, prefix, 0);
        if (in.modrm < 0) {
            if (isNew(twoByte, opcode, prefix, 0, in)) {
                forms.add(new Form(twoByte, opcode, prefix, false, -1, -1, false, in.op));
            }
            return;
        }
        for (boolean memory : new boolean[] {true, false}) {
            Map<String, List<Integer>> alike = new LinkedHashMap<>();
            for (int i = 0; i < (memory ? 8 : 64); i++) {
                int modrm = memory ? i << 3 : 0xC0 | i;
                Instruction one = decode(twoByte, opcode, prefix, modrm);
                if (isNew(twoByte, opcode, prefix, modrm, one)) {
                    alike.computeIfAbsent(signature(one), s -> new ArrayList<>())
                            .add(modrm);
                }
            }
            alike.values().forEach(group -> addGroup(twoByte, opcode, prefix, memory, group));
        }
    }

    /** One form for encodings that differ in registers only, as far as a field can say so. */
    private void addGroup(boolean twoByte, int opcode, int prefix, boolean memory, List<Integer> group) {
        int all = memory ? 8 : 64;
        if (group.size() == all) {
            Op op = decode(twoByte, opcode, prefix, group.getFirst()).op;
            forms.add(new Form(twoByte, opcode, prefix, memory, -1, -1, true, op));
            return;
        }
        for (int reg = 0; reg < 8; reg++) {
            int wanted = reg;
            List<Integer> ofReg =
                    group.stream().filter(m -> (m >> 3 & 7) == wanted).toList();
            boolean whole = ofReg.size() == all / 8;
            for (int modrm : whole ? ofReg.subList(0, 1) : ofReg) {
                Op op = decode(twoByte, opcode, prefix, modrm).op;
                forms.add(new Form(twoByte, opcode, prefix, memory, reg, whole ? -1 : modrm & 7, true, op));
            }
        }
    }

    /** Whether a prefix makes a form of its own. */
    private boolean isNew(boolean twoByte, int opcode, int prefix, int modrm, Instruction in) {
        if (in.op == Op.UD && !(opcode == 0x0B || opcode == 0xB9)) {
            return false;
        }
        if (prefix < 0) {
            return true;
        }
        Instruction plain = decode(twoByte, opcode, -1, modrm);
        boolean repeats = prefix != 0x66 && in.op.has(Trait.STRING);
        return repeats || plain.op != in.op || !signature(plain).equals(signature(in));
    }

    private static String signature(Instruction in) {
        return in.op + " " + in.condition + in.kind1 + in.kind2 + in.kind3 + in.memorySize + in.operandSize;
    }

    private Instruction decode(boolean twoByte, int opcode, int prefix, int modrm) {
        byte[] bytes = new byte[20];
        int n = 0;
        if (prefix >= 0) {
            bytes[n++] = (byte) prefix;
        }
        if (twoByte) {
            bytes[n++] = 0x0F;
        }
        bytes[n++] = (byte) opcode;
        bytes[n] = (byte) modrm;
        Instruction in = new Instruction();
        decoder.decode(at -> bytes[at], true, in);
        return in;
    }
}
