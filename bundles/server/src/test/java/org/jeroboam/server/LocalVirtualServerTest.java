package org.jeroboam.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualMachineState;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.SerialConsole;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class LocalVirtualServerTest {
    @TempDir
    Path directory;

    private final FakeMachines machines = new FakeMachines();
    private LocalVirtualServer server;

    @BeforeEach
    void start() {
        server = new LocalVirtualServer(directory, machines);
    }

    private static MachineSettings.Builder settings() {
        return MachineSettings.builder().kernel(Path.of("/boot/k"));
    }

    private VirtualMachine running(MachineSettings settings) throws ManagementException {
        VirtualMachine vm = server.createVirtualMachine("vm", settings);
        vm.startup();
        return vm;
    }

    @Test
    void aMachineGoesThroughItsStates() throws Exception {
        VirtualMachine vm = running(settings().build());
        assertEquals(VirtualMachineState.RUNNING, vm.getState());
        vm.pause();
        assertEquals(VirtualMachineState.PAUSED, vm.getState());
        vm.resume();
        vm.save();
        assertEquals(VirtualMachineState.SAVED, vm.getState());
        assertTrue(machines.last().closed());
        vm.startup();
        assertEquals(VirtualMachineState.RUNNING, vm.getState());
        vm.turnOff();
        assertEquals(VirtualMachineState.TURNED_OFF, vm.getState());
        assertTrue(machines.made.stream().allMatch(FakeMachines.FakeMachine::closed));
    }

    @Test
    void wrongRequestsAreOneSentence() throws Exception {
        VirtualMachine vm = server.createVirtualMachine("vm", settings().build());
        assertEquals(
                "vm is turned off",
                assertThrows(ManagementException.class, vm::pause).getMessage());
        assertTrue(assertThrows(ManagementException.class, vm::discardSavedState)
                .getMessage()
                .contains("no saved state"));
        vm.startup();
        assertTrue(assertThrows(ManagementException.class, vm::startup)
                .getMessage()
                .contains("on already"));
        assertTrue(assertThrows(ManagementException.class, () -> server.deleteVirtualMachine(vm))
                .getMessage()
                .contains("turn it off"));
        assertTrue(assertThrows(ManagementException.class, () -> vm.extension().swapPart("lpt9", null))
                .getMessage()
                .contains("no part 'lpt9'"));
        assertEquals(List.of("1.1.0", "1.0.0"), vm.extension().swapTargets("com1"));
        assertEquals(
                Duration.ofNanos(1000), vm.extension().swapPart("com1", null).blackout());
        for (String name : List.of("", "../x", "-x", "a/b", "x".repeat(101))) {
            assertThrows(
                    ManagementException.class,
                    () -> server.createVirtualMachine(name, settings().build()),
                    name);
        }
        assertThrows(
                ManagementException.class,
                () -> server.createVirtualMachine("vm", settings().build()));
    }

    @Test
    void settingsThatCannotBeBuiltLeaveNothing() throws IOException {
        machines.refusal = "the kernel /boot/k does not exist";
        assertThrows(
                ManagementException.class,
                () -> server.createVirtualMachine("vm", settings().build()));
        assertTrue(server.getVirtualMachines().isEmpty());
        try (var files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void aRefusedStartOverwritesNothing() throws Exception {
        Path log = Files.writeString(directory.resolve("com1.log"), "yesterday");
        VirtualMachine vm = server.createTransientMachine(
                "t", settings().serial("file:" + log).build());
        machines.refusal = "the disk is in use";
        assertThrows(ManagementException.class, vm::startup);
        assertEquals("yesterday", Files.readString(log));
        machines.refusal = null;
        VirtualMachine bad = server.createTransientMachine(
                "t", settings().serial("file:" + directory).build());
        assertThrows(ManagementException.class, bad::startup);
        assertTrue(machines.last().closed());
    }

    @Test
    void theCatalogueOutlivesTheServer() throws Exception {
        MachineSettings s = settings()
                .memory("64M")
                .initrd(Path.of("/boot/i"))
                .append("a=b c")
                .disk(Path.of("/d0"))
                .disk(Path.of("/d1"))
                .cdrom(Path.of("/cd.iso"))
                .floppy(Path.of("/f.img"))
                .boot("dca")
                .bootMenu(true)
                .serial("tcp:4001")
                .serial2("file:/tmp/com2")
                .screenshotOnExit(Path.of("/tmp/s.png"))
                .cpuCore("interpreter")
                .cpuModel("p2")
                .clock("deterministic")
                .rtcBase("2026-01-31T12:00:00Z")
                .debugLog(Path.of("/tmp/debug"))
                .exitPort("0xf4")
                .device("card,pci.device=10")
                .device("card,name=b,x=y z")
                .resetPowersOff(true)
                .stateHashOnExit(true)
                .build();
        server.createVirtualMachine("vm 1", s);
        LocalVirtualServer next = new LocalVirtualServer(directory, machines);
        assertEquals(s, next.findVirtualMachine("vm 1").orElseThrow().getSettings());
        next.deleteVirtualMachine(next.findVirtualMachine("vm 1").orElseThrow());
        assertTrue(
                new LocalVirtualServer(directory, machines).getVirtualMachines().isEmpty());
    }

    @Test
    void aMachineWithABiosIsKeptToo() throws Exception {
        MachineSettings s = MachineSettings.builder().bios(Path.of("/b.bin")).build();
        server.createVirtualMachine("vm", s);
        assertEquals(
                s,
                new LocalVirtualServer(directory, machines)
                        .findVirtualMachine("vm")
                        .orElseThrow()
                        .getSettings());
    }

    @Test
    void filesOfTheFirstVersionAreRead() throws Exception {
        Files.writeString(directory.resolve("old.properties"), """
                memory=64M
                kernel=/boot/k
                append=console\\=ttyS0
                disk.0=/d0
                serial=console
                cpu-model=p3
                clock=real
                no-reboot=false
                state-hash-on-exit=false
                """);
        assertEquals(
                settings()
                        .memory("64M")
                        .append("console=ttyS0")
                        .disk(Path.of("/d0"))
                        .build(),
                new LocalVirtualServer(directory, machines)
                        .findVirtualMachine("old")
                        .orElseThrow()
                        .getSettings());
    }

    @Test
    void com2CanLeadToTheConsole() throws Exception {
        VirtualMachine vm = running(settings().serial("none").serial2("console").build());
        machines.last().guestSends("com1", "lost");
        machines.last().guestSends("com2", "seen");
        machines.last().awaitConsumed(8);
        StringBuilder seen = new StringBuilder();
        vm.extension()
                .openConsole(data -> seen.append(new String(data, StandardCharsets.ISO_8859_1)))
                .close();
        assertEquals("seen", seen.toString());
    }

    @Test
    void aDamagedEntryDoesNotHideTheOthers() throws Exception {
        server.createVirtualMachine("good", settings().build());
        Files.writeString(directory.resolve("bad.properties"), "memory=lots\nkernel=/k\n");
        Files.writeString(directory.resolve("worse.properties"), "memory=\\u12");
        LocalVirtualServer next = new LocalVirtualServer(directory, machines);
        assertEquals(
                List.of("good"),
                next.getVirtualMachines().stream().map(VirtualMachine::getName).toList());
    }

    @Test
    void aConsoleShowsWhatWasSentBeforeAndTakesKeys() throws Exception {
        VirtualMachine vm = running(settings().build());
        machines.last().guestSends("com1", "early ");
        machines.last().awaitConsumed(6);
        StringBuilder seen = new StringBuilder();
        SerialConsole console =
                vm.extension().openConsole(data -> seen.append(new String(data, StandardCharsets.ISO_8859_1)));
        machines.last().guestSends("com1", "late");
        machines.last().awaitConsumed(10);
        assertEquals("early late", seen.toString());
        console.send("ls\n".getBytes(StandardCharsets.ISO_8859_1));
        assertArrayEquals(
                "ls\n".getBytes(StandardCharsets.ISO_8859_1),
                machines.last().received.getFirst());
        console.close();
        machines.last().guestSends("com1", "unseen");
        machines.last().awaitConsumed(16);
        assertEquals("early late", seen.toString());
    }

    @Test
    void theOutcomeHasTheExitCodeAndAllOutputIsInTheFile() throws Exception {
        Path log = directory.resolve("com1.log");
        VirtualMachine vm = running(settings()
                .serial("file:" + log)
                .exitPort("0xf4")
                .stateHashOnExit(true)
                .build());
        machines.last().guestSends("com1", "hello");
        machines.last().guestSends("exit", "\u0003\0\0\0");
        machines.last().guestPowersOff();
        Outcome outcome = vm.extension().outcome().get(10, TimeUnit.SECONDS);
        assertEquals(new Outcome(Outcome.Kind.POWERED_OFF, "", 3, "h"), outcome);
        assertEquals("hello", Files.readString(log));
        assertEquals(VirtualMachineState.TURNED_OFF, vm.getState());
    }

    @Test
    void aTcpClientTalksToTheGuest() throws Exception {
        int port;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        VirtualMachine vm = running(settings().serial("tcp:" + port).build());
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write('k');
            while (machines.last().received.isEmpty()) {
                Thread.onSpinWait();
            }
            machines.last().guestSends("com1", "x");
            assertEquals('x', socket.getInputStream().read());
        }
        assertThrows(ManagementException.class, () -> vm.extension().openConsole(data -> assertFalse(true)));
        vm.turnOff();
    }

    @Test
    void aTransientMachineLeavesNothing() throws Exception {
        VirtualMachine vm = server.createTransientMachine("t", settings().build());
        vm.startup();
        assertTrue(server.getVirtualMachines().isEmpty());
        assertThrows(ManagementException.class, vm::save);
        server.deleteVirtualMachine(vm);
        assertTrue(machines.last().closed());
    }
}
