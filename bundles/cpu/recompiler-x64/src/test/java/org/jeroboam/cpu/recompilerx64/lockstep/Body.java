package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.Trait;

/** Makes what stands in loops and functions. */
final class Body {
    /** Instructions that have items of their own, or that a random operand makes useless. */
    private static final Set<Op> OWN = EnumSet.of(
            Op.HLT,
            Op.INT,
            Op.IRET,
            Op.SYSENTER,
            Op.SYSEXIT,
            Op.RSM,
            Op.MOV_TO_CR,
            Op.MOV_TO_DR,
            Op.LGDT,
            Op.LIDT,
            Op.LLDT,
            Op.LTR,
            Op.LMSW,
            Op.WRMSR,
            Op.ICEBP,
            Op.POPF,
            Op.UD,
            Op.IN,
            Op.OUT,
            Op.INS,
            Op.OUTS);

    /** Instructions that mostly end in a fault. */
    private static final Set<Op> RARE = EnumSet.of(
            Op.DIV,
            Op.IDIV,
            Op.AAM,
            Op.BOUND,
            Op.INTO,
            Op.MOV_TO_SEG,
            Op.POP_SEG,
            Op.LES,
            Op.LDS,
            Op.LSS,
            Op.LFS,
            Op.LGS,
            Op.RDMSR,
            Op.RDPMC,
            Op.LDMXCSR,
            Op.FLDENV,
            Op.FRSTOR,
            Op.FXRSTOR,
            Op.FLDCW,
            Op.CLTS,
            Op.INVD,
            Op.WBINVD,
            Op.MOV_FROM_CR,
            Op.MOV_FROM_DR,
            Op.INVLPG,
            Op.LEAVE,
            Op.ENTER,
            Op.SLDT,
            Op.STR,
            Op.LAR,
            Op.LSL,
            Op.VERR,
            Op.VERW,
            Op.ARPL,
            Op.INT3,
            Op.CLI);

    private static final Set<Op> STACK =
            EnumSet.of(Op.PUSH, Op.POP, Op.PUSHA, Op.POPA, Op.PUSHF, Op.PUSH_SEG, Op.POP_SEG, Op.ENTER, Op.LEAVE);

    /** Operations that leave the flags alone, to stand between a producer and its consumer. */
    private static final Set<Op> NEUTRAL =
            EnumSet.of(Op.MOV, Op.LEA, Op.XCHG, Op.BSWAP, Op.NOT, Op.MOVZX, Op.MOVSX, Op.PUSH, Op.POP, Op.SETCC);

    /** Operations that read flags. */
    private static final Set<Op> CONSUMERS =
            EnumSet.of(Op.SETCC, Op.CMOVCC, Op.ADC, Op.SBB, Op.PUSHF, Op.LAHF, Op.RCL, Op.RCR, Op.CMC, Op.SALC);

    private static final int ECX = 1 << 1;
    private static final int ESP = 1 << 4;
    private static final int ESI_EDI = 3 << 6;

    private final SplittableRandom r;
    private final Guest guest;
    private final Emitter out;
    private final MemoryOperands operands;
    private final FormEncoder encoder;
    private final int[] functions;
    private final Transfers transfers;
    private final SystemItems system;
    private final List<Forms.Form> integer = new ArrayList<>();
    private final List<Forms.Form> rare = new ArrayList<>();
    private final List<Forms.Form> neutral = new ArrayList<>();
    private final List<Forms.Form> consumers = new ArrayList<>();
    private final List<Forms.Form> strings = new ArrayList<>();
    private final FloatingItems floating;
    private final List<Integer> pending = new ArrayList<>();
    private int kept;
    private int inFunction = -1;

    Body(SplittableRandom r, Guest guest, Emitter out, MemoryOperands operands, int[] functions) {
        this.r = r;
        this.guest = guest;
        this.out = out;
        this.operands = operands;
        this.functions = functions;
        encoder = new FormEncoder(r, guest, operands);
        transfers = new Transfers(r, guest, out);
        system = new SystemItems(r, guest, out, operands);
        floating = new FloatingItems(r, guest, out, this::form);
        Forms.all().forEach(this::sort);
    }

    private void sort(Forms.Form form) {
        Op op = form.op();
        if (op.has(Trait.BRANCH) || OWN.contains(op)) {
            return;
        }
        if (op.has(Trait.STRING)) {
            strings.add(form);
        } else if (RARE.contains(op)) {
            rare.add(form);
        } else if (!floating.take(form)) {
            integer.add(form);
            if (NEUTRAL.contains(op)) {
                neutral.add(form);
            }
            if (CONSUMERS.contains(op)) {
                consumers.add(form);
            }
        }
    }

    /** Bit n: register n keeps something. */
    int spared() {
        return kept | operands.pointers() | ESP;
    }

    void spare(int register, boolean on) {
        kept = on ? kept | 1 << register : kept & ~(1 << register);
    }

    /** To be called at the head of a loop. */
    void prepare() {
        floating.prepare();
    }

    void enter(int function) {
        placePending(true);
        inFunction = function;
        out.place(functions[function]);
    }

    void leave() {
        placePending(true);
        transfers.leave();
        inFunction = -1;
    }

    void finish() {
        placePending(true);
        system.finish();
    }

    /** Jumps over a few items lead to here. */
    private void placePending(boolean all) {
        for (int i = pending.size() - 1; i >= 0; i--) {
            if (all || r.nextInt(3) == 0) {
                out.place(pending.remove(i));
            }
        }
    }

    private int ahead() {
        int label = out.newLabel();
        pending.add(label);
        return label;
    }

    /** One random item, or a few that belong together. */
    void item() {
        placePending(false);
        int kind = r.nextInt(100);
        if (kind < 34) {
            form(integer);
        } else if (kind < 42) {
            farConsumer();
        } else if (kind < 54) {
            floating.block();
        } else if (kind < 62) {
            transfers.conditional(ahead());
        } else if (kind < 69) {
            call();
        } else if (kind < 72) {
            jump();
        } else if (kind < 76) {
            string();
        } else if (kind < 79) {
            shift();
        } else if (kind < 81) {
            divide();
        } else if (kind < 87) {
            system.selfModifying();
        } else if (kind < 97) {
            system.item();
        } else if (kind < 98) {
            pushPop();
        } else {
            form(r.nextInt(3) == 0 ? rare : integer);
        }
    }

    /** Any instruction with anything in it, a jump back, or random bytes. */
    void garbage(List<Integer> places) {
        int kind = r.nextInt(12);
        if (kind == 0) {
            out.put(0x0F, 0x80 | r.nextInt(16))
                    .near(places.get(r.nextInt(places.size())))
                    .add();
        } else if (kind == 1) {
            for (int i = r.nextInt(6); i >= 0; i--) {
                out.put(r.nextInt(256));
            }
            out.add();
        } else {
            List<Forms.Form> all = Forms.all();
            byte[] bytes = encoder.encode(all.get(r.nextInt(all.size())), 0);
            if (bytes != null) {
                out.put(bytes).add();
            }
        }
    }

    private void form(List<Forms.Form> forms) {
        Forms.Form form = forms.get(r.nextInt(forms.size()));
        if (inFunction >= 0 && STACK.contains(form.op())) {
            return;
        }
        byte[] bytes = encoder.encode(form, spared());
        if (bytes != null) {
            out.put(bytes).add();
        }
    }

    private void farConsumer() {
        form(integer);
        for (int i = r.nextInt(4); i > 0; i--) {
            form(neutral);
        }
        if (r.nextInt(4) == 0) {
            transfers.conditional(ahead());
        } else {
            form(consumers);
        }
    }

    private void call() {
        if (r.nextInt(6) == 0) {
            int target = r.nextBoolean() ? Guest.TWO_FACED : Guest.WRITTEN;
            out.put(0xE8)
                    .nearLinear(guest.mode.isFlat() && r.nextInt(4) == 0 ? Guest.HIGH : target)
                    .add();
            return;
        }
        int first = inFunction + 1;
        if (first < functions.length) {
            transfers.call(functions[first + r.nextInt(functions.length - first)], spared());
        }
    }

    private void jump() {
        int[] targets = new int[4];
        for (int i = 0; i < 4; i++) {
            targets[i] = ahead();
        }
        transfers.table(targets, spared());
    }

    private void string() {
        Forms.Form form = strings.get(r.nextInt(strings.size()));
        boolean repeats = form.prefix() >= 0x80;
        if ((spared() & (repeats ? ESI_EDI | ECX : ESI_EDI)) != 0) {
            return;
        }
        out.put(0xB8 | 6).natural(operands.offset(Guest.DS, 4)).add();
        out.put(0xB8 | 7).natural(operands.offset(Guest.ES, 4)).add();
        if (r.nextInt(4) == 0) {
            out.put(r.nextBoolean() ? 0xFC : 0xFD).add(); // cld, std
        }
        if (repeats) {
            out.put(0xB8 | 1)
                    .natural(r.nextInt(5) == 0 ? r.nextInt(600) : r.nextInt(12))
                    .add();
        }
        byte[] bytes = encoder.encode(form, ESP);
        if (bytes != null) {
            out.put(bytes).add();
        }
    }

    /** A shift by CL, which is often 0. */
    private void shift() {
        if ((spared() & 2) == 0) {
            out.put(0xB1, r.nextInt(3) == 0 ? r.nextInt(2) * 32 : r.nextInt(40)).add(); // mov cl, n
        }
        int opcode = r.nextInt(4) == 0 ? -1 : 0xD2 | r.nextInt(2);
        Op[] ops = {Op.SHL, Op.SHR, Op.SAR, Op.ROL, Op.ROR, Op.RCL, Op.RCR, Op.SHLD, Op.SHRD};
        Op op = ops[r.nextInt(ops.length)];
        List<Forms.Form> fitting = integer.stream()
                .filter(f -> f.op() == op && (opcode < 0 || f.opcode() == opcode || f.twoByte()))
                .toList();
        if (!fitting.isEmpty()) {
            form(fitting);
        }
    }

    /** A division that mostly has a quotient. */
    private void divide() {
        if ((spared() & 7) != 0) {
            return;
        }
        switch (r.nextInt(3)) {
            case 0 -> out.wide().put(0x33, 0xD2).add(); // xor edx, edx
            case 1 -> out.wide().put(0x99).add(); // cdq
            default -> out.wide().put(0x83, 0xE2, 0x03).add(); // and edx, 3
        }
        out.wide().put(0x83, 0xC9, r.nextInt(8)).add(); // or ecx, n
        out.wide().put(0xF7, 0xF1 | r.nextInt(2) << 3).add(); // div or idiv ecx
    }

    private void pushPop() {
        int register = r.nextInt(8);
        out.put(0x50 | register).add();
        if (r.nextBoolean()) {
            form(neutral);
        }
        int to = r.nextInt(4);
        out.put(0x58 | ((spared() & 1 << to) == 0 ? to : 0)).add();
    }
}
