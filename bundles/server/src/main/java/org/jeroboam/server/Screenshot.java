package org.jeroboam.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.ScreenImage;

/** A machine's screen as the management API shows it, and as a file. */
final class Screenshot {
    private Screenshot() {}

    /** @param screen a whole one */
    static ScreenImage of(MachineReply.Screen screen) {
        int[] pixels = new int[screen.width() * screen.height()];
        ByteBuffer.wrap(screen.pixels())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(pixels);
        return new ScreenImage(screen.width(), screen.height(), pixels, screen.text());
    }

    static void write(ScreenImage screen, Path file) throws IOException {
        Files.write(file, screen.png());
    }

    /**
     * Refuses, long before it is needed, a file that can never be written.
     *
     * @param file may be null
     */
    static void check(Path file) throws ManagementException {
        if (file == null) {
            return;
        }
        Path directory = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || directory == null || !Files.isWritable(directory)) {
            throw ManagementException.badRequest("the screenshot " + file
                    + " cannot be written: it must be a file in a directory that exists and can be written");
        }
    }
}
