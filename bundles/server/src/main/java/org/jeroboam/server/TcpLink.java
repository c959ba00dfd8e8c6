package org.jeroboam.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import org.jeroboam.management.ManagementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream to one client at a time of a TCP port on the loopback address. While nobody is connected, bytes go nowhere. */
final class TcpLink extends SerialLink {
    private static final Logger LOG = LoggerFactory.getLogger(TcpLink.class);
    private static final int CHUNK = 4096;

    private final ServerSocket server;
    private volatile Socket client;

    private TcpLink(String port, ServerSocket server) {
        super(port);
        this.server = server;
        Thread.ofVirtual().name("serial-tcp-" + server.getLocalPort()).start(this::accept);
    }

    static TcpLink open(String port, int tcpPort) throws ManagementException {
        try {
            return new TcpLink(port, new ServerSocket(tcpPort, 1, InetAddress.getLoopbackAddress()));
        } catch (IOException e) {
            throw new ManagementException(
                    ManagementException.Kind.BAD_REQUEST,
                    "TCP port " + tcpPort + " cannot be opened for the serial port: " + e.getMessage(),
                    e);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.setTcpNoDelay(true);
                client = socket;
                serve(socket);
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.info("the client of serial port {} is gone: {}", server.getLocalPort(), e.getMessage());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                client = null;
            }
        }
    }

    private void serve(Socket socket) throws IOException, InterruptedException {
        byte[] chunk = new byte[CHUNK];
        for (int n = socket.getInputStream().read(chunk);
                n >= 0;
                n = socket.getInputStream().read(chunk)) {
            send(Arrays.copyOf(chunk, n));
        }
    }

    @Override
    void deliver(byte[] data) throws IOException {
        Socket socket = client;
        if (socket != null) {
            socket.getOutputStream().write(data);
        }
    }

    @Override
    void failed(IOException e) {
        LOG.info("the client of serial port {} takes no more bytes: {}", server.getLocalPort(), e.getMessage());
    }

    @Override
    public void close() {
        super.close();
        try (server;
                Socket socket = client) {
            LOG.debug("serial port {} closes; its client was {}", server.getLocalPort(), socket);
        } catch (IOException e) {
            LOG.warn("the serial port's TCP port {} could not be closed", server.getLocalPort(), e);
        }
    }
}
