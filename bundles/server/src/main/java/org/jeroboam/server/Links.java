package org.jeroboam.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jeroboam.hardware.machine.Machine;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.MachineSettings.SerialConnection;

/** The far ends of one run's byte streams. */
final class Links implements AutoCloseable {
    private final Map<String, SerialLink> links = new LinkedHashMap<>();
    private final ExitLink exit = new ExitLink(BoardProfile.EXIT);

    private Links() {
        links.put(BoardProfile.EXIT, exit);
    }

    static Links open(MachineSettings settings) throws ManagementException {
        Links result = new Links();
        try {
            result.links.put(
                    BoardProfile.DEBUG,
                    settings.debugLog() == null
                            ? new NowhereLink(BoardProfile.DEBUG)
                            : FileLink.open(BoardProfile.DEBUG, settings.debugLog()));
            result.links.put(
                    BoardProfile.COM1,
                    switch (settings.serial()) {
                        case SerialConnection.Console _ -> new ConsoleLink(BoardProfile.COM1);
                        case SerialConnection.ToFile(var file) -> FileLink.open(BoardProfile.COM1, file);
                        case SerialConnection.Tcp(int port) -> TcpLink.open(BoardProfile.COM1, port);
                    });
            return result;
        } catch (ManagementException e) {
            result.close();
            throw e;
        }
    }

    void connect(Machine machine) {
        links.values().forEach(link -> link.connect(machine));
    }

    void output(String port, byte[] data) {
        SerialLink link = links.get(port);
        if (link != null) {
            link.output(data);
        }
    }

    Optional<ConsoleLink> console() {
        return links.get(BoardProfile.COM1) instanceof ConsoleLink console ? Optional.of(console) : Optional.empty();
    }

    /** What the guest wrote to its exit port, or -1; complete after {@link #close()}. */
    int exitCode() {
        return exit.value();
    }

    @Override
    public void close() {
        links.values().forEach(SerialLink::close);
    }
}
