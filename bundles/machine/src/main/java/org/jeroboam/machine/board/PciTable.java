package org.jeroboam.machine.board;

import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.PciFunction;

/** PCI bus 0: 32 devices of 8 functions. */
public final class PciTable {
    private final PartFailures failures;
    private final PciFunction[] functions = new PciFunction[256];
    private final String[] owners = new String[256];

    /**
     * Creates an empty bus.
     *
     * @param failures told when a function throws
     */
    public PciTable(PartFailures failures) {
        this.failures = failures;
    }

    Mapping place(String owner, int device, int function, PciFunction target) {
        if (device < 0 || device > 31 || function < 0 || function > 7) {
            throw new IllegalArgumentException("there is no PCI function " + device + "." + function);
        }
        int at = device << 3 | function;
        if (functions[at] != null) {
            throw new IllegalArgumentException("PCI function " + device + "." + function + " is wanted by " + owner
                    + " but taken by " + owners[at]);
        }
        functions[at] = target;
        owners[at] = owner;
        return () -> {
            if (functions[at] == target) {
                functions[at] = null;
                owners[at] = null;
            }
        };
    }

    int read(int device, int function, int register, int size) {
        int at = (device & 31) << 3 | function & 7;
        PciFunction target = functions[at];
        int ones = size == 4 ? -1 : (1 << 8 * size) - 1;
        if (target == null) {
            return ones;
        }
        String outer = failures.calling(owners[at]);
        try {
            return target.readConfig(register & 0xFF, size) & ones;
        } catch (RuntimeException | Error e) {
            failures.failed(owners[at], e);
            return ones;
        } finally {
            failures.back(outer);
        }
    }

    void write(int device, int function, int register, int size, int value) {
        int at = (device & 31) << 3 | function & 7;
        PciFunction target = functions[at];
        if (target == null) {
            return;
        }
        String outer = failures.calling(owners[at]);
        try {
            target.writeConfig(register & 0xFF, size, size == 4 ? value : value & (1 << 8 * size) - 1);
        } catch (RuntimeException | Error e) {
            failures.failed(owners[at], e);
        }
        failures.back(outer);
    }
}
