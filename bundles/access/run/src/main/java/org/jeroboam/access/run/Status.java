package org.jeroboam.access.run;

import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.MachineExtension.Outcome;

/** Exit statuses of {@code jeroboam run}. */
final class Status {
    static final int OK = 0;
    static final int BAD_INPUT = 2;
    static final int TIMEOUT = 3;
    static final int CANNOT_GO_ON = 4;
    static final int FAULT = 70;

    private Status() {}

    static int of(Outcome outcome) {
        if (outcome.exitCode() >= 0) {
            return 2 * outcome.exitCode() + 1;
        }
        return switch (outcome.kind()) {
            case POWERED_OFF, RESET, TURNED_OFF -> OK;
            case CANNOT_GO_ON -> CANNOT_GO_ON;
            case FAULT -> FAULT;
        };
    }

    static int of(ManagementException e) {
        return switch (e.kind()) {
            case BAD_REQUEST -> BAD_INPUT;
            case FAULT -> FAULT;
        };
    }
}
