package org.jeroboam.cpu.recompilerx64.lockstep;

import org.jeroboam.cpu.recompilerx64.RecompilerCoreFactory;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuModel;

/**
 * Makes the cores that the lock-step tests compare with the interpreter: the recompiler where the host can run it. {@code
 * -Dlockstep.core=} names another one: a class with a constructor of bus and model, a {@link CpuCoreFactory}, or {@code
 * interpreter}.
 */
@FunctionalInterface
interface CoreUnderTest {
    /** The reference. */
    CoreUnderTest INTERPRETER = ProcessorCore::new;

    /** Makes a core in its reset state. */
    CpuCore create(CpuBus bus, CpuModel model);

    /** The core that is tested unless a test says otherwise. */
    static CoreUnderTest chosen() {
        String name = System.getProperty("lockstep.core", "");
        if (name.isEmpty()) {
            RecompilerCoreFactory recompiler = new RecompilerCoreFactory();
            return recompiler.probe().usable() ? recompiler::create : INTERPRETER;
        }
        return name.equals("interpreter") ? INTERPRETER : named(name);
    }

    /** Whether the core that is tested is this bundle's. */
    static boolean recompiles() {
        return System.getProperty("lockstep.core", "").isEmpty()
                && new RecompilerCoreFactory().probe().usable();
    }

    private static CoreUnderTest named(String name) {
        try {
            Class<?> type = Class.forName(name);
            if (CpuCoreFactory.class.isAssignableFrom(type)) {
                CpuCoreFactory factory =
                        (CpuCoreFactory) type.getDeclaredConstructor().newInstance();
                return factory::create;
            }
            var constructor = type.getDeclaredConstructor(CpuBus.class, CpuModel.class);
            constructor.setAccessible(true);
            return (bus, model) -> {
                try {
                    return (CpuCore) constructor.newInstance(bus, model);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException("cannot make a core of " + name, e);
                }
            };
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("-Dlockstep.core=" + name + " names no usable core", e);
        }
    }
}
