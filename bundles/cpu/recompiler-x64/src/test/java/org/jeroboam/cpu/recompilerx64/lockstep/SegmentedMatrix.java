package org.jeroboam.cpu.recompilerx64.lockstep;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jeroboam.cpu.recompilerx64.Coverage;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.cpu.x86.decode.Decoder;
import org.jeroboam.hardware.cpu.SegmentState;

/**
 * What {@link FormMatrix} does, where segments have bases and limits or offsets have 16 bits: a loop whose variables lie in a
 * segment of its own, so that all others, the stack and what the instruction does to them are free.
 */
final class SegmentedMatrix {
    /** The loop's own segment, at the base of which programs of 16 bits lie too. */
    private static final int HOME = Guest.CODE;

    private static final int STATES = 48;
    private static final int STATE_BYTES = 64;
    private static final int RESULT_BYTES = 44;
    private static final int IMAGES = 8;
    private static final int IMAGE_BYTES = 512;
    private static final int LOOKS = 6;
    /** More rounds would run out of room for results. */
    static final int MOST_TIMES = 180;

    static final int MOST_FLOATING_TIMES = 30;

    // Offsets in the home segment.
    private static final int STUB = 0x4000;
    /** In the first 64 KiB. */
    private static final int LOW_STUB = 0xF800;

    /** So far up that distances from the loop wrap around. */
    private static final int FAR_STUB = 0xFE00;

    private static final int IN = 0x8000;
    private static final int OUT = IN + 4;
    private static final int COUNT = IN + 8;
    private static final int IMAGE_IN = IN + 12;
    private static final int IMAGE_OUT = IN + 16;
    private static final int TARGET = IN + 20;
    private static final int TARGET_SELECTOR = IN + 24;
    private static final int KEPT = IN + 28;
    private static final int SCRATCH = IN + 0x20;
    private static final int RETURN_FLAGS = IN + 0x30;
    /** Where the loop goes on behind the instruction: a near and a far pointer. */
    private static final int AFTER = IN + 0x40;

    private static final int TABLE = 0x8100;
    private static final int IMAGE_TABLE = 0x9000;
    private static final int RESULTS = 0xA000;
    private static final int IMAGE_RESULTS = 0xC000;

    // Fields of a state.
    private static final int FLAGS = 32;
    private static final int SELECTORS = 34;
    private static final int POINTER = 44;
    private static final int NEW_FLAGS = 52;

    /** Base of a second segment in which there is code at the same offset, and so at the same place in the table of targets. */
    private static final int SECOND = HOME + 0x2000;

    private static final int[] PREFIXES = {0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65};
    private static final int[] LOADED = {Guest.ES, Guest.DS, Guest.FS, Guest.GS};
    private static final int ESP = 4;

    private final SplittableRandom r;
    private final long seed;
    private final int times;
    private final Guest guest;
    private final boolean code32;
    private final boolean paragraphs;
    private final boolean stack32;
    /** Override prefix and number of the loop's own segment. */
    private final int home;

    private final Decoder decoder = new Decoder(Forms.MODEL.features());
    private final Instruction in = new Instruction();
    private int tested;

    /** @param times how often the loop goes round */
    SegmentedMatrix(long seed, Mode mode, int times) {
        this.seed = seed;
        this.times = times;
        r = new SplittableRandom(seed ^ 0x1616);
        guest = new Guest(mode, seed);
        code32 = mode.code32;
        paragraphs = mode.hasParagraphs();
        home = paragraphs ? Guest.CS : Guest.GS;
        segments();
        stack32 = (guest.segments[Guest.SS].attributes() & 0x4000) != 0;
    }

    /** Other bases and limits than those of the guest. */
    private void segments() {
        for (int segment : new int[] {Guest.ES, Guest.SS, Guest.DS, Guest.FS}) {
            SegmentState was = guest.segments[segment];
            int base = segment == Guest.SS ? 0x2_0000 + r.nextInt(0x3000) : 0x2_0000 + r.nextInt(0x1_0001);
            int limit =
                    switch (guest.mode == Mode.V86 ? 0 : r.nextInt(6)) {
                        case 0, 1, 2 -> 0xFFFF;
                        case 3 -> 0x8000 + r.nextInt(0x8000);
                        case 4 -> 0x7FFF;
                        default -> segment == Guest.SS && (code32 || r.nextBoolean()) ? 0xFFFE : 0xF_FFFF;
                    };
            int attributes = was.attributes() & ~0x8004;
            if (!paragraphs && r.nextInt(4) == 0) {
                attributes ^= 0x4000; // the stack's width
            }
            if (!paragraphs && segment != Guest.SS && r.nextInt(5) == 0) {
                attributes |= 4; // expand-down
                limit = 0x0FFF + r.nextInt(0x1000);
            }
            if (!paragraphs && segment != Guest.SS && r.nextInt(6) == 0) {
                attributes &= ~2; // read-only
            }
            base = paragraphs ? base & -16 : base;
            int selector = paragraphs ? base >>> 4 : was.selector();
            guest.segments[segment] = new SegmentState(selector, base, limit, attributes);
        }
        if (!paragraphs) {
            SegmentState was = guest.segments[Guest.GS];
            guest.segments[Guest.GS] = new SegmentState(was.selector(), HOME, 0xFFFF, was.attributes() & ~0x8004);
            code(guest.segments[Guest.CS]);
        }
    }

    /** A CS that ends behind the code or, in 32-bit code, is flat. */
    private void code(SegmentState was) {
        int first = HOME + STUB - was.base();
        SegmentState cs =
                switch (r.nextInt(3)) {
                    case 0 ->
                        new SegmentState(
                                was.selector(), was.base(), first + 0x20 + r.nextInt(0x3000), was.attributes());
                    case 1 -> code32 ? new SegmentState(was.selector(), 0, -1, was.attributes() | 0x8000) : was;
                    default -> was;
                };
        guest.segments[Guest.CS] = cs;
    }

    private boolean isCodeFlat() {
        return guest.segments[Guest.CS].limit() == -1;
    }

    /** The instruction that {@link #make} chose. */
    Instruction instruction() {
        return in;
    }

    /** Offset in CS of the instruction in a case. */
    int offset(Case c) {
        return c.program().address(tested) - guest.base(Guest.CS);
    }

    /** A case of a form, or null when it cannot be encoded so that the recompiler takes it. */
    Case make(Forms.Form form) {
        byte[] code = null;
        for (int i = 0; i < 40 && code == null; i++) {
            code = encode(form);
        }
        if (code == null) {
            return null;
        }
        boolean floating = FormMatrix.isFloating(form.op());
        Emitter out = new Emitter(guest);
        loop(out, code, floating);
        Program program =
                out.finish(Guest.CODE + (r.nextInt(3) == 0 ? 0xFF0 - r.nextInt(0x100) : 0x40 + r.nextInt(0x100)));
        int rounds = Math.min(times, floating ? MOST_FLOATING_TIMES : MOST_TIMES);
        long length = (long) rounds * (floating ? 75 : 68) + 60;
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < LOOKS; i++) {
            events.add(new Event(1 + r.nextLong(length), Event.Kind.LOOK, 0, 0));
        }
        events.sort(Comparator.comparingLong(Event::at));
        return new Case(seed, guest, program, data(floating, rounds), events, length);
    }

    // ---- the loop

    private void loop(Emitter out, byte[] code, boolean floating) {
        int top = out.newLabel();
        int after = out.newLabel();
        out.place(top);
        fetch(out, floating);
        prepare(out);
        tested = out.count();
        int natural = code32 ? 4 : 2;
        if (direct(in.op) && in.operandSize == natural && isLong() && r.nextBoolean()) {
            out.put(Arrays.copyOf(code, code.length - natural))
                    .nearLinear(HOME + FAR_STUB)
                    .add();
        } else {
            out.put(code).add();
        }
        if (direct(in.op)) {
            out.put(0x43).add(); // inc (e)bx, unless the branch is taken
        } else if (in.op == Op.POPF) {
            out.put(0x9C).add(); // pushf
            out.put(0x58).add(); // pop (e)ax
        }
        out.place(after);
        store(out, floating);
        advance(out, IN, TABLE, STATES, STATE_BYTES);
        home(out, 0xFF, 1, COUNT).add(); // dec [...]
        out.put(0x0F, 0x85).near(top).add(); // jnz
        out.put(0xEB, 0xFE).add(); // jmp $
        for (int i = 0; i < Handlers.LANDING_COUNT; i++) {
            out.pointer(Guest.VARS + Handlers.LANDINGS + 4 * i, after);
        }
        out.pointer(HOME + AFTER, after);
        out.pointer(HOME + AFTER + 4, after, guest.selector(Guest.CS));
    }

    /** Takes registers, flags and segments from the table; EBX points to them. */
    private void fetch(Emitter out, boolean floating) {
        home(out.wide(), 0x8B, 3, IN).add(); // mov ebx, [...]
        for (int i = 0; i < 2; i++) {
            state(out.wide(), 0x8B, 0, POINTER + 4 * i);
            home(out.wide(), 0x89, 0, TARGET + 4 * i).add();
        }
        if (in.op == Op.IRET) {
            state(out.wide(), 0x8B, 0, NEW_FLAGS);
            home(out.wide(), 0x89, 0, RETURN_FLAGS).add();
        }
        if (in.op == Op.MOV_TO_SEG || in.op == Op.POP_SEG || in.op == Op.LSS) {
            out.put(0xB8).natural(guest.selector(Guest.SS)).add(); // mov (e)ax, n
            out.put(0x8E, 0xD0).add(); // mov ss, ax
        }
        if (floating) {
            home(out.wide(), 0x8B, 6, IMAGE_IN).add(); // mov esi, [...]
            out.put(PREFIXES[home], 0x0F, 0xAE, 0x08 | (code32 ? 6 : 4)).add(); // fxrstor [esi]
        }
        for (int i = 0; paragraphs && i < LOADED.length; i++) {
            state(out, 0x8E, LOADED[i], SELECTORS + 2 * i);
        }
        boolean down = in.op.has(Trait.STRING) && r.nextInt(8) == 0;
        out.put(down ? 0xFD : 0xFC).add(); // std, cld
        state(out, 0x8B, 0, FLAGS);
        out.put(0x04, 0x7F).add(); // add al, 7Fh: OF if AL is 1
        out.put(0x9E).add(); // sahf
        for (int register : new int[] {0, 1, 2, 4, 5, 6, 7, 3}) {
            state(out.wide(), 0x8B, register, 4 * register);
        }
    }

    /** What the instruction expects on the stack. */
    private void prepare(Emitter out) {
        switch (in.op) {
            case RET, POPF, POP_SEG -> push(out, TARGET);
            case IRET -> {
                push(out, RETURN_FLAGS);
                push(out, TARGET_SELECTOR);
                push(out, TARGET);
            }
            case RET_FAR -> {
                push(out, TARGET_SELECTOR);
                push(out, TARGET);
            }
            default -> {
                // nothing
            }
        }
    }

    private void push(Emitter out, int variable) {
        if (in.operandSize == 4 != code32) {
            out.put(0x66);
        }
        home(out, 0xFF, 6, variable).add();
    }

    private void store(Emitter out, boolean floating) {
        home(out.wide(), 0x89, 7, KEPT).add(); // mov [...], edi
        home(out, 0x8B, 7, OUT).add(); // mov (e)di, [...]
        for (int register = 0; register < 7; register++) {
            result(out.wide(), 0x89, register, 4 * register);
        }
        if (!consumer(out)) {
            out.put(0x9F).add(); // lahf
            out.put(0x0F, 0x90, 0xC0).add(); // seto al
            result(out, 0x89, 0, FLAGS);
        }
        home(out.wide(), 0x8B, 0, KEPT).add();
        result(out.wide(), 0x89, 0, 28);
        for (int i = 0; i < LOADED.length; i++) {
            result(out, 0x8C, LOADED[i], 36 + 2 * i); // mov [...], segment register
        }
        home(out, 0x83, 0, OUT).put(RESULT_BYTES).add(); // add [...], n
        if (floating) {
            if (paragraphs && r.nextBoolean()) {
                home(out, 0x8E, Guest.DS, TARGET_SELECTOR)
                        .add(); // mov ds, [...]: the data pointer keeps what there was
            }
            home(out.wide(), 0x8B, 6, IMAGE_OUT).add();
            out.put(PREFIXES[home], 0x0F, 0xAE, code32 ? 6 : 4).add(); // fxsave [esi]
            home(out, 0x81, 0, IMAGE_OUT).natural(IMAGE_BYTES).add();
            advance(out, IMAGE_IN, IMAGE_TABLE, IMAGES, IMAGE_BYTES);
        }
    }

    /** Something that wants few flags, and then code that wants none; false when all are to be stored. */
    private boolean consumer(Emitter out) {
        switch (r.nextInt(8)) {
            case 0 -> {
                out.put(PREFIXES[home], 0x0F, 0x90 | r.nextInt(16), 0x40 | (code32 ? 7 : 5), FLAGS)
                        .add(); // setcc [...]
            }
            case 1 -> {
                int over = out.newLabel();
                out.put(0x70 | r.nextInt(16)).shortly(over).add(); // jcc
                home(out, 0xFF, 0, SCRATCH).add(); // inc [...]
                out.place(over);
            }
            case 2 -> home(out.wide(), 0x11, 0, SCRATCH + 4).add(); // adc [...], eax
            default -> {
                return false;
            }
        }
        out.put(0x3B, 0xC0).add(); // cmp (e)ax, (e)ax
        return true;
    }

    private void advance(Emitter out, int variable, int first, int count, int size) {
        int over = out.newLabel();
        home(out, 0x8B, 0, variable).add(); // mov (e)ax, [...]
        out.put(0x05).natural(size).add(); // add
        out.put(0x3D).natural(first + count * size).add(); // cmp
        out.put(0x72).shortly(over).add(); // jb
        out.put(0xB8).natural(first).add(); // mov
        out.place(over);
        home(out, 0x89, 0, variable).add();
    }

    /** An instruction with a variable as its operand. */
    private Emitter home(Emitter out, int opcode, int reg, int variable) {
        return out.put(PREFIXES[home], opcode, reg << 3 | (code32 ? 5 : 6)).natural(variable);
    }

    private void state(Emitter out, int opcode, int reg, int field) {
        out.put(PREFIXES[home], opcode, 0x40 | reg << 3 | (code32 ? 3 : 7), field)
                .add(); // [(e)bx+n]
    }

    private void result(Emitter out, int opcode, int reg, int field) {
        out.put(PREFIXES[home], opcode, 0x40 | reg << 3 | (code32 ? 7 : 5), field)
                .add(); // [(e)di+n]
    }

    /** Whether an operation has its target in the instruction. */
    private static boolean direct(Op op) {
        return switch (op) {
            case JMP, JCC, CALL, LOOP, LOOPE, LOOPNE, JCXZ -> true;
            default -> false;
        };
    }

    /** Whether a direct branch has more than a byte of distance. */
    private boolean isLong() {
        return in.opcode == 0xE8 || in.opcode == 0xE9 || in.op == Op.JCC && (in.opcode & 0xFF) >= 0x80;
    }

    // ---- the instruction

    private byte[] encode(Forms.Form form) {
        byte[] bytes = new byte[40];
        int n = 0;
        if (r.nextInt(4) == 0) {
            bytes[n++] = (byte) PREFIXES[r.nextInt(6)];
        }
        boolean wide = code32;
        if (r.nextInt(4) == 0) {
            bytes[n++] = 0x67;
            wide = !code32;
        }
        if (form.memory() && form.op().has(Trait.LOCKABLE) && r.nextInt(10) == 0) {
            bytes[n++] = (byte) 0xF0;
        }
        if (form.prefix() >= 0) {
            bytes[n++] = (byte) form.prefix();
        } else if (r.nextBoolean()) {
            bytes[n++] = 0x66;
        }
        if (form.twoByte()) {
            bytes[n++] = 0x0F;
        }
        bytes[n++] = (byte) form.opcode();
        int modrm = n;
        if (form.hasModrm()) {
            int reg = form.reg() < 0 ? r.nextInt(8) : form.reg();
            int rm = form.rm() < 0 ? r.nextInt(8) : form.rm();
            int mod = form.memory() ? r.nextInt(3) : 3;
            bytes[n++] = (byte) (mod << 6 | reg << 3 | rm);
        }
        for (int i = n; i < bytes.length - 8; i += 4) {
            put(bytes, i, Values.word(r));
        }
        decoder.decode(at -> bytes[at], code32, in);
        if (in.op != form.op()) {
            return null;
        }
        if (in.hasMemory()
                && in.base < 0
                && in.index < 0) { // the address is in the instruction, behind all but an immediate
            int at = form.hasModrm() ? modrm + (wide && (bytes[modrm] & 7) == 4 ? 2 : 1) : n;
            int offset = offset(in.segment, Math.max(1, in.memorySize), bases());
            bytes[at] = (byte) offset;
            bytes[at + 1] = (byte) (offset >> 8);
            if (wide) {
                put(bytes, at, offset);
            }
        }
        if (in.op == Op.INT && r.nextInt(4) > 0) {
            bytes[n] = (byte) (Handlers.SERVICES + r.nextInt(Handlers.SERVICE_COUNT));
        }
        if (direct(in.op)) {
            put(bytes, n, 1);
        } else if (in.op == Op.CALL_FAR || in.op == Op.JMP_FAR) {
            put(bytes, n, target());
            int selector = n + in.operandSize;
            bytes[selector] = (byte) (HOME >> 4);
            bytes[selector + 1] = (byte) (HOME >> 12);
        }
        decoder.decode(at -> bytes[at], code32, in);
        boolean taken = Coverage.takes(in, code32, stack32, paragraphs, guest.mode.level == 3);
        boolean ownSegment = !paragraphs && in.hasMemory() && in.segment == Guest.GS;
        boolean low = isCodeFlat() && in.operandSize == 2 && direct(in.op); // would lead to the system
        return in.op == form.op() && taken && !ownSegment && !low ? Arrays.copyOf(bytes, in.length) : null;
    }

    private static void put(byte[] bytes, int at, int value) {
        for (int i = 0; i < 4; i++) {
            bytes[at + i] = (byte) (value >> 8 * i);
        }
    }

    /** Where indirect branches lead, in CS. */
    private int target() {
        return isCodeFlat() && in.operandSize == 2 ? LOW_STUB : HOME + STUB - guest.base(Guest.CS);
    }

    // ---- states

    private List<Case.Data> data(boolean floating, int rounds) {
        List<Case.Data> data = new ArrayList<>();
        ByteBuffer variables = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
        variables
                .putInt(TABLE)
                .putInt(RESULTS)
                .putInt(rounds)
                .putInt(IMAGE_TABLE)
                .putInt(IMAGE_RESULTS);
        data.add(new Case.Data(HOME + IN, variables.array()));
        ByteBuffer table = ByteBuffer.allocate(STATES * STATE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < STATES; i++) {
            table.position(i * STATE_BYTES);
            state(table, data);
        }
        data.add(new Case.Data(HOME + TABLE, table.array()));
        for (int i = 0; floating && i < IMAGES; i++) {
            data.add(new Case.Data(HOME + IMAGE_TABLE + i * IMAGE_BYTES, Values.floatingPoint(r)));
        }
        stubs(data);
        return data;
    }

    private void state(ByteBuffer table, List<Case.Data> data) {
        int[] bases = bases();
        int[] selectors = new int[6];
        for (int segment : LOADED) {
            if (paragraphs && r.nextInt(3) > 0) {
                bases[segment] = 0x2_0000 + r.nextInt(0x1001) * 16;
            }
            selectors[segment] = bases[segment] >>> 4;
        }
        int[] g = registers(bases);
        int target = target();
        int selector = HOME >> 4;
        switch (in.op) {
            case POPF -> target = flags();
            case POP_SEG -> target = r.nextInt(4) == 0 ? Values.word(r) : 0x2000 + r.nextInt(0x1000);
            case RET_FAR, JMP_FAR_IND, CALL_FAR_IND, IRET -> selector = r.nextBoolean() ? HOME >> 4 : SECOND >> 4;
            default -> {
                // a near target
            }
        }
        if (in.operandSize == 4 && in.op.has(Trait.BRANCH) && r.nextInt(12) == 0) {
            target |= r.nextInt() << 16; // beyond the limit
        }
        if (in.op == Op.CALL_IND || in.op == Op.JMP_IND || in.op == Op.JMP_FAR_IND || in.op == Op.CALL_FAR_IND) {
            if (in.hasMemory()) {
                pointer(data, linear(g, bases), target, selector);
            } else {
                g[in.reg1] = in.operandSize == 4 ? target : target & 0xFFFF | g[in.reg1] & 0xFFFF_0000;
            }
        }
        if ((in.op == Op.FLDCW || in.op == Op.LDMXCSR) && r.nextInt(4) > 0) {
            control(data, linear(g, bases));
        }
        for (int value : g) {
            table.putInt(value);
        }
        table.putShort((short) (r.nextInt() & 0xD501));
        for (int segment : LOADED) {
            table.putShort((short) selectors[segment]);
        }
        table.putShort((short) 0).putInt(target).putInt(selector).putInt(in.op == Op.IRET ? flags() : 0);
    }

    /** A far pointer in the guest's data. */
    private void pointer(List<Case.Data> data, int linear, int offset, int selector) {
        if (linear < 0x2_0000 && !(linear >= HOME + 0x2000 && linear < HOME + STUB - 8) || linear >= 0x3_FFF0) {
            return;
        }
        for (int i = 0; i < in.operandSize + 2; i++) {
            int value = i < in.operandSize ? offset >> 8 * i : selector >> 8 * (i - in.operandSize);
            data.add(new Case.Data(linear + i, new byte[] {(byte) value}));
        }
    }

    /** A control word that masks all exceptions. */
    private void control(List<Case.Data> data, int linear) {
        if (linear >= 0x2_0000 && linear < 0x3_FFF0) {
            int word = in.op == Op.FLDCW ? 0x037F | r.nextInt(4) << 10 : 0x1F80 | r.nextInt(4) << 13;
            data.add(new Case.Data(linear, new byte[] {(byte) word, (byte) (word >> 8), 0, 0}));
        }
    }

    private int linear(int[] g, int[] bases) {
        int offset = in.displacement + (in.base < 0 ? 0 : g[in.base]) + (in.index < 0 ? 0 : g[in.index] << in.scale);
        return bases[in.segment] + (in.addressSize == 2 ? offset & 0xFFFF : offset);
    }

    private int[] bases() {
        int[] bases = new int[6];
        Arrays.setAll(bases, guest::base);
        return bases;
    }

    private int flags() {
        int status = EFlags.STATUS | (r.nextInt(3) > 0 ? 0 : EFlags.IF) | (r.nextInt(8) > 0 ? 0 : EFlags.DF);
        int iopl = r.nextInt(10) > 0 ? guest.iopl : r.nextInt(4);
        return r.nextInt() & status | 2 | EFlags.IF & -r.nextInt(2) | iopl << 12;
    }

    private int[] registers(int[] bases) {
        int[] g = new int[8];
        for (int i = 0; i < 8; i++) {
            g[i] = Values.word(r);
        }
        g[ESP] = stackPointer();
        int size = Math.max(1, in.memorySize);
        if (in.hasMemory()) {
            aim(g, offset(in.segment, size, bases) - in.displacement);
        }
        if (in.op.has(Trait.STRING)) {
            set(g, 1, r.nextInt(4) == 0 ? r.nextInt(0x400) : r.nextInt(12));
            set(g, 6, offset(in.segment, in.operandSize, bases));
            set(g, 7, offset(Guest.ES, in.operandSize, bases));
        }
        switch (in.op) {
            case MASKMOVQ, MASKMOVDQU -> set(g, 7, offset(in.segment, 16, bases));
            case LEAVE -> g[5] = stackPointer();
            case LOOP, LOOPE, LOOPNE, JCXZ -> set(g, 1, r.nextInt(3));
            case XLAT -> set(g, 3, offset(in.segment, 1, bases) - (r.nextBoolean() ? g[0] & 0xFF : 0));
            default -> FormMatrix.fit(in, r, g);
        }
        return g;
    }

    /** Sets as much of a register as addresses have. */
    private void set(int[] g, int register, int value) {
        boolean part = in.addressSize == 2 && (code32 || r.nextInt(4) > 0);
        g[register] = part ? value & 0xFFFF | g[register] & 0xFFFF_0000 : value;
    }

    private void aim(int[] g, int offset) {
        if (in.base >= 0 && in.base != in.index && in.base != ESP) {
            set(g, in.base, offset - (in.index < 0 ? 0 : g[in.index] << in.scale));
        } else if (in.index >= 0 && in.base < 0) {
            set(g, in.index, offset >>> in.scale);
        }
    }

    private boolean expandsDown(int segment) {
        return !paragraphs && segment != Guest.CS && (guest.segments[segment].attributes() & 4) != 0;
    }

    /** An offset at which an operand of a size is interesting: at ends of pages and segments, at 0 and 64 KiB. */
    private int offset(int segment, int size, int[] bases) {
        int base = bases[segment];
        if (segment == Guest.CS && paragraphs) { // not the loop
            return 0x2000 + r.nextInt(0x1000) + (r.nextInt(3) == 0 ? pageEnd(base, 0x2000, size) - 0x2000 & 0xFFF : 0);
        }
        int limit = guest.segments[segment].limit();
        int most = expandsDown(segment) || Integer.compareUnsigned(limit, 0xFFFF) > 0 ? 0xFFFF : limit;
        int mask = in.addressSize == 2 ? 0xFFFF : -1;
        int aligned = (base + r.nextInt(most) & -Integer.highestOneBit(size)) - base;
        return switch (r.nextInt(24)) {
            case 0, 1, 2 -> limit + 1 - r.nextInt(2 * size + 1) & mask;
            case 3 -> r.nextInt(8);
            case 4, 5 -> 0x1_0000 - r.nextInt(size + 2) & mask;
            case 6 -> Values.word(r) & mask;
            case 7 -> inPage(Guest.DEVICE + r.nextInt(0x2000), base, most, mask);
            case 8 -> inPage((Guest.ABSENT_PAGE << 12) + r.nextInt(0x3000) - 8, base, most, mask);
            case 9, 10, 11, 12, 13 -> pageEnd(base, r.nextInt(most - 0x1800), size) & mask;
            case 14, 15, 16 -> r.nextInt(most);
            default -> Math.max(0, aligned);
        };
    }

    private int inPage(int linear, int base, int most, int mask) {
        int offset = linear - base;
        return offset >= 0 && offset < most ? offset & mask : r.nextInt(most);
    }

    /** The offset just before the first end of a page behind one. */
    private int pageEnd(int base, int offset, int size) {
        return (base + offset | 0xFFF) + 1 - r.nextInt(size + 1) - base;
    }

    private int stackPointer() {
        int base = guest.base(Guest.SS);
        int limit = Math.min(guest.segments[Guest.SS].limit(), 0xFFFF);
        boolean outer = guest.mode.level == 3;
        int align = outer ? 1 : guest.mode == Mode.REAL ? 2 : 4; // what cannot be delivered ends the run
        int middle = Guest.STACK - base - r.nextInt(0x400);
        int pointer =
                switch (r.nextInt(10)) {
                    case 0, 1 -> outer || !stack32 && limit == 0xFFFF ? r.nextInt(10) * 4 / 4 * align : middle;
                    case 2, 3 -> Math.min(0xFFFF, limit + 1) - r.nextInt(12);
                    case 4, 5, 6 -> pageEnd(base, 0x1000 + r.nextInt(limit - 0x3000), 32);
                    case 7 -> 0x100 + r.nextInt(limit - 0x100);
                    default -> middle & -4;
                };
        return stack32 || r.nextInt(3) == 0
                ? pointer
                : pointer & 0xFFFF | (r.nextBoolean() ? r.nextInt(16) : r.nextInt()) << 16;
    }

    // ---- where indirect branches lead

    private void stubs(List<Case.Data> data) {
        boolean far = in.op == Op.RET_FAR || in.op == Op.JMP_FAR_IND || in.op == Op.CALL_FAR_IND || in.op == Op.IRET;
        boolean both = in.op == Op.CALL_FAR || in.op == Op.JMP_FAR;
        Code first = new Code(HOME + STUB).put(0x43); // inc (e)bx
        if (both) {
            first.put(0xEA).word(STUB).word(SECOND >> 4); // jmp far
        } else if (code32) {
            first.put(PREFIXES[home], 0xFF, 0x25).put(AFTER, AFTER >> 8, 0, 0); // jmp [...]
        } else {
            first.put(PREFIXES[home], 0xFF, far ? 0x2E : 0x26).word(far ? AFTER + 4 : AFTER); // jmp, jmp far
        }
        for (int at : new int[] {HOME + STUB, HOME + FAR_STUB, LOW_STUB}) {
            data.add(new Case.Data(at, first.bytes()));
        }
        Code second = new Code(SECOND + STUB).put(0x4B, 0x47); // dec bx; inc di
        second.put(0x2E, 0xFF, 0x2E).word(AFTER + 4 - (SECOND - HOME)); // jmp far cs:[...]
        data.add(new Case.Data(SECOND + STUB, second.bytes()));
    }
}
