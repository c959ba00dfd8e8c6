package org.jeroboam.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates that fail or are not wanted: the spare comes back; other bundles are left alone; updates are kept. */
class UpdatesIT {
    private static final String SERIAL = "jeroboam-device-serial";

    @TempDir
    private Path home;

    private ServerProcess server;

    @BeforeEach
    void start() throws Exception {
        server = new ServerProcess(home);
        server.configure("org.jeroboam.platform.updates.cfg", "patience.seconds", "2");
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void theSpareComesBackByCommandAndWhenTheUpdateFailed() throws Exception {
        TickingGuest guest = TickingGuest.start(server, home, "web");
        assertTrue(server.shell("part:spares").contains("nothing was updated"));
        server.refused("part:revert " + SERIAL);
        server.shell("bundle:update " + SERIAL + " "
                + NextVersion.of(SERIAL, "0.1.1", home).toUri());
        guest.goesOn("an update");
        String spares = server.shell("part:spares");
        assertTrue(spares.contains("0.1.1") && spares.contains("0.1.0.SNAPSHOT"), spares);
        assertTrue(server.shell("part:revert " + SERIAL).contains("0.1.0.SNAPSHOT again"));
        guest.goesOn("part:revert");
        assertVersion("0.1.0.SNAPSHOT");

        // An update without any service in it: the machine would wait for ever.
        Path broken = NextVersion.broken(SERIAL, "0.1.2", home);
        server.shell("bundle:update " + SERIAL + " " + broken.toUri());
        guest.goesOn("an update that failed");
        assertVersion("0.1.0.SNAPSHOT");
        assertTrue(server.log().contains("the previous version comes back"), server.log());

        // Switched off, without a restart of anything.
        int restarts = starts();
        server.shell("config:property-set -p org.jeroboam.platform.updates revert never");
        server.shell("bundle:update " + SERIAL + " " + broken.toUri());
        ServerProcess.await(() -> server.shell("vm:info web").contains("type serial-16550"), () -> "it does not wait");
        server.shell("part:revert " + SERIAL);
        guest.goesOn("part:revert of a broken update");
        assertEquals(restarts, starts(), "the configuration restarted the server");
    }

    /** How often the server's component was activated. */
    private int starts() {
        return server.log().split("these machines go on", -1).length;
    }

    @Test
    void aFeatureRestartsNothingOfOursAndAnUpdateIsKept() throws Exception {
        String before = server.shell("bundle:list -s -t 0 --no-format");
        String components = components();
        Path features = Files.writeString(home.resolve("vendor.xml"), """
                <features name="vendor" xmlns="http://karaf.apache.org/xmlns/features/v1.6.0">
                  <feature name="vendor-serial" version="1.0.0"><bundle>%s</bundle></feature>
                </features>
                """.formatted(
                        NextVersion.of(SERIAL, "0.1.3", home).toUri()));
        server.shell("feature:repo-add " + features.toUri());
        server.shell("feature:install vendor-serial");
        assertEquals(
                components,
                components().lines().filter(components::contains).collect(Collectors.joining("\n")),
                "a feature restarted something");
        TickingGuest guest = TickingGuest.start(server, home, "web");
        assertTrue(server.shell("vm:devices web").contains("0.1.3"));
        server.shell("feature:uninstall vendor-serial");
        guest.goesOn("the vendor's feature was uninstalled");
        assertFalse(server.shell("vm:devices web").matches("(?s).*\\| 0\\.1\\.3 +\\|.*"));
        server.shell("bundle:update " + SERIAL + " "
                + NextVersion.of(SERIAL, "0.1.1", home).toUri());
        guest.goesOn("an update");
        server.shell("vm:stop web");

        server.stop();
        server.start();
        assertVersion("0.1.1");
        String after = server.shell("bundle:list -s -t 0 --no-format");
        assertEquals(others(before), others(after));
    }

    private static List<String> others(String bundles) {
        return bundles.lines().filter(line -> !line.contains(SERIAL)).toList();
    }

    /** The components of our bundles with their numbers, which are new ones after a restart. */
    private String components() {
        return server.shell("scr:list")
                .lines()
                .filter(line -> line.contains("org.jeroboam"))
                .map(String::strip)
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private void assertVersion(String version) {
        assertTrue(
                server.shell("bundle:list -s -t 0 --no-format")
                        .lines()
                        .anyMatch(line -> line.contains(SERIAL) && line.contains(version)),
                server.shell("bundle:list -s -t 0"));
    }
}
