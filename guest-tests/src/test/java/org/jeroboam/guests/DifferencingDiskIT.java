package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.server.LocalVirtualServer;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.operation.ChildCreation;
import org.jeroboam.storage.vhd.operation.Conversion;
import org.jeroboam.storage.vhd.operation.DiskKind;
import org.jeroboam.storage.vhd.operation.NewFile;
import org.jeroboam.storage.vhd.operation.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian runs from a differencing disk over the demonstration's, then from one over that. */
class DifferencingDiskIT {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String PROMPT = "root@jeroboam:/root# ";
    private static final String SUM = "sha256sum kept; echo sum-$((40 + 2))";

    @TempDir
    Path directory;

    private interface Talk {
        void with(Dialogue dialogue, LocalVirtualServer server) throws Exception;
    }

    private void talk(Path disk, Talk talk) throws Exception {
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(directory.resolve("machines"), bench.machines());
            VirtualMachine machine = server.createTransientMachine(
                    "demo", MachineSettings.builder().memory("96M").disk(disk).build());
            machine.startup();
            try (Dialogue dialogue = new Dialogue(machine)) {
                dialogue.await(PROMPT, PATIENCE);
                talk.with(dialogue, server);
                dialogue.type("poweroff");
                Outcome outcome = machine.extension().outcome().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertEquals(Outcome.Kind.POWERED_OFF, outcome.kind(), outcome::toString);
            }
            server.close();
        }
    }

    private static String sum(Dialogue dialogue) throws InterruptedException {
        dialogue.type(SUM);
        String said = dialogue.await("  kept", PATIENCE);
        String sum = said.substring(said.lastIndexOf('\n') + 1);
        dialogue.await("sum-42", PATIENCE);
        dialogue.await(PROMPT, PATIENCE);
        assertEquals(64, sum.length(), sum);
        return sum;
    }

    private Path child(String name, Path parent) throws IOException, ConfigurationException {
        Path child = directory.resolve(name);
        try (NewFile made = NewFile.begin(child, false)) {
            ChildCreation.run(
                    made.file(), child, parent, DynamicHeader.DEFAULT_BLOCK_SIZE, Instant.now(), UUID.randomUUID());
            made.finish();
        }
        return child;
    }

    @Test
    void whatIsWrittenIsInTheChild() throws Exception {
        PreparedGuests.useFirmware();
        Path demo = PreparedGuests.demoDisk(directory);
        Path untouched = Files.copy(demo, directory.resolve("untouched"));
        Path child = child("child.vhd", demo);
        String[] sum = new String[1];
        talk(child, (dialogue, server) -> {
            dialogue.type("dd if=/dev/urandom of=kept bs=4096 count=700; sync; echo written-$((40 + 2))");
            dialogue.await("written-42", PATIENCE);
            dialogue.await(PROMPT, PATIENCE);
            sum[0] = sum(dialogue);
            VirtualMachine thief = server.createTransientMachine(
                    "thief", MachineSettings.builder().memory("16M").disk(demo).build());
            String refusal =
                    assertThrows(ManagementException.class, thief::startup).getMessage();
            assertTrue(refusal.contains("is in use by demo"), refusal);
        });
        assertEquals(-1, Files.mismatch(untouched, demo));
        Path childUntouched = Files.copy(child, directory.resolve("child untouched"));
        Path grandchild = child("grandchild.vhd", child);
        talk(grandchild, (dialogue, server) -> {
            assertEquals(sum[0], sum(dialogue));
            dialogue.type("rm kept; sync");
            dialogue.await(PROMPT, PATIENCE);
        });
        assertEquals(-1, Files.mismatch(childUntouched, child));
        assertEquals(-1, Files.mismatch(untouched, demo));
        othersReadTheSame(grandchild);
    }

    /** Where libvhdi's tools are installed. */
    private void othersReadTheSame(Path disk) throws Exception {
        if (Files.isExecutable(Path.of("/usr/bin/vhdimount")) && Files.isWritable(Path.of("/dev/fuse"))) {
            Path mounted = Files.createDirectory(directory.resolve("mounted"));
            Path raw = directory.resolve("raw");
            Conversion.run(disk, raw, DiskKind.RAW, false, Progress.NONE);
            Tools.run("vhdimount", disk.toString(), mounted.toString());
            try {
                assertEquals(-1, Files.mismatch(raw, mounted.resolve("vhdi3")));
            } finally {
                Tools.run("umount", mounted.toString());
            }
        }
    }
}
