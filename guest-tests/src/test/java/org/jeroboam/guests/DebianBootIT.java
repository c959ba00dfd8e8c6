package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualMachineState;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.server.LocalVirtualServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's unmodified 686 kernel, from power on to a shell, on a real clock. */
class DebianBootIT {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String PROMPT = "root@jeroboam:/root# ";

    @TempDir
    Path directory;

    @Test
    void bootsToAShellUsesItsDiskAndPowersOff() throws Exception {
        DemoGuest guest = DemoGuest.fetch();
        Path disk = randomDisk(8 << 20);
        byte[] before = Files.readAllBytes(disk);
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(directory.resolve("machines"), bench.machines());
            VirtualMachine machine = server.createVirtualMachine(
                    "debian",
                    MachineSettings.builder()
                            .memory("128M")
                            .kernel(guest.kernel())
                            .initrd(guest.initrd())
                            .append("console=ttyS0 mitigations=off")
                            .disk(disk)
                            .build());
            machine.startup();
            try (Dialogue dialogue = new Dialogue(machine)) {
                dialogue.await(PROMPT, PATIENCE);
                dialogue.type("echo $((6 * 7)) $(uname -m)");
                dialogue.await("42 i686", PATIENCE);
                dialogue.await(PROMPT, PATIENCE);

                dialogue.type("sha256sum /dev/sda");
                dialogue.await(Digest.sha256(before), PATIENCE);
                dialogue.await(PROMPT, PATIENCE);
                dialogue.type("echo written | dd of=/dev/sda bs=512 seek=3 conv=sync,fsync 2>/dev/null; echo done-$?");
                dialogue.await("done-0", PATIENCE);
                dialogue.await(PROMPT, PATIENCE);

                swapSerialPort(machine, dialogue);
                saveAndRestore(machine);
            }
            try (Dialogue dialogue = new Dialogue(machine)) {
                dialogue.type("echo still-$((40 + 2))");
                dialogue.await("still-42", PATIENCE);
                dialogue.type("poweroff");
                Outcome outcome = machine.extension().outcome().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertEquals(Outcome.Kind.POWERED_OFF, outcome.kind(), outcome::toString);
            }
            server.close();
        }
        byte[] after = Files.readAllBytes(disk);
        assertEquals("written\n", new String(after, 3 * 512, 8));
        System.arraycopy(before, 3 * 512, after, 3 * 512, 512);
        assertEquals(Digest.sha256(before), Digest.sha256(after));
    }

    private static void swapSerialPort(VirtualMachine machine, Dialogue dialogue) throws Exception {
        dialogue.type("i=0; while [ $i -lt 400 ]; do echo line-$i; i=$((i+1)); done; echo end-of-lines");
        dialogue.await("line-20\r\n", PATIENCE);
        machine.extension().swapPart("com1", null);
        String between = dialogue.await("end-of-lines\r\n", PATIENCE);
        for (int i = 21; i < 400; i++) {
            assertTrue(between.contains("line-" + i + "\r\n"), "line-" + i + " was lost");
        }
        dialogue.await(PROMPT, PATIENCE);
    }

    private static void saveAndRestore(VirtualMachine machine) throws Exception {
        machine.save();
        assertEquals(VirtualMachineState.SAVED, machine.getState());
        machine.startup();
        assertEquals(VirtualMachineState.RUNNING, machine.getState());
    }

    private Path randomDisk(int size) throws IOException {
        byte[] content = new byte[size];
        new Random(1).nextBytes(content);
        return Files.write(directory.resolve("disk.img"), content);
    }
}
