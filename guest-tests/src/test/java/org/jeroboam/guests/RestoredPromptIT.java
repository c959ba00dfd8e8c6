package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.server.LocalVirtualServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's boot is saved at random instants; each state, restored in a new process, ends at the same prompt. */
@Tag("full")
class RestoredPromptIT {
    private static final int SAVES = 20;

    @TempDir
    Path directory;

    @Test
    void everySavedInstantLeadsToThePrompt() throws Exception {
        DemoGuest guest = DemoGuest.fetch();
        Path disk = directory.resolve("disk.img");
        byte[] content = new byte[8 << 20];
        new Random(3).nextBytes(content);
        Files.write(disk, content);
        String answer = Digest.sha256(content) + "  /dev/sda\r\n42 i686\r\n";

        List<Path> states = save(guest, disk);
        assertEquals(SAVES, states.size());
        for (Path state : states) {
            String said = restored(guest, disk, state);
            assertTrue(said.endsWith(answer), state.getFileName() + " led to: " + said);
            Files.delete(state);
        }
    }

    private List<Path> save(DemoGuest guest, Path disk) throws Exception {
        long millis = boot(guest, disk, List.of(), new ArrayList<>());
        Random random = new Random(Long.getLong("jeroboam.seed", 1));
        List<Long> instants =
                random.longs(SAVES, 0, millis * 9 / 10).sorted().boxed().toList();
        List<Path> states = new ArrayList<>();
        boot(guest, disk, instants, states);
        return states;
    }

    /** Boots to the prompt and saves at instants of running time; the answer is the time to the prompt in milliseconds. */
    private long boot(DemoGuest guest, Path disk, List<Long> instants, List<Path> states) throws Exception {
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(directory.resolve("catalogue"), bench.machines());
            VirtualMachine machine = server.createTransientMachine(
                    "guest", PromptProcess.settings(guest.kernel(), guest.initrd(), disk));
            machine.startup();
            long begin = System.nanoTime();
            try (Dialogue dialogue = new Dialogue(machine)) {
                long passed = 0;
                for (long instant : instants) {
                    dialogue.pause(instant - passed);
                    passed = instant;
                    Path state = directory.resolve("state" + states.size());
                    machine.extension().saveTo(state);
                    machine.resume();
                    states.add(state);
                }
                dialogue.await(PromptProcess.PROMPT, PromptProcess.PATIENCE);
            }
            machine.turnOff();
            return (System.nanoTime() - begin) / 1_000_000;
        }
    }

    private String restored(DemoGuest guest, Path disk, Path state) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PromptProcess.class.getName(),
                        guest.kernel().toString(),
                        guest.initrd().toString(),
                        disk.toString(),
                        state.toString(),
                        directory.resolve("catalogue").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        process.getInputStream().transferTo(output);
        assertEquals(0, process.waitFor(), () -> state.getFileName() + ": " + output);
        return output.toString(StandardCharsets.ISO_8859_1);
    }
}
