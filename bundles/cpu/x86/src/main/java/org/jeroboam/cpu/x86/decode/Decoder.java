package org.jeroboam.cpu.x86.decode;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.hardware.cpu.CpuFeature;

/**
 * Decodes one instruction at a time for a given CPU model, in 16-bit and 32-bit code. Everything that is not an
 * instruction of the model comes out as {@link Op#UD}, everything beyond 15 bytes as {@link Op#GP_TOO_LONG}; garbage
 * never throws. Checks that depend on the state of the processor (privilege, V86 mode, CR4.DE with DR4 and DR5) are the
 * core's. Allocates nothing. Not thread-safe: one per core.
 */
public final class Decoder {

    /** The longest legal instruction, in bytes. */
    public static final int MAX_LENGTH = 15;

    private static final int DS = 3;
    private static final int SS = 2;
    private static final int CS = 1;
    private static final int NO_SEGMENT = -1;
    private static final int PREFIX_66 = 1;
    private static final int PREFIX_F3 = 2;
    private static final int PREFIX_F2 = 3;
    /** Base and index of the 16-bit forms, by ModRM.rm: BX+SI BX+DI BP+SI BP+DI SI DI BP BX. */
    private static final int[] BASE_16 = {3, 3, 5, 5, 6, 7, 5, 3};

    private static final int[] INDEX_16 = {6, 7, 6, 7, -1, -1, -1, -1};

    private final int features;

    private CodeFetcher code;
    private Instruction out;
    private int position;
    private boolean tooLong;
    private boolean invalid;

    private boolean operandSize32;
    private int segmentOverride;
    private boolean lockPrefix;
    private boolean operandPrefix;
    private int repeatPrefix;
    /** Register number of the operand that {@link #operand} resolved last. */
    private int register;

    /**
     * A decoder for a CPU model.
     *
     * @param features the optional instruction sets that the model has
     */
    public Decoder(Set<CpuFeature> features) {
        int mask = 0;
        for (CpuFeature feature : features) {
            mask |= 1 << feature.ordinal();
        }
        this.features = mask;
    }

    /**
     * Decodes the instruction at the fetcher's offset 0.
     *
     * @param fetcher gives the bytes; its own unchecked exceptions pass through and leave {@code instruction} garbage
     * @param code32 whether the D bit of the code segment is set
     * @param instruction overwritten with the result
     */
    public void decode(CodeFetcher fetcher, boolean code32, Instruction instruction) {
        code = Objects.requireNonNull(fetcher, "fetcher");
        out = instruction;
        out.clear();
        position = 0;
        tooLong = false;
        invalid = false;
        int opcode = prefixes(code32);
        OpcodeTable.Cell cell = opcode(opcode);
        if (cell.hasModrm()) {
            modrm(cell.ignoresMod());
        }
        Form form = cell.form(mandatoryPrefix(), out.modrm);
        if (form == null
                || form.feature() != null && (features & 1 << form.feature().ordinal()) == 0) {
            invalid = true;
        } else {
            apply(form);
        }
        finish();
    }

    /** Consumes the prefixes and returns the first opcode byte. */
    private int prefixes(boolean code32) {
        segmentOverride = NO_SEGMENT;
        lockPrefix = false;
        operandPrefix = false;
        repeatPrefix = 0;
        boolean addressPrefix = false;
        int value = next();
        while (true) {
            switch (value) {
                case 0x26, 0x2E, 0x36, 0x3E -> segmentOverride = value >> 3 & 3;
                case 0x64, 0x65 -> segmentOverride = value - 0x60;
                case 0x66 -> operandPrefix = true;
                case 0x67 -> addressPrefix = true;
                case 0xF0 -> lockPrefix = true;
                case 0xF2 -> repeatPrefix = PREFIX_F2;
                case 0xF3 -> repeatPrefix = PREFIX_F3;
                default -> {
                    operandSize32 = code32 != operandPrefix;
                    out.addressSize = code32 != addressPrefix ? 4 : 2;
                    out.segment = segmentOverride == NO_SEGMENT ? DS : segmentOverride;
                    return value;
                }
            }
            out.prefixes++;
            value = next();
        }
    }

    private OpcodeTable.Cell opcode(int first) {
        if (first == 0x0F) {
            int second = next();
            out.opcode = 0x0F00 | second;
            return OpcodeTable.cell(OpcodeTable.TWO_BYTE, second);
        }
        out.opcode = first;
        return OpcodeTable.cell(OpcodeTable.ONE_BYTE, first);
    }

    private int mandatoryPrefix() {
        if (repeatPrefix != 0) {
            return repeatPrefix;
        }
        return operandPrefix ? PREFIX_66 : 0;
    }

    private void modrm(boolean modIgnored) {
        out.modrm = next();
        if ((out.opcode & 0xFFF8) == 0xD8) {
            out.opcode = (out.opcode & 7) << 8 | out.modrm;
        }
        if (modIgnored) {
            out.modrm |= 0xC0;
        }
        if (out.modrm < 0xC0) {
            if (out.addressSize == 4) {
                memory32();
            } else {
                memory16();
            }
        }
    }

    private void memory16() {
        int mod = out.modrm >> 6;
        int rm = out.modrm & 7;
        if (mod == 0 && rm == 6) {
            out.displacement = (short) next16();
            return;
        }
        out.base = BASE_16[rm];
        out.index = INDEX_16[rm];
        displacement(mod, 2);
        if (out.base == 5) {
            stackByDefault();
        }
    }

    private void memory32() {
        int mod = out.modrm >> 6;
        int rm = out.modrm & 7;
        if (rm == 4) {
            int sib = next();
            rm = sib & 7;
            if ((sib >> 3 & 7) != 4) {
                out.index = sib >> 3 & 7;
                out.scale = sib >> 6;
            }
        }
        if (mod == 0 && rm == 5) {
            out.displacement = next32();
            return;
        }
        out.base = rm;
        displacement(mod, 4);
        if (rm == 4 || rm == 5) {
            stackByDefault();
        }
    }

    private void displacement(int mod, int size) {
        if (mod == 1) {
            out.displacement = (byte) next();
        } else if (mod == 2) {
            out.displacement = size == 4 ? next32() : (short) next16();
        }
    }

    private void stackByDefault() {
        if (segmentOverride == NO_SEGMENT) {
            out.segment = SS;
        }
    }

    private void apply(Form form) {
        out.op = form.op();
        out.condition = form.condition();
        out.operandSize = form.fixedOperandSize() != 0 ? form.fixedOperandSize() : operandSize32 ? 4 : 2;
        List<OperandCode> operands = form.operands();
        int count = operands.size();
        if (count > 0) {
            out.kind1 = operand(operands.get(0));
            out.reg1 = register;
        }
        if (count > 1) {
            out.kind2 = operand(operands.get(1));
            out.reg2 = register;
        }
        if (count > 2) {
            out.kind3 = operand(operands.get(2));
            out.reg3 = register;
        }
        if (out.op.has(Trait.STRING) && repeatPrefix != 0) {
            out.rep = repeatPrefix == PREFIX_F3 ? Instruction.REP : Instruction.REPNE;
        }
        if (lockPrefix) {
            out.lock = true;
            invalid |= !out.op.has(Trait.LOCKABLE) || out.kind1 != OperandKind.MEM;
        }
        invalid |= out.op == Op.MOV_TO_SEG && out.reg1 == CS;
    }

    private OperandKind operand(OperandCode code) {
        int reg = out.modrm >> 3 & 7;
        int rm = out.modrm & 7;
        register = 0;
        return switch (code.source()) {
            case RM_GENERAL, MEMORY -> out.modrm < 0xC0 ? memory(code) : general(code, rm);
            case RM_MMX -> out.modrm < 0xC0 ? memory(code) : register(OperandKind.MMX, rm);
            case RM_XMM -> out.modrm < 0xC0 ? memory(code) : register(OperandKind.XMM, rm);
            case RM_REGISTER -> general(code, rm);
            case REG_GENERAL -> general(code, reg);
            case OPCODE_REGISTER -> general(code, out.opcode & 7);
            case FIXED_GENERAL -> general(code, code.number());
            case RM_MMX_REGISTER -> register(OperandKind.MMX, rm);
            case RM_XMM_REGISTER -> register(OperandKind.XMM, rm);
            case REG_MMX -> register(OperandKind.MMX, reg);
            case REG_XMM -> register(OperandKind.XMM, reg);
            case ST_TOP -> register(OperandKind.ST, 0);
            case ST_RM -> register(OperandKind.ST, rm);
            case FIXED_SEGMENT -> register(OperandKind.SEG, code.number());
            case SEGMENT -> {
                invalid |= reg > 5;
                yield register(OperandKind.SEG, reg);
            }
            case CONTROL -> {
                invalid |= reg == 1 || reg > 4;
                yield register(OperandKind.CR, reg);
            }
            case DEBUG -> register(OperandKind.DR, reg);
            case IMMEDIATE -> immediate(code);
            case CONSTANT -> {
                out.imm = code.number();
                yield OperandKind.IMM;
            }
            case RELATIVE -> {
                out.imm = code.size() == OperandCode.Size.BYTE ? (byte) next() : signedByOperandSize();
                yield OperandKind.REL;
            }
            case FAR_POINTER -> {
                out.imm = byOperandSize();
                out.imm2 = next16();
                yield OperandKind.FAR_PTR;
            }
            case OFFSET -> {
                out.displacement = out.addressSize == 4 ? next32() : (short) next16();
                yield memory(code);
            }
        };
    }

    private OperandKind register(OperandKind kind, int number) {
        register = number;
        return kind;
    }

    private OperandKind general(OperandCode code, int number) {
        register = number;
        return switch (code.registerSize(out.operandSize)) {
            case 1 -> OperandKind.REG8;
            case 2 -> OperandKind.REG16;
            default -> OperandKind.REG32;
        };
    }

    private OperandKind memory(OperandCode code) {
        out.memorySize = code.memorySize(out.operandSize);
        return OperandKind.MEM;
    }

    private OperandKind immediate(OperandCode code) {
        switch (code.size()) {
            case BYTE -> out.imm = next();
            case WORD -> out.imm = next16();
            case SPECIAL -> out.imm = out.operandSize == 4 ? (byte) next() : (byte) next() & 0xFFFF;
            case SECOND -> out.imm2 = next();
            default -> out.imm = byOperandSize();
        }
        return OperandKind.IMM;
    }

    private int byOperandSize() {
        return out.operandSize == 4 ? next32() : next16();
    }

    private int signedByOperandSize() {
        return out.operandSize == 4 ? next32() : (short) next16();
    }

    private int next() {
        if (position == MAX_LENGTH) {
            tooLong = true;
            return 0;
        }
        return code.fetchByte(position++) & 0xFF;
    }

    private int next16() {
        int low = next();
        return low | next() << 8;
    }

    private int next32() {
        int low = next16();
        return low | next16() << 16;
    }

    private void finish() {
        int prefixCount = out.prefixes;
        int opcode = out.opcode;
        int modrm = out.modrm;
        if (tooLong || invalid || out.op == Op.UD) {
            out.clear();
            out.op = tooLong ? Op.GP_TOO_LONG : Op.UD;
            out.prefixes = prefixCount;
            out.opcode = opcode;
            out.modrm = modrm;
        }
        out.length = position;
        code = null;
    }
}
