package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.RSP;

import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.exec.NativeTables;
import org.jeroboam.hardware.memory.HostMemory;

/**
 * The stack on which generated code calls and returns as the guest does, so that the host foresees where the guest's returns
 * lead. It holds host addresses only. A return takes the guest's offset from the guest's stack and goes where the host's stack
 * says; there the offset is compared with the one behind the call, and when it is another the next entry is tried, down to the
 * lowest, which looks in the table of targets. So whatever the guest does with its stack, an entry is a guess that is
 * checked. What an entry leads to holds as long as the stamps of the TLB under which it was pushed: when one moves all
 * entries are dropped. Entries of level 3 wait below those of level 0, which begin anew at each entry to the system. Not final
 * so that tests can take mechanisms away.
 */
class Returns implements AutoCloseable {
    /** Longest round of the run loop; each call is an instruction, so as many entries at most are pushed meanwhile. */
    static final int LONGEST = 16_384;

    private static final int ENTRY = 8;
    /** Bytes below the lowest entry for the handlers of signals that arrive in generated code. */
    private static final long SIGNALS = 256L << 10;
    /** Bytes of entries that may be there when code is entered. */
    private static final long KEPT = 128L << 10;

    private static final Address NOW = Address.of(R15, StateBlock.RETURNS);
    private static final Address OUTER = Address.of(R15, StateBlock.OUTER_RETURNS);
    private static final Address TOP = Address.of(R15, StateBlock.RETURNS_TOP);
    private static final Address LOWEST = Address.of(R15, StateBlock.RETURNS_LOWEST);
    private static final Address HOST = Address.of(R15, StateBlock.HOST_STACK);

    final Assembler asm;
    private final StateBlock state;
    private final long stack;
    private final long top;
    private long next;
    private long lookup;
    private int stamp;
    private int globalStamp;
    private int mode;
    private boolean closed;

    Returns(Assembler asm, StateBlock state) {
        this.asm = asm;
        this.state = state;
        long full = LONGEST * (long) ENTRY;
        stack = NativeTables.allocate(SIGNALS + full + KEPT + ENTRY);
        top = stack + SIGNALS + full + KEPT;
        state.set(StateBlock.RETURNS_TOP, top);
        state.set(StateBlock.RETURNS_LOWEST, stack + SIGNALS + full + ENTRY);
    }

    /** Emits what all regions share. */
    void routines(Links links) {
        next = asm.here();
        asm.ret();
        lookup = asm.here();
        asm.rm(0x8D, 8, RSP, Address.of(RSP, -ENTRY)); // lea: it is still there
        links.lookup(false);
        HostMemory.putLong(top, lookup);
        state.set(StateBlock.RETURNS_LOOKUP, lookup);
        drop();
    }

    /** Emits, on the way in: the host's stack is put aside. */
    void enter() {
        asm.rm(0x89, 8, RSP, HOST);
        asm.load64(RSP, NOW);
        asm.rm(0x3B, 8, RSP, LOWEST); // cmp
        int room = asm.jccShort(Assembler.ABOVE_EQUAL);
        asm.load64(RSP, TOP);
        asm.rm(0x89, 8, RSP, OUTER);
        asm.bindShort(room);
    }

    /** Emits, on the way out: the host's own stack. */
    void leave() {
        asm.rm(0x89, 8, RSP, NOW);
        asm.load64(RSP, HOST);
    }

    /** Emits, behind a host's call: goes on if the guest returned to that offset. */
    void land(int eip) {
        asm.rri(0x81, 4, 7, R11, eip); // cmp
        asm.jccTo(Assembler.NOT_EQUAL, next);
    }

    /** Emits the return to the offset in R11. Flags must be in memory. */
    void ret() {
        asm.ret();
    }

    /** Emits the change from level 3 to level 0. */
    static void enterSystem(Assembler asm) {
        asm.rm(0x89, 8, RSP, OUTER);
        asm.rm(0xFF, 4, 6, Address.of(R15, StateBlock.RETURNS_LOOKUP)); // push
    }

    /** Emits the change from level 0 to level 3. */
    static void leaveSystem(Assembler asm) {
        asm.load64(RSP, OUTER);
    }

    /** Before code is entered in another mode than it was left in: not by its own doing, that is. */
    void change(int newMode) {
        int changed = mode ^ newMode;
        mode = newMode;
        if ((changed & ~Engine.USER) != 0) {
            drop();
        } else if (changed != 0) {
            if ((newMode & Engine.USER) != 0) {
                state.set(StateBlock.RETURNS, HostMemory.getLong(state.address + StateBlock.OUTER_RETURNS));
            } else {
                long outer = HostMemory.getLong(state.address + StateBlock.RETURNS);
                state.set(StateBlock.OUTER_RETURNS, outer);
                HostMemory.putLong(outer - ENTRY, lookup);
                state.set(StateBlock.RETURNS, outer - ENTRY);
            }
        }
    }

    /** Generated code has changed the level. */
    void changed(int newMode) {
        mode = newMode;
    }

    /** Before code is entered: entries hold under the stamps of the TLB under which they were made. */
    void check(int newStamp, int newGlobalStamp) {
        if (newStamp != stamp || newGlobalStamp != globalStamp) {
            stamp = newStamp;
            globalStamp = newGlobalStamp;
            drop();
        }
    }

    private void drop() {
        state.set(StateBlock.RETURNS, top);
        state.set(StateBlock.OUTER_RETURNS, top);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            NativeTables.free(stack);
        }
    }
}
