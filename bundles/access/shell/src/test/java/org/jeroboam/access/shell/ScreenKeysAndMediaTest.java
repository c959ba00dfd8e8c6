package org.jeroboam.access.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.karaf.shell.api.console.Session;
import org.jeroboam.management.Keyboard;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualServer;
import org.jeroboam.management.extension.MachineExtension;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.ScreenImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScreenKeysAndMediaTest {
    private final List<String> done = new ArrayList<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private ScreenImage screen = new ScreenImage(2, 1, new int[] {1, 2}, "Hello  \n\n  C:\\> \n");
    private MachineSettings settings;

    private <T> T fake(Class<T> type, InvocationHandler answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
    }

    private <C extends MachineCommand> C command(C command) {
        Keyboard keyboard = fake(Keyboard.class, (proxy, method, arguments) -> {
            done.add(method.getName() + " " + arguments[0]);
            return null;
        });
        MachineExtension extension =
                fake(MachineExtension.class, (proxy, method, arguments) -> switch (method.getName()) {
                    case "screen" -> screen;
                    case "changeMedium" -> {
                        done.add(arguments[0] + " " + arguments[1]);
                        yield null;
                    }
                    default -> throw new AssertionError(method);
                });
        VirtualMachine machine = fake(VirtualMachine.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getName" -> "web";
            case "getKeyboard" -> keyboard;
            case "getSettings" -> settings;
            case "extension" -> extension;
            default -> throw new AssertionError(method);
        });
        command.server = fake(VirtualServer.class, (proxy, method, arguments) -> Optional.of(machine));
        command.name = "web";
        return command;
    }

    private Session session() {
        PrintStream out = new PrintStream(printed, true);
        return fake(Session.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getConsole" -> out;
            default -> throw new AssertionError(method);
        });
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTextScreenIsPrinted() throws ManagementException {
        ScreenCommand command = command(new ScreenCommand());
        command.session = session();
        command.execute();
        assertEquals(List.of("Hello", "", "  C:\\>"), printed().lines().toList());
    }

    @Test
    void aGraphicsScreenAndADarkOneAreRefused() {
        ScreenCommand command = command(new ScreenCommand());
        screen = new ScreenImage(2, 1, new int[2], null);
        assertTrue(assertThrows(ManagementException.class, command::execute)
                .getMessage()
                .contains("2 by 1"));
        screen = new ScreenImage(0, 0, new int[0], null);
        assertTrue(assertThrows(ManagementException.class, command::execute)
                .getMessage()
                .contains("dark"));
    }

    @Test
    void aScreenshotIsAPicture(@TempDir Path directory) throws ManagementException, IOException {
        ScreenshotCommand command = command(new ScreenshotCommand());
        Path file = directory.resolve("s.png");
        command.file = file.toString();
        command.execute();
        assertEquals(0xFF000002, ImageIO.read(file.toFile()).getRGB(1, 0));
        command.file = directory.resolve("none").resolve("s.png").toString();
        assertTrue(assertThrows(ManagementException.class, command::execute)
                .getMessage()
                .contains("cannot be written"));
    }

    @Test
    void textAndKeysAreTyped() throws ManagementException {
        TypeCommand command = command(new TypeCommand());
        command.text = "ls -l";
        command.execute();
        command.enter = true;
        command.execute();
        command.keys = true;
        command.text = "Key_A";
        command.execute();
        assertEquals(List.of("typeAsciiText ls -l", "typeAsciiText ls -l\n", "typeKeySequence Key_A, Key_Enter"), done);
    }

    @Test
    void mediaAreShownAndChanged() throws ManagementException {
        settings = MachineSettings.builder().cdrom(Path.of("/a.iso")).build();
        MediaCommand command = command(new MediaCommand());
        command.session = session();
        command.execute();
        command.drive = "floppy";
        command.execute();
        assertEquals(
                List.of("cdrom   /a.iso", "floppy  empty", "floppy  empty"),
                printed().lines().toList());
        command.medium = "f.img";
        command.execute();
        command.drive = "cdrom";
        command.medium = "eject";
        command.execute();
        assertEquals(List.of("FLOPPY " + Path.of("f.img").toAbsolutePath(), "CDROM null"), done);
        command.drive = "tape";
        assertTrue(assertThrows(ManagementException.class, command::execute)
                .getMessage()
                .contains("cdrom and floppy"));
    }
}
