package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's kernel boots, reads its disk over and over and powers off, on the deterministic clock: once in one process, once
 * more on the interpreter, and once through a chain of processes that take turns in their cores, each of which restores what
 * the one before saved at a random instant.
 */
@Tag("full")
class DeterministicBootIT {
    private static final int SAVES = 20;
    private static final String NEVER = Long.toString(3_600_000);
    private static final String INIT = "/bin/busybox --install -s; mount -t proc proc /proc; mount -t sysfs sysfs /sys;"
            + " mount -t devtmpfs devtmpfs /dev; modprobe -a ata_piix sd_mod; while [ ! -b /dev/sda ]; do sleep 0.1; done;"
            + " for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo 3 > /proc/sys/vm/drop_caches; sha256sum /dev/sda; done;"
            + " echo all-done; poweroff -f";
    private static final String COMMAND_LINE =
            "console=ttyS0 mitigations=off rdinit=/bin/busybox -- sh -c \"" + INIT + "\"";

    @TempDir
    Path directory;

    @Test
    void savesAndRestoresInNewProcessesChangeNothing() throws Exception {
        DemoGuest guest = DemoGuest.fetch();
        Path disk = directory.resolve("disk.img");
        byte[] content = new byte[16 << 20];
        new Random(2).nextBytes(content);
        Files.write(disk, content);

        long begin = System.nanoTime();
        String first = run(guest, disk, "-", "unused", NEVER).output();
        long millis = (System.nanoTime() - begin) / 1_000_000;
        assertTrue(first.contains(Digest.sha256(content)), first);
        assertTrue(first.contains("all-done") && first.contains(GuestProcess.HASH + "POWERED_OFF"), first);
        assertEquals(
                first, run(guest, disk, "-", "unused", NEVER, "interpreter").output());
        assertEquals(first, chain(guest, disk, millis));
    }

    private String chain(DemoGuest guest, Path disk, long millis) throws Exception {
        long seed = Long.getLong("jeroboam.seed", 1);
        Random random = new Random(seed);
        StringBuilder output = new StringBuilder();
        String state = "-";
        for (int i = 0; i < SAVES; i++) {
            String next = "state" + i;
            Result result = run(
                    guest,
                    disk,
                    state,
                    next,
                    Long.toString(random.nextLong(2 * millis / (SAVES + 1)) + 1),
                    i % 3 == 1 ? "interpreter" : "");
            output.append(result.output());
            if (result.status() == 0) {
                return output.toString();
            }
            assertEquals(GuestProcess.SAVED, result.status(), output::toString);
            if (!state.equals("-")) {
                Files.delete(Path.of(state));
            }
            state = directory.resolve(next).toString();
        }
        return output.append(run(guest, disk, state, "unused", NEVER).output()).toString();
    }

    private record Result(int status, String output) {}

    private Result run(DemoGuest guest, Path disk, String restore, String save, String millis)
            throws IOException, InterruptedException {
        return run(guest, disk, restore, save, millis, "");
    }

    /** Runs a process. @param core the processor core; empty for the best */
    private Result run(DemoGuest guest, Path disk, String restore, String save, String millis, String core)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-D" + GuestProcess.CORE + "=" + core,
                "-cp",
                System.getProperty("java.class.path"),
                GuestProcess.class.getName()));
        command.addAll(List.of(
                guest.kernel().toString(),
                guest.initrd().toString(),
                COMMAND_LINE,
                disk.toString(),
                restore,
                directory.resolve(save).toString(),
                millis));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        process.getInputStream().transferTo(output);
        return new Result(process.waitFor(), output.toString(StandardCharsets.ISO_8859_1));
    }
}
