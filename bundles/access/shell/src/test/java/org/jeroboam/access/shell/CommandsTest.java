package org.jeroboam.access.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualMachineState;
import org.jeroboam.management.VirtualServer;
import org.jeroboam.management.extension.MachineExtension;
import org.jeroboam.management.extension.MachineSettings;
import org.junit.jupiter.api.Test;

class CommandsTest {
    private final AtomicReference<MachineSettings> created = new AtomicReference<>();

    /** A server without machines, which remembers what it is asked to create. */
    private VirtualServer server() {
        return (VirtualServer) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {VirtualServer.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "findVirtualMachine" -> Optional.empty();
                    case "createVirtualMachine" -> {
                        created.set((MachineSettings) arguments[1]);
                        yield null;
                    }
                    default -> throw new AssertionError(method);
                });
    }

    @Test
    void unknownMachinesAreNamed() {
        StartCommand command = new StartCommand();
        command.server = server();
        command.name = "web";
        assertTrue(assertThrows(ManagementException.class, command::execute)
                .getMessage()
                .contains("there is no machine 'web'"));
    }

    @Test
    void createTakesTheOptionsOfRun() throws ManagementException {
        CreateCommand command = new CreateCommand();
        command.server = server();
        command.name = "web";
        command.kernel = "vmlinuz";
        command.initrd = "/boot/initrd";
        command.disks = List.of("a.img");
        command.memory = "64M";
        command.noReboot = true;
        command.execute();
        MachineSettings settings = created.get();
        assertEquals(Path.of("vmlinuz").toAbsolutePath(), settings.kernel());
        assertEquals(Path.of("/boot/initrd"), settings.initrd());
        assertEquals(List.of(Path.of("a.img").toAbsolutePath()), settings.disks());
        assertEquals(64L << 20, settings.memoryBytes());
        assertTrue(settings.resetPowersOff());
    }

    @Test
    void createMakesMachinesWithABios() throws ManagementException {
        CreateCommand command = new CreateCommand();
        command.server = server();
        command.name = "web";
        command.cdrom = "a.iso";
        command.floppy = "/f.img";
        command.boot = "dc";
        command.bootMenu = true;
        command.bios = "/b.bin";
        command.serial2 = "tcp:4000";
        command.screenshotOnExit = "s.png";
        command.execute();
        MachineSettings settings = created.get();
        assertTrue(settings.bootsThroughBios());
        assertEquals(Path.of("a.iso").toAbsolutePath(), settings.cdrom());
        assertEquals(Path.of("/f.img"), settings.floppy());
        assertEquals("dc", settings.boot());
        assertTrue(settings.bootMenu());
        assertEquals(Path.of("/b.bin"), settings.bios());
        assertEquals(new MachineSettings.SerialConnection.Tcp(4000), settings.serial2());
        assertEquals(Path.of("s.png").toAbsolutePath(), settings.screenshotOnExit());
    }

    @Test
    void createRefusesBadValues() {
        CreateCommand command = new CreateCommand();
        command.server = server();
        command.name = "web";
        command.kernel = "vmlinuz";
        command.memory = "5G";
        assertThrows(ManagementException.class, command::execute);
    }

    @Test
    void swapUnderstandsItsTargetBehindThePart() throws ManagementException {
        AtomicReference<Object> target = new AtomicReference<>();
        VirtualMachine machine = fake(
                VirtualMachine.class,
                (proxy, method, arguments) -> fake(MachineExtension.class, (extension, swap, values) -> {
                    target.set(values[1]);
                    throw ManagementException.badRequest("enough");
                }));
        SwapCommand command = new SwapCommand();
        command.part = "com1";
        command.rest = List.of("--to", "0.1.1");
        assertThrows(ManagementException.class, () -> command.run(machine));
        assertEquals("0.1.1", target.get());
        for (List<String> wrong : List.of(List.of("--too", "1"), List.of("--to"), List.of("--to", "1", "2"))) {
            SwapCommand refused = new SwapCommand();
            refused.part = "com1";
            refused.rest = wrong;
            assertTrue(assertThrows(ManagementException.class, () -> refused.run(machine))
                    .getMessage()
                    .contains("vm:swap NAME PART --to TARGET"));
        }
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(CommandsTest.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Test
    void valuesAreReadable() {
        assertEquals("turned off", Text.of(VirtualMachineState.TURNED_OFF));
        assertEquals("1:02:03.4", Text.of(Duration.ofMillis(3_723_456)));
    }
}
