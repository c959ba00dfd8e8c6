package org.jeroboam.platform.locks;

import java.io.IOException;
import java.nio.file.Path;

/** Another process that locks a file and waits. */
final class LockingProcess {
    private LockingProcess() {}

    public static void main(String[] arguments) throws Exception {
        try (var lock = new FileLocks().lock(Path.of(arguments[0]), Boolean.parseBoolean(arguments[1]), "child")) {
            System.err.println(lock == null ? "no" : "locked");
            waitForEnd();
        }
    }

    private static void waitForEnd() throws IOException {
        int read;
        do {
            read = System.in.read();
        } while (read >= 0);
    }
}
