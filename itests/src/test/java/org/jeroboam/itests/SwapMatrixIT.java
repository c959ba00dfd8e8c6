package org.jeroboam.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jeroboam.itests.SwapRow.Kind;
import org.jeroboam.itests.SwapRow.Meanwhile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Everything that can be replaced, by every way there is, under one guest that works all of it and must not notice: the
 * table of {@code docs/swap-matrix.md}, whose rows are those of {@link SwapRow}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SwapMatrixIT {
    private static final String UPDATED = "0.1.1";
    private static final String STAGED = "0.1.2";
    private static final String DEPLOYED = "0.1.3";
    private static final String MACHINE = "web";
    /** Our bundles that nothing of a machine depends on. */
    private static final Set<String> WITHOUT_ROW = Set.of("jeroboam-platform-karaf-compat", "jeroboam-platform-trust");

    private static final Set<String> STARTED = Set.of("Active", "Waiting");
    private static final int STATE = 1;
    private static final int VERSION = 3;
    private static final int NAME = 4;

    private Path home;
    private ServerProcess server;
    private TickingGuest guest;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = folder;
        server = new ServerProcess(home);
        server.configure("org.apache.felix.fileinstall-deploy.cfg", "felix.fileinstall.poll", "200");
        server.start();
        guest = TickingGuest.start(server, home, MACHINE);
    }

    @AfterAll
    void stop() throws Exception {
        try {
            assertTrue(guest.said("the end") > 0);
        } finally {
            server.stop();
        }
    }

    // ---- the ways

    @ParameterizedTest
    @EnumSource(SwapRow.class)
    void staged(SwapRow row) throws Exception {
        assumeTrue(row.canBeSwapped(), "a swap chooses a part of the machine");
        int pauses = pauses();
        server.shell("bundle:install -s " + jar(row, STAGED));
        swapTo(row, STAGED);
        server.shell("bundle:uninstall " + row.bundle() + "/" + STAGED);
        assertUndisturbed(row + " was swapped", false, pauses);
        assertEquals(0, partsOf(row, STAGED), devices());
    }

    @ParameterizedTest
    @EnumSource(SwapRow.class)
    void update(SwapRow row) throws Exception {
        row.prepare(server, MACHINE);
        for (String version : List.of("a newer one", "the same")) {
            int pauses = pauses();
            // Who uses a library goes on with the old one until it is refreshed: OSGi's rule.
            String update = row.isUsedByOthers() ? "bundle:update --refresh " : "bundle:update ";
            server.shell(update + row.bundle() + " " + jar(row, UPDATED));
            assertUndisturbed(row + " was updated to " + version, row.kind() == Kind.BASE, pauses);
            assertTrue(versions(row).contains(UPDATED), versions(row).toString());
        }
    }

    @ParameterizedTest
    @EnumSource(SwapRow.class)
    void deploy(SwapRow row) throws Exception {
        int pauses = pauses();
        Path jar = Path.of(URI.create(jar(row, DEPLOYED)));
        Path file = server.state().resolve("deploy").resolve(jar.getFileName());
        Files.move(jar, file);
        ServerProcess.await(() -> versions(row).contains(DEPLOYED), () -> "not deployed: " + file);
        guest.goesOn(row + " was deployed");
        if (row.canBeSwapped()) {
            swapTo(row, DEPLOYED);
        }
        Files.delete(file);
        ServerProcess.await(() -> !versions(row).contains(DEPLOYED), () -> "still deployed: " + file);
        if (row.kind() == Kind.DOOR) {
            // Of two bundles with the same commands, Karaf drops the commands of both when one goes.
            server.shell("bundle:restart " + row.bundle());
        }
        assertUndisturbed(row + " was deployed and removed", false, pauses);
        assertEquals(0, partsOf(row, DEPLOYED), devices());
    }

    @ParameterizedTest
    @EnumSource(SwapRow.class)
    void refresh(SwapRow row) throws Exception {
        row.prepare(server, MACHINE);
        int pauses = pauses();
        server.shell("bundle:refresh " + row.bundle());
        assertUndisturbed(row + " was refreshed", row.kind() == Kind.BASE, pauses);
    }

    @ParameterizedTest
    @EnumSource(SwapRow.class)
    void stopAndStart(SwapRow row) throws Exception {
        row.prepare(server, MACHINE);
        int pauses = pauses();
        server.shell("bundle:stop " + row.bundle());
        switch (row.meanwhile()) {
            case WAITS -> ServerProcess.await(() -> info().contains(row.missing()), this::info);
            case GOES_ON -> guest.goesOn(row + " was stopped");
            case PAUSES ->
                assertTrue(Files.exists(server.state().resolve("machines").resolve("web.interrupted")), server.log());
        }
        server.shell("bundle:start " + row.bundle());
        assertUndisturbed(row + " was stopped and started", row.meanwhile() == Meanwhile.PAUSES, pauses);
    }

    // ---- what holds for the table

    @Test
    void everyBundleOfOursHasARow() {
        Set<String> rows = new TreeSet<>(WITHOUT_ROW);
        for (SwapRow row : SwapRow.values()) {
            rows.add(row.bundle());
        }
        Set<String> bundles = new TreeSet<>();
        bundles().forEach(line -> bundles.add(line[NAME]));
        assertEquals(rows, bundles, "add a row to SwapRow, and to docs/swap-matrix.md, for what is new");
    }

    @Test
    void theTableIsDocumented() throws Exception {
        List<String> documented = Files.readAllLines(
                Path.of(System.getProperty("jeroboam.documents")).resolve("swap-matrix.md"));
        for (SwapRow row : SwapRow.values()) {
            assertTrue(documented.contains(row.line()), "docs/swap-matrix.md lacks this line: " + row.line());
        }
    }

    // ---- how

    private String jar(SwapRow row, String version) throws IOException {
        return NextVersion.of(row.bundle(), version, home).toUri().toString();
    }

    private void swapTo(SwapRow row, String version) {
        for (String part : row.parts()) {
            if (row.kind() == Kind.CORE) {
                row.prepare(server, MACHINE);
            } else {
                server.shell("vm:swap web " + part + " --to " + version);
            }
            guest.goesOn(part + " was swapped");
        }
        assertEquals(row.parts().size(), partsOf(row, version), devices());
    }

    /** How many parts of the machine come from a version of a row's bundle. */
    private long partsOf(SwapRow row, String version) {
        return devices()
                .lines()
                .map(line -> line.split("\\s*\\|\\s*"))
                .filter(line -> line.length > 3 && line[2].equals(row.bundle()) && line[3].equals(version))
                .count();
    }

    private void assertUndisturbed(String what, boolean pauses, int before) {
        if (pauses) {
            ServerProcess.await(() -> pauses() > before, () -> what + ": the machine did not pause");
        }
        guest.goesOn(what);
        assertEquals(pauses, pauses() > before, what + ": did the machine pause?");
        ServerProcess.await(() -> info().matches("(?s).*State +running\\R.*"), this::info);
    }

    private String info() {
        return server.attempt("vm:info web").text();
    }

    private String devices() {
        return server.shell("vm:devices web");
    }

    /** How often the machine was saved so that it could go on. */
    private int pauses() {
        return server.log().split("web pauses because", -1).length - 1;
    }

    /** The versions of a row's bundle that are started; a server waits while another one is there. */
    private Set<String> versions(SwapRow row) {
        return bundles()
                .filter(line -> line[NAME].equals(row.bundle()) && STARTED.contains(line[STATE]))
                .map(line -> line[VERSION])
                .collect(Collectors.toSet());
    }

    /** Our bundles: number, state, level, version, symbolic name. */
    private Stream<String[]> bundles() {
        return server.shell("bundle:list -s -t 0 --no-format")
                .lines()
                .map(line -> line.strip().split("\\s*\t\\s*"))
                .filter(line -> line.length > NAME && line[NAME].startsWith("jeroboam-"));
    }
}
