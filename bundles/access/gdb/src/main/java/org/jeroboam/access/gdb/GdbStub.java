package org.jeroboam.access.gdb;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.DebugStub;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Ports at which GDB finds machines. */
@Component
public final class GdbStub implements DebugStub {
    private final List<GdbPort> ports = new CopyOnWriteArrayList<>();

    /** Creates the service. */
    public GdbStub() {}

    @Override
    public Listening listen(VirtualMachine machine, int port) throws ManagementException {
        try {
            GdbPort opened =
                    new GdbPort(machine, new ServerSocket(port, 1, InetAddress.getLoopbackAddress()), ports::remove);
            ports.add(opened);
            machine.extension().outcome().thenRun(opened::close);
            return opened;
        } catch (IOException e) {
            throw new ManagementException(
                    ManagementException.Kind.BAD_REQUEST,
                    "TCP port " + port + " cannot be opened for GDB: " + e.getMessage(),
                    e);
        }
    }

    /** The bundle goes: so do its ports. */
    @Deactivate
    public void close() {
        ports.forEach(GdbPort::close);
    }
}
