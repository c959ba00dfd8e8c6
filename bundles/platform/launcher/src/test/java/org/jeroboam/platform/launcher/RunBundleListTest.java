package org.jeroboam.platform.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunBundleListTest {

    private static final String OURS = """
            <features name="ours" xmlns="http://karaf.apache.org/xmlns/features/v1.6.0">
              <repository>mvn:some/other/1/xml/features</repository>
              <feature name="run" version="1">
                <bundle start-level="8">mvn:org.log/log-api/2.3.2</bundle>
                <feature>base</feature>
                <feature prerequisite="true">theirs</feature>
                <bundle>mvn:org.ours/ours-run/1-SNAPSHOT</bundle>
              </feature>
              <feature name="base" version="1">
                <feature>theirs</feature>
                <bundle>mvn:org.ours/ours-base/1/jar/special</bundle>
              </feature>
              <feature name="loop" version="1">
                <feature>loop</feature>
              </feature>
            </features>
            """;

    private static final String THEIRS = """
            <features name="theirs">
              <feature name="theirs" version="4">
                <config name="some">a = b</config>
                <bundle dependency="true">
                  mvn:org.theirs/theirs/4
                </bundle>
                <conditional>
                  <condition>shell</condition>
                  <bundle>mvn:org.theirs/theirs-shell/4</bundle>
                </conditional>
              </feature>
              <feature name="base" version="9">
                <bundle>mvn:org.theirs/base/9</bundle>
              </feature>
            </features>
            """;

    private final RunBundleList list = new RunBundleList();

    @TempDir
    private Path home;

    @BeforeEach
    void read() throws IOException {
        list.read(Files.writeString(home.resolve("ours.xml"), OURS));
        list.read(Files.writeString(home.resolve("theirs.xml"), THEIRS));
    }

    @Test
    void bundlesComeInTheOrderOfTheFeaturesEachOnceAndNoConditionalOnes() throws IOException {
        List<String> expected = List.of(
                "system/org/log/log-api/2.3.2/log-api-2.3.2.jar",
                "system/org/theirs/theirs/4/theirs-4.jar",
                "system/org/ours/ours-base/1/ours-base-1-special.jar",
                "system/org/ours/ours-run/1-SNAPSHOT/ours-run-1-SNAPSHOT.jar");
        for (String path : expected) {
            Files.createDirectories(home.resolve(path).getParent());
            Files.createFile(home.resolve(path));
        }
        assertEquals(expected, list.bundles(home, "run"));
    }

    @Test
    void aBundleThatTheDistributionLacksIsAnError() {
        IOException e = assertThrows(IOException.class, () -> list.bundles(home, "run"));
        assertTrue(e.getMessage().contains("has no system/org/log/log-api/2.3.2/log-api-2.3.2.jar"), e.getMessage());
    }

    @Test
    void unknownFeaturesAndLoopsAreErrors() {
        IOException unknown = assertThrows(IOException.class, () -> list.bundles(home, "nothing"));
        assertEquals("no feature file has the feature nothing", unknown.getMessage());
        IOException loop = assertThrows(IOException.class, () -> list.bundles(home, "loop"));
        assertTrue(loop.getMessage().contains("loop contains itself"), loop.getMessage());
    }

    @Test
    void malformedFilesAndLocationsAreErrors() throws IOException {
        Path broken = Files.writeString(home.resolve("broken.xml"), "<features><feature name='x'>");
        IOException e = assertThrows(IOException.class, () -> list.read(broken));
        assertTrue(e.getMessage().contains("broken.xml is no feature file"), e.getMessage());
        for (String location : List.of("file:x.jar", "mvn:a/b", "mvn:a/b/c/d/e/f")) {
            assertThrows(IOException.class, () -> RunBundleList.path(location), location);
        }
    }
}
