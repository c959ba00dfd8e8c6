package org.jeroboam.machine;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.machine.Machine;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineFactory;
import org.jeroboam.hardware.machine.MachineListener;
import org.jeroboam.hardware.machine.MachineScheduler;
import org.jeroboam.machine.io.IoPool;
import org.jeroboam.machine.memory.GuestRam;
import org.jeroboam.machine.memory.HostMemoryException;
import org.jeroboam.machine.part.PartCatalog;

/** Makes machines in this process, from the parts in a catalog. */
public final class LocalMachineFactory implements MachineFactory, AutoCloseable {
    private final PartCatalog catalog;
    private final Limits limits;
    private final Watchdog watchdog;
    private final IoPool pool = new IoPool();
    private final List<LocalMachine> machines = new CopyOnWriteArrayList<>();

    /**
     * Creates a factory.
     *
     * @param catalog where parts come from
     */
    public LocalMachineFactory(PartCatalog catalog) {
        this(catalog, Limits.DEFAULT);
    }

    /**
     * Creates a factory.
     *
     * @param catalog where parts come from
     * @param limits how long parts may take
     */
    public LocalMachineFactory(PartCatalog catalog, Limits limits) {
        this.catalog = catalog;
        this.limits = limits;
        watchdog = new Watchdog(limits.call());
    }

    @Override
    public Machine create(MachineConfig config, MachineListener listener, MachineScheduler scheduler)
            throws ConfigurationException {
        check(config);
        Outlet outlet = new Outlet(config.name(), listener);
        DriveBay drives = new DriveBay(
                config.name(), catalog, drive -> outlet.event(new MachineEvent.MediumEjected(drive)), limits);
        GuestRam ram = null;
        try {
            drives.open(config.drives());
            ram = new GuestRam(config.memoryBytes());
            Chassis chassis = new Chassis(config, catalog, outlet, ram, drives, pool, limits);
            // Chosen once here, so that what cannot be built is refused now.
            new PartExchange(chassis, null).choose();
            AtomicReference<LocalMachine> self = new AtomicReference<>();
            LocalMachine machine = new LocalMachine(chassis, scheduler, () -> forget(self.get()));
            self.set(machine);
            machines.add(machine);
            watchdog.watch(machine);
            catalog.addListener(machine);
            machine.dropDeparted();
            return machine;
        } catch (Refusal | HostMemoryException e) {
            release(drives, ram, outlet);
            throw new ConfigurationException(e.getMessage(), e);
        } catch (ConfigurationException | RuntimeException | Error e) {
            release(drives, ram, outlet);
            throw e;
        }
    }

    private static void release(DriveBay drives, GuestRam ram, Outlet outlet) {
        drives.close();
        if (ram != null) {
            ram.close();
        }
        outlet.close();
    }

    private void forget(LocalMachine machine) {
        if (machine != null) {
            catalog.removeListener(machine);
            machines.remove(machine);
            watchdog.forget(machine);
        }
    }

    private static void check(MachineConfig config) throws ConfigurationException {
        String who = "machine " + config.name();
        long memory = config.memoryBytes();
        if (memory < MachineConfig.MIN_MEMORY || memory > MachineConfig.MAX_MEMORY || memory % MachineConfig.MIB != 0) {
            throw new ConfigurationException(who + ": memory must be a whole number of MiB from "
                    + MachineConfig.MIN_MEMORY / MachineConfig.MIB + " to "
                    + MachineConfig.MAX_MEMORY / MachineConfig.MIB + ", not " + memory + " bytes");
        }
        if (config.cpuModel() == null || config.clock() == null || config.firmware() == null) {
            throw new ConfigurationException(who + ": processor model, clock mode and firmware must be given");
        }
        Set<String> names = new HashSet<>(Set.of(PartExchange.CPU, PartExchange.FIRMWARE, PartExchange.LOCKS));
        for (DeviceConfig device : config.devices()) {
            if (!names.add(device.name())) {
                throw new ConfigurationException(who + ": the name '" + device.name() + "' is given twice");
            }
        }
    }

    /** Closes all machines. */
    @Override
    public void close() {
        machines.forEach(LocalMachine::close);
        watchdog.close();
        pool.close();
    }
}
