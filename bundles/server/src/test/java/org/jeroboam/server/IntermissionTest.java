package org.jeroboam.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualMachineState;
import org.jeroboam.management.extension.MachineSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server goes and comes while the framework goes on. */
@Timeout(20)
class IntermissionTest {
    private static final String WHY = "jeroboam-machine, which runs machines, is stopped or replaced";

    @TempDir
    Path directory;

    private final FakeMachines machines = new FakeMachines();

    private LocalVirtualServer server() {
        return new LocalVirtualServer(directory, machines);
    }

    private static MachineSettings.Builder settings() {
        return MachineSettings.builder().kernel(Path.of("/boot/k"));
    }

    private static VirtualMachine vm(LocalVirtualServer server, String name) {
        return server.findVirtualMachine(name).orElseThrow();
    }

    private static void await(VirtualMachine vm, VirtualMachineState state) {
        while (vm.getState() != state) {
            LockSupport.parkNanos(100_000);
        }
    }

    private List<String> left() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void machinesGoOnAsTheyWere() throws Exception {
        LocalVirtualServer first = server();
        for (String name : List.of("runs", "paused", "off", "saved")) {
            first.createVirtualMachine(name, settings().build());
        }
        for (String name : List.of("runs", "paused", "saved")) {
            vm(first, name).startup();
        }
        vm(first, "paused").pause();
        vm(first, "saved").save();
        first.interrupt(WHY);
        assertTrue(machines.made.stream().allMatch(FakeMachines.FakeMachine::closed));
        assertTrue(left().containsAll(List.of("runs.interrupted", "paused.interrupted")));

        LocalVirtualServer next = server();
        assertEquals(VirtualMachineState.SAVED, vm(next, "runs").getState());
        assertEquals(
                "it pauses because " + WHY,
                vm(next, "runs").extension().status().reason());
        next.goOn();
        await(vm(next, "runs"), VirtualMachineState.RUNNING);
        await(vm(next, "paused"), VirtualMachineState.PAUSED);
        next.close();
        assertEquals(VirtualMachineState.TURNED_OFF, vm(next, "off").getState());
        assertEquals(VirtualMachineState.SAVED, vm(next, "saved").getState());
        assertTrue(left().stream().noneMatch(f -> f.endsWith(".interrupted") || f.endsWith(".resume")), left() + "");
    }

    /** It is in the saved state, as the machine's SaveTest shows; here, that this state is what a machine goes on from. */
    @Test
    void aCoreThatPeopleChoseIsRemembered() throws Exception {
        LocalVirtualServer first = server();
        VirtualMachine vm = first.createVirtualMachine("vm", settings().build());
        vm.startup();
        vm.extension().switchCore("interpreter");
        first.interrupt(WHY);
        LocalVirtualServer next = server();
        next.goOn();
        await(vm(next, "vm"), VirtualMachineState.RUNNING);
        assertEquals("interpreter", vm(next, "vm").extension().status().cpuCore());
        vm(next, "vm").save();
        vm(next, "vm").startup();
        assertEquals("interpreter", vm(next, "vm").extension().status().cpuCore());
        next.close();
    }

    @Test
    void aStateThatPeopleSavedIsNotTouched() throws Exception {
        LocalVirtualServer first = server();
        VirtualMachine vm = first.createVirtualMachine("vm", settings().build());
        vm.startup();
        vm.save();
        Path own = Files.writeString(directory.resolve("vm.saved"), "kept by people");
        vm.extension().restoreFrom(own);
        vm.resume();
        first.interrupt(WHY);
        LocalVirtualServer next = server();
        next.goOn();
        await(vm(next, "vm"), VirtualMachineState.RUNNING);
        next.close();
        assertEquals("kept by people", Files.readString(own));
    }

    @Test
    void aMachineWaitsForWhatIsMissing() throws Exception {
        LocalVirtualServer first = server();
        first.createVirtualMachine("vm", settings().build()).startup();
        first.interrupt(WHY);
        LocalVirtualServer next = server();
        machines.refusal = "device com1 needs a bundle for type serial-16550; there are: none";
        next.goOn();
        VirtualMachine vm = vm(next, "vm");
        while (!vm.extension().status().reason().contains("it cannot go on yet: " + machines.refusal)) {
            LockSupport.parkNanos(100_000);
        }
        assertEquals(VirtualMachineState.SAVED, vm.getState());
        machines.refusal = null;
        next.partCame();
        await(vm, VirtualMachineState.RUNNING);
        assertEquals("", vm.extension().status().reason());
        next.close();
    }

    @Test
    void aMachineThatCannotBeSavedStaysOffAndSaysWhy() throws Exception {
        LocalVirtualServer first = server();
        VirtualMachine vm = first.createVirtualMachine("vm", settings().build());
        vm.startup();
        machines.last().saveRefusal = "device lpt1 saved nothing";
        first.interrupt(WHY);
        assertTrue(machines.last().closed());
        LocalVirtualServer next = server();
        next.goOn();
        vm = vm(next, "vm");
        assertEquals(VirtualMachineState.TURNED_OFF, vm.getState());
        assertEquals(
                "it was on when " + WHY + ", and could not be saved: device lpt1 saved nothing",
                vm.extension().status().reason());
        vm.startup();
        next.close();
        assertEquals("", vm.extension().status().reason());
        assertEquals("", vm(server(), "vm").extension().status().reason());
    }

    @Test
    void aMachineThatWaitsForAPartGoesOnAsPeopleLeftIt() throws Exception {
        LocalVirtualServer first = server();
        first.createVirtualMachine("vm", settings().build()).startup();
        machines.last().become(MachineState.RUNNING);
        machines.last().become(MachineState.WAITING_FOR_PART);
        first.createVirtualMachine("paused", settings().build()).startup();
        machines.last().become(MachineState.PAUSED);
        machines.last().become(MachineState.WAITING_FOR_PART);
        first.interrupt(WHY);
        LocalVirtualServer next = server();
        next.goOn();
        await(vm(next, "vm"), VirtualMachineState.RUNNING);
        await(vm(next, "paused"), VirtualMachineState.PAUSED);
        next.close();
    }

    @Test
    void peopleCanDecideInstead() throws Exception {
        LocalVirtualServer first = server();
        for (String name : List.of("started", "discarded", "deleted")) {
            first.createVirtualMachine(name, settings().build()).startup();
        }
        first.interrupt(WHY);
        LocalVirtualServer next = server();
        vm(next, "started").startup();
        vm(next, "discarded").discardSavedState();
        next.deleteVirtualMachine(vm(next, "deleted"));
        assertEquals(VirtualMachineState.RUNNING, vm(next, "started").getState());
        assertEquals(VirtualMachineState.TURNED_OFF, vm(next, "discarded").getState());
        next.close();
        assertEquals(List.of("discarded.properties", "started.properties"), left());
    }

    @Test
    void aStateWithoutAMarkWaitsForPeople() throws Exception {
        LocalVirtualServer first = server();
        first.createVirtualMachine("vm", settings().build()).startup();
        first.interrupt(WHY);
        Files.delete(directory.resolve("vm.resume"));
        LocalVirtualServer next = server();
        next.goOn();
        next.close();
        assertEquals(VirtualMachineState.SAVED, vm(next, "vm").getState());
    }

    @Test
    void theGuestsOutputIsAddedToItsFile() throws Exception {
        Path log = directory.resolve("com1.log");
        LocalVirtualServer first = server();
        first.createVirtualMachine("vm", settings().serial("file:" + log).build())
                .startup();
        machines.last().guestSends("com1", "one ");
        first.interrupt(WHY);
        LocalVirtualServer next = server();
        next.goOn();
        await(vm(next, "vm"), VirtualMachineState.RUNNING);
        machines.last().guestSends("com1", "two");
        vm(next, "vm").turnOff();
        assertEquals("one two", Files.readString(log));
        vm(next, "vm").startup();
        vm(next, "vm").turnOff();
        assertEquals("", Files.readString(log));
    }

    @Test
    void transientMachinesAreNoPartOfIt() throws Exception {
        LocalVirtualServer first = server();
        VirtualMachine vm = first.createTransientMachine("t", settings().build());
        vm.startup();
        first.interrupt(WHY);
        assertFalse(machines.last().closed());
        first.deleteVirtualMachine(vm);
        assertEquals(List.of(), left());
    }

    @Test
    void aCatalogueHasOneServer() {
        CatalogueLock first = CatalogueLock.take(directory);
        assertNotNull(first);
        assertNull(CatalogueLock.take(directory));
        first.close();
        CatalogueLock.take(directory).close();
    }

    @Test
    void aSecondServerTakesOverWhenTheFirstGoes() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        AtomicReference<LocalVirtualServer> present = new AtomicReference<>();
        Function<String, CatalogueTurn> bundle = name -> new CatalogueTurn(directory, lock -> {
            LocalVirtualServer server = server();
            server.goOn();
            present.set(server);
            events.add(name + " begins");
            return () -> {
                server.interrupt(WHY);
                events.add(name + " has saved its machines");
            };
        });
        CatalogueTurn first = bundle.apply("first");
        present.get().createVirtualMachine("vm", settings().build()).startup();
        CatalogueTurn second = bundle.apply("second");
        CatalogueTurn third = bundle.apply("third");
        assertEquals(List.of("first begins"), events);
        third.close(); // whoever waits can go
        first.close();
        while (events.size() < 3) {
            LockSupport.parkNanos(100_000);
        }
        assertEquals(List.of("first begins", "first has saved its machines", "second begins"), events);
        await(vm(present.get(), "vm"), VirtualMachineState.RUNNING);
        second.close();
        assertEquals("second has saved its machines", events.getLast());
        CatalogueLock.take(directory).close();
    }
}
