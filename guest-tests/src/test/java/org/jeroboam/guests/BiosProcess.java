package org.jeroboam.guests;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.SerialConsole;
import org.jeroboam.server.LocalVirtualServer;

/**
 * A process of its own that runs a deterministic machine with a BIOS from power on or from a saved state, until the
 * guest powers off or has executed a number of instructions; then it saves. The guest's console goes to standard
 * output, at the end followed by digests of RAM and processor and of the screen.
 *
 * <p>Arguments: letter of the drive to boot from (c or d), its image, directory with the firmware, state to restore or
 * "-", instructions at which to save, file to save to. When the guest powers off, the file {@value #PROGRESS} beside
 * that one gets two numbers: instructions executed when the kernel first spoke, and in all, as far as they were seen.
 */
public final class BiosProcess {
    /** Exit status when the state was saved. */
    static final int SAVED = 10;

    /** What precedes the digests in the output. */
    static final String END = "\nfinal state ";

    static final String PROGRESS = "progress";

    private static final String KERNEL = "Linux version";
    private static final long LOOK_MILLIS = 3;

    private final StringBuffer said = new StringBuffer();
    private final VirtualMachine machine;
    private final long target;
    private long executed;
    private long atKernel;

    private BiosProcess(VirtualMachine machine, long target) {
        this.machine = machine;
        this.target = target;
    }

    public static void main(String[] args) throws Exception {
        System.setProperty("jeroboam.firmware", args[2]);
        Path image = Path.of(args[1]);
        Path save = Path.of(args[5]);
        Path screen = save.resolveSibling("screen.png");
        MachineSettings.Builder settings = MachineSettings.builder()
                .memory("96M")
                .boot(args[0])
                .clock("deterministic")
                .rtcBase("2026-01-31T12:00:00Z")
                .screenshotOnExit(screen)
                .stateHashOnExit(true);
        if (args[0].equals("d")) {
            settings.cdrom(image);
        } else {
            settings.disk(image);
        }
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(save.resolveSibling("catalogue"), bench.machines());
            VirtualMachine machine = server.createTransientMachine("guest", settings.build());
            BiosProcess process = new BiosProcess(machine, Long.parseLong(args[4]));
            Outcome end = process.run(args[3]);
            if (end == null) {
                machine.extension().saveTo(save);
                machine.turnOff();
            } else {
                process.said
                        .append(END)
                        .append(end.kind())
                        .append(' ')
                        .append(end.stateHash())
                        .append(" screen ")
                        .append(Digest.sha256(Files.readAllBytes(screen)));
                Files.writeString(save.resolveSibling(PROGRESS), process.atKernel + " " + process.executed);
            }
            byte[] output = process.said.toString().getBytes(StandardCharsets.ISO_8859_1);
            System.out.write(output, 0, output.length);
            System.out.flush();
            System.exit(end == null ? SAVED : 0);
        }
    }

    /** Runs the machine to its end, or to the target: then the answer is null. */
    private Outcome run(String state) throws Exception {
        if (state.equals("-")) {
            machine.extension().startPaused();
        } else {
            machine.extension().restoreFrom(Path.of(state));
        }
        CompletableFuture<Outcome> outcome = machine.extension().outcome();
        SerialConsole console =
                machine.extension().openConsole(data -> said.append(new String(data, StandardCharsets.ISO_8859_1)));
        machine.resume();
        while (executed < target) {
            try {
                return outcome.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                executed = Math.max(executed, machine.extension().status().instructions());
                if (atKernel == 0 && said.indexOf(KERNEL) >= 0) {
                    atKernel = executed;
                }
            }
        }
        machine.pause();
        console.close();
        return null;
    }
}
