package org.jeroboam.platform.locks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds out which process holds a lock, from {@code /proc/locks} (proc(5)). */
final class LockHolder {
    private static final int TYPE = 1;
    private static final int PID = 4;
    private static final int FILE = 5;
    private static final int FIELDS = 6;

    private LockHolder() {}

    /**
     * Names the holder.
     *
     * @param file the locked file
     * @return such as {@code process 4711 (java)}; {@code another process} when the host does not say
     */
    static String describe(Path file) {
        try {
            String inode = ":" + Files.getAttribute(file, "unix:ino");
            List<String> locks = Files.readAllLines(Path.of("/proc/locks"), StandardCharsets.ISO_8859_1);
            return locks.stream()
                    .map(line -> line.trim().split("\\s+"))
                    .filter(fields ->
                            fields.length >= FIELDS && fields[TYPE].equals("FLOCK") && fields[FILE].endsWith(inode))
                    .map(fields -> fields[PID])
                    .findFirst()
                    .flatMap(LockHolder::process)
                    .orElse("another process");
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // Only the message suffers: the host hides who it is.
            return "another process";
        }
    }

    private static Optional<String> process(String pid) {
        return ProcessHandle.of(Long.parseLong(pid))
                .map(p -> "process " + pid
                        + p.info()
                                .command()
                                .map(c -> " (" + Path.of(c).getFileName() + ")")
                                .orElse(""));
    }
}
