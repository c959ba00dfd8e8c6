package org.jeroboam.access.shell;

import java.util.List;
import org.apache.karaf.shell.api.console.CommandLine;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualServer;

/** Asks the machine that a command line names, for completers. */
final class MachineOnLine {
    private MachineOnLine() {}

    /** A question to a machine. */
    @FunctionalInterface
    interface Question {
        List<String> answer(VirtualMachine machine) throws ManagementException;
    }

    /** What the first machine named on the line answers; nothing when there is none or it is off. */
    static List<String> ask(VirtualServer server, CommandLine line, Question question) {
        for (String word : line.getArguments()) {
            VirtualMachine machine = server.findVirtualMachine(word).orElse(null);
            if (machine != null) {
                try {
                    return question.answer(machine);
                } catch (ManagementException e) {
                    return List.of(); // it is off
                }
            }
        }
        return List.of();
    }
}
