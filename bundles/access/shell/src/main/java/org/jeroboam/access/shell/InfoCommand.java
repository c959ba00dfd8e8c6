package org.jeroboam.access.shell;

import java.io.PrintStream;
import java.util.Objects;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.MachineStatus;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.MachineSettings.SerialConnection;

/** {@code vm:info}. */
@Service
@Command(scope = "vm", name = "info", description = "Shows a machine's settings, state and figures")
public final class InfoCommand extends MachineCommand {
    @Reference
    Session session;

    @Override
    void run(VirtualMachine machine) {
        MachineSettings settings = machine.getSettings();
        MachineStatus status = machine.extension().status();
        row("Name", machine.getName());
        row("State", Text.of(machine.getState()) + (status.reason().isEmpty() ? "" : " (" + status.reason() + ")"));
        row("Memory", (settings.memoryBytes() >> 20) + "M");
        row("Processor", settings.cpuModel() + (status.cpuCore().isEmpty() ? "" : ", core " + status.cpuCore()));
        if (settings.bootsThroughBios()) {
            row("BIOS", Objects.requireNonNullElse(settings.bios(), "SeaBIOS"));
            row("Boot order", settings.boot() + (settings.bootMenu() ? ", with a menu" : ""));
        } else {
            row("Kernel", settings.kernel());
            row("Initial RAM disk", Objects.requireNonNullElse(settings.initrd(), "none"));
            row("Command line", settings.append());
        }
        settings.disks().forEach(disk -> row("Disk", disk));
        row("CD", Objects.requireNonNullElse(settings.cdrom(), "none"));
        row("Floppy disk", Objects.requireNonNullElse(settings.floppy(), "none"));
        settings.devices().forEach(device -> row("Device", device));
        row("COM1", text(settings.serial()));
        row("COM2", text(settings.serial2()));
        row("Guest time", Text.of(status.guestTime()));
        row("CPU time", Text.of(status.cpuTime()));
        row("Instructions", String.format("%,d", status.instructions()));
        status.counters().forEach((name, value) -> row(name, String.format("%,d", value)));
    }

    private static String text(SerialConnection connection) {
        return switch (connection) {
            case SerialConnection.Console c -> "console";
            case SerialConnection.ToFile to -> "file " + to.file();
            case SerialConnection.Tcp tcp -> "TCP port " + tcp.port();
            case SerialConnection.Nowhere n -> "nowhere";
        };
    }

    private void row(String label, Object value) {
        PrintStream out = session.getConsole();
        out.printf("%-18s%s%n", label, value);
    }
}
