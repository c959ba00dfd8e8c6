package org.jeroboam.machine;

import java.util.Objects;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;
import org.jeroboam.hardware.memory.MemoryMap;

/**
 * Loads of segment registers for a debugger, as MOV does them in the present mode, and of CS as a far JMP to a code segment
 * (Intel SDM volume 2, MOV and JMP). What would be an exception is a refusal.
 */
final class SegmentLoad {
    private static final String[] NAMES = {"ES", "CS", "SS", "DS", "FS", "GS"};
    private static final int PROTECTION_ENABLE = 1;
    private static final int VIRTUAL_8086 = 1 << 17;
    private static final SegmentState NOTHING = new SegmentState(0, 0, 0, 0);

    // Attributes of a descriptor.
    private static final int ACCESSED = 1;
    private static final int SECOND = 1 << 1; // writable data, readable code
    private static final int CONFORMING = 1 << 2;
    private static final int CODE = 1 << 3;
    private static final int SEGMENT = 1 << 4;
    private static final int PRESENT = 1 << 7;
    private static final int GRANULAR = 1 << 15;

    private final CpuCore core;
    private final MemoryMap memory;
    private final CpuState state;

    private SegmentLoad(CpuCore core, MemoryMap memory, CpuState state) {
        this.core = core;
        this.memory = memory;
        this.state = state;
    }

    /**
     * Completes a state that is about to be given to a core: a register whose selector alone differs from what the core has is
     * loaded.
     *
     * @param core has the old state, and translates
     * @param memory holds the descriptor tables
     * @param state changed
     * @throws Refusal when a load would fault
     */
    static void complete(CpuCore core, MemoryMap memory, CpuState state) throws Refusal {
        SegmentState[] old = core.save().segments;
        SegmentLoad load = new SegmentLoad(core, memory, state);
        SegmentState[] loaded = state.segments.clone();
        for (int i = 0; i < NAMES.length; i++) {
            SegmentState wanted = state.segments[i];
            SegmentState sameHidden =
                    new SegmentState(wanted.selector(), old[i].base(), old[i].limit(), old[i].attributes());
            if (wanted.selector() != old[i].selector() && Objects.equals(wanted, sameHidden)) {
                loaded[i] = load.load(i, wanted.selector());
            }
        }
        state.segments = loaded;
    }

    private SegmentState load(int register, int selector) throws Refusal {
        if (selector != (selector & 0xFFFF)) {
            throw Refusal.of(NAMES[register] + " has 16 bits, which " + Integer.toHexString(selector) + "h exceeds");
        }
        if ((state.eflags & VIRTUAL_8086) != 0) {
            return new SegmentState(selector, selector << 4, 0xFFFF, 0xF3);
        }
        return (state.cr0 & PROTECTION_ENABLE) == 0 ? real(register, selector) : protectedMode(register, selector);
    }

    /** Limit and size stay, but for a register that protected mode left unusable. */
    private SegmentState real(int register, int selector) {
        SegmentState old = state.segments[register];
        boolean usable = (old.attributes() & PRESENT) != 0;
        int limit = usable ? old.limit() : 0xFFFF;
        return new SegmentState(selector, selector << 4, limit, (usable ? old.attributes() & 0xF000 : 0) | 0x93);
    }

    private SegmentState protectedMode(int register, int selector) throws Refusal {
        if ((selector & 0xFFFC) == 0) {
            if (register == CpuState.CS || register == CpuState.SS) {
                throw refused(register, selector, "is the null selector");
            }
            return new SegmentState(selector, 0, 0, 0);
        }
        int at = descriptor(register, selector);
        int low = read(at);
        int high = read(at + 4);
        int attributes = high >>> 8 & 0xF0FF;
        check(register, selector, attributes);
        if ((attributes & ACCESSED) == 0) {
            memory.write(physical(at + 5), 1, attributes | ACCESSED);
        }
        int limit = low & 0xFFFF | high & 0xF_0000;
        int base = low >>> 16 | (high & 0xFF) << 16 | high & 0xFF00_0000;
        int visible = register == CpuState.CS ? selector & ~3 | privilege() : selector;
        boolean granular = (attributes & GRANULAR) != 0;
        return new SegmentState(visible, base, granular ? limit << 12 | 0xFFF : limit, attributes | ACCESSED);
    }

    private int privilege() {
        return state.segments[CpuState.SS].attributes() >> 5 & 3;
    }

    /** Linear address of a descriptor. */
    private int descriptor(int register, int selector) throws Refusal {
        boolean local = (selector & 4) != 0;
        SegmentState ldt = local ? state.segments[CpuState.LDTR] : NOTHING;
        int base = local ? ldt.base() : state.gdtBase;
        int limit = local ? ldt.limit() : state.gdtLimit;
        boolean usable = !local || (ldt.attributes() & PRESENT) != 0;
        int offset = selector & 0xFFF8;
        if (!usable || Integer.compareUnsigned(offset + 7, limit) > 0) {
            throw refused(register, selector, "is beyond the descriptor table");
        }
        return base + offset;
    }

    private void check(int register, int selector, int attributes) throws Refusal {
        int level = attributes >> 5 & 3;
        int rpl = selector & 3;
        boolean segment = (attributes & SEGMENT) != 0;
        boolean code = (attributes & CODE) != 0;
        boolean second = (attributes & SECOND) != 0;
        boolean conforming = code && (attributes & CONFORMING) != 0;
        boolean kind;
        boolean allowed;
        switch (register) {
            case CpuState.CS -> {
                kind = code;
                allowed = conforming ? level <= privilege() : level == privilege() && rpl <= privilege();
            }
            case CpuState.SS -> {
                kind = !code && second;
                allowed = level == privilege() && rpl == privilege();
            }
            default -> {
                kind = !code || second;
                allowed = conforming || level >= privilege() && level >= rpl;
            }
        }
        if (!segment || !kind) {
            throw refused(register, selector, "names no segment of a kind that it takes");
        }
        if (!allowed) {
            throw refused(register, selector, "is not for the present privilege level " + privilege());
        }
        if ((attributes & PRESENT) == 0) {
            throw refused(register, selector, "names a segment that is not present");
        }
    }

    private int read(int linear) throws Refusal {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value |= (memory.read(physical(linear + i), 1) & 0xFF) << 8 * i;
        }
        return value;
    }

    private long physical(int linear) throws Refusal {
        long physical = core.translate(linear);
        if (physical < 0) {
            throw Refusal.of(
                    "the descriptor at " + Integer.toHexString(linear) + "h cannot be read: its page is not present");
        }
        return physical;
    }

    private static Refusal refused(int register, int selector, String why) {
        return Refusal.of(
                NAMES[register] + " cannot be loaded: selector " + Integer.toHexString(selector) + "h " + why);
    }
}
