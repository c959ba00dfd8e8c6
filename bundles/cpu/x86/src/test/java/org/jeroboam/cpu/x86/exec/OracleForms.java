package org.jeroboam.cpu.x86.exec;

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
final class OracleForms {
    private static final int[] MANDATORY = {-1, 0x66, 0xF3, 0xF2};
    private static final int MODES = 2;

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
     * @param name for reports
     */
    record Form(
            boolean twoByte,
            int opcode,
            int prefix,
            boolean memory,
            int reg,
            int rm,
            boolean hasModrm,
            Op op,
            String name) {}

    private static final Decoder DECODER = new Decoder(CpuModel.PM.features());

    private OracleForms() {}

    /** All forms that user programs may compare with the host. */
    static List<Form> all() {
        List<Form> forms = new ArrayList<>();
        for (int map = 0; map < 2; map++) {
            for (int opcode = 0; opcode < 256; opcode++) {
                if (map == 1 || !isPrefix(opcode)) {
                    for (int prefix : MANDATORY) {
                        opcode(forms, map == 1, opcode, prefix);
                    }
                }
            }
        }
        forms.removeIf(f -> OracleMasks.isExcluded(f));
        return List.copyOf(forms);
    }

    private static boolean isPrefix(int opcode) {
        return switch (opcode) {
            case 0x0F, 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3 -> true;
            default -> false;
        };
    }

    private static void opcode(List<Form> forms, boolean twoByte, int opcode, int prefix) {
        Instruction in = decode(twoByte, opcode, prefix, 0);
        boolean modrm = in.modrm >= 0;
        if (!modrm) {
            if (isNew(twoByte, opcode, prefix, 0, in)) {
                forms.add(form(twoByte, opcode, prefix, false, -1, -1, false, in));
            }
            return;
        }
        for (int mode = 0; mode < MODES; mode++) {
            Map<String, List<Integer>> alike = new LinkedHashMap<>();
            for (int byReg = 0; byReg < 64; byReg++) {
                int at = mode == 0 ? byReg << 3 & 0x38 : 0xC0 | byReg;
                if (mode == 0 && byReg > 7) {
                    break;
                }
                Instruction one = decode(twoByte, opcode, prefix, at);
                if (isNew(twoByte, opcode, prefix, at, one)) {
                    alike.computeIfAbsent(signature(one), s -> new ArrayList<>())
                            .add(at);
                }
            }
            for (List<Integer> group : alike.values()) {
                addGroup(forms, twoByte, opcode, prefix, mode == 0, group);
            }
        }
    }

    /** One form for encodings that differ in registers only, as far as a field can say so. */
    private static void addGroup(
            List<Form> forms, boolean twoByte, int opcode, int prefix, boolean memory, List<Integer> group) {
        int all = memory ? 8 : 64;
        if (group.size() == all) {
            forms.add(form(
                    twoByte, opcode, prefix, memory, -1, -1, true, decode(twoByte, opcode, prefix, group.getFirst())));
            return;
        }
        for (int reg = 0; reg < 8; reg++) {
            int wanted = reg;
            List<Integer> ofReg =
                    group.stream().filter(m -> (m >> 3 & 7) == wanted).toList();
            if (ofReg.size() == all / 8) {
                Instruction in = decode(twoByte, opcode, prefix, ofReg.getFirst());
                forms.add(form(twoByte, opcode, prefix, memory, reg, -1, true, in));
            } else {
                for (int modrm : ofReg) {
                    Instruction in = decode(twoByte, opcode, prefix, modrm);
                    forms.add(form(twoByte, opcode, prefix, memory, reg, modrm & 7, true, in));
                }
            }
        }
    }

    private static Form form(
            boolean twoByte, int opcode, int prefix, boolean memory, int reg, int rm, boolean modrm, Instruction in) {
        String name = (prefix < 0 ? "" : String.format("%02X ", prefix))
                + (twoByte ? "0F " : "")
                + String.format("%02X", opcode)
                + (reg < 0 ? "" : "/" + reg)
                + (rm < 0 ? "" : "." + rm)
                + (modrm ? memory ? " m " : " r " : " ")
                + in.op;
        return new Form(twoByte, opcode, prefix, memory, reg, rm, modrm, in.op, name);
    }

    /** Whether a prefix makes a form of its own. */
    private static boolean isNew(boolean twoByte, int opcode, int prefix, int modrm, Instruction in) {
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

    private static Instruction decode(boolean twoByte, int opcode, int prefix, int modrm) {
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
        DECODER.decode(at -> bytes[at], true, in);
        return in;
    }
}
