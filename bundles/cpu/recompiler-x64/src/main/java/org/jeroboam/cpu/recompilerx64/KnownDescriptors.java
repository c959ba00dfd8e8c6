package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.hardware.memory.HostMemory.putInt;
import static org.jeroboam.hardware.memory.HostMemory.putLong;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.exec.DescriptorView;
import org.jeroboam.cpu.x86.exec.Engine;

/**
 * Descriptors and gates that {@link PrivilegeCode} may use without a closer look as long as their bytes in memory are the
 * same: direct-mapped tables in the state block, one for each use of a selector, and one of gates.
 */
final class KnownDescriptors {
    /** Uses of a selector: a data segment at level 0, at level 3; CS and SS that IRET pops at level 0. */
    static final int DATA_0 = 4096;

    static final int DATA_3 = DATA_0 + 2048;
    static final int CODE = DATA_3 + 2048;
    static final int STACK = CODE + 2048;
    /** Gates, by the low bits of the vector. */
    static final int GATES = STACK + 2048;

    /** Bytes of an entry for a selector, and how many there are of each use: by bits 3 to 7. */
    static final int ENTRY = 64;

    static final int ENTRIES = 32;
    /** Bytes of an entry for a gate. */
    static final int GATE = 128;

    static final int GATE_COUNT = 32;

    /** Fields of both kinds of entry: the selector, or the event; -1 for none. */
    static final int KEY = 0;

    static final int ATTRIBUTES = 4;
    static final int RAW = 8;
    static final int ADDRESS = 16;
    /** Fields of an entry for a selector. */
    static final int BASE = 20;

    static final int LIMIT = 24;
    static final int OUTER = 28;
    static final int READ_TOP = 32;
    static final int WRITE_TOP = 40;
    static final int FLAT = 48;
    /** Fields of an entry for a gate: its code segment's, then the inner stack's. */
    static final int CODE_ADDRESS = 20;

    static final int CODE_RAW = 24;
    static final int CODE_TOP = 32;
    static final int CODE_SELECTOR = 40;
    static final int TARGET = 44;
    static final int STACK_RAW = 48;
    static final int STACK_ADDRESS = 56;
    static final int STACK_SELECTOR = 60;
    static final int STACK_ATTRIBUTES = 64;
    /** Where the inner stack pointer is. */
    static final int POINTER = 68;
    /** What is left of the system flags. */
    static final int FLAGS = 72;

    /** Bit of an event: by INT n. */
    static final int SOFTWARE = 1 << 8;
    /** Bit of an event: from level 3. */
    static final int FROM_USER = 1 << 9;

    private final Engine engine;
    private final StateBlock state;
    private final DescriptorView view;

    KnownDescriptors(Engine engine, StateBlock state) {
        this.engine = engine;
        this.state = state;
        view = engine.descriptors();
        clear();
    }

    private void clear() {
        for (int use = DATA_0; use < GATES; use += ENTRY) {
            state.set(use, -1);
        }
        for (int i = 0; i < GATE_COUNT; i++) {
            state.set(GATES + GATE * i, -1);
        }
    }

    /** Forgets everything if GDTR, IDTR or TR have changed. */
    void refresh() {
        if (!view.sameTables()) {
            clear();
        }
    }

    /** Learns what a load of a data segment register would have wanted. */
    void learnData(boolean user) {
        int selector = state.get(StateBlock.WANTED);
        if (view.data(selector, user ? 3 : 0)) {
            enter(user ? DATA_3 : DATA_0, selector);
        }
    }

    /** Learns what IRET with its frame on top of the stack would have wanted. */
    void learnReturn() {
        int stack = state.get(StateBlock.REGISTERS + 16);
        int selector = view.stackItem(stack + 4) & 0xFFFF;
        if (view.code(selector)) {
            enter(CODE, selector);
        }
        int outer = view.stackItem(stack + 16) & 0xFFFF;
        if ((selector & 3) == 3 && view.stack(outer, 3)) {
            enter(STACK, outer);
        }
    }

    private void enter(int use, int selector) {
        long entry = state.address + use + (long) (selector >>> 3 & ENTRIES - 1) * ENTRY;
        putInt(entry + KEY, selector);
        putInt(entry + ATTRIBUTES, view.attributes);
        putLong(entry + RAW, view.raw);
        putInt(entry + ADDRESS, view.address);
        putInt(entry + BASE, view.base);
        putInt(entry + LIMIT, view.limit);
        putInt(entry + OUTER, DescriptorView.outer(selector, view.attributes) ? 1 : 0);
        putLong(entry + READ_TOP, view.readTop);
        putLong(entry + WRITE_TOP, view.writeTop);
        putInt(entry + FLAT, view.flat() ? 1 : 0);
    }

    /** Learns what an event ({@link StateBlock#WANTED}) would have wanted. */
    void learnGate() {
        int event = state.get(StateBlock.WANTED);
        int vector = event & 0xFF;
        boolean user = (event & FROM_USER) != 0;
        if (!view.gate(vector, (event & SOFTWARE) != 0)) {
            return;
        }
        long entry = state.address + GATES + (long) (vector & GATE_COUNT - 1) * GATE;
        putInt(entry + KEY, -1);
        putInt(entry + ADDRESS, view.address);
        putLong(entry + RAW, view.raw);
        putInt(entry + TARGET, view.gateOffset());
        putInt(entry + FLAGS, view.clearsInterruptFlag() ? ~EFlags.IF : -1);
        // The handler's RPL does not count: it runs at its DPL, which must be 0.
        int selector = view.gateSelector() & ~3;
        if (!view.code(selector)) {
            return;
        }
        putInt(entry + ATTRIBUTES, view.attributes);
        putInt(entry + CODE_ADDRESS, view.address);
        putLong(entry + CODE_RAW, view.raw);
        putLong(entry + CODE_TOP, view.readTop);
        putInt(entry + CODE_SELECTOR, selector);
        if (user) {
            int stack = view.innerSelector();
            if (view.innerStack() == 0 || !view.stack(stack, 0)) {
                return;
            }
            putInt(entry + STACK_ADDRESS, view.address);
            putLong(entry + STACK_RAW, view.raw);
            putInt(entry + STACK_SELECTOR, stack);
            putInt(entry + STACK_ATTRIBUTES, view.attributes);
            putInt(entry + POINTER, view.innerStack());
        }
        putInt(entry + KEY, event);
    }
}
