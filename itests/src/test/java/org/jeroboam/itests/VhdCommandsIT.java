package org.jeroboam.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/** The {@code vhd:} commands of the distribution's shell, as an administrator calls them over SSH. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class VhdCommandsIT {
    private static final String PASSWORD = "correct horse";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SIZE = 8 << 20;

    @Inject
    private SessionFactory sessions;

    private Path folder;
    private Path disk;

    private record Result(int status, String said) {}

    @Configuration
    public Option[] configuration() throws IOException {
        return new Option[] {
            composite(Distribution.asBuilt()),
            editConfigurationFilePut("etc/users.properties", "chief", PASSWORD + ",_g_:admingroup"),
            systemProperty("jeroboam.ssh.port").value(freePort())
        };
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        }
    }

    /** The server that listens for SSH comes after the shell. */
    @Before
    public void awaitSsh() throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!listens()) {
            assertTrue("nobody listens for SSH", System.nanoTime() < end);
            LockSupport.parkNanos(100_000_000);
        }
    }

    private static boolean listens() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.getInteger("jeroboam.ssh.port"))) {
            return socket.isConnected();
        } catch (ConnectException e) {
            return false;
        }
    }

    @Before
    public void makeFolder() throws IOException {
        folder = Files.createTempDirectory("vhd");
        disk = folder.resolve("disk.vhd");
    }

    @After
    public void removeFolder() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @Test
    public void aDiskIsMadeInspectedAndMapped() throws Exception {
        succeeds("vhd:create " + disk + " --size 8M --type fixed");
        assertEquals(SIZE + 512, Files.size(disk));
        String json = succeeds("vhd:info --json " + disk);
        assertTrue(json, json.strip().startsWith("{") && json.contains("\"type\":\"fixed\",\"size\":" + SIZE));
        assertTrue(succeeds("vhd:check " + disk).contains("is in good order"));
        String map = succeeds("vhd:map --json " + disk);
        assertTrue(map, map.contains("\"extents\":["));
        Result again = ssh("vhd:create " + disk + " --size 8M");
        assertFalse(again.said(), again.status() == 0);
        assertTrue(again.said(), again.said().contains("--force"));
    }

    @Test
    public void aDiskIsConvertedAndComesBackTheSame() throws Exception {
        byte[] content = new byte[SIZE];
        new Random(8).nextBytes(content);
        Path raw = Files.write(folder.resolve("content.raw"), content);
        Path back = folder.resolve("back.raw");
        Path child = folder.resolve("child.vhd");
        succeeds("vhd:convert " + raw + " " + disk + " --type dynamic");
        succeeds("vhd:create " + child + " --parent " + disk);
        succeeds("vhd:convert " + child + " " + back + " --type raw");
        assertEquals(-1, Files.mismatch(raw, back));
        assertTrue(succeeds("vhd:merge " + child).contains("can be deleted"));
        Result refused = ssh("vhd:resize " + disk + " --size 16M");
        assertFalse(refused.said(), refused.status() == 0);
        assertTrue(refused.said(), refused.said().contains("child.vhd"));
        Files.delete(child);
        succeeds("vhd:resize " + disk + " --size 16M");
        assertTrue(succeeds("vhd:info " + disk).contains("16 MB"));
    }

    @Test
    public void aDamagedDiskHasAStatusOfItsOwnAndIsRepaired() throws Exception {
        succeeds("vhd:create " + disk + " --size 8M");
        try (FileChannel file = FileChannel.open(disk, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), file.size() - 512 + 64);
        }
        Result check = ssh("vhd:check " + disk);
        assertFalse(check.said(), check.status() == 0);
        assertTrue(
                check.said(), check.said().contains("problem: ") && check.said().contains("is damaged"));
        assertTrue(succeeds("vhd:repair " + disk).contains("repaired: "));
        succeeds("vhd:check " + disk);
    }

    @Test
    public void theShellCompletesCommandsOptionsAndTypes() throws Exception {
        Files.createFile(disk);
        assertTrue(candidates("vhd", "convert", "vhd:conv").contains("vhd:convert"));
        assertTrue(candidates("vhd", "convert", "vhd:convert", disk.toString(), "x", "--")
                .containsAll(List.of("--type", "--no-sync", "--force")));
        assertEquals(
                new TreeSet<>(List.of("dynamic", "fixed", "raw")),
                new TreeSet<>(candidates("vhd", "convert", "vhd:convert", disk.toString(), "x", "--type", "")));
        List<String> files = candidates("vhd", "check", "vhd:check", folder + "/di");
        assertTrue(files.toString(), files.stream().anyMatch(name -> name.contains("disk.vhd")));
    }

    /** What the shell offers for the last word. */
    private List<String> candidates(String scope, String name, String... words) {
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        Session session = sessions.create(new ByteArrayInputStream(new byte[0]), out, out);
        try {
            Command command = session.getRegistry().getCommand(scope, name);
            assertNotNull(scope + ":" + name, command);
            List<Candidate> candidates = new ArrayList<>();
            command.getCompleter(true).completeCandidates(session, new Line(words), candidates);
            return candidates.stream().map(Candidate::value).map(String::strip).toList();
        } finally {
            session.close();
        }
    }

    private static String succeeds(String command) throws IOException {
        Result result = ssh(command);
        assertEquals(command + ": " + result.said(), 0, result.status());
        return result.said();
    }

    private static Result ssh(String command) throws IOException {
        try (SshClient client = SshClient.setUpDefaultClient()) {
            client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
            client.start();
            try (ClientSession session = client.connect("chief", "127.0.0.1", Integer.getInteger("jeroboam.ssh.port"))
                            .verify(PATIENCE)
                            .getSession();
                    ByteArrayOutputStream text = new ByteArrayOutputStream()) {
                session.addPasswordIdentity(PASSWORD);
                session.auth().verify(PATIENCE);
                try (ChannelExec channel = session.createExecChannel(command)) {
                    channel.setOut(text);
                    channel.setErr(text);
                    channel.open().verify(PATIENCE);
                    channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE.toMillis());
                    assertNotNull("no exit status; " + text, channel.getExitStatus());
                    return new Result(channel.getExitStatus(), text.toString(StandardCharsets.UTF_8));
                }
            }
        }
    }

    /** A line whose last word is being typed. */
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
            return getBuffer().length();
        }

        @Override
        public String getBuffer() {
            return String.join(" ", words);
        }
    }
}
