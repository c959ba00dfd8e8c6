package org.jeroboam.guests;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.SerialConsole;
import org.jeroboam.server.LocalVirtualServer;

/**
 * A process of its own that runs a deterministic machine from power on or from a saved state, until the guest powers off
 * or a host time is over; then it saves. The guest's console goes to standard output.
 *
 * <p>Arguments: kernel, initrd, command line, disk, state to restore or "-", file to save to, milliseconds to run.
 */
public final class GuestProcess {
    /** Exit status when the state was saved. */
    static final int SAVED = 10;

    /** Name of the system property that names the processor core; empty or absent for the best. */
    static final String CORE = "jeroboam.core";

    /** What precedes the digest of the final state in the output. */
    static final String HASH = "\nfinal state ";

    private GuestProcess() {}

    public static void main(String[] args) throws Exception {
        String core = System.getProperty(CORE, "");
        MachineSettings settings = MachineSettings.builder()
                .memory("96M")
                .kernel(Path.of(args[0]))
                .initrd(Path.of(args[1]))
                .append(args[2])
                .disk(Path.of(args[3]))
                .clock("deterministic")
                .rtcBase("2026-01-31T12:00:00Z")
                .stateHashOnExit(true)
                .cpuCore(core.isEmpty() ? null : core)
                .build();
        boolean restore = !args[4].equals("-");
        Path target = Path.of(args[5]);
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(target.resolveSibling("catalogue"), bench.machines());
            VirtualMachine machine = server.createTransientMachine("guest", settings);
            if (restore) {
                machine.extension().restoreFrom(Path.of(args[4]));
            } else {
                machine.startup();
            }
            CompletableFuture<Outcome> outcome = machine.extension().outcome();
            SerialConsole console = machine.extension().openConsole(data -> System.out.write(data, 0, data.length));
            if (restore) {
                machine.resume();
            }
            try {
                Outcome end = outcome.get(Long.parseLong(args[6]), TimeUnit.MILLISECONDS);
                System.out.print(HASH + end.kind() + " " + end.stateHash());
            } catch (TimeoutException e) {
                machine.extension().saveTo(target);
                machine.turnOff();
                console.close();
                System.out.flush();
                System.exit(SAVED);
            }
        }
        System.out.flush();
    }
}
