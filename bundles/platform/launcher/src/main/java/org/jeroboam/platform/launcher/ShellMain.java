package org.jeroboam.platform.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;

/**
 * {@code jeroboam shell}: commands for a running server over ssh on the loopback interface, as the owner of the state
 * directory.
 *
 * <p>First argument: {@code prepare} (makes the keys), {@code interactive}, or {@code exec} (the rest is the command;
 * with no rest, standard input is). System properties: {@code jeroboam.home} the state directory, {@code
 * jeroboam.ssh.port} the server's port.
 */
public final class ShellMain {

    private ShellMain() {}

    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) {
        try {
            ShellKeys keys = new ShellKeys(Path.of(System.getProperty("jeroboam.home")));
            String mode = arguments.getFirst();
            if (mode.equals("prepare")) {
                keys.prepare();
                return 0;
            }
            try (ShellConnection connection = ShellConnection.open(keys, Integer.getInteger("jeroboam.ssh.port"))) {
                return mode.equals("interactive")
                        ? connection.interactive()
                        : connection.execute(command(arguments), System.out, System.err);
            }
        } catch (IOException e) {
            Faults.report("the server's shell did not answer: " + e.getMessage(), null);
        } catch (GeneralSecurityException e) {
            Faults.report("the keys of the server's shell cannot be used: " + e.getMessage(), null);
        }
        return RunMain.FAULT;
    }

    private static String command(List<String> arguments) throws IOException {
        return arguments.size() > 1
                ? GogoLine.of(arguments.subList(1, arguments.size()))
                : new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    }
}
