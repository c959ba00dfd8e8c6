package org.jeroboam.guests;

import java.nio.file.Path;
import java.util.List;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.server.LocalVirtualServer;

/**
 * How long a guest that works its disks stands still when its parts are replaced: each part by each way, so many times, in
 * turn. Run by {@code benchmarks/swaps}.
 *
 * <p>Arguments: a directory for the images, how often.
 */
public final class SwapSpeed {
    /** Swaps before those that count. */
    private static final int WARM_UP = 2;

    private static final int PAUSE_MILLIS = 20;

    private SwapSpeed() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        int count = Integer.parseInt(arguments[1]);
        SwapWatch watch = new SwapWatch();
        try (Workbench bench = new Workbench()) {
            PartVersions versions = new PartVersions(bench.catalog());
            LocalVirtualServer server =
                    new LocalVirtualServer(directory.resolve("machines"), watch.over(bench.machines()));
            VirtualMachine machine = server.createTransientMachine("debian", DiskWorker.settings(directory, true));
            machine.startup();
            try (DiskWorker worker = DiskWorker.begin(machine)) {
                SwapFigures first = new SwapFigures();
                Swapper swapper = new Swapper(versions, watch, machine, first);
                rounds(swapper, worker, WARM_UP);
                SwapFigures figures = new SwapFigures();
                swapper.noteIn(figures);
                rounds(swapper, worker, count);
                DiskWorker.Account account = worker.end();
                System.out.println(figures);
                System.out.println("the first " + WARM_UP + " of each kind, which do not count above:\n" + first);
                System.out.println(account);
                if (!account.complaints().isEmpty() || !watch.failures().isEmpty()) {
                    throw new IllegalStateException(account + " " + watch.failures());
                }
            }
            machine.turnOff();
            server.close();
        }
        System.exit(0);
    }

    private static void rounds(Swapper swapper, DiskWorker worker, int count) throws Exception {
        List<String> cores = swapper.cores();
        for (int i = 0; i < count; i++) {
            for (String part : swapper.parts()) {
                // Each core to itself and to the other.
                swapper.staged(part, cores.get(i / 2 % cores.size()));
                worker.pause(PAUSE_MILLIS);
                swapper.inPlace(part);
                worker.ask();
                worker.pause(PAUSE_MILLIS);
            }
        }
    }
}
