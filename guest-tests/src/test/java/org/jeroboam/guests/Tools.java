package org.jeroboam.guests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of the host and processes of our own. */
final class Tools {
    private Tools() {}

    /** Runs a program that must succeed; the answer is all that it says. */
    static String run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        Result result = finish(builder);
        if (result.status() != 0) {
            throw new IOException(String.join(" ", command) + " ended with status " + result.status() + " and said: "
                    + result.output());
        }
        return result.output();
    }

    /**
     * What a process left.
     *
     * @param status its exit status
     * @param output its standard output, byte for character
     */
    record Result(int status, String output) {}

    /** Runs a class of these tests in a process of its own. */
    static Result java(Class<?> main, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return finish(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
    }

    private static Result finish(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        return new Result(process.waitFor(), output);
    }
}
