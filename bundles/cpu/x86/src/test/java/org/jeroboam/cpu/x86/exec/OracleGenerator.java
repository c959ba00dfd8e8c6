package org.jeroboam.cpu.x86.exec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;

/**
 * Makes cases of one instruction: random and edge operands, memory operands that mostly hit memory (also at the ends of
 * pages and segments), branch targets and far pointers that mostly lead somewhere.
 */
final class OracleGenerator {
    private static final int[] DATA_SELECTORS = {
        OracleLayout.USER_DATA,
        OracleLayout.DATA32.selector(),
        OracleLayout.DATA32.selector(),
        OracleLayout.STACK16.selector(),
        OracleLayout.READ_ONLY_DATA.selector(),
        OracleLayout.DOWN32.selector(),
        OracleLayout.DOWN16.selector(),
        OracleLayout.SMALL.selector(),
        OracleLayout.PAGED.selector(),
        OracleLayout.DOWN_READ_ONLY.selector(),
        OracleLayout.CODE32.selector(),
        0
    };

    private static final int[] STACK_SELECTORS = {
        OracleLayout.USER_DATA,
        OracleLayout.DATA32.selector(),
        OracleLayout.DATA32.selector(),
        OracleLayout.STACK16.selector(),
        OracleLayout.STACK16.selector(),
        OracleLayout.DOWN32.selector(),
        OracleLayout.PAGED.selector(),
    };

    /** Selectors for instructions that check them: usable, unusable, absent, outside, privileged. */
    private static final int[] ANY_SELECTORS = {
        0,
        3,
        OracleLayout.USER_DATA,
        OracleLayout.USER_DATA & ~3,
        OracleLayout.USER_CODE,
        OracleLayout.DATA32.selector(),
        OracleLayout.DATA32.selector() & ~1,
        OracleLayout.STACK16.selector(),
        OracleLayout.READ_ONLY_DATA.selector(),
        OracleLayout.DOWN32.selector(),
        OracleLayout.SMALL.selector(),
        OracleLayout.ABSENT_DATA.selector(),
        OracleLayout.CODE32.selector(),
        OracleLayout.EXECUTE_ONLY.selector(),
        OracleLayout.ABSENT_CODE.selector(),
        12 << 3 | 7,
        OracleLayout.LDT_ENTRIES << 3 | 7,
        0x18,
        0x1B,
        0x63,
        0x83
    };

    private static final int[] CODE_SELECTORS = {
        OracleLayout.USER_CODE,
        OracleLayout.USER_CODE & ~3,
        OracleLayout.CODE32.selector(),
        OracleLayout.CODE32.selector(),
        OracleLayout.EXECUTE_ONLY.selector(),
        OracleLayout.SHORT_CODE.selector(),
        OracleLayout.code16(1).selector(),
        OracleLayout.code16(2).selector() & ~1,
        OracleLayout.USER_DATA,
        OracleLayout.DATA32.selector(),
        OracleLayout.ABSENT_CODE.selector(),
        0,
        12 << 3 | 7,
        OracleLayout.LDT_ENTRIES << 3 | 7,
        0x1B,
        0x83
    };

    /** Of 3, 5 and 9, modulo 2^32. */
    private static final int[] INVERSES = {0, 0xAAAA_AAAB, 0xCCCC_CCCD, 0x38E3_8E39};

    private final SplittableRandom r;
    private final OracleEncoder encoder;
    private final ByteBuffer patch = ByteBuffer.allocate(OracleCase.MAX_PATCH).order(ByteOrder.LITTLE_ENDIAN);
    private OracleBatch batch;
    private OracleCase c;
    private Instruction in;

    OracleGenerator(SplittableRandom r) {
        this.r = r;
        encoder = new OracleEncoder(r);
    }

    /** Adds a case of a form to a batch that has room. */
    void add(OracleBatch to, OracleForms.Form form) {
        do {
            make(to, form);
        } while (in.hasMemory() && reachesElsewhere());
        batch.cases.add(c);
    }

    /** Whether a bit index that is part of the address too leads to what Linux or the test itself has mapped. */
    private boolean reachesElsewhere() {
        boolean far =
                switch (in.op) {
                    case BT, BTS, BTR, BTC -> in.kind2 != OperandKind.IMM && isAddress(in.reg2);
                    default -> false;
                };
        int address = operandAddress() + (far ? c.gpr[in.reg2] >> 3 : 0);
        return far && Integer.compareUnsigned(address - OracleLayout.DATA + 0x100_0000, 0x200_0000) > 0;
    }

    private void make(OracleBatch to, OracleForms.Form form) {
        batch = to;
        c = new OracleCase();
        in = c.in;
        c.code32 = r.nextInt(7) > 0;
        encoder.encode(form, c);
        int linear = batch.reserve(c.code.length, r.nextInt(OracleBatch.SLOT));
        segments(linear);
        for (int i = 0; i < 8; i++) {
            c.gpr[i] = OracleValues.word(r);
        }
        flags();
        if (usesStack()) {
            stack(Cpu.ESP, Cpu.SS);
        }
        if (in.hasMemory()) {
            aim();
        }
        special(linear);
        if (in.op.has(Trait.FPU) || in.op.has(Trait.MMX) || in.op.has(Trait.SSE) || in.op.has(Trait.SSE2)) {
            c.fxsave = OracleValues.state(r);
        }
        batch.store(linear, c.code);
    }

    private static int block(int linear) {
        return linear - OracleLayout.CODE >>> 16;
    }

    private void segments(int linear) {
        boolean flat = c.code32 && r.nextInt(5) > 1;
        c.segments[Cpu.DS] = flat ? OracleLayout.USER_DATA : pick(DATA_SELECTORS);
        c.segments[Cpu.ES] = flat ? OracleLayout.USER_DATA : pick(DATA_SELECTORS);
        c.segments[Cpu.SS] = flat ? OracleLayout.USER_DATA : pick(STACK_SELECTORS);
        c.segments[Cpu.FS] = pick(DATA_SELECTORS);
        c.segments[Cpu.GS] = pick(DATA_SELECTORS);
        int base = 0;
        if (!c.code32) {
            base = OracleLayout.CODE + block(linear) * OracleLayout.BLOCK;
            c.segments[Cpu.CS] = OracleLayout.code16(block(linear)).selector();
        } else {
            int kind = r.nextInt(16);
            if (kind == 0 && block(linear) == 0) {
                base = OracleLayout.CODE;
                c.segments[Cpu.CS] = OracleLayout.SHORT_CODE.selector();
            } else {
                c.segments[Cpu.CS] = kind == 1
                        ? OracleLayout.EXECUTE_ONLY.selector()
                        : kind < 4 ? OracleLayout.CODE32.selector() : OracleLayout.USER_CODE;
            }
        }
        c.eip = linear - base;
    }

    private int pick(int[] from) {
        return from[r.nextInt(from.length)];
    }

    private void flags() {
        c.eflags = EFlags.RESERVED_1 | EFlags.IF | r.nextInt() & EFlags.STATUS;
        if (r.nextInt(3) == 0) {
            c.eflags |= EFlags.DF;
        }
        if (r.nextInt(25) == 0) {
            c.eflags |= EFlags.AC;
        }
        boolean shadow = in.op == Op.LSS || (in.op == Op.MOV_TO_SEG || in.op == Op.POP_SEG) && in.reg1 == Cpu.SS;
        if (r.nextInt(16) == 0 && !shadow) {
            c.eflags |= EFlags.TF;
        }
    }

    private boolean usesStack() {
        return switch (in.op) {
            case PUSH, POP, PUSHA, POPA, PUSHF, POPF, PUSH_SEG, POP_SEG, ENTER, LEAVE -> true;
            case CALL, CALL_IND, CALL_FAR, CALL_FAR_IND, RET, RET_FAR, IRET -> true;
            default -> false;
        };
    }

    /** Points a register to the stack pages, sometimes to their ends. */
    private void stack(int register, int segment) {
        int linear = OracleLayout.STACK + 0x400 + 4 * r.nextInt(0x500);
        switch (r.nextInt(12)) {
            case 0 -> linear = OracleLayout.STACK + r.nextInt(48);
            case 1 -> linear = OracleLayout.STACK_END - r.nextInt(48);
            case 2 -> linear += r.nextInt(4);
            case 3 -> linear = OracleLayout.DATA + (r.nextBoolean() ? 0 : 0xFFF0) + r.nextInt(20);
            default -> {
                // in the middle
            }
        }
        int offset = linear - OracleLayout.base(c.segments[segment]);
        boolean narrow = !wide(c.segments[segment]);
        c.gpr[register] = narrow ? c.gpr[register] & 0xFFFF_0000 | offset & 0xFFFF : offset;
    }

    private static boolean wide(int selector) {
        OracleLayout.Segment s = OracleLayout.segment(selector);
        return s == null || s.wide();
    }

    /** A linear address for an operand of some bytes in a segment. */
    private int target(int size, int selector) {
        int unit = Math.max(1, Integer.highestOneBit(Math.max(1, size)));
        int page = OracleLayout.WRITABLE_FROM + r.nextInt(3) * 0x1000;
        int aligned = page + (r.nextInt(0x1000) & -(r.nextBoolean() ? Math.min(16, unit) : 16));
        return switch (r.nextInt(24)) {
            case 0, 1, 2 -> page + r.nextInt(0x1000);
            case 3, 4 -> page + 0x1000 - r.nextInt(size + 2);
            case 5 -> OracleLayout.READ_ONLY - r.nextInt(size + 2);
            case 6 -> OracleLayout.READ_ONLY + (r.nextInt(0x1000) & -unit);
            case 7 -> OracleLayout.ABSENT - r.nextInt(size + 2);
            case 8 -> OracleLayout.ABSENT + r.nextInt(0x1000);
            case 9 -> OracleLayout.LAST_PAGE + 0x1000 - r.nextInt(size + 4);
            case 10 -> edge(selector, size);
            case 11 -> OracleLayout.base(selector) - r.nextInt(size + 4); // around offset 0 and FFFFFFFFh
            default -> aligned;
        };
    }

    /** An address about the limit of a segment. */
    private int edge(int selector, int size) {
        OracleLayout.Segment s = OracleLayout.segment(selector);
        if (s == null) {
            return OracleLayout.STACK + r.nextInt(0x1000);
        }
        int limit = s.pages() ? s.limit() << 12 | 0xFFF : s.limit();
        return s.base() + limit + 2 - r.nextInt(size + 4);
    }

    /** Sets registers or displacement so that the memory operand is where it should be. */
    private void aim() {
        int size = Math.max(1, in.memorySize);
        int selector = c.segments[in.segment];
        int linear = target(size, selector);
        if (in.lock || in.op == Op.XCHG) {
            linear &= -Math.min(16, Integer.highestOneBit(size)); // not across cache lines: some kernels punish that
        }
        aimAt(linear - OracleLayout.base(selector));
    }

    private void aimAt(int offset) {
        int mask = in.addressSize == 2 ? 0xFFFF : -1;
        boolean stackBase = in.base == Cpu.ESP && usesStack();
        if (in.base >= 0 && !stackBase) {
            if (in.base != in.index) {
                set(in.base, offset - in.displacement - index(), mask);
            } else if (encoder.displacementSize == in.addressSize) {
                encoder.displace(c, offset - index() - c.gpr[in.base]);
            } else {
                // Twice, or 3, 5 or 9 times the register: odd numbers have an inverse.
                int sum = offset - in.displacement;
                set(in.base, in.scale == 0 ? sum >> 1 : sum * INVERSES[in.scale], mask);
            }
        } else if (stackBase && encoder.displacementSize < in.addressSize) {
            if (in.index >= 0) {
                set(in.index, r.nextInt(16), mask);
            }
        } else if (encoder.displacementSize == in.addressSize) {
            encoder.displace(c, offset - index() - (stackBase ? c.gpr[Cpu.ESP] : 0));
        } else if (in.index >= 0) {
            set(in.index, offset - in.displacement >>> in.scale, mask);
        }
    }

    private int index() {
        return in.index < 0 ? 0 : c.gpr[in.index] << in.scale;
    }

    private void set(int register, int value, int mask) {
        c.gpr[register] = c.gpr[register] & ~mask | value & mask;
    }

    /** Offset of the memory operand. */
    private int offset() {
        int offset = (in.base < 0 ? 0 : c.gpr[in.base]) + index() + in.displacement;
        return in.addressSize == 2 ? offset & 0xFFFF : offset;
    }

    private int operandAddress() {
        return OracleLayout.base(c.segments[in.segment]) + offset();
    }

    private int stackAddress() {
        int offset = wide(c.segments[Cpu.SS]) ? c.gpr[Cpu.ESP] : c.gpr[Cpu.ESP] & 0xFFFF;
        return OracleLayout.base(c.segments[Cpu.SS]) + offset;
    }

    private ByteBuffer newPatch() {
        patch.clear();
        return patch;
    }

    /** Puts what {@link #patch} holds to an address, if all of it can be written there. */
    private void patchAt(int linear) {
        int length = patch.position();
        for (OracleLayout.Region region : OracleLayout.REGIONS) {
            int at = linear - region.address();
            if (region.writable() && !region.isCode() && at >= 0 && at + length <= region.bytes()) {
                c.patchAddress = linear;
                c.patch = Arrays.copyOf(patch.array(), length);
            }
        }
    }

    private void putSized(int size, int value) {
        switch (size) {
            case 1 -> patch.put((byte) value);
            case 2 -> patch.putShort((short) value);
            default -> patch.putInt(value);
        }
    }

    /** Sets operand 1 or 2, a register or memory. */
    private void setOperand(int operand, int value) {
        OperandKind kind = operand == 1 ? in.kind1 : in.kind2;
        int register = operand == 1 ? in.reg1 : in.reg2;
        switch (kind) {
            case MEM -> {
                newPatch();
                putSized(in.memorySize, value);
                patchAt(operandAddress());
            }
            case REG8 -> {
                int shift = register < 4 ? 0 : 8;
                c.gpr[register & 3] = c.gpr[register & 3] & ~(0xFF << shift) | (value & 0xFF) << shift;
            }
            case REG16 -> set(register, value, 0xFFFF);
            default -> c.gpr[register] = value;
        }
    }

    private int size(int operand) {
        return switch (operand == 1 ? in.kind1 : in.kind2) {
            case MEM -> in.memorySize;
            case REG8 -> 1;
            case REG16 -> 2;
            default -> 4;
        };
    }

    /** What the operation wants besides random operands. */
    private void special(int linear) {
        switch (in.op) {
            case MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS -> strings();
            case XLAT -> point(Cpu.EBX, in.segment, 256);
            case MASKMOVQ -> point(Cpu.EDI, in.segment, 8);
            case MASKMOVDQU -> point(Cpu.EDI, in.segment, 16);
            case ENTER, LEAVE -> stack(Cpu.EBP, Cpu.SS);
            case DIV, IDIV -> divide();
            case CMPXCHG -> compareExchange();
            case CMPXCHG8B -> compareExchange8();
            case BT, BTS, BTR, BTC -> bitOffset();
            case BOUND -> bounds();
            case MOV_TO_SEG, LAR, LSL -> setOperand(2, selector());
            case VERR, VERW -> setOperand(1, selector());
            case ARPL -> {
                setOperand(1, r.nextInt(0x1_0000));
                if (in.kind1 == OperandKind.MEM || in.reg1 != in.reg2) {
                    setRegister(2, r.nextInt(0x1_0000));
                }
            }
            case POP_SEG -> pushSelector();
            case LES, LDS, LSS, LFS, LGS -> farPointer(selector());
            case INT -> interrupt();
            case LDMXCSR -> setOperand(1, r.nextInt(0x1_0000));
            case FLDENV, FRSTOR -> environment();
            case FXRSTOR -> extendedState();
            case JMP, JCC, CALL, LOOP, LOOPE, LOOPNE, JCXZ -> relative(linear);
            case JMP_IND, CALL_IND -> setOperand(1, landing(c.segments[Cpu.CS]));
            case RET -> {
                newPatch();
                putSized(in.operandSize, landing(c.segments[Cpu.CS]));
                patchAt(stackAddress());
            }
            case RET_FAR, IRET -> farReturn();
            case JMP_FAR, CALL_FAR -> farDirect();
            case JMP_FAR_IND, CALL_FAR_IND -> {
                int cs = pick(CODE_SELECTORS);
                newPatch();
                putSized(in.operandSize, landing(cs));
                patch.putShort((short) cs);
                patchAt(operandAddress());
            }
            default -> {
                // nothing
            }
        }
    }

    private void setRegister(int operand, int value) {
        setOperand(operand, value);
    }

    private int selector() {
        return r.nextInt(8) == 0 ? pick(DATA_SELECTORS) : pick(ANY_SELECTORS);
    }

    /** Points a register into memory through a segment. */
    private void point(int register, int segment, int size) {
        int selector = c.segments[segment];
        int offset = target(size, selector) - OracleLayout.base(selector);
        set(register, offset, in.addressSize == 2 ? 0xFFFF : -1);
    }

    private void strings() {
        int count =
                switch (r.nextInt(8)) {
                    case 0 -> 0;
                    case 1 -> OracleValues.word(r);
                    case 2 -> r.nextInt(2000);
                    default -> r.nextInt(40);
                };
        int mask = in.addressSize == 2 ? 0xFFFF : -1;
        set(Cpu.ECX, count, mask);
        point(Cpu.ESI, in.segment, in.operandSize);
        point(Cpu.EDI, Cpu.ES, in.operandSize);
        if (r.nextInt(6) == 0) {
            // overlapping, or equal contents to compare
            int delta = r.nextInt(33) - 16;
            int from = OracleLayout.base(c.segments[in.segment]) + (c.gpr[Cpu.ESI] & mask);
            set(Cpu.EDI, from - OracleLayout.base(c.segments[Cpu.ES]) + delta, mask);
        }
    }

    /** Mostly a dividend that has a quotient. */
    private void divide() {
        boolean addressed = in.hasMemory() && (isAddress(Cpu.EAX) || isAddress(Cpu.EDX));
        if (addressed || r.nextInt(5) == 0) {
            return;
        }
        int size = size(1);
        int bits = 8 * size;
        long cut = bits == 32 ? 0xFFFF_FFFFL : (1L << bits) - 1;
        long divisor = OracleValues.word(r) & cut;
        long quotient = OracleValues.word(r) & cut;
        setOperand(1, (int) divisor);
        long dividend;
        if (in.op == Op.DIV) {
            dividend = divisor * quotient + (divisor == 0 ? 0 : Long.remainderUnsigned(r.nextLong(), divisor));
        } else {
            long signed = divisor << 64 - bits >> 64 - bits;
            long rest = signed == 0 ? 0 : Math.abs(r.nextInt() % signed);
            long product = signed * (quotient << 64 - bits >> 64 - bits);
            dividend = product < 0 ? product - rest : product + rest;
        }
        switch (size) {
            case 1 -> set(Cpu.EAX, (int) dividend, 0xFFFF);
            case 2 -> {
                set(Cpu.EAX, (int) dividend, 0xFFFF);
                set(Cpu.EDX, (int) dividend >> 16, 0xFFFF);
            }
            default -> {
                c.gpr[Cpu.EAX] = (int) dividend;
                c.gpr[Cpu.EDX] = (int) (dividend >>> 32);
            }
        }
    }

    private boolean isAddress(int register) {
        return in.base == register || in.index == register;
    }

    private void compareExchange() {
        if (r.nextBoolean()) {
            setOperand(1, c.gpr[Cpu.EAX]);
        }
    }

    private void compareExchange8() {
        if (r.nextBoolean()) {
            newPatch().putInt(c.gpr[Cpu.EAX]).putInt(c.gpr[Cpu.EDX]);
            patchAt(operandAddress());
        }
    }

    /** A bit index in a register reaches far: mostly it stays near. */
    private void bitOffset() {
        if (in.kind1 != OperandKind.MEM || in.kind2 == OperandKind.IMM) {
            return;
        }
        if (!isAddress(in.reg2)) {
            int bits = r.nextInt(4) == 0 ? r.nextInt(1 << 16) - (1 << 15) : r.nextInt(512) - 256;
            setOperand(2, bits);
        }
    }

    private void bounds() {
        newPatch();
        putSized(in.operandSize, OracleValues.word(r));
        putSized(in.operandSize, OracleValues.word(r));
        if (r.nextBoolean()) {
            patchAt(operandAddress());
        }
    }

    private void pushSelector() {
        newPatch();
        putSized(in.operandSize, r.nextInt() << 16 | selector());
        patchAt(stackAddress());
    }

    private void farPointer(int selector) {
        newPatch();
        putSized(in.operandSize, OracleValues.word(r));
        patch.putShort((short) selector);
        patchAt(operandAddress());
    }

    /** INT 80h is Linux. */
    private void interrupt() {
        int at = c.code.length - 1;
        if (c.code[at] == (byte) 0x80) {
            c.code[at] = 3;
            encoder.decodeAgain(c);
        }
    }

    private void environment() {
        newPatch();
        int control = r.nextInt(0x10) << 8 | 0x40 | (r.nextBoolean() ? 0x3F : r.nextInt(0x40));
        int status = r.nextInt(8) << 11 | r.nextInt() & 0x477F;
        int tags = r.nextBoolean() ? r.nextInt(0x1_0000) : 0;
        for (int value : new int[] {control, status, tags}) {
            putSized(in.operandSize, r.nextInt() << 16 | value);
        }
        patchAt(operandAddress());
    }

    private void extendedState() {
        if (r.nextInt(8) > 0) {
            aimAt((target(512, c.segments[in.segment]) & -16) - OracleLayout.base(c.segments[in.segment]));
        }
        byte[] state = OracleValues.state(r);
        if (r.nextInt(8) == 0) {
            state[26] = 1; // a reserved bit of MXCSR
        }
        newPatch().put(state, 0, OracleCase.MAX_PATCH);
        patchAt(operandAddress());
    }

    /** An offset in a code segment where nothing but INT3 lies. */
    private int landing(int selector) {
        OracleLayout.Segment s = OracleLayout.segment(selector);
        boolean whole = s == null || s.pages();
        int base = OracleLayout.base(selector);
        int block = whole ? r.nextInt(OracleLayout.CODE_SIZE / OracleLayout.BLOCK) : block(base);
        int linear = OracleLayout.CODE + block * OracleLayout.BLOCK + OracleLayout.LANDING + r.nextInt(0xFF0);
        return whole && r.nextInt(24) == 0 ? OracleLayout.ABSENT - base : linear - base;
    }

    /** A direct branch to INT3 in its own slot or on a page of them. */
    private void relative(int linear) {
        int length = c.code.length;
        boolean near = in.op == Op.CALL || (in.opcode >= 0xF00 || in.opcode == 0xE9);
        int target = landing(c.segments[Cpu.CS]);
        if (!near || r.nextInt(4) == 0) {
            int slot = batch.slot();
            int place;
            do {
                place = slot + r.nextInt(OracleBatch.SLOT);
            } while (place >= linear && place < linear + length);
            target = c.eip + place - linear;
        }
        int displacement = target - c.eip - length;
        int bytes = near ? in.operandSize : 1;
        for (int i = 0; i < bytes; i++) {
            c.code[length - bytes + i] = (byte) (displacement >> 8 * i);
        }
        encoder.decodeAgain(c);
        if (in.op != Op.JMP && in.op != Op.JCC && in.op != Op.CALL) {
            set(Cpu.ECX, r.nextInt(3), in.addressSize == 2 ? 0xFFFF : -1);
        }
    }

    private void farReturn() {
        int cs = pick(CODE_SELECTORS);
        newPatch();
        putSized(in.operandSize, landing(cs));
        putSized(in.operandSize, r.nextInt() << 16 | cs);
        putSized(in.operandSize, r.nextInt() & ~EFlags.TF);
        patchAt(stackAddress());
    }

    private void farDirect() {
        int cs = pick(CODE_SELECTORS);
        int target = landing(cs);
        int at = c.code.length - 2 - in.operandSize;
        for (int i = 0; i < in.operandSize; i++) {
            c.code[at + i] = (byte) (target >> 8 * i);
        }
        c.code[at + in.operandSize] = (byte) cs;
        c.code[at + in.operandSize + 1] = (byte) (cs >> 8);
        encoder.decodeAgain(c);
    }
}
