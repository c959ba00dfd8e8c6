package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.server.LocalVirtualServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every part of a machine is replaced over and over, by both ways in a random order, while Debian works all of its disks
 * and checks what they hold. Nothing is lost, and nothing of former versions stays. An odd seed gives a CD drive, an even
 * one a fixed disk.
 *
 * <p>System properties {@code swap.seed} and {@code swap.count} give another order and number.
 */
class SwapUnderLoadIT {
    private static final int COLLECTIONS = 20;
    private static final long BETWEEN_COLLECTIONS = 50_000_000;
    private static final int FEW = 60;
    private static final int MANY = 1000;
    private static final int SAMPLES = 20;
    private static final int LONGEST_PAUSE_MILLIS = 150;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    @Test
    void theGuestNoticesNothing() throws Exception {
        swaps(Long.getLong("swap.seed", 1), Integer.getInteger("swap.count", FEW));
    }

    @Test
    @Tag("full")
    void norInTheLongRun() throws Exception {
        swaps(Long.getLong("swap.seed", 2), Integer.getInteger("swap.count", MANY));
    }

    private void swaps(long seed, int count) throws Exception {
        SwapFigures figures = new SwapFigures();
        MemoryCourse memory = new MemoryCourse();
        SwapWatch watch = new SwapWatch();
        try (Workbench bench = new Workbench()) {
            PartVersions versions = new PartVersions(bench.catalog());
            LocalVirtualServer server =
                    new LocalVirtualServer(directory.resolve("machines"), watch.over(bench.machines()));
            VirtualMachine machine =
                    server.createTransientMachine("debian", DiskWorker.settings(directory, seed % 2 != 0));
            machine.startup();
            try (DiskWorker worker = DiskWorker.begin(machine)) {
                Swapper swapper = new Swapper(versions, watch, machine, figures);
                swapAll(new Random(seed), count, swapper, worker, memory);
                DiskWorker.Account account = worker.end();
                Map<String, String> left = left(versions);
                report(seed, figures, memory, account, versions.made(), left);
                assertEquals(List.of(), account.complaints());
                assertTrue(account.pieces() > 0 && account.lines() > 0, account::toString);
                assertEquals(count, account.answers());
                assertEquals(List.of(), watch.failures());
                assertEquals(Map.of(), left, "class loaders that nothing should refer to");
                assertEquals(List.of(), memory.growth());
                worker.powerOff();
                Outcome outcome = machine.extension().outcome().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertEquals(Outcome.Kind.POWERED_OFF, outcome.kind(), outcome::toString);
            }
            server.close();
        }
    }

    private static void swapAll(Random random, int count, Swapper swapper, DiskWorker worker, MemoryCourse memory)
            throws Exception {
        List<String> cores = swapper.cores();
        int interval = Math.max(1, count / SAMPLES);
        for (int i = 0; i < count; i++) {
            String part = swapper.parts().get(random.nextInt(swapper.parts().size()));
            boolean staged = random.nextBoolean();
            String core = cores.get(random.nextInt(cores.size()));
            if (staged) {
                swapper.staged(part, core);
            } else {
                swapper.inPlace(part);
            }
            worker.ask();
            worker.pause(random.nextInt(LONGEST_PAUSE_MILLIS));
            if (i % interval == interval - 1) {
                memory.sample();
            }
        }
    }

    /**
     * The loaders of versions that nothing should use: all but those that are offered. One of which the JVM compiles a method
     * just now is held until that is done, which takes its time on a busy host.
     */
    private static Map<String, String> left(PartVersions versions) {
        Map<String, String> loaded = Map.of();
        for (int i = 0; i < COLLECTIONS; i++) {
            LockSupport.parkNanos(i * BETWEEN_COLLECTIONS);
            System.gc();
            loaded = versions.loaded();
            for (Offer<?> offer : versions.offers()) {
                loaded.remove(offer.version());
            }
            if (loaded.isEmpty()) {
                return loaded;
            }
        }
        return loaded;
    }

    private static void report(
            long seed,
            SwapFigures figures,
            MemoryCourse memory,
            DiskWorker.Account account,
            int made,
            Map<String, String> left)
            throws Exception {
        List<String> lines = new ArrayList<>();
        lines.add("seed " + seed + ": " + figures.count() + " times the guest stood still, " + made
                + " versions loaded, class loaders left over: " + left);
        lines.add(account.toString());
        lines.add(memory.toString());
        lines.add(figures.toString());
        Files.write(Files.createDirectories(Path.of("target")).resolve("swaps-" + seed + ".txt"), lines);
    }
}
