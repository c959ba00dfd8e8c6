package org.jeroboam.device.videos3trio64;

import org.jeroboam.hardware.testkit.FakeDisplayPort;
import org.jeroboam.hardware.testkit.FakeMachine;

/** What a guest does with the adapter. */
final class Guest {
    static final int SLOT = 8;
    static final int A0000 = 0xA0000;
    static final int B8000 = 0xB8000;
    static final int SR = 0x3C4;
    static final int GR = 0x3CE;
    static final String NAME = "video";

    private final FakeMachine machine;

    Guest(FakeMachine machine) {
        this.machine = machine;
    }

    FakeDisplayPort screen() {
        return machine.displayPort(NAME);
    }

    /** As firmware does. */
    void openDecoding() {
        machine.writeConfig(SLOT, 0, 4, 2, 3);
    }

    int crtcPort() {
        return (machine.in(0x3CC) & 1) != 0 ? 0x3D4 : 0x3B4;
    }

    void set(int indexPort, int register, int value) {
        machine.writePort(indexPort, 2, register | value << 8);
    }

    int get(int indexPort, int register) {
        machine.out(indexPort, register);
        return machine.in(indexPort + 1);
    }

    void cr(int register, int value) {
        set(crtcPort(), register, value);
    }

    int cr(int register) {
        return get(crtcPort(), register);
    }

    void ar(int register, int value) {
        machine.in(crtcPort() + 6);
        machine.out(0x3C0, register | 0x20);
        machine.out(0x3C0, value);
    }

    void color(int entry, int red, int green, int blue) {
        machine.out(0x3C8, entry);
        machine.out(0x3C9, red);
        machine.out(0x3C9, green);
        machine.out(0x3C9, blue);
    }

    /** Sets the registers of a mode, and a palette in which all entries differ. */
    void mode(StandardMode mode) {
        machine.out(0x3C2, mode.misc);
        for (int i = 0; i < mode.sequencer.length; i++) {
            set(SR, i, mode.sequencer[i]);
        }
        cr(0x11, 0);
        for (int i = 0; i < mode.crtc.length; i++) {
            cr(i, mode.crtc[i]);
        }
        for (int i = 0; i < mode.graphics.length; i++) {
            set(GR, i, mode.graphics[i]);
        }
        for (int i = 0; i < mode.attribute.length; i++) {
            ar(i, mode.attribute[i]);
        }
        for (int i = 0; i < 256; i++) {
            color(i, red(i), green(i), blue(i));
        }
        machine.out(0x3C6, 0xFF);
    }

    private static int red(int entry) {
        return entry & 63;
    }

    private static int green(int entry) {
        return entry >> 2 & 63;
    }

    private static int blue(int entry) {
        return 63 - (entry >> 6 | entry << 2 & 60);
    }

    /** What {@link #mode} made of a palette entry, as 0x00RRGGBB. */
    static int rgb(int entry) {
        return eight(red(entry)) << 16 | eight(green(entry)) << 8 | eight(blue(entry));
    }

    static int eight(int six) {
        return six * 4 + six / 16;
    }

    /** Loads a font of 256 characters of 32 rows into plane 2, as a BIOS does, and returns to text. */
    void font(int slot, byte[] rows) {
        set(SR, 2, 4);
        set(SR, 4, 6);
        set(GR, 4, 2);
        set(GR, 5, 0);
        set(GR, 6, 4);
        for (int i = 0; i < rows.length; i++) {
            machine.writeMemory(A0000 + slot + i, 1, rows[i]);
        }
        set(SR, 2, 3);
        set(SR, 4, 2);
        set(GR, 4, 0);
        set(GR, 5, 0x10);
        set(GR, 6, 0x0E);
    }
}
