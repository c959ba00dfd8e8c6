package org.jeroboam.cpu.recompilerx64;

import java.util.function.BiFunction;
import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;

/** Recompilers whose time stamps do not follow the host's time as they should. */
public final class LosingTime {
    private LosingTime() {}

    /** Whether time stamps come from the host's counter here. */
    public static boolean counts() {
        return HostTime.isSteady();
    }

    /** The host's counter is taken for a faster one. */
    public static CpuCore withoutCare(CpuBus bus, CpuModel model) {
        return core(bus, model, (engine, state) -> new HostTime(engine, state) {
            @Override
            long rate(long measured) {
                return measured + (measured >> 4);
            }
        });
    }

    /** Time goes on while the guest's clock stands still. */
    public static CpuCore withoutLook(CpuBus bus, CpuModel model) {
        return core(bus, model, (engine, state) -> new HostTime(engine, state) {
            @Override
            void check() {
                // nothing
            }
        });
    }

    private static CpuCore core(CpuBus bus, CpuModel model, BiFunction<Engine, StateBlock, HostTime> maker) {
        return new ProcessorCore(
                bus,
                model,
                engine -> new Recompiler(
                        engine,
                        CodeMemory.allocate(Recompiler.CODE_BYTES),
                        Parts.standard().withTime(maker)));
    }
}
