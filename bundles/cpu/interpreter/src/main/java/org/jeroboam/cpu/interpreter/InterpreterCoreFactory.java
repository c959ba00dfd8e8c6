package org.jeroboam.cpu.interpreter;

import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.part.ProvidesCpuCore;
import org.osgi.service.component.annotations.Component;

/** Offers the interpreter, which runs on every host. */
@ProvidesCpuCore("interpreter")
@Component(property = CpuCoreFactory.CORE + "=interpreter")
public final class InterpreterCoreFactory implements CpuCoreFactory {
    @Override
    public Probe probe() {
        return new Probe(true, 0, "The interpreter runs everywhere.");
    }

    @Override
    public CpuCore create(CpuBus bus, CpuModel model) {
        return new ProcessorCore(bus, model);
    }
}
