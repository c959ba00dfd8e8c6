package org.jeroboam.guests;

import java.nio.file.Path;
import java.time.Duration;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.server.LocalVirtualServer;

/**
 * A process of its own that restores a machine somewhere in its boot, waits for the guest's prompt, types a command and
 * prints what the guest answers.
 *
 * <p>Arguments: kernel, initrd, disk, state to restore, folder for the catalogue.
 */
public final class PromptProcess {
    static final String PROMPT = "root@jeroboam:/root# ";
    static final Duration PATIENCE = Duration.ofMinutes(10);

    private PromptProcess() {}

    static MachineSettings settings(Path kernel, Path initrd, Path disk) throws Exception {
        return MachineSettings.builder()
                .memory("96M")
                .kernel(kernel)
                .initrd(initrd)
                .append("console=ttyS0 mitigations=off")
                .disk(disk)
                .rtcBase("2026-01-31T12:00:00Z")
                .build();
    }

    public static void main(String[] args) throws Exception {
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(Path.of(args[4]), bench.machines());
            VirtualMachine machine = server.createTransientMachine(
                    "guest", settings(Path.of(args[0]), Path.of(args[1]), Path.of(args[2])));
            machine.extension().restoreFrom(Path.of(args[3]));
            try (Dialogue dialogue = new Dialogue(machine)) {
                machine.resume();
                dialogue.await(PROMPT, PATIENCE);
                dialogue.type("sha256sum /dev/sda; echo $((6 * 7)) $(uname -m)");
                System.out.print(dialogue.await(PROMPT, PATIENCE));
            }
            machine.turnOff();
        }
        System.out.flush();
    }
}
