package org.jeroboam.cpu.recompilerx64;

import java.util.function.BiFunction;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;

/** Recompilers that leave out one check at a change of privilege or at a load of a segment register. */
public final class LosingPrivilege {
    private LosingPrivilege() {}

    /** What descriptors and gates once were is taken for granted. */
    public static CpuCore withoutComparison(CpuBus bus, CpuModel model) {
        return core(bus, model, (asm, links) -> new PrivilegeCode(asm, links) {
            @Override
            void compare(int raw) {
                // nothing
            }
        });
    }

    /** A return to level 3 leaves the system's data segments in their registers. */
    public static CpuCore withoutDrop(CpuBus bus, CpuModel model) {
        return core(bus, model, (asm, links) -> new PrivilegeCode(asm, links) {
            @Override
            void outer() {
                // nothing
            }
        });
    }

    /** DS and ES may be anything. */
    public static CpuCore withoutFlatData(CpuBus bus, CpuModel model) {
        return core(bus, model, (asm, links) -> new PrivilegeCode(asm, links) {
            @Override
            void flatData() {
                // nothing
            }
        });
    }

    /** IRET is the same whatever the flags say. */
    public static CpuCore withoutLookAtFlags(CpuBus bus, CpuModel model) {
        return core(bus, model, (asm, links) -> new PrivilegeCode(asm, links) {
            @Override
            void plainReturn() {
                // nothing
            }
        });
    }

    private static CpuCore core(CpuBus bus, CpuModel model, BiFunction<Assembler, Links, PrivilegeCode> maker) {
        return new ProcessorCore(
                bus,
                model,
                engine -> new Recompiler(
                        engine,
                        CodeMemory.allocate(Recompiler.CODE_BYTES),
                        Parts.standard().withPrivilege(maker)));
    }
}
