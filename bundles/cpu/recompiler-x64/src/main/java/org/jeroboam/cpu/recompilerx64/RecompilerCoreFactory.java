package org.jeroboam.cpu.recompilerx64;

import java.util.function.LongFunction;
import org.jeroboam.cpu.x86.exec.Accelerator;
import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.part.ProvidesCpuCore;
import org.osgi.service.component.annotations.Component;

/** Offers the recompiler where the host can run its code. */
@ProvidesCpuCore("recompiler-x64")
@Component(property = CpuCoreFactory.CORE + "=recompiler-x64")
public final class RecompilerCoreFactory implements CpuCoreFactory {
    private static final int RANK = 100;

    private final LongFunction<CodeMemory> memory;
    /** Why a core did without code memory though the probe before had got it, or null. */
    private volatile String refused;

    /** Makes a factory. */
    public RecompilerCoreFactory() {
        this(CodeMemory::allocate);
    }

    RecompilerCoreFactory(LongFunction<CodeMemory> memory) {
        this.memory = memory;
    }

    /** Asks the host for the code memory of a core each time: what it grants may change while the process lives. */
    @Override
    public Probe probe() {
        HostProbe host = HostProbe.host();
        if (!host.usable()) {
            return new Probe(false, RANK, host.reason());
        }
        if (refused != null) {
            return declined(refused + "; it is tried again when its bundle is started anew");
        }
        try (CodeMemory probe = memory.apply(Recompiler.CODE_BYTES)) {
            return new Probe(probe.size() > 0, RANK, host.reason());
        } catch (CodeMemoryException e) {
            return declined(e.getMessage());
        }
    }

    private static Probe declined(String why) {
        return new Probe(false, RANK, HostProbe.no(why).reason());
    }

    /** Makes a core; without code memory it interprets all of its code, and {@link #probe} says why from then on. */
    @Override
    public CpuCore create(CpuBus bus, CpuModel model) {
        return new ProcessorCore(bus, model, this::accelerator);
    }

    private Accelerator accelerator(Engine engine) {
        CodeMemory own;
        try {
            own = memory.apply(Recompiler.CODE_BYTES);
        } catch (CodeMemoryException e) {
            refused = e.getMessage();
            return null;
        }
        return new Recompiler(engine, own);
    }
}
