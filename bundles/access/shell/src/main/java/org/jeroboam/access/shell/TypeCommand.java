package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** {@code vm:type}. */
@Service
@Command(scope = "vm", name = "type", description = "Types on a machine's keyboard, a US one")
public final class TypeCommand extends MachineCommand {
    @Argument(
            index = 1,
            name = "text",
            description = "What to type, in quotes when it has blanks; with --keys, keys separated by commas, such as"
                    + " 'DOWN, Key_LeftCtrl, Key_C, UP, Key_LeftCtrl' or Key_Enter",
            required = true)
    String text;

    @Option(
            name = "--keys",
            aliases = "-k",
            description = "The text names keys. DOWN and UP before a key only press or release it, HOLD waits 200 ms")
    boolean keys;

    @Option(name = "--enter", aliases = "-e", description = "Press Enter at the end")
    boolean enter;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        if (keys) {
            machine.getKeyboard().typeKeySequence(enter ? text + ", Key_Enter" : text);
        } else {
            machine.getKeyboard().typeAsciiText(enter ? text + "\n" : text);
        }
    }
}
