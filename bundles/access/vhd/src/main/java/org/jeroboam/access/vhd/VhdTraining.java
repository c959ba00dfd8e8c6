package org.jeroboam.access.vhd;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Does a little of everything, so that the JVM can keep what it loaded for later starts. */
public final class VhdTraining {
    private VhdTraining() {}

    /**
     * Runs the commands.
     *
     * @param arguments an empty folder
     */
    public static void main(String[] arguments) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Interruption interruption = new Interruption();
        Front front = VhdMain.front(interruption, nowhere, nowhere);
        Path folder = Path.of(arguments[0]);
        String fixed = folder.resolve("fixed.vhd").toString();
        String raw = folder.resolve("disk.raw").toString();
        String disk = folder.resolve("disk.vhd").toString();
        String child = folder.resolve("child.vhd").toString();
        String[][] commands = {
            {"--help"},
            {"create", fixed, "--size", "4M", "--type", "fixed"},
            {"convert", fixed, raw, "--type", "raw"},
            {"convert", raw, disk, "--type", "dynamic"},
            {"convert", disk, fixed, "--type", "fixed", "--force"},
            {"create", child, "--parent", disk},
            {"info", child},
            {"info", disk, "--json"},
            {"map", disk},
            {"map", child, "--json"},
            {"convert", child, raw, "--type", "raw", "--force"},
            {"merge", child},
            {"reparent", child, "--parent", disk},
            {"check", disk},
            {"check", child, "--json"},
            {"compact", disk},
            {"resize", disk, "--size", "8M"},
            {"repair", disk}
        };
        for (String[] command : commands) {
            new VhdTool(front).run(command);
        }
        interruption.over();
    }
}
