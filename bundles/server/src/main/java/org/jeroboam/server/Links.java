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

    /** @param append whether files are added to, instead of begun anew */
    static Links open(MachineSettings settings, boolean append) throws ManagementException {
        Links result = new Links();
        try {
            result.links.put(
                    BoardProfile.DEBUG,
                    settings.debugLog() == null
                            ? new NowhereLink(BoardProfile.DEBUG)
                            : FileLink.open(BoardProfile.DEBUG, settings.debugLog(), append));
            result.links.put(BoardProfile.COM1, serial(BoardProfile.COM1, settings.serial(), append));
            result.links.put(BoardProfile.COM2, serial(BoardProfile.COM2, settings.serial2(), append));
            return result;
        } catch (ManagementException e) {
            result.close();
            throw e;
        }
    }

    private static SerialLink serial(String port, SerialConnection connection, boolean append)
            throws ManagementException {
        return switch (connection) {
            case SerialConnection.Console _ -> new ConsoleLink(port);
            case SerialConnection.ToFile(var file) -> FileLink.open(port, file, append);
            case SerialConnection.Tcp(int number) -> TcpLink.open(port, number);
            case SerialConnection.Nowhere _ -> new NowhereLink(port);
        };
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

    /** The port that leads to the console. */
    Optional<ConsoleLink> console() {
        return links.values().stream()
                .filter(ConsoleLink.class::isInstance)
                .map(ConsoleLink.class::cast)
                .findFirst();
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
