package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.server.LocalVirtualServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's installer shows its first screen, and the next when Enter is pressed. */
@Tag("full")
class InstallerIT {
    @TempDir
    Path directory;

    @Test
    void theLanguageScreenAnswersKeys() throws Exception {
        PreparedGuests.useFirmware();
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(directory.resolve("machines"), bench.machines());
            VirtualMachine machine = server.createTransientMachine(
                    "installer",
                    MachineSettings.builder()
                            .memory("512M")
                            .serial("none")
                            .cdrom(PreparedGuests.bootMedia().resolve("installer.iso"))
                            .boot("d")
                            .build());
            machine.startup();
            ScreenWatch screen = new ScreenWatch(machine, Duration.ofMinutes(20));
            String language = screen.await("Select a language");
            assertTrue(language.contains("English"), language);
            screen.press("Key_Enter");
            assertNotEquals(language, screen.await("Select your location"));
            server.close();
        }
    }
}
