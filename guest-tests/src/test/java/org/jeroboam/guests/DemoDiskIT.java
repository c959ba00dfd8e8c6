package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.server.LocalVirtualServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demonstration: a VHD boots through BIOS and GRUB to Debian's kernel; what is written there stays over a reboot, and
 * for another server.
 */
class DemoDiskIT {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String PROMPT = "root@jeroboam:/root# ";

    @TempDir
    Path directory;

    @Test
    void whatIsWrittenStays() throws Exception {
        PreparedGuests.useFirmware();
        Path disk = PreparedGuests.demoDisk(directory);
        talk(disk, dialogue -> {
            dialogue.await(PROMPT, PATIENCE);
            dialogue.type("echo over-$((40 + 2)) > kept; reboot");
            dialogue.await("reboot: Restarting system", PATIENCE);
            dialogue.await("GNU GRUB", PATIENCE);
            dialogue.await(PROMPT, PATIENCE);
            dialogue.type("cat kept");
            dialogue.await("over-42", PATIENCE);
            dialogue.await(PROMPT, PATIENCE);
        });
        talk(disk, dialogue -> {
            dialogue.await(PROMPT, PATIENCE);
            dialogue.type("cat kept; mount | grep ' / '");
            dialogue.await("over-42", PATIENCE);
            dialogue.await("/dev/sda1 on / type ext4 (rw", PATIENCE);
            dialogue.await(PROMPT, PATIENCE);
        });
    }

    private interface Talk {
        void with(Dialogue dialogue) throws Exception;
    }

    private void talk(Path disk, Talk talk) throws Exception {
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(directory.resolve("machines"), bench.machines());
            VirtualMachine machine = server.createTransientMachine(
                    "demo", MachineSettings.builder().memory("96M").disk(disk).build());
            machine.startup();
            try (Dialogue dialogue = new Dialogue(machine)) {
                talk.with(dialogue);
                dialogue.type("poweroff");
                Outcome outcome = machine.extension().outcome().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertEquals(Outcome.Kind.POWERED_OFF, outcome.kind(), outcome::toString);
            }
            server.close();
        }
    }
}
