package org.jeroboam.platform.karafcompat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** With the JDK's own channels, in a Java machine for each test. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "what it mends is the JDK's use of Linux' epoll")
class EventThreadsTest {

    @Test
    void aConnectionBesideAnEventOfAClosedChannelIsAccepted() throws Exception {
        assertEquals(AcceptTrial.ACCEPTED, trial(60));
    }

    @Test
    void itIsNotWithTheOneThreadOfTheJdkWhichAnAdministratorMayAskFor() throws Exception {
        int status = trial(3, "-D" + EventThreads.PROPERTY + "=1");
        assumeTrue(status != AcceptTrial.ACCEPTED, "this JDK waits for events as it should: EventThreads can go");
        assertEquals(AcceptTrial.NOT_ACCEPTED, status);
    }

    private static int trial(int seconds, String... options) throws Exception {
        String classes = location(EventThreads.class) + File.pathSeparator + location(AcceptTrial.class);
        List<String> command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        command.addAll(List.of(options));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classes));
        command.addAll(List.of(AcceptTrial.class.getName(), Integer.toString(seconds)));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static Path location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
