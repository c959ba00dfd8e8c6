package org.jeroboam.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server starts the same way each time, with an empty bundle cache and with a full one: the same bundles in the same
 * versions, states and start levels, and the same services; and nothing in it had to try twice. Two cold starts and one
 * warm one, in the full tier twenty of each.
 */
class SameStartIT {
    private static final int COLD = "full".equals(System.getProperty("tier")) ? 20 : 2;
    private static final int WARM = "full".equals(System.getProperty("tier")) ? 20 : 1;
    private static final int SAMPLES = 3;

    /** What Karaf's activators say of a start that failed; the next one may succeed. */
    private static final String FAILED_START = "Error starting activator";

    @Test
    void coldAndWarmStartsAreTheSame(@TempDir Path folder) throws Exception {
        List<String> first = null;
        for (int cold = 0; cold < COLD; cold++) {
            ServerProcess server = new ServerProcess(Files.createDirectory(folder.resolve("cold" + cold)));
            for (int warm = 0; warm <= (cold == 0 ? WARM : 0); warm++) {
                server.start();
                try {
                    List<String> now = settled(server);
                    assertFalse(now.isEmpty());
                    first = first == null ? now : first;
                    assertEquals(String.join("\n", first), String.join("\n", now), "start " + cold + "." + warm);
                    assertFalse(server.log().contains(FAILED_START), () -> server.log()
                            .lines()
                            .filter(line -> line.contains(FAILED_START))
                            .toList()
                            .toString());
                } finally {
                    server.stop();
                }
            }
        }
    }

    /** What a server is when nothing changes any more: it is ready before the last bundle of Karaf's own has started. */
    private static List<String> settled(ServerProcess server) {
        List<List<String>> seen = new ArrayList<>();
        ServerProcess.await(
                () -> {
                    seen.add(describe(server));
                    return seen.size() > SAMPLES
                            && seen.subList(seen.size() - SAMPLES, seen.size()).stream()
                                            .distinct()
                                            .count()
                                    == 1;
                },
                () -> "it does not settle: " + seen.getLast());
        return seen.getLast();
    }

    private static List<String> describe(ServerProcess server) {
        ServerProcess.await(
                () -> bundles(server).stream().noneMatch(line -> line.matches(".*(Starting|Installed|Waiting).*")),
                () -> String.join("\n", bundles(server)));
        List<String> services = server.shell("service:list -n")
                .lines()
                .map(SameStartIT::service)
                .toList();
        List<String> all = new ArrayList<>(bundles(server));
        all.addAll(services);
        return all;
    }

    /** Karaf's features service says so once more when its configuration is delivered twice; who waits for it is served by either. */
    private static String service(String line) {
        return line.strip().replaceFirst("^(org\\.apache\\.karaf\\.features\\.BootFinished) .*", "$1");
    }

    private static List<String> bundles(ServerProcess server) {
        return server.shell("bundle:list -s -t 0 --no-format")
                .lines()
                .map(String::strip)
                .toList();
    }
}
