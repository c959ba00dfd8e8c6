package org.jeroboam.guests;

import java.io.IOException;
import java.nio.file.Path;
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
        Process script = new ProcessBuilder(Path.of(System.getProperty("jeroboam.scripts"), "demo-guest")
                        .toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> paths =
                new String(script.getInputStream().readAllBytes()).lines().toList();
        if (script.waitFor() != 0 || paths.size() != 2) {
            throw new IOException("scripts/demo-guest could not prepare the demo guest");
        }
        return new DemoGuest(Path.of(paths.get(0)), Path.of(paths.get(1)));
    }
}
