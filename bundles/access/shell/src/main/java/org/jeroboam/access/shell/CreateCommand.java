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
@Command(
        scope = "vm",
        name = "create",
        description = "Creates a machine, turned off. With --kernel it boots that, else through the BIOS")
public final class CreateCommand implements Action {
    @Reference
    VirtualServer server;

    @Argument(index = 0, name = "name", description = "The machine's name; options come before it", required = true)
    String name;

    @Option(name = "--memory", description = "RAM, 4M to 3712M")
    String memory = "256M";

    @Option(name = "--kernel", description = "Kernel to boot without a BIOS: bzImage or multiboot image")
    @Completion(FileCompleter.class)
    String kernel;

    @Option(name = "--initrd", description = "Initial RAM disk")
    @Completion(FileCompleter.class)
    String initrd;

    @Option(name = "--append", description = "The kernel's command line")
    String append = "";

    @Option(name = "--disk", description = "Image of a hard disk, raw or VHD; up to four times", multiValued = true)
    @Completion(FileCompleter.class)
    List<String> disks;

    @Option(name = "--cdrom", description = "Image of a CD or DVD")
    @Completion(FileCompleter.class)
    String cdrom;

    @Option(name = "--floppy", description = "Image of a floppy disk")
    @Completion(FileCompleter.class)
    String floppy;

    @Option(name = "--boot", description = "What the BIOS tries, in order: c (hard disk), d (CD), a (floppy)")
    String boot = "cda";

    @Option(name = "--boot-menu", description = "The BIOS offers a menu of what it can boot")
    boolean bootMenu;

    @Option(name = "--bios", description = "BIOS image of 64 to 256 KiB, in place of the host's SeaBIOS")
    @Completion(FileCompleter.class)
    String bios;

    @Option(name = "--serial", description = "Where COM1 leads: console, file:FILE, tcp:PORT or none")
    String serial = "console";

    @Option(name = "--serial2", description = "Where COM2 leads, likewise")
    String serial2 = "none";

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

    @Option(name = "--screenshot-on-exit", description = "File for the last picture of the screen, a PNG")
    String screenshotOnExit;

    @Option(name = "--exit-port", description = "Port by which the guest turns the machine off")
    String exitPort;

    @Option(
            name = "--device",
            description = "One more device: TYPE[,name=NAME][,PROPERTY=VALUE...]; several times",
            multiValued = true)
    List<String> devices;

    @Override
    public Object execute() throws ManagementException {
        MachineSettings.Builder builder = MachineSettings.builder()
                .memory(memory)
                .kernel(absolute(kernel))
                .initrd(absolute(initrd))
                .append(append)
                .cdrom(absolute(cdrom))
                .floppy(absolute(floppy))
                .boot(boot)
                .bootMenu(bootMenu)
                .bios(absolute(bios))
                .serial(serial)
                .serial2(serial2)
                .cpuCore(cpu)
                .cpuModel(cpuModel)
                .clock(clock)
                .debugLog(absolute(debugLog))
                .resetPowersOff(noReboot)
                .screenshotOnExit(absolute(screenshotOnExit));
        if (disks != null) {
            for (String disk : disks) {
                builder.disk(absolute(disk));
            }
        }
        if (rtcBase != null) {
            builder.rtcBase(rtcBase);
        }
        if (exitPort != null) {
            builder.exitPort(exitPort);
        }
        if (devices != null) {
            for (String device : devices) {
                builder.device(device);
            }
        }
        server.createVirtualMachine(name, builder.build());
        return null;
    }

    /** The catalogue outlives this process and its working directory. */
    private static Path absolute(String file) {
        return file == null ? null : Path.of(file).toAbsolutePath();
    }
}
