package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.List;
import java.util.function.Consumer;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;

/** The tested core without one mechanism each, as far as that can be taken away from outside. */
final class LosingCores {
    private static final int OFTEN = 20;

    private LosingCores() {}

    /** Does not hear of the gate A20. */
    static CoreUnderTest withoutA20(CoreUnderTest core) {
        return (bus, model) -> new CoreWrapper(core.create(bus, model)) {
            @Override
            public void setA20(boolean open) {
                // lost
            }
        };
    }

    /** Does not hear of interrupts. */
    static CoreUnderTest withoutInterrupts(CoreUnderTest core) {
        return (bus, model) -> new CoreWrapper(core.create(bus, model)) {
            @Override
            public void setInterruptLine(boolean asserted) {
                // lost
            }
        };
    }

    /** Knows no debugger. */
    static CoreUnderTest withoutDebugger(CoreUnderTest core) {
        return (bus, model) -> new CoreWrapper(core.create(bus, model)) {
            @Override
            public void setBreakpoints(List<Breakpoint> breakpoints) {
                // lost
            }
        };
    }

    /** Forgets to trap after every instruction. */
    static CoreUnderTest withoutTrapFlag(CoreUnderTest core) {
        return (bus, model) -> new Forgetting(core.create(bus, model), s -> s.eflags &= ~EFlags.TF);
    }

    /** Forgets the guest's breakpoints. */
    static CoreUnderTest withoutDebugRegisters(CoreUnderTest core) {
        return (bus, model) -> new Forgetting(core.create(bus, model), s -> s.dr[7] = 0x400);
    }

    /** Loses something of its state every few instructions. */
    private static final class Forgetting extends CoreWrapper {
        private final Consumer<CpuState> loss;

        Forgetting(CpuCore core, Consumer<CpuState> loss) {
            super(core);
            this.loss = loss;
        }

        @Override
        public long run(long budget) {
            long done = 0;
            do {
                done += core.run(Math.min(OFTEN, budget - done));
                CpuState state = core.save();
                loss.accept(state);
                ExitReason reason = core.exitReason();
                if (reason != ExitReason.BUDGET) {
                    return done;
                }
                core.load(state);
            } while (done < budget);
            return done;
        }
    }
}
