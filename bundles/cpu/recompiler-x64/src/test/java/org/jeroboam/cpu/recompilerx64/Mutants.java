package org.jeroboam.cpu.recompilerx64;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.exec.Place;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;

/**
 * Recompilers that emit wrong code for one operation: each translates an instruction as if it were another one that does the same
 * accesses to memory, so that a mutant cannot hurt its host.
 */
public final class Mutants {
    private static final int ES = 0;
    private static final int DS = 3;

    /** Operations and what they become. */
    private static final Map<Op, Op> OTHER = new EnumMap<>(Op.class);

    static {
        both(Op.ADD, Op.SUB);
        both(Op.ADC, Op.SBB);
        both(Op.AND, Op.OR);
        both(Op.INC, Op.DEC);
        both(Op.NOT, Op.NEG);
        both(Op.SHL, Op.SHR);
        both(Op.ROL, Op.ROR);
        both(Op.SHLD, Op.SHRD);
        both(Op.MOVZX, Op.MOVSX);
        both(Op.BSF, Op.BSR);
        both(Op.BTS, Op.BTR);
        both(Op.MUL, Op.IMUL1);
        both(Op.DIV, Op.IDIV);
        both(Op.CLC, Op.STC);
        both(Op.CBW, Op.NOP);
        both(Op.RCL, Op.RCR);
        both(Op.LOOPE, Op.LOOPNE);
        both(Op.LES, Op.LFS);
        both(Op.LDS, Op.LGS);
        OTHER.put(Op.LOOP, Op.LOOPE);
        OTHER.put(Op.SAR, Op.SHR);
        OTHER.put(Op.XOR, Op.OR);
        OTHER.put(Op.CMP, Op.TEST);
        OTHER.put(Op.BTC, Op.BTS);
        OTHER.put(Op.CWD, Op.NOP);
        OTHER.put(Op.CMC, Op.NOP);
        OTHER.put(Op.SAHF, Op.NOP);
        OTHER.put(Op.LAHF, Op.NOP);
        OTHER.put(Op.BSWAP, Op.NOP);
        OTHER.remove(Op.NOP);
    }

    private static final Set<Op> SEGMENTED = EnumSet.of(
            Op.INT,
            Op.IRET,
            Op.CALL_FAR,
            Op.JMP_FAR,
            Op.RET_FAR,
            Op.CALL_FAR_IND,
            Op.JMP_FAR_IND,
            Op.LES,
            Op.LDS,
            Op.LFS,
            Op.LGS,
            Op.LOOP,
            Op.LOOPE,
            Op.LOOPNE,
            Op.JCXZ,
            Op.XLAT,
            Op.ENTER,
            Op.LEAVE,
            Op.PUSHA,
            Op.POPA,
            Op.PUSHF,
            Op.POPF,
            Op.MOV_TO_SEG,
            Op.POP_SEG,
            Op.PUSH_SEG,
            Op.LODS,
            Op.STOS,
            Op.MOVS);

    private Mutants() {}

    private static void both(Op a, Op b) {
        OTHER.put(a, b);
        OTHER.put(b, a);
    }

    /** The operations that have a mutant. */
    public static List<Op> operations() {
        List<Op> all = new ArrayList<>(OTHER.keySet());
        all.addAll(List.of(Op.JCC, Op.SETCC, Op.CMOVCC, Op.LEA, Op.MOV, Op.IMUL3, Op.PUSH, Op.RET));
        all.addAll(List.of(Op.SCAS, Op.CMPS, Op.BT));
        all.removeAll(SEGMENTED);
        return all;
    }

    /** The operations that have a mutant in code of 16 bits, where they are translated in another way. */
    public static List<Op> segmentedOperations() {
        List<Op> all = new ArrayList<>(SEGMENTED);
        all.addAll(List.of(Op.SHL, Op.SHR, Op.SAR, Op.DIV, Op.IDIV, Op.PUSH, Op.RET, Op.SCAS, Op.CMPS, Op.LEA));
        return all;
    }

    /**
     * Makes a core that is wrong in one operation.
     *
     * @param broken counts the instructions that were translated wrongly
     */
    public static CpuCore core(CpuBus bus, CpuModel model, Op op, AtomicInteger broken) {
        return new ProcessorCore(bus, model, engine -> {
            RegionFinder finder = new RegionFinder(engine, new Repertoire()) {
                @Override
                boolean read(Place place, int eip, Instruction in) {
                    boolean whole = super.read(place, eip, in);
                    if (whole && in.op == op && change(in)) {
                        broken.incrementAndGet();
                    }
                    return whole;
                }
            };
            return new Recompiler(
                    engine,
                    CodeMemory.allocate(Recompiler.CODE_BYTES),
                    Parts.standard().with(any -> finder));
        });
    }

    private static boolean change(Instruction in) {
        Op other = OTHER.get(in.op);
        if (other != null) {
            if (other == Op.TEST && !testable(in) || other == Op.IDIV && in.operandSize != 4) {
                return false;
            }
            in.op = other;
            return true;
        }
        switch (in.op) {
            case JCC, SETCC, CMOVCC -> in.condition ^= 1;
            case LEA -> in.displacement++;
            case RET, RET_FAR -> in.imm += 4;
            case CALL_FAR, JMP_FAR -> in.imm2 += 1;
            case CALL_FAR_IND, JMP_FAR_IND, XLAT -> in.segment = in.segment == ES ? DS : ES;
            case MOV_TO_SEG, POP_SEG, PUSH_SEG -> in.reg1 ^= 1;
            case IRET -> in.op = Op.RET_FAR;
            case LEAVE, PUSHA, POPA, PUSHF, POPF, LODS, STOS, MOVS -> in.operandSize = in.operandSize == 4 ? 2 : 4;
            case JCXZ -> in.addressSize = in.addressSize == 4 ? 2 : 4;
            case SCAS, CMPS -> {
                if (in.rep == Instruction.REP_NONE) {
                    return false;
                }
                in.rep = in.rep == Instruction.REP ? Instruction.REPNE : Instruction.REP;
            }
            case BT -> {
                if (!BitStringEmitter.has(in)) {
                    return false;
                }
                in.reg2 ^= 1;
            }
            default -> {
                if (in.kind1 != OperandKind.IMM && in.kind2 != OperandKind.IMM && in.kind3 != OperandKind.IMM) {
                    return false;
                }
                in.imm ^= 1;
            }
        }
        return true;
    }

    private static boolean testable(Instruction in) {
        return in.kind2 != OperandKind.MEM;
    }
}
