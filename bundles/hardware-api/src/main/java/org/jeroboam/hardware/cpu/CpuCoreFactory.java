package org.jeroboam.hardware.cpu;

/** OSGi service that makes processor cores; service property {@value #CORE} names the kind ({@code interpreter}, ...). Thread-safe. */
public interface CpuCoreFactory {
    /** Name of the service property that holds the core's name. */
    String CORE = "cpu.core";

    /**
     * Looks whether this host can run the core. Cheap; called whenever a machine chooses its core.
     *
     * @return what was found
     */
    Probe probe();

    /**
     * Makes a core in its reset state.
     *
     * @param bus the machine's pins
     * @param model which processor to be
     * @return a new core
     */
    CpuCore create(CpuBus bus, CpuModel model);

    /**
     * Answer of {@link #probe()}.
     *
     * @param usable whether {@link #create} will work here
     * @param rank the default core is the usable one with the highest rank; the interpreter has 0
     * @param reason one sentence for {@code vm:devices}: why not, or what was found
     */
    record Probe(boolean usable, int rank, String reason) {}
}
