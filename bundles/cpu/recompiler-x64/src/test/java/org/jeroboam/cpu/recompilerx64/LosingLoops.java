package org.jeroboam.cpu.recompilerx64;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;

/** Recompilers that are wrong about what a loop's instructions tell of one another. */
public final class LosingLoops {
    private LosingLoops() {}

    /** A table is taken to end with the page in which it begins. */
    public static CpuCore withoutTableEnds(CpuBus bus, CpuModel model) {
        return core(bus, model, Parts.standard().with(new Bounds() {
            @Override
            int page(Instruction in, int size) {
                boolean table = in.hasMemory() && in.base < 0 && in.index >= 0;
                return table ? in.displacement >>> 12 : super.page(in, size);
            }
        }));
    }

    /** What was known of a register stays when a number is added to it. */
    public static CpuCore withoutChangesOfIndices(CpuBus bus, CpuModel model, int added) {
        return core(bus, model, Parts.standard().with(new Bounds() {
            @Override
            void after(Instruction in) {
                if (in.op == Op.ADD && in.imm == added) {
                    return;
                }
                super.after(in);
            }
        }));
    }

    /** The copy of a loop's beginning takes the flags from memory, where nobody has put them. */
    public static CpuCore withoutFlagsOfLoops(CpuBus bus, CpuModel model) {
        return core(bus, model, Parts.standard().with(new Bridges() {
            @Override
            FlagState carried(FlagState state) {
                return FlagState.IN_MEMORY;
            }
        }));
    }

    private static CpuCore core(CpuBus bus, CpuModel model, Parts parts) {
        return new ProcessorCore(
                bus, model, engine -> new Recompiler(engine, CodeMemory.allocate(Recompiler.CODE_BYTES), parts));
    }
}
