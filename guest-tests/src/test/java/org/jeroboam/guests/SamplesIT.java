package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.server.LocalVirtualServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The samples under Debian's own drivers: frames go out over the network adapter and come back, a disk in several files is one
 * disk; also after the adapter was replaced, and after the machine was saved and restored.
 */
class SamplesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String PROMPT = "root@jeroboam:/root# ";
    private static final int PART = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void stockDriversUseTheAdapterAndTheDisk() throws Exception {
        DemoGuest guest = DemoGuest.withModules("ne2k_pci");
        byte[] content = new byte[2 * PART + PART / 2];
        new Random(1).nextBytes(content);
        Path disk = split(content);
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(directory.resolve("machines"), bench.machines());
            VirtualMachine machine = server.createVirtualMachine(
                    "debian",
                    MachineSettings.builder()
                            .memory("64M")
                            .kernel(guest.kernel())
                            .initrd(guest.initrd())
                            .append("console=ttyS0 mitigations=off")
                            .disk(disk)
                            .device("ne2000,name=net0,pci.device=10,mac=02:4A:45:52:12:34")
                            .build());
            machine.startup();
            try (Dialogue dialogue = new Dialogue(machine)) {
                run(dialogue, "cat /sys/bus/pci/devices/0000:00:0a.0/vendor", "0x10ec");
                run(dialogue, "modprobe ne2k-pci; ip link show eth0", "02:4a:45:52:12:34");
                run(dialogue, "ip addr add 192.0.2.1/24 dev eth0; ip link set eth0 up; echo $?", "\r\n0\r\n");
                run(dialogue, "arping -c 3 -I eth0 192.0.2.77", "Received 3 response(s)");
                ping(dialogue, 10, 1400);
                run(dialogue, "sha256sum /dev/sda", Digest.sha256(content));
                run(dialogue, "echo split | dd of=/dev/sda bs=512 seek=4096 conv=sync,fsync; echo done-$?", "done-0");

                machine.extension().swapPart("net0", null);
                ping(dialogue, 5, 56);
                dialogue.await(PROMPT, PATIENCE);
            }
            machine.save();
            machine.startup();
            try (Dialogue dialogue = new Dialogue(machine)) {
                dialogue.type("");
                ping(dialogue, 5, 0);
                run(dialogue, "echo $(cat /sys/class/net/eth0/statistics/rx_errors) wrong", "\r\n0 wrong");
                run(dialogue, "echo $(($(grep eth0 /proc/interrupts | tr -s ' ' | cut -d' ' -f3) > 20))", "\r\n1\r\n");
                dialogue.await(PROMPT, PATIENCE);
                dialogue.type("poweroff");
                Outcome outcome = machine.extension().outcome().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertEquals(Outcome.Kind.POWERED_OFF, outcome.kind(), outcome::toString);
            }
            server.close();
        }
        assertEquals("split\n", new String(Files.readAllBytes(directory.resolve("disk.003")), 0, 6));
    }

    private Path split(byte[] content) throws IOException {
        for (int i = 0; i * PART < content.length; i++) {
            byte[] part = Arrays.copyOfRange(content, i * PART, Math.min(content.length, (i + 1) * PART));
            Files.write(directory.resolve("disk.00" + (i + 1)), part);
        }
        return directory.resolve("disk.001");
    }

    private static void ping(Dialogue dialogue, int count, int size) throws InterruptedException {
        run(
                dialogue,
                "ping -c " + count + " -i 0.1 -s " + size + " 192.0.2.77",
                count + " packets transmitted, " + count + " packets received, 0% packet loss");
    }

    private static void run(Dialogue dialogue, String command, String expected) throws InterruptedException {
        dialogue.await(PROMPT, PATIENCE);
        dialogue.type(command);
        dialogue.await(expected, PATIENCE);
    }
}
