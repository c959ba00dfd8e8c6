package org.jeroboam.guests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Debian's kernel and the demo's user land.
 *
 * @param kernel bzImage
 * @param initrd initial RAM disk
 */
record DemoGuest(Path kernel, Path initrd) {
    /** The demo's files, fetched when they are missing. */
    static DemoGuest fetch() throws IOException, InterruptedException {
        return fetch("demo-guest");
    }

    /** The same with further modules of Debian's kernel. */
    static DemoGuest withModules(String... modules) throws IOException, InterruptedException {
        return fetch("guest-modules", modules);
    }

    private static DemoGuest fetch(String script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("jeroboam.scripts"), script).toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> paths =
                new String(process.getInputStream().readAllBytes()).lines().toList();
        if (process.waitFor() != 0 || paths.size() != 2) {
            throw new IOException("scripts/" + script + " could not prepare the demo guest");
        }
        return new DemoGuest(Path.of(paths.get(0)), Path.of(paths.get(1)));
    }
}
