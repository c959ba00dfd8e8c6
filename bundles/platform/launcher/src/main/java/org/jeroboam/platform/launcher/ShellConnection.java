package org.jeroboam.platform.launcher;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.future.VerifiableFuture;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** An authenticated ssh session with the server of this machine; only a server that holds our host key is spoken to. */
final class ShellConnection implements Closeable {

    private static final String HOST = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String NO_STATUS = "the connection ended before the command did";

    private final SshClient client;
    private final ClientSession session;
    private final Duration patience;

    private ShellConnection(SshClient client, ClientSession session, Duration patience) {
        this.client = client;
        this.session = session;
        this.patience = patience;
    }

    /**
     * @param keys whose owner logs in
     * @param port the server's ssh port
     * @throws IOException if the server refuses, or does not answer for 20 seconds
     */
    static ShellConnection open(ShellKeys keys, int port) throws IOException, GeneralSecurityException {
        return open(keys, port, PATIENCE);
    }

    /** @param patience how long to wait for each answer */
    static ShellConnection open(ShellKeys keys, int port, Duration patience)
            throws IOException, GeneralSecurityException {
        SshClient client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier((session, address, key) -> trusted(keys, key));
        // Nothing of the user's own ssh settings: neither other keys nor a passphrase prompt nor known hosts
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setFilePasswordProvider(FilePasswordProvider.EMPTY);
        client.setHostConfigEntryResolver((host, p, local, user, jump, context) -> null);
        client.start();
        try {
            ClientSession session =
                    answer(client.connect(ShellKeys.USER, HOST, port), patience).getSession();
            session.addPublicKeyIdentity(keys.owner());
            answer(session.auth(), patience);
            return new ShellConnection(client, session, patience);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            client.stop();
            throw e;
        }
    }

    private static <T> T answer(VerifiableFuture<T> future, Duration patience) throws IOException {
        try {
            return future.verify(patience);
        } catch (IOException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new IOException(
                        "nothing came for " + patience.toSeconds()
                                + " s; try again, and if that does not help, look into data/log/karaf.log in the state"
                                + " directory or stop and start the server",
                        e);
            }
            throw e.getCause() instanceof ConnectException refused ? new IOException(refused.getMessage(), e) : e;
        }
    }

    private static boolean trusted(ShellKeys keys, PublicKey shown) {
        try {
            return keys.isServer(shown);
        } catch (IOException | GeneralSecurityException e) {
            Faults.report("the server's host key cannot be checked: " + e.getMessage(), null);
            return false;
        }
    }

    /** Runs one command and returns its exit status. */
    int execute(String command, OutputStream out, OutputStream err) throws IOException {
        try (ChannelExec channel = session.createExecChannel(command)) {
            channel.setOut(new PlainText(out));
            channel.setErr(new PlainText(err));
            return run(channel);
        }
    }

    /** Connects this process's terminal with a shell of the server until that ends. */
    int interactive() throws IOException {
        try (Terminal terminal =
                        TerminalBuilder.builder().system(true).dumb(false).build();
                ChannelShell channel = session.createShellChannel()) {
            Attributes before = terminal.enterRawMode();
            // The server ends its lines as a terminal needs them
            Attributes raw = terminal.getAttributes();
            raw.setOutputFlag(Attributes.OutputFlag.OPOST, false);
            // Ctrl-C is the server's, which ends the command and not this program
            raw.setLocalFlag(Attributes.LocalFlag.ISIG, false);
            terminal.setAttributes(raw);
            Size size = terminal.getSize();
            channel.setPtyType(terminal.getType());
            channel.setPtyColumns(size.getColumns());
            channel.setPtyLines(size.getRows());
            channel.setIn(new FilterInputStream(terminal.input()) {
                @Override
                public void close() {
                    // The terminal is closed by the one who opened it
                }
            });
            channel.setOut(terminal.output());
            channel.setErr(terminal.output());
            terminal.handle(Terminal.Signal.WINCH, signal -> resize(channel, terminal.getSize()));
            try {
                return run(channel);
            } finally {
                terminal.setAttributes(before);
            }
        }
    }

    private static void resize(ChannelShell channel, Size size) {
        try {
            channel.sendWindowChange(size.getColumns(), size.getRows());
        } catch (IOException e) {
            Faults.report("the server did not learn the new size of the terminal: " + e.getMessage(), null);
        }
    }

    private int run(ClientChannel channel) throws IOException {
        answer(channel.open(), patience);
        channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), 0L);
        Integer status = channel.getExitStatus();
        if (status == null) {
            throw new IOException(NO_STATUS);
        }
        return status;
    }

    @Override
    public void close() {
        client.stop();
    }
}
