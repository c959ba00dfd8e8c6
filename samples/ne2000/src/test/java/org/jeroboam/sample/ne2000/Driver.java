package org.jeroboam.sample.ne2000;

import java.util.Arrays;
import org.jeroboam.hardware.testkit.FakeMachine;

/** The least that a driver does. */
final class Driver {
    static final int BASE = 0xC100;
    static final byte[] MAC = {0x02, 0x4A, 0x45, 0x52, 0, 1};
    static final int TX_PAGE = 0x40;
    static final int RX_START = 0x46;
    static final int RX_STOP = 0x80;
    private static final int SLOT = 10;

    private final FakeMachine machine;

    Driver(FakeMachine machine) {
        this.machine = machine;
    }

    void open() {
        machine.writeConfig(SLOT, 0, 0x10, 4, BASE);
        machine.writeConfig(SLOT, 0, 0x04, 2, 1);
    }

    void out(int register, int value) {
        machine.out(BASE + register, value);
    }

    int in(int register) {
        return machine.in(BASE + register);
    }

    /** Opens the window, sets up the ring and starts the chip, with all interrupts. */
    void start() {
        open();
        in(0x18);
        out(0, 0x21);
        out(0xE, 0x49);
        out(0xC, 0x0C);
        out(0xD, 0);
        out(1, RX_START);
        out(2, RX_STOP);
        out(3, RX_START);
        out(0, 0x61);
        for (int i = 0; i < 6; i++) {
            out(1 + i, MAC[i] & 0xFF);
        }
        for (int i = 8; i < 16; i++) {
            out(i, 0);
        }
        out(7, RX_START + 1);
        out(0, 0x22);
        out(7, 0xFF);
        out(0xF, 0x7F);
    }

    void send(byte[] frame) {
        upload(TX_PAGE << 8, frame);
        out(4, TX_PAGE);
        out(5, frame.length & 0xFF);
        out(6, frame.length >> 8);
        out(0, 0x26);
    }

    void upload(int address, byte[] bytes) {
        int even = bytes.length + 1 & ~1;
        remote(address, even, 0x12);
        for (int i = 0; i < even; i += 2) {
            int high = i + 1 < bytes.length ? bytes[i + 1] & 0xFF : 0;
            machine.writePort(BASE + 0x10, 2, bytes[i] & 0xFF | high << 8);
        }
    }

    byte[] download(int address, int length) {
        int even = length + 1 & ~1;
        remote(address, even, 0x0A);
        byte[] bytes = new byte[even];
        for (int i = 0; i < even; i += 2) {
            int word = machine.readPort(BASE + 0x10, 2);
            bytes[i] = (byte) word;
            bytes[i + 1] = (byte) (word >> 8);
        }
        return Arrays.copyOf(bytes, length);
    }

    private void remote(int address, int length, int command) {
        out(8, address & 0xFF);
        out(9, address >> 8);
        out(0xA, length & 0xFF);
        out(0xB, length >> 8);
        out(0, command);
    }

    int curr() {
        out(0, 0x62);
        int page = in(7);
        out(0, 0x22);
        return page;
    }
}
