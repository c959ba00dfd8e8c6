package org.jeroboam.access.gdb;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.DebugStub;
import org.jeroboam.management.extension.MachineDebugger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open port with at most one GDB at it. */
final class GdbPort implements DebugStub.Listening {
    private static final Logger LOG = LoggerFactory.getLogger(GdbPort.class);

    private final VirtualMachine machine;
    private final ServerSocket server;
    private final Consumer<GdbPort> closed;
    private volatile Socket client;

    GdbPort(VirtualMachine machine, ServerSocket server, Consumer<GdbPort> closed) {
        this.machine = machine;
        this.server = server;
        this.closed = closed;
        Thread.ofVirtual().name("gdb-" + server.getLocalPort()).start(this::accept);
    }

    @Override
    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.setTcpNoDelay(true);
                client = socket;
                serve(socket);
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.info("GDB at {} is gone: {}", machine.getName(), e.getMessage());
                }
            } catch (ManagementException e) {
                LOG.warn("GDB cannot debug {}: {}", machine.getName(), e.getMessage());
            } finally {
                client = null;
            }
        }
    }

    private void serve(Socket socket) throws IOException, ManagementException {
        GdbSession session = new GdbSession(new PacketChannel(socket.getInputStream(), socket.getOutputStream()));
        try (MachineDebugger debugger = machine.extension().openDebugger(session)) {
            session.serve(debugger);
        }
    }

    @Override
    public void close() {
        try (server;
                Socket socket = client) {
            LOG.debug("port {} for GDB closes; its client was {}", server.getLocalPort(), socket);
        } catch (IOException e) {
            LOG.warn("port {} for GDB could not be closed", server.getLocalPort(), e);
        }
        closed.accept(this);
    }
}
