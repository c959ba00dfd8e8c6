package org.jeroboam.guests;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.ScreenImage;

/** Looks at a guest's screen and types, as a person in front of it would. */
final class ScreenWatch {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final VirtualMachine machine;
    private final Duration patience;

    ScreenWatch(VirtualMachine machine, Duration patience) {
        this.machine = machine;
        this.patience = patience;
    }

    /** Waits until the text screen has a text; the answer is the whole screen. */
    String await(String text) throws ManagementException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            ScreenImage screen = machine.extension().screen();
            if (screen.text() != null && screen.text().contains(text)) {
                return screen.text();
            }
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("the screen did not show '" + text + "'; it shows:\n"
                        + (screen.text() == null
                                ? screen.width() + " by " + screen.height() + " pixels"
                                : screen.text()));
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    void type(String text) throws ManagementException {
        machine.getKeyboard().typeAsciiText(text);
    }

    void press(String keys) throws ManagementException {
        machine.getKeyboard().typeKeySequence(keys);
    }
}
