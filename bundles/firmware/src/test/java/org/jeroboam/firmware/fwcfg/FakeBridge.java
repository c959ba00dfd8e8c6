package org.jeroboam.firmware.fwcfg;

import org.jeroboam.hardware.board.PciFunction;
import org.jeroboam.hardware.testkit.FakeMachine;

/** A host bridge of which only the subsystem number matters, at first that of the board that SeaBIOS trusts. */
final class FakeBridge implements PciFunction {
    int subsystem = 0x1100_1AF4;

    FakeBridge place(FakeMachine machine) {
        machine.board("bridge").pci().place(0, 0, this);
        return this;
    }

    @Override
    public int readConfig(int register, int size) {
        return register == 0x2C && size == 4 ? subsystem : 0;
    }

    @Override
    public void writeConfig(int register, int size, int value) {
        // All of it is read-only.
    }
}
