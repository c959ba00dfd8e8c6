package org.jeroboam.cpu.recompilerx64.lockstep;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.cpu.x86.decode.Decoder;

/** Writes an instruction of a form with random registers, addressing, prefixes and immediates. */
final class FormEncoder {
    private static final int TRIES = 30;
    private static final int ESP = 4;

    private final SplittableRandom r;
    private final Guest guest;
    private final MemoryOperands operands;
    private final Decoder decoder = new Decoder(Forms.MODEL.features());
    private final Instruction in = new Instruction();

    FormEncoder(SplittableRandom r, Guest guest, MemoryOperands operands) {
        this.r = r;
        this.guest = guest;
        this.operands = operands;
    }

    /** The instruction that {@link #encode} made last. */
    Instruction made() {
        return in;
    }

    /**
     * Makes an instruction.
     *
     * @param spared bit n: register n may not be written
     * @return its bytes, or null when no way was found
     */
    byte[] encode(Forms.Form form, int spared) {
        for (int i = 0; i < TRIES; i++) {
            byte[] bytes = attempt(form);
            decoder.decode(at -> bytes[at], guest.mode.code32, in);
            if (in.op == form.op() && (written() & spared) == 0) {
                return Arrays.copyOf(bytes, in.length);
            }
        }
        return null;
    }

    private byte[] attempt(Forms.Form form) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MemoryOperands.Operand operand = form.memory() ? operands.memory(8) : null;
        if (operand != null) {
            out.writeBytes(operand.prefixes());
        } else if (!form.hasModrm() && r.nextInt(10) == 0) {
            out.write(0x67);
        }
        if (form.memory() && form.op().has(Trait.LOCKABLE) && r.nextInt(10) == 0) {
            out.write(0xF0);
        }
        if (form.prefix() >= 0) {
            // Where the code is 16-bit, 66h means the other size: it is chosen for what it is in 32-bit code.
            out.write(form.prefix());
        } else if (r.nextInt(guest.mode.code32 ? 6 : 2) == 0) {
            out.write(0x66);
        }
        if (form.twoByte()) {
            out.write(0x0F);
        }
        out.write(form.opcode());
        if (form.hasModrm()) {
            int reg = form.reg() < 0 ? r.nextInt(8) : form.reg();
            int rm = form.rm() < 0 ? r.nextInt(8) : form.rm();
            out.write(reg << 3 | (operand == null ? 0xC0 | rm : operand.modrm()));
            if (operand != null) {
                out.writeBytes(operand.tail());
            }
        }
        boolean offset = !form.twoByte() && form.opcode() >= 0xA0 && form.opcode() <= 0xA3;
        int first = offset ? operands.offset(Guest.DS, 4) : Values.word(r);
        for (int i = 0; i < 4; i++) {
            out.write(first >> 8 * i);
        }
        for (int i = 0; i < 20; i++) {
            out.write(r.nextInt());
        }
        return out.toByteArray();
    }

    /** Bit n: the instruction may write general register n. */
    private int written() {
        int mask = implicit();
        mask |= in.op.writes(0) ? general(in.kind1, in.reg1) : 0;
        mask |= in.op.writes(1) ? general(in.kind2, in.reg2) : 0;
        return mask;
    }

    private static int general(OperandKind kind, int register) {
        return switch (kind) {
            case REG8 -> 1 << (register & 3);
            case REG16, REG32 -> 1 << register;
            default -> 0;
        };
    }

    private int implicit() {
        Op op = in.op;
        if (op.has(Trait.STRING)) {
            return 0xC0 | (in.rep == Instruction.REP_NONE ? 0 : 2) | (op == Op.LODS ? 1 : 0);
        }
        return switch (op) {
            case MUL, IMUL1, DIV, IDIV, CWD, CMPXCHG8B, RDTSC, RDMSR, RDPMC -> 5;
            case CPUID -> 0xF;
            case POPA -> 0xFF;
            case ENTER, LEAVE -> 1 << 5 | 1 << ESP;
            case LOOP, LOOPE, LOOPNE -> 2;
            case XCHG, XADD -> general(in.kind1, in.reg1) | general(in.kind2, in.reg2);
            case SYSENTER -> 1 << ESP;
            default -> 1; // many use AL, and nobody keeps an address there
        };
    }
}
