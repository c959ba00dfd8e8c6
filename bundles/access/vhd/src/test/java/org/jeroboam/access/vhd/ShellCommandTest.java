package org.jeroboam.access.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.platform.locks.FileLocks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands in the server's shell. */
class ShellCommandTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ImageLocks locks = new FileLocks();

    private <T> T fake(Class<T> type, java.util.function.Function<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object answer = answers.apply(method.getName());
                    if (answer instanceof AssertionError e) {
                        throw e;
                    }
                    return answer;
                }));
    }

    private Session session() {
        PrintStream console = new PrintStream(out, true, StandardCharsets.UTF_8);
        return fake(Session.class, name -> switch (name) {
            case "getConsole" -> console;
            case "getTerminal", "get" -> null;
            case "currentDir" -> folder;
            default -> new AssertionError(name);
        });
    }

    private static ShellCommand command(String name, ImageLocks locks) {
        return new ShellCommand(Commands.named(name).orElseThrow(), locks);
    }

    private String run(String name, Object... words) throws ShellException {
        out.reset();
        command(name, locks).execute(session(), List.of(words));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theyDoWhatTheToolDoes() throws Exception {
        Path disk = folder.resolve("disk.vhd");
        assertTrue(run("create", disk, "--size", "8M").startsWith("made " + disk + ", a dynamic disk"));
        assertTrue(run("info", disk, "--json").contains("\"size\":8388608"));
        assertTrue(run("check", disk).endsWith("is in good order\n"));
        assertTrue(run("map", "--help").startsWith("Usage: vhd:map FILE [--json]\n"));
    }

    @Test
    void whatGoesWrongIsOneSentence() throws Exception {
        Path disk = folder.resolve("disk.vhd");
        assertTrue(assertThrows(ShellException.class, () -> run("info", disk))
                .getMessage()
                .contains("does not exist"));
        assertTrue(assertThrows(ShellException.class, () -> run("info"))
                .getMessage()
                .contains("info --help"));
        run("create", disk, "--size", "8M");
        Files.write(disk, new byte[2560]);
        Files.write(disk, "conectix".getBytes(StandardCharsets.US_ASCII), java.nio.file.StandardOpenOption.APPEND);
        assertThrows(ShellException.class, () -> run("check", disk));
    }

    /** A command that says when it has begun, and goes on until it is told to end. */
    private static final class Endless implements org.jeroboam.access.vhd.Command {
        final CountDownLatch begun = new CountDownLatch(1);
        final AtomicReference<Boolean> ended = new AtomicReference<>();

        @Override
        public Syntax syntax() {
            return new Syntax("endless", "For this test.", List.of(), List.of());
        }

        @Override
        public String run(Arguments arguments, Front front) throws ConfigurationException {
            begun.countDown();
            try {
                while (true) {
                    front.interruption().check();
                    Thread.onSpinWait();
                }
            } catch (CancellationException e) {
                ended.set(!Thread.currentThread().isInterrupted());
                throw e;
            }
        }
    }

    @Test
    void ctrlCEndsThemInGoodOrder() throws Exception {
        Endless endless = new Endless();
        AtomicReference<Exception> met = new AtomicReference<>();
        Thread shell = new Thread(() -> {
            try {
                new ShellCommand(endless, locks).execute(session(), List.of());
            } catch (ShellException e) {
                met.set(e);
            }
        });
        shell.start();
        endless.begun.await();
        shell.interrupt();
        shell.join();
        assertEquals(true, endless.ended.get(), "its thread was not interrupted, which would have closed its files");
        assertNull(met.get());
        assertEquals(
                "interrupted; nothing was changed",
                out.toString(StandardCharsets.UTF_8).strip());
    }

    @Test
    void theyComeAndGoWithTheBundle() {
        List<Object> registered = new ArrayList<>();
        Registry registry = (Registry) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Registry.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "register" -> registered.add(arguments[0]);
                        case "unregister" -> registered.remove(arguments[0]);
                        default -> throw new AssertionError(method);
                    }
                    return null;
                });
        SessionFactory shell =
                fake(SessionFactory.class, name -> name.equals("getRegistry") ? registry : new AssertionError(name));
        ShellCommands commands = new ShellCommands(shell, locks);
        assertEquals(
                List.of(
                        "create",
                        "info",
                        "convert",
                        "compact",
                        "resize",
                        "merge",
                        "reparent",
                        "check",
                        "repair",
                        "map"),
                registered.stream().map(c -> ((ShellCommand) c).getName()).toList());
        commands.deactivate();
        assertEquals(List.of(), registered);
    }

    private record Line(String... words) implements CommandLine {
        @Override
        public int getCursorArgumentIndex() {
            return words.length - 1;
        }

        @Override
        public String getCursorArgument() {
            return words[words.length - 1];
        }

        @Override
        public int getArgumentPosition() {
            return getCursorArgument().length();
        }

        @Override
        public String[] getArguments() {
            return words.clone();
        }

        @Override
        public int getBufferPosition() {
            return String.join(" ", words).length();
        }

        @Override
        public String getBuffer() {
            return String.join(" ", words);
        }
    }

    private List<String> completed(String... words) {
        List<Candidate> candidates = new ArrayList<>();
        command(words[0].replace("vhd:", ""), locks)
                .getCompleter(false)
                .completeCandidates(session(), new Line(words), candidates);
        // What fits is chosen by the shell.
        return candidates.stream()
                .map(candidate -> candidate.value().strip())
                .filter(value -> value.startsWith(words[words.length - 1]))
                .toList();
    }

    @Test
    void wordsAreCompleted() throws Exception {
        Files.createFile(folder.resolve("disk.vhd"));
        String prefix = folder.resolve("di").toString();
        assertEquals(
                List.of("fixed", "dynamic", "differencing").stream().sorted().toList(),
                completed("vhd:create", "x", "--type", "").stream().sorted().toList());
        assertEquals(List.of("dynamic"), completed("vhd:create", "x", "--type", "dy"));
        assertEquals(List.of("--json"), completed("vhd:info", "x", "--j"));
        assertEquals(List.of("--help"), completed("vhd:info", "x", "--json", "--"));
        assertTrue(Stream.of(completed("vhd:info", prefix), completed("vhd:create", "x", "--parent", prefix))
                .allMatch(list -> list.size() == 1 && list.getFirst().endsWith("disk.vhd")));
        assertTrue(completed("vhd:info", "x", "").contains("--json"));
        assertEquals(List.of(), completed("vhd:create", "x", "--size", "1"));
    }
}
