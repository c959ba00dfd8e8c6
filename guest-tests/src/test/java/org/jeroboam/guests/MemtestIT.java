package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.server.LocalVirtualServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** memtest86+ finds no error in 32 MiB. */
@Tag("full")
class MemtestIT {
    @TempDir
    Path directory;

    @Test
    void aPassFindsNoError() throws Exception {
        PreparedGuests.useFirmware();
        Path floppy = PreparedGuests.copy(PreparedGuests.bootMedia().resolve("memtest.img"), directory);
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(directory.resolve("machines"), bench.machines());
            VirtualMachine machine = server.createTransientMachine(
                    "memtest",
                    MachineSettings.builder()
                            .memory("32M")
                            .serial("none")
                            .floppy(floppy)
                            .boot("a")
                            .build());
            machine.startup();
            String screen = new ScreenWatch(machine, Duration.ofMinutes(60)).await("Pass:  1");
            assertTrue(screen.contains("Errors: 0"), screen);
            server.close();
        }
    }
}
