package org.jeroboam.access.shell;

import java.nio.file.Path;
import java.util.List;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualServer;
import org.jeroboam.management.extension.MachineSettings;

/** {@code vm:create}, with the options of {@code jeroboam run}. */
@Service
@Command(scope = "vm", name = "create", description = "Creates a machine, turned off")
public final class CreateCommand implements Action {
    @Reference
    VirtualServer server;

    @Argument(index = 0, name = "name", description = "The machine's name", required = true)
    String name;

    @Option(name = "--memory", description = "RAM, 4M to 3712M")
    String memory = "256M";

    @Option(name = "--kernel", description = "Kernel to boot: bzImage or multiboot image", required = true)
    @Completion(FileCompleter.class)
    String kernel;

    @Option(name = "--initrd", description = "Initial RAM disk")
    @Completion(FileCompleter.class)
    String initrd;

    @Option(name = "--append", description = "The kernel's command line")
    String append = "";

    @Option(name = "--disk", description = "Raw image of a hard disk", multiValued = true)
    @Completion(FileCompleter.class)
    List<String> disks;

    @Option(name = "--serial", description = "Where COM1 leads: console, file:FILE or tcp:PORT")
    String serial = "console";

    @Option(name = "--cpu", description = "Processor core")
    String cpu;

    @Option(name = "--cpu-model", description = "p2, p3 or pm")
    String cpuModel = "p3";

    @Option(name = "--clock", description = "real or deterministic")
    String clock = "real";

    @Option(name = "--rtc-base", description = "Date at power on, such as 2026-01-31T12:00:00Z")
    String rtcBase;

    @Option(name = "--no-reboot", description = "A reset of the guest turns the machine off")
    boolean noReboot;

    @Option(name = "--debug-log", description = "File for what the guest writes to ports E9h and 402h")
    String debugLog;

    @Option(name = "--exit-port", description = "Port by which the guest turns the machine off")
    String exitPort;

    @Override
    public Object execute() throws ManagementException {
        MachineSettings.Builder builder = MachineSettings.builder()
                .memory(memory)
                .kernel(absolute(kernel))
                .append(append)
                .serial(serial)
                .cpuCore(cpu)
                .cpuModel(cpuModel)
                .clock(clock)
                .resetPowersOff(noReboot);
        if (initrd != null) {
            builder.initrd(absolute(initrd));
        }
        if (disks != null) {
            for (String disk : disks) {
                builder.disk(absolute(disk));
            }
        }
        if (rtcBase != null) {
            builder.rtcBase(rtcBase);
        }
        if (debugLog != null) {
            builder.debugLog(absolute(debugLog));
        }
        if (exitPort != null) {
            builder.exitPort(exitPort);
        }
        server.createVirtualMachine(name, builder.build());
        return null;
    }

    /** The catalogue outlives this process and its working directory. */
    private static Path absolute(String file) {
        return Path.of(file).toAbsolutePath();
    }
}
