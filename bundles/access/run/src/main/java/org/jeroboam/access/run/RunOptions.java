package org.jeroboam.access.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.MachineSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options of {@code jeroboam run}, as picocli fills them. */
@Command(
        name = "jeroboam run",
        description = "Runs one machine in the foreground until its guest powers off. With --kernel it boots that,"
                + " else through the BIOS.",
        sortOptions = false,
        footer = {
            "",
            "On a terminal, Ctrl-A X leaves, Ctrl-A A sends Ctrl-A to the guest.",
            "",
            "Exit status: 0 the guest powered off (or reset under --no-reboot), 2 bad input,",
            "3 timeout, 4 the guest cannot go on, 70 a fault of Jeroboam,",
            "2N+1 the guest wrote N to its exit port."
        })
final class RunOptions {
    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "256M",
            description = "RAM, 4M to 3712M (default 256M)")
    String memory;

    @Option(
            names = "--kernel",
            paramLabel = "FILE",
            description = "kernel to boot without a BIOS: bzImage or multiboot image")
    Path kernel;

    @Option(names = "--initrd", paramLabel = "FILE", description = "initial RAM disk")
    Path initrd;

    @Option(names = "--append", paramLabel = "TEXT", defaultValue = "", description = "the kernel's command line")
    String append;

    @Option(names = "--disk", paramLabel = "FILE", description = "image of a hard disk, raw or VHD; up to four times")
    List<Path> disks = new ArrayList<>();

    @Option(names = "--cdrom", paramLabel = "FILE", description = "image of a CD or DVD")
    Path cdrom;

    @Option(names = "--floppy", paramLabel = "FILE", description = "image of a floppy disk")
    Path floppy;

    @Option(
            names = "--boot",
            paramLabel = "c|d|a",
            defaultValue = "cda",
            description = "what the BIOS tries: c hard disk, d CD, a floppy; several in order (default cda)")
    String boot;

    @Option(names = "--boot-menu", description = "the BIOS offers a menu of what it can boot")
    boolean bootMenu;

    @Option(
            names = "--bios",
            paramLabel = "FILE",
            description = "BIOS image of 64 to 256 KiB, in place of the host's SeaBIOS")
    Path bios;

    @Option(
            names = "--serial",
            paramLabel = "WHERE",
            defaultValue = "stdio",
            description = "where COM1 leads: stdio, file:FILE, tcp:PORT or none (default stdio)")
    String serial;

    @Option(
            names = "--serial2",
            paramLabel = "WHERE",
            defaultValue = "none",
            description = "where COM2 leads, likewise (default none)")
    String serial2;

    @Option(names = "--cpu", paramLabel = "CORE", description = "processor core (default: the best that works here)")
    String cpu;

    @Option(names = "--cpu-model", paramLabel = "MODEL", defaultValue = "p3", description = "p2, p3 or pm (default p3)")
    String cpuModel;

    @Option(names = "--no-reboot", description = "a reset of the guest ends the run")
    boolean noReboot;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "0", description = "ends the run with status 3")
    int timeout;

    @Option(
            names = "--clock",
            paramLabel = "KIND",
            defaultValue = "real",
            description = "real, or deterministic: time is counted in instructions (default real)")
    String clock;

    @Option(names = "--rtc-base", paramLabel = "TIME", description = "date at power on, such as 2026-01-31T12:00:00Z")
    String rtcBase;

    @Option(
            names = "--state-hash-on-exit",
            description = "prints a digest of RAM and processor at the end, on standard error")
    boolean stateHashOnExit;

    @Option(names = "--screenshot-on-exit", paramLabel = "FILE.png", description = "the last picture of the screen")
    Path screenshotOnExit;

    @Option(names = "--debug-log", paramLabel = "FILE", description = "what the guest writes to ports E9h and 402h")
    Path debugLog;

    @Option(
            names = "--exit-port",
            paramLabel = "PORT",
            description = "a guest's write of N there ends with status 2N+1")
    String exitPort;

    @Option(
            names = "--device",
            paramLabel = "TYPE[,PROPERTY=VALUE...]",
            description = "one more device; property name is what the machine calls it; several times")
    List<String> devices = new ArrayList<>();

    @Option(
            names = "--bundle",
            paramLabel = "FILE.jar",
            description = "one more bundle for this run, such as one with a device or a disk format; several times")
    List<Path> bundles = new ArrayList<>();

    @Option(
            names = "--gdb",
            paramLabel = "PORT",
            description = "waits for GDB at this port of the loopback address before the first instruction")
    Integer gdb;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    boolean help;

    MachineSettings settings() throws ManagementException {
        if (timeout < 0) {
            throw ManagementException.badRequest("--timeout must be a number of seconds, not " + timeout);
        }
        if (kernel == null && bios == null && disks.isEmpty() && cdrom == null && floppy == null) {
            throw ManagementException.badRequest(
                    "there is nothing to boot; give --disk, --cdrom, --floppy or --kernel, see ./jeroboam run --help");
        }
        MachineSettings.Builder builder = MachineSettings.builder()
                .memory(memory)
                .kernel(kernel)
                .initrd(initrd)
                .append(append)
                .cdrom(cdrom)
                .floppy(floppy)
                .boot(boot)
                .bootMenu(bootMenu)
                .bios(bios)
                .serial(serial)
                .serial2(serial2)
                .cpuCore(cpu)
                .cpuModel(cpuModel)
                .clock(clock)
                .debugLog(debugLog)
                .resetPowersOff(noReboot)
                .stateHashOnExit(stateHashOnExit)
                .screenshotOnExit(screenshotOnExit);
        for (Path disk : disks) {
            builder.disk(disk);
        }
        if (rtcBase != null) {
            builder.rtcBase(rtcBase);
        }
        if (exitPort != null) {
            builder.exitPort(exitPort);
        }
        for (String device : devices) {
            builder.device(device);
        }
        return builder.build();
    }
}
