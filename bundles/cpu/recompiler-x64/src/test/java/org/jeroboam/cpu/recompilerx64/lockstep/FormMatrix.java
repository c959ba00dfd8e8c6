package org.jeroboam.cpu.recompilerx64.lockstep;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.cpu.x86.decode.Decoder;

/**
 * Cases of one instruction form: a loop that takes registers, flags and the state of the floating-point units from a
 * table, executes the instruction and stores what came out. Memory operands lead to where something happens.
 */
final class FormMatrix {
    private static final int STATES = 48;
    private static final int STATE_BYTES = 36;
    private static final int IMAGES = 8;
    private static final int IMAGE_BYTES = 512;
    private static final int LOOKS = 6;
    private static final int ESP = 4;

    /** Variables: where to read and write next, and the count of rounds. */
    private static final int IN = 0x7_0000;

    private static final int OUT = IN + 4;
    private static final int COUNT = IN + 8;
    private static final int IMAGE_IN = IN + 12;
    private static final int IMAGE_OUT = IN + 16;
    private static final int TABLE = 0x7_1000;
    private static final int RESULTS_END = 0x7_8000;
    private static final int IMAGE_TABLE = 0x7_9000;
    private static final int IMAGE_RESULTS = 0x8_0000;

    private final SplittableRandom r;
    private final long seed;
    private final int times;
    private final Guest guest;
    private final MemoryOperands addresses;
    private final Decoder decoder = new Decoder(Forms.MODEL.features());
    private final Instruction in = new Instruction();

    /** @param times how often the loop goes round */
    FormMatrix(long seed, Mode mode, int times) {
        this.seed = seed;
        this.times = times;
        r = new SplittableRandom(seed);
        guest = new Guest(mode, seed);
        addresses = new MemoryOperands(r, guest);
    }

    /** A case of a form, or null when it cannot be encoded so. */
    Case make(Forms.Form form) {
        byte[] code = null;
        for (int i = 0; i < 20 && code == null; i++) {
            code = encode(form);
        }
        if (code == null) {
            return null;
        }
        boolean floating = isFloating(form.op());
        Emitter out = new Emitter(guest);
        int after = loop(out, code, floating);
        for (int i = 0; i < Handlers.LANDING_COUNT; i++) {
            out.pointer(Guest.VARS + Handlers.LANDINGS + 4 * i, after);
        }
        Program program = out.finish(Guest.CODE + (r.nextInt(4) == 0 ? 0xFF0 - r.nextInt(0x60) : r.nextInt(0x100)));
        long length = (long) times * (floating ? 30 : 22) + 40;
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < LOOKS; i++) {
            events.add(new Event(1 + r.nextLong(length), Event.Kind.LOOK, 0, 0));
        }
        events.sort(Comparator.comparingLong(Event::at));
        return new Case(seed, guest, program, data(floating), events, length);
    }

    static boolean isFloating(Op op) {
        return op.has(Trait.FPU) || op.has(Trait.MMX) || op.has(Trait.SSE) || op.has(Trait.SSE2);
    }

    private List<Case.Data> data(boolean floating) {
        List<Case.Data> data = new ArrayList<>();
        ByteBuffer variables = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
        variables
                .putInt(TABLE)
                .putInt(RESULTS_END)
                .putInt(times)
                .putInt(IMAGE_TABLE)
                .putInt(IMAGE_RESULTS);
        data.add(new Case.Data(IN, variables.array()));
        ByteBuffer table = ByteBuffer.allocate(STATES * STATE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < STATES; i++) {
            int[] registers = registers();
            for (int register = 7; register >= 0; register--) {
                table.putInt(registers[register]); // as POPAD takes them
            }
            table.putInt(flags());
        }
        data.add(new Case.Data(TABLE, table.array()));
        if (floating) {
            for (int i = 0; i < IMAGES; i++) {
                data.add(new Case.Data(IMAGE_TABLE + i * IMAGE_BYTES, Values.floatingPoint(r)));
            }
        }
        return data;
    }

    private int flags() {
        int all = EFlags.STATUS | EFlags.DF | EFlags.AC | EFlags.IF;
        int flags =
                switch (r.nextInt(4)) {
                    case 0 -> 0;
                    case 1 -> EFlags.STATUS | EFlags.IF;
                    default -> r.nextInt() & all;
                };
        return flags | 2 | guest.iopl << 12;
    }

    /** The loop; answers the label behind the instruction. */
    private int loop(Emitter out, byte[] code, boolean floating) {
        int top = out.newLabel();
        int after = out.newLabel();
        out.place(top);
        if (floating) {
            out.put(0x8B, 0x05).dword(IMAGE_IN).add(); // mov eax, [...]
            out.put(0x0F, 0xAE, 0x08).add(); // fxrstor [eax]
        }
        out.put(0x8B, 0x25).dword(IN).add(); // mov esp, [...]
        out.put(0x61).add(); // popad
        out.put(0x9D).add(); // popfd
        out.put(0xBC).dword(Guest.STACK - 0x200).add(); // mov esp, n
        producer(out);
        out.put(code).add();
        consumer(out);
        out.place(after);
        out.put(0x89, 0x25).dword(IN + 0x20).add(); // mov [...], esp
        out.put(0x8B, 0x25).dword(OUT).add();
        out.put(0x9C).add(); // pushfd
        out.put(0x60).add(); // pushad
        out.put(0x89, 0x25).dword(OUT).add();
        out.put(0xBC).dword(Guest.STACK - 0x200).add();
        if (floating) {
            out.put(0x8B, 0x05).dword(IMAGE_OUT).add(); // mov eax, [...]
            out.put(0x0F, 0xAE, 0x00).add(); // fxsave [eax]
            out.put(0x81, 0x05).dword(IMAGE_OUT).dword(IMAGE_BYTES).add(); // add dword [...], 512
            advance(out, IMAGE_IN, IMAGE_TABLE, IMAGES, IMAGE_BYTES);
        }
        advance(out, IN, TABLE, STATES, STATE_BYTES);
        out.put(0xFF, 0x0D).dword(COUNT).add(); // dec dword [...]
        out.put(0x0F, 0x85).near(top).add(); // jnz
        out.put(0xEB, 0xFE).add(); // jmp $
        return after;
    }

    /** Flags that do not come from a stack: all of them, or some that the instruction leaves alone. */
    private void producer(Emitter out) {
        switch (r.nextInt(7)) {
            case 0 -> out.put(0x9E).add(); // sahf
            case 1 -> out.put(0x3B, 0xC0 | r.nextInt(64)).add(); // cmp reg, reg
            case 2 -> out.put(0x66, 0x40 | r.nextInt(3)).add(); // inc reg
            case 3 -> out.put(0xD3, 0xC0 | r.nextInt(64)).add(); // shift or rotate by cl
            case 4 -> out.put(0x0F, 0xA3, 0xC0 | r.nextInt(64)).add(); // bt reg, reg
            default -> {
                // those of the table
            }
        }
    }

    /** Something that wants few flags, and then code that wants none. */
    private void consumer(Emitter out) {
        switch (r.nextInt(6)) {
            case 0 -> out.put(0x0F, 0x90 | r.nextInt(16), 0x05).dword(IN + 0x24).add(); // setcc [...]
            case 1 -> {
                int over = out.newLabel();
                out.put(0x70 | r.nextInt(16)).shortly(over).add(); // jcc
                out.put(0xFF, 0x05).dword(IN + 0x28).add(); // inc dword [...]
                out.place(over);
            }
            case 2 -> {
                out.put(0x89, 0x3D).dword(IN + 0x2C).add(); // mov [...], edi
                out.put(0x0F, 0x40 | r.nextInt(16), 0xC0 | r.nextInt(8)).add(); // cmovcc eax, reg
            }
            case 3 -> out.put(0x11, 0x05).dword(IN + 0x30).add(); // adc [...], eax
            default -> {
                return; // all flags are stored
            }
        }
        out.put(0x3B, 0xC0).add(); // cmp eax, eax
    }

    private static void advance(Emitter out, int variable, int first, int count, int size) {
        int over = out.newLabel();
        out.put(0x8B, 0x05).dword(variable).add(); // mov eax, [...]
        out.put(0x05).dword(size).add(); // add eax, n
        out.put(0x3D).dword(first + count * size).add(); // cmp eax, n
        out.put(0x72).shortly(over).add(); // jb
        out.put(0xB8).dword(first).add(); // mov eax, n
        out.place(over);
        out.put(0x89, 0x05).dword(variable).add(); // mov [...], eax
    }

    private byte[] encode(Forms.Form form) {
        byte[] bytes = new byte[40];
        int n = 0;
        if (r.nextInt(12) == 0) {
            bytes[n++] = (byte) new int[] {0x64, 0x65, 0x2E, 0x36, 0x26}[r.nextInt(5)];
        }
        if (form.memory() && form.op().has(Trait.LOCKABLE) && r.nextInt(8) == 0) {
            bytes[n++] = (byte) 0xF0;
        }
        if (form.prefix() >= 0) {
            bytes[n++] = (byte) form.prefix();
        } else if (r.nextInt(6) == 0) {
            bytes[n++] = 0x66;
        }
        if (form.twoByte()) {
            bytes[n++] = 0x0F;
        }
        bytes[n++] = (byte) form.opcode();
        if (form.hasModrm()) {
            int reg = form.reg() < 0 ? r.nextInt(8) : form.reg();
            int rm = form.rm() < 0 ? r.nextInt(8) : form.rm();
            int mod = form.memory() ? r.nextInt(3) : 3;
            bytes[n++] = (byte) (mod << 6 | reg << 3 | rm);
            if (form.memory() && rm == 4) {
                bytes[n++] = (byte) r.nextInt();
            }
            boolean absolute = mod == 0 && (rm == 5 || rm == 4 && (bytes[n - 1] & 7) == 5);
            if (mod == 2 && form.memory() || absolute) {
                n = put(bytes, n, absolute ? addresses.offset(Guest.DS, 8) : Values.word(r));
            } else if (mod == 1 && form.memory()) {
                bytes[n++] = (byte) r.nextInt();
            }
        } else if (form.opcode() >= 0xA0 && form.opcode() <= 0xA3 && !form.twoByte()) {
            n = put(bytes, n, addresses.offset(Guest.DS, 4));
        }
        if (!form.op().has(Trait.BRANCH)) { // a direct branch leads to what follows
            for (int i = n; i < bytes.length - 8; i += 4) {
                put(bytes, i, Values.word(r));
            }
        }
        decoder.decode(at -> bytes[at], true, in);
        return in.op == form.op() ? Arrays.copyOf(bytes, in.length) : null;
    }

    private static int put(byte[] bytes, int at, int value) {
        for (int i = 0; i < 4; i++) {
            bytes[at + i] = (byte) (value >> 8 * i);
        }
        return at + 4;
    }

    /** Random registers that fit the encoded instruction. */
    private int[] registers() {
        int[] g = new int[8];
        for (int i = 0; i < 8; i++) {
            g[i] = Values.word(r);
        }
        if (in.hasMemory() && in.addressSize == 4) {
            aim(g);
        }
        if (in.op.has(Trait.STRING)) {
            g[1] = r.nextInt(4) == 0 ? Values.word(r) & 0x3FF : r.nextInt(12);
            g[6] = addresses.offset(in.segment, in.operandSize);
            g[7] = addresses.offset(Guest.ES, in.operandSize);
        }
        switch (in.op) {
            case XLAT -> g[3] = addresses.offset(in.segment, 200);
            case MASKMOVQ, MASKMOVDQU -> g[7] = addresses.offset(in.segment, 16);
            case LEAVE -> g[5] = Guest.STACK - r.nextInt(0x100);
            case LOOP, LOOPE, LOOPNE, JCXZ -> g[1] = r.nextInt(3);
            default -> fit(in, r, g);
        }
        return g;
    }

    /** Lets divisions often succeed and counts of shifts be small. */
    static void fit(Instruction in, SplittableRandom r, int[] g) {
        switch (in.op) {
            case DIV, IDIV -> {
                g[2] = r.nextInt(4) == 0 ? g[2] : g[0] >> 31;
                g[1] |= r.nextInt(3);
            }
            case SHL, SHR, SAR, ROL, ROR, RCL, RCR, SHLD, SHRD -> {
                if (in.base != 1 && in.index != 1) {
                    g[1] = g[1] & -0x100 | r.nextInt(48);
                }
            }
            default -> {
                // as they are
            }
        }
    }

    /** Lets the memory operand lead to an interesting place. */
    private void aim(int[] g) {
        int offset = addresses.offset(in.segment, Math.max(1, in.memorySize)) - in.displacement;
        if (in.kind2 == OperandKind.REG32 && isBitTest() && in.reg2 != in.base && in.reg2 != in.index) {
            g[in.reg2] = r.nextInt(4) > 0 ? r.nextInt(256) - 128 : g[in.reg2];
        }
        if (in.base >= 0 && in.base != in.index && in.base != ESP) {
            g[in.base] = offset - (in.index < 0 ? 0 : g[in.index] << in.scale);
        } else if (in.index >= 0 && in.base < 0) {
            g[in.index] = offset >>> in.scale;
        }
    }

    private boolean isBitTest() {
        return in.op == Op.BT || in.op == Op.BTS || in.op == Op.BTR || in.op == Op.BTC;
    }
}
