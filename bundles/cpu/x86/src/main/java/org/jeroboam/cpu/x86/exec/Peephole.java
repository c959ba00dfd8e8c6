package org.jeroboam.cpu.x86.exec;

import java.util.Arrays;

/**
 * Joins neighbours of a freshly decoded straight line into one object each, in place; every part stays an entry of its
 * own.
 */
final class Peephole {
    private static final int LONGEST = 8;

    private final Insn[] insns;
    private final int[] offsets;
    private final byte[] registers = new byte[LONGEST];
    private int count;

    Peephole(int longest) {
        insns = new Insn[longest];
        offsets = new int[longest];
    }

    void start() {
        count = 0;
    }

    void add(Insn insn, int offset) {
        insns[count] = insn;
        offsets[count++] = offset;
    }

    /** Joins what was added since {@link #start}. */
    void join(PageCode page) {
        int i = 0;
        while (i < count) {
            int used = 1;
            Insn joined = null;
            if (insns[i] instanceof FlatStack.PushR || insns[i] instanceof FlatStack.PopR) {
                used = stackRun(i);
                joined = used > 1 ? run(i, used) : null;
            } else if (i + 1 < count && insns[i + 1] instanceof Branch branch) {
                joined = FusedJump.join(insns[i], branch, Jcc.mask(branch));
            }
            if (joined != null) {
                page.put(offsets[i], joined);
                if (i > 0) {
                    insns[i - 1].next = joined;
                }
            }
            i += used;
        }
        Arrays.fill(insns, 0, count, null);
    }

    /** Length of the run of equal stack operations from i on; registers noted. */
    private int stackRun(int i) {
        boolean push = insns[i] instanceof FlatStack.PushR;
        int n = 0;
        while (n < LONGEST && i + n < count) {
            int register = -1;
            if (push && insns[i + n] instanceof FlatStack.PushR p) {
                register = p.register();
            } else if (!push && insns[i + n] instanceof FlatStack.PopR p) {
                register = p.register();
            }
            if (register < 0 || register == Cpu.ESP) {
                break;
            }
            registers[n++] = (byte) register;
        }
        return Math.max(n, 1);
    }

    private Insn run(int i, int used) {
        byte[] list = Arrays.copyOf(registers, used);
        Insn last = insns[i + used - 1];
        return insns[i] instanceof FlatStack.PushR
                ? new StackRun.Pushes(insns[i], last, list)
                : new StackRun.Pops(insns[i], last, list);
    }
}
