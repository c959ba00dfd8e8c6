package org.jeroboam.cpu.recompilerx64;

import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;

/** Recompilers whose FXSAVE or FXRSTOR leaves out one thing that only the guest has. */
public final class LosingImages {
    private LosingImages() {}

    /** Images show the host's pointers. */
    public static CpuCore withoutSavedPointers(CpuBus bus, CpuModel model) {
        return core(bus, model, (asm, memory, cold) -> new FloatingImages(asm, memory, cold, model) {
            @Override
            void savePointers() {
                // nothing
            }
        });
    }

    /** Pointers are those before the image. */
    public static CpuCore withoutLoadedPointers(CpuBus bus, CpuModel model) {
        return core(bus, model, (asm, memory, cold) -> new FloatingImages(asm, memory, cold, model) {
            @Override
            void restorePointers() {
                // nothing
            }
        });
    }

    /** The instructions just before do not count. */
    public static CpuCore withoutSettling(CpuBus bus, CpuModel model) {
        return core(bus, model, (asm, memory, cold) -> new FloatingImages(asm, memory, cold, model) {
            @Override
            void settled() {
                // nothing
            }
        });
    }

    private interface Maker {
        FloatingImages make(Assembler asm, MemoryAccess memory, ColdPaths cold);
    }

    private static CpuCore core(CpuBus bus, CpuModel model, Maker maker) {
        Parts parts = Parts.standard().with((engine, state, exits) -> new FloatingState(engine, state, exits) {
            @Override
            FloatingImages images(Assembler asm, MemoryAccess memory, ColdPaths cold) {
                return maker.make(asm, memory, cold);
            }
        });
        return new ProcessorCore(
                bus, model, engine -> new Recompiler(engine, CodeMemory.allocate(Recompiler.CODE_BYTES), parts));
    }
}
