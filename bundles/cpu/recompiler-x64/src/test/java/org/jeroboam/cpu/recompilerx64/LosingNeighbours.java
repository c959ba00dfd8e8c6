package org.jeroboam.cpu.recompilerx64;

import java.util.concurrent.atomic.AtomicInteger;
import org.jeroboam.cpu.x86.exec.Place;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;

/** Recompilers that treat writes beside code otherwise, or count how often they leave something over. */
public final class LosingNeighbours {
    private LosingNeighbours() {}

    /** Where a page may be written beside its code, the code may be written, too, and nobody hears of it. */
    public static CpuCore withoutLook(CpuBus bus, CpuModel model) {
        Parts parts = Parts.standard().withNeighbours(assembler -> new CodeNeighbours(assembler) {
            @Override
            void look() {
                assembler.rr(0x31, 8, Assembler.RDX, Assembler.RDX); // xor: no byte is code
            }
        });
        return new ProcessorCore(
                bus, model, engine -> new Recompiler(engine, CodeMemory.allocate(Recompiler.CODE_BYTES), parts));
    }

    /** Counts instructions that generated code leaves to the interpreter. */
    public static CpuCore counting(CpuBus bus, CpuModel model, AtomicInteger left) {
        return new ProcessorCore(
                bus, model, engine -> new Recompiler(engine, CodeMemory.allocate(Recompiler.CODE_BYTES)) {
                    @Override
                    public Outcome run(Place place) {
                        Outcome outcome = super.run(place);
                        if (outcome == Outcome.INTERPRET) {
                            left.incrementAndGet();
                        }
                        return outcome;
                    }
                });
    }
}
