package org.jeroboam.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivilegedAction;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import javax.inject.Inject;
import javax.management.Attribute;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/**
 * Who may do what, on the front doors that Karaf brings. On Java 25 all of it rests on the compatibility bundle: were
 * the current user lost on the way, either everybody or nobody would be let in.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SecurityIT {

    private static final String USERS = "etc/users.properties";
    private static final String PASSWORD = "correct horse";
    private static final String GUARDED = "system:property jeroboam.guarded written";
    private static final String OPEN = "shell:echo everybody";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    private SessionFactory sessions;

    @Configuration
    public Option[] configuration() throws IOException {
        return new Option[] {
            composite(Distribution.asBuilt()),
            editConfigurationFilePut(USERS, "chief", PASSWORD + ",_g_:admingroup"),
            editConfigurationFilePut(USERS, "visitor", PASSWORD + ",ssh"),
            editConfigurationFilePut(USERS, "watcher", PASSWORD + ",ssh,viewer"),
            editConfigurationFilePut(USERS, "stranger", PASSWORD),
            systemProperty("jeroboam.ssh.port").value(freePort())
        };
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        }
    }

    // --- console ---

    @Test
    public void consoleRefusesAUserWithoutTheRole() throws Exception {
        for (String user : new String[] {"stranger", "visitor", "watcher"}) {
            System.clearProperty("jeroboam.guarded");
            Result result = console(login(user, PASSWORD), GUARDED);
            assertFalse(user + ": " + result, result.succeeded());
            assertEquals(user, null, System.getProperty("jeroboam.guarded"));
        }
    }

    @Test
    public void consoleRefusesNobody() throws Exception {
        System.clearProperty("jeroboam.guarded");
        assertFalse(console(null, GUARDED).succeeded());
        assertFalse(console(new Subject(), GUARDED).succeeded());
        assertEquals(null, System.getProperty("jeroboam.guarded"));
    }

    @Test
    public void consoleRefusesAUserWithoutTheRoleOnAnotherThread() throws Exception {
        Subject watcher = login("watcher", PASSWORD);
        Subject chief = login("chief", PASSWORD);
        System.clearProperty("jeroboam.guarded");
        Result[] result = new Result[2];
        as(watcher, () -> onNewThread(() -> result[0] = execute(GUARDED)));
        assertFalse(result[0].toString(), result[0].succeeded());
        assertEquals(null, System.getProperty("jeroboam.guarded"));
        as(chief, () -> onNewThread(() -> result[1] = execute(GUARDED)));
        assertTrue(result[1].toString(), result[1].succeeded());
    }

    @Test
    public void consoleAcceptsAUserWithTheRole() throws Exception {
        System.clearProperty("jeroboam.guarded");
        Result result = console(login("chief", PASSWORD), GUARDED);
        assertTrue(result.toString(), result.succeeded());
        assertEquals("written", System.getProperty("jeroboam.guarded"));
        assertTrue(console(login("stranger", PASSWORD), OPEN).succeeded());
    }

    @Test
    public void wrongPasswordsAndUnknownUsersCannotLogIn() {
        assertThrows(FailedLoginException.class, () -> login("chief", "guess"));
        assertThrows(FailedLoginException.class, () -> login("chief", ""));
        assertThrows(FailedLoginException.class, () -> login("karaf", "karaf"));
        assertThrows(FailedLoginException.class, () -> login("_g_:admingroup", "group"));
    }

    // --- ssh ---

    @Test
    public void sshRefusesAUserWithoutTheSshRole() {
        assertThrows(SshException.class, () -> ssh("stranger", PASSWORD, OPEN));
    }

    @Test
    public void sshRefusesWrongPasswords() {
        assertThrows(SshException.class, () -> ssh("chief", "guess", OPEN));
        assertThrows(SshException.class, () -> ssh("karaf", "karaf", OPEN));
    }

    @Test
    public void sshRefusesTheCommandToAUserWithoutItsRole() throws Exception {
        for (String user : new String[] {"visitor", "watcher"}) {
            System.clearProperty("jeroboam.guarded");
            Result result = ssh(user, PASSWORD, GUARDED);
            assertFalse(user + ": " + result, result.succeeded());
            assertEquals(user, null, System.getProperty("jeroboam.guarded"));
            assertTrue(ssh(user, PASSWORD, OPEN).succeeded());
        }
    }

    @Test
    public void sshAcceptsAUserWithTheRole() throws Exception {
        System.clearProperty("jeroboam.guarded");
        Result result = ssh("chief", PASSWORD, GUARDED);
        assertTrue(result.toString(), result.succeeded());
        assertEquals("written", System.getProperty("jeroboam.guarded"));
        assertTrue(ssh("chief", PASSWORD, "jaas:whoami").text().contains("chief"));
    }

    // --- JMX ---

    @Test
    public void jmxRefusesCallersThatDoNotLogIn() {
        assertThrows(IllegalArgumentException.class, () -> jmx(null, null)); // it asks for name and password
        assertThrows(SecurityException.class, () -> jmx("chief", "guess"));
        assertThrows(SecurityException.class, () -> jmx("karaf", "karaf"));
    }

    @Test
    public void jmxRefusesAUserWithoutAnyRole() {
        assertThrows(SecurityException.class, () -> jmx("stranger", PASSWORD));
    }

    @Test
    public void jmxRefusesEverythingToAUserWithoutTheRole() throws Exception {
        try (JMXConnector connector = jmx("visitor", PASSWORD)) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            assertThrows(SecurityException.class, () -> server.getAttribute(threads(), "ThreadCount"));
            assertThrows(
                    SecurityException.class,
                    () -> server.invoke(threads(), "resetPeakThreadCount", null, new String[0]));
        }
    }

    @Test
    public void jmxLetsAViewerLookAndNothingElse() throws Exception {
        try (JMXConnector connector = jmx("watcher", PASSWORD)) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            assertNotNull(server.getAttribute(threads(), "ThreadCount"));
            assertThrows(
                    SecurityException.class,
                    () -> server.invoke(threads(), "resetPeakThreadCount", null, new String[0]));
            assertThrows(
                    SecurityException.class,
                    () -> server.setAttribute(threads(), new Attribute("ThreadCpuTimeEnabled", true)));
        }
    }

    @Test
    public void jmxAcceptsAUserWithTheRole() throws Exception {
        try (JMXConnector connector = jmx("chief", PASSWORD)) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            assertNotNull(server.getAttribute(threads(), "ThreadCount"));
            server.invoke(threads(), "resetPeakThreadCount", null, new String[0]);
        }
    }

    // --- how ---

    private record Result(boolean succeeded, String text) {}

    private interface Action {
        void run() throws Exception;
    }

    private static Subject login(String user, String password) throws LoginException {
        Subject subject = new Subject();
        LoginContext context = new LoginContext("karaf", subject, callbacks -> {
            for (Callback callback : callbacks) {
                if (callback instanceof NameCallback name) {
                    name.setName(user);
                } else if (callback instanceof PasswordCallback secret) {
                    secret.setPassword(password.toCharArray());
                }
            }
        });
        context.login();
        return subject;
    }

    /** As Karaf's own code does it; the weaving hook adapts this bundle too. */
    @SuppressWarnings("removal")
    private static void as(Subject subject, Action action) {
        Subject.doAs(subject, (PrivilegedAction<Void>) () -> {
            try {
                action.run();
                return null;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void onNewThread(Action action) throws InterruptedException {
        Throwable[] thrown = new Throwable[1];
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                action.run();
            } catch (Exception e) {
                thrown[0] = e;
            }
        });
        thread.join();
        if (thrown[0] != null) {
            throw new AssertionError(thrown[0]);
        }
    }

    private Result console(Subject subject, String command) {
        Result[] result = new Result[1];
        as(subject, () -> result[0] = execute(command));
        return result[0];
    }

    private Result execute(String command) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
        Session session = sessions.create(new ByteArrayInputStream(new byte[0]), out, out);
        try {
            session.execute(command);
            return new Result(true, text.toString(StandardCharsets.UTF_8));
        } catch (Exception e) {
            return new Result(false, text.toString(StandardCharsets.UTF_8) + e);
        } finally {
            session.close();
        }
    }

    /** Karaf's servers listen some time after their bundles have started. */
    private static int listening(int port) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (ConnectException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    private static Result ssh(String user, String password, String command) throws IOException {
        int port = listening(Integer.getInteger("jeroboam.ssh.port"));
        try (SshClient client = SshClient.setUpDefaultClient()) {
            client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
            client.start();
            try (ClientSession session =
                    client.connect(user, "127.0.0.1", port).verify(PATIENCE).getSession()) {
                session.addPasswordIdentity(password);
                session.auth().verify(PATIENCE);
                return run(session, command);
            }
        }
    }

    private static Result run(ClientSession session, String command) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (ChannelExec channel = session.createExecChannel(command)) {
            channel.setOut(text);
            channel.setErr(text);
            channel.open().verify(PATIENCE);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE.toMillis());
            assertNotNull("no exit status; " + text, channel.getExitStatus());
            return new Result(channel.getExitStatus() == 0, text.toString(StandardCharsets.UTF_8));
        }
    }

    @SuppressWarnings("BanJNDI") // remote JMX is what is tested, and the server is our own
    private static JMXConnector jmx(String user, String password) throws IOException {
        // Pax Exam puts free ports into this file
        Properties ports = new Properties();
        try (Reader in =
                Files.newBufferedReader(Path.of(System.getProperty("karaf.etc"), "org.apache.karaf.management.cfg"))) {
            ports.load(in);
        }
        listening(Integer.parseInt(ports.getProperty("rmiServerPort")));
        String url = "service:jmx:rmi://127.0.0.1:" + ports.getProperty("rmiServerPort") + "/jndi/rmi://127.0.0.1:"
                + ports.getProperty("rmiRegistryPort") + "/karaf-" + System.getProperty("karaf.name");
        Map<String, Object> environment =
                user == null ? Map.of() : Map.of(JMXConnector.CREDENTIALS, new String[] {user, password});
        return JMXConnectorFactory.connect(new JMXServiceURL(url), environment);
    }

    private static ObjectName threads() throws Exception {
        return new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME);
    }
}
