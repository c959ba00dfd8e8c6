package org.jeroboam.cpu.x86.decode;

import java.util.StringJoiner;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;

/** The explicit operands of an instruction as objdump writes them, without segments and sizes. */
final class ObjdumpText {

    private static final String[] REG8 = {"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"};
    private static final String[] REG16 = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};

    private ObjdumpText() {}

    /** Null when objdump shows other operands than the table has: implicit ones, a predicate, a wider selector. */
    static String operands(Instruction i, int address) {
        boolean implicit = i.op.has(Trait.STRING) || i.op == Op.XLAT || i.op == Op.CMPPS || i.op == Op.CMPPD;
        implicit |= i.op == Op.CMPSS || i.op == Op.CMPSD || i.op == Op.RET || i.op == Op.RET_FAR;
        boolean selector = i.op == Op.LSL || i.op == Op.LAR || i.op == Op.MOV_TO_SEG;
        implicit |= i.op == Op.FNOP_LEGACY || selector && i.kind2 == OperandKind.REG16;
        // With a redundant 66 objdump takes the MMX register for an XMM one.
        implicit |= i.op == Op.MOVQ2DQ || i.op == Op.MOVDQ2Q;
        if (implicit) {
            return null;
        }
        if (i.op == Op.ENTER) {
            return hex(i.imm) + "," + hex(i.imm2);
        }
        StringJoiner text = new StringJoiner(",");
        boolean hidesTop = i.op.has(Trait.FPU)
                && (i.kind2 == OperandKind.MEM
                        || i.op == Op.FCOM
                        || i.op == Op.FCOMP
                        || i.op == Op.FUCOM
                        || i.op == Op.FUCOMP
                        || i.op == Op.FUCOMPP
                        || i.op == Op.FCOMPP);
        if (!hidesTop) {
            add(text, i.kind1, i.reg1, i, address);
        }
        if (i.op != Op.FUCOMPP && i.op != Op.FCOMPP) {
            add(text, i.kind2, i.reg2, i, address);
        }
        add(text, i.kind3, i.reg3, i, address);
        return text.toString();
    }

    private static void add(StringJoiner text, OperandKind kind, int register, Instruction i, int address) {
        switch (kind) {
            case NONE -> {}
            case REG8 -> text.add(REG8[register]);
            case REG16 -> text.add(REG16[register]);
            case REG32 -> text.add("e" + REG16[register]);
            case SEG -> text.add(SEGMENTS[register]);
            case CR -> text.add("cr" + register);
            case DR -> text.add("dr" + register);
            case ST -> text.add("st" + register);
            case MMX -> text.add("mm" + register);
            case XMM -> text.add("xmm" + register);
            case MEM -> text.add(memory(i));
            case IMM -> text.add(i.opcode >= 0xD0 && i.opcode <= 0xD1 ? "1" : hex(i.imm));
            case REL -> {
                int target = address + i.length + i.imm;
                text.add(hex(i.operandSize == 4 ? target : target & 0xFFFF));
            }
            case FAR_PTR -> text.add(hex(i.imm2) + ":" + hex(i.imm));
        }
    }

    private static String memory(Instruction i) {
        String prefix = i.addressSize == 4 ? "e" : "";
        if (i.base < 0 && i.index < 0) {
            return "@" + hex(i.addressSize == 4 ? i.displacement : i.displacement & 0xFFFF);
        }
        StringJoiner sum = new StringJoiner("+");
        if (i.base >= 0) {
            sum.add(prefix + REG16[i.base]);
        }
        if (i.index >= 0) {
            sum.add(prefix + REG16[i.index] + (i.scale > 0 ? "*" + (1 << i.scale) : ""));
        }
        String sign = i.displacement < 0 ? "-" : "+";
        return "[" + sum + (i.displacement == 0 ? "" : sign + hex(Math.abs(i.displacement))) + "]";
    }

    private static String hex(int value) {
        return "0x" + Integer.toHexString(value);
    }
}
