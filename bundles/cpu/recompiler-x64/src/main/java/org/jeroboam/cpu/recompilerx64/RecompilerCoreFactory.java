package org.jeroboam.cpu.recompilerx64;

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

    @Override
    public Probe probe() {
        HostProbe host = HostProbe.host();
        return new Probe(host.usable(), RANK, host.reason());
    }

    @Override
    public CpuCore create(CpuBus bus, CpuModel model) {
        return new ProcessorCore(bus, model, Recompiler::new);
    }
}
