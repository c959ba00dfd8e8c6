package org.jeroboam.cpu.recompilerx64;

import java.util.function.BiFunction;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;

/** Recompilers that believe what the host's stack says of the guest's returns. */
public final class LosingReturns {
    private LosingReturns() {}

    /** A function returns to where it was called from. */
    public static CpuCore withoutComparison(CpuBus bus, CpuModel model) {
        return core(bus, model, (asm, state) -> new Returns(asm, state) {
            @Override
            void land(int eip) {
                // nothing
            }
        });
    }

    /** Code to return to stays where it was. */
    public static CpuCore withoutDrop(CpuBus bus, CpuModel model) {
        return core(bus, model, (asm, state) -> new Returns(asm, state) {
            @Override
            void check(int newStamp, int newGlobalStamp) {
                // nothing
            }
        });
    }

    /** Both levels have one stack. */
    public static CpuCore withoutLevels(CpuBus bus, CpuModel model) {
        return core(bus, model, Parts.standard().withPrivilege((asm, links) -> new PrivilegeCode(asm, links) {
            @Override
            void stack(boolean user) {
                // nothing
            }
        }));
    }

    private static CpuCore core(CpuBus bus, CpuModel model, BiFunction<Assembler, StateBlock, Returns> maker) {
        return core(bus, model, Parts.standard().withReturns(maker));
    }

    private static CpuCore core(CpuBus bus, CpuModel model, Parts parts) {
        return new ProcessorCore(
                bus, model, engine -> new Recompiler(engine, CodeMemory.allocate(Recompiler.CODE_BYTES), parts));
    }
}
