package org.jeroboam.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jeroboam.hardware.machine.MachineFactory;
import org.jeroboam.hardware.machine.MachineScheduler;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualMachineState;
import org.jeroboam.management.VirtualServer;
import org.jeroboam.management.extension.MachineSettings;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The virtual server of this process. Its catalogue lies in the directory named by the framework property
 * {@value #DIRECTORY}, else in the bundle's data area.
 */
@Component(immediate = true)
public final class LocalVirtualServer implements VirtualServer {
    /** Framework property: where machines are kept. */
    public static final String DIRECTORY = "jeroboam.machines";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}");

    private final MachineFactory factory;
    private final MachineScheduler scheduler =
            new HostScheduler(Runtime.getRuntime().availableProcessors());
    private final Catalogue catalogue;
    private final Map<String, ManagedMachine> machines = new TreeMap<>();
    private final Intermission intermission = new Intermission();
    private final Surroundings surroundings;

    /**
     * Starts the server.
     *
     * @param context of the bundle
     * @param factory makes machines
     * @param lock on the catalogue, held by {@link CatalogueTurn}
     */
    @Activate
    public LocalVirtualServer(BundleContext context, @Reference MachineFactory factory, @Reference CatalogueLock lock) {
        this(directory(context), factory, new Surroundings(context, factory));
        surroundings.whenPartsCome(this::partCame);
        goOn();
    }

    /**
     * Makes a server outside a framework.
     *
     * @param directory where machines are kept
     * @param factory makes machines
     */
    public LocalVirtualServer(Path directory, MachineFactory factory) {
        this(directory, factory, null);
    }

    private LocalVirtualServer(Path directory, MachineFactory factory, Surroundings surroundings) {
        this.factory = factory;
        this.surroundings = surroundings;
        this.catalogue = new Catalogue(directory);
        catalogue.load().forEach((name, settings) -> machines.put(name, managed(name, settings)));
    }

    static Path directory(BundleContext context) {
        String configured = context.getProperty(DIRECTORY);
        return configured != null
                ? Path.of(configured)
                : context.getDataFile("machines").toPath();
    }

    private ManagedMachine managed(String name, MachineSettings settings) {
        return new ManagedMachine(
                name,
                settings,
                catalogue.savedState(name),
                catalogue.interruption(name),
                factory,
                scheduler,
                changed -> catalogue.store(name, changed));
    }

    /**
     * The server goes. With the framework all machines are turned off; while that goes on they are saved, and the next
     * server lets them go on.
     *
     * @param reason Declarative Services' number for it
     */
    @Deactivate
    void deactivate(int reason) {
        surroundings.close();
        if (surroundings.end()) {
            close();
        } else {
            interrupt(surroundings.why(reason));
        }
    }

    /** Lets machines go on that an earlier server left. */
    void goOn() {
        intermission.end(getAll());
    }

    /** A part came for which a machine may have waited. */
    void partCame() {
        intermission.retry();
    }

    /** Saves all machines and ends, so that the next server lets them go on. */
    void interrupt(String why) {
        intermission.close();
        Intermission.begin(getAll(), why);
    }

    private synchronized List<ManagedMachine> getAll() {
        return List.copyOf(machines.values());
    }

    /** Turns all machines off. */
    public synchronized void close() {
        intermission.close();
        machines.values().forEach(ManagedMachine::close);
    }

    @Override
    public synchronized VirtualMachine createVirtualMachine(String name, MachineSettings settings)
            throws ManagementException {
        if (!NAME.matcher(name).matches()) {
            throw ManagementException.badRequest(
                    "'" + name
                            + "' is no name for a machine; use letters, digits, spaces and ._- and start with a letter or digit");
        }
        if (machines.containsKey(name)) {
            throw ManagementException.badRequest("there is a machine '" + name + "' already");
        }
        ManagedMachine machine = managed(name, settings);
        machine.tryOut();
        catalogue.store(name, settings);
        machines.put(name, machine);
        return machine;
    }

    @Override
    public VirtualMachine createTransientMachine(String name, MachineSettings settings) {
        return new ManagedMachine(name, settings, null, null, factory, scheduler, changed -> {});
    }

    @Override
    public synchronized Optional<VirtualMachine> findVirtualMachine(String name) {
        return Optional.ofNullable(machines.get(name));
    }

    @Override
    public synchronized List<VirtualMachine> getVirtualMachines() {
        return List.copyOf(machines.values());
    }

    @Override
    public synchronized void deleteVirtualMachine(VirtualMachine machine) throws ManagementException {
        VirtualMachineState state = machine.getState();
        if (machines.get(machine.getName()) != machine) {
            ((ManagedMachine) machine).close(); // a transient one leaves nothing behind
            return;
        }
        if (state != VirtualMachineState.TURNED_OFF && state != VirtualMachineState.SAVED) {
            throw ManagementException.badRequest(machine.getName() + " is on; turn it off before it is deleted");
        }
        catalogue.delete(machine.getName());
        machines.remove(machine.getName());
    }
}
