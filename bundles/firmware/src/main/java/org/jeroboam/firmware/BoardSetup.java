package org.jeroboam.firmware;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.firmware.BootContext;

/**
 * Programs the 440BX board as a BIOS does during its self-test, through the ports that a BIOS uses: shadow RAM, interrupt
 * routing, the power management block, PCI resources, the interrupt controllers and the clock. Base addresses are those
 * that the DSDT names and that SeaBIOS uses, too.
 */
final class BoardSetup {
    static final int PM_BASE = 0x600;
    static final int SMBUS_BASE = 0x700;
    static final int SCI = 9;

    private static final int CONFADD = 0xCF8;
    private static final int CONFDATA = 0xCFC;
    private static final int HOST_BRIDGE = 0;
    private static final int PIIX4_ISA = 7 << 3;
    private static final int PIIX4_PM = 7 << 3 | 3;
    private static final int PIIX4_IDE_ID = 0x7111_8086;

    /** Where PIRQA# to PIRQD# lead. */
    private static final int[] PIRQ = {10, 10, 11, 11};

    private static final int FIRST_IO_BAR = 0xC000;
    private static final long FIRST_MEMORY_BAR = 0xE000_0000L;

    private final BootContext context;

    BoardSetup(BootContext context) {
        this.context = context;
    }

    /** Opens the BIOS area for writing. */
    void openBiosArea() {
        pam(0x30, 0x33);
    }

    /** Write-protects the BIOS area. */
    void closeBiosArea() {
        pam(0x10, 0x11);
    }

    private void pam(int pam0, int e0000) {
        write(HOST_BRIDGE, 0x59, 1, pam0);
        write(HOST_BRIDGE, 0x5E, 1, e0000);
        write(HOST_BRIDGE, 0x5F, 1, e0000);
    }

    void run() {
        context.writePort(0x92, 1, 0x02); // A20 on
        interruptControllers();
        timer();
        powerManagement();
        routeInterrupts();
        assignResources();
    }

    /** Vectors 08h and 70h, all lines masked but the cascade; IRQ 9 to 11 level-triggered for PCI and SCI. */
    private void interruptControllers() {
        int[] master = {0x11, 0x08, 0x04, 0x01};
        int[] slave = {0x11, 0x70, 0x02, 0x01};
        for (int i = 0; i < master.length; i++) {
            context.writePort(i == 0 ? 0x20 : 0x21, 1, master[i]);
            context.writePort(i == 0 ? 0xA0 : 0xA1, 1, slave[i]);
        }
        context.writePort(0x21, 1, 0xFB);
        context.writePort(0xA1, 1, 0xFF);
        context.writePort(0x4D0, 1, 0);
        context.writePort(0x4D1, 1, 1 << SCI - 8 | 1 << PIRQ[0] - 8 | 1 << PIRQ[2] - 8);
    }

    /** Channel 0 ticks at 18.2 Hz, as DOS expects it. */
    private void timer() {
        context.writePort(0x43, 1, 0x36);
        context.writePort(0x40, 1, 0);
        context.writePort(0x40, 1, 0);
    }

    private void powerManagement() {
        if (read(PIIX4_PM, 0, 4) != 0x7113_8086) {
            return;
        }
        write(PIIX4_PM, 0x40, 4, PM_BASE | 1);
        write(PIIX4_PM, 0x80, 1, 1);
        write(PIIX4_PM, 0x90, 4, SMBUS_BASE | 1);
        write(PIIX4_PM, 0xD2, 1, 0x09);
        write(PIIX4_PM, 0x3C, 1, SCI);
    }

    private void routeInterrupts() {
        for (int i = 0; i < PIRQ.length; i++) {
            write(PIIX4_ISA, 0x60 + i, 1, PIRQ[i]);
        }
    }

    /** Gives every function on the bus its ports, pages and interrupt number, and switches it on. */
    private void assignResources() {
        List<Integer> functions = new ArrayList<>();
        for (int device = 0; device < 32; device++) {
            for (int function = 0; function < 8; function++) {
                int at = device << 3 | function;
                if ((read(at, 0, 2)) != 0xFFFF) {
                    functions.add(at);
                    if (function == 0 && (read(at, 0x0E, 1) & 0x80) == 0) {
                        break;
                    }
                }
            }
        }
        int nextPort = FIRST_IO_BAR;
        long nextAddress = FIRST_MEMORY_BAR;
        for (int at : functions) {
            if (at == HOST_BRIDGE) {
                continue;
            }
            int enable = 0;
            for (int bar = 0x10; bar < 0x28; bar += 4) {
                int old = read(at, bar, 4);
                write(at, bar, 4, -1);
                int mask = read(at, bar, 4);
                write(at, bar, 4, old);
                boolean io = (mask & 1) != 0;
                int bits = io ? mask & ~3 : mask & ~0xF;
                if (bits == 0) {
                    continue;
                }
                if (io) {
                    int size = Math.max(4, -(bits | 0xFFFF_0000));
                    nextPort = (nextPort + size - 1) & -size;
                    write(at, bar, 4, nextPort);
                    nextPort += size;
                    enable |= 1;
                } else {
                    long size = Math.max(4096, Integer.toUnsignedLong(-bits));
                    nextAddress = (nextAddress + size - 1) & -size;
                    write(at, bar, 4, (int) nextAddress);
                    nextAddress += size;
                    enable |= 2;
                }
            }
            int pin = read(at, 0x3D, 1);
            if (pin >= 1 && pin <= 4 && at != PIIX4_PM) {
                write(at, 0x3C, 1, PIRQ[(pin - 1 + (at >> 3) - 1) & 3]);
            }
            if (read(at, 0, 4) == PIIX4_IDE_ID) {
                write(at, 0x40, 2, 0x8000); // both channels decode their ports
                write(at, 0x42, 2, 0x8000);
                enable |= 1 | 4;
            }
            write(at, 0x04, 2, read(at, 0x04, 2) | enable);
        }
    }

    private int read(int function, int register, int size) {
        context.writePort(CONFADD, 4, 0x8000_0000 | function << 8 | register & 0xFC);
        return context.readPort(CONFDATA + (register & 3), size);
    }

    private void write(int function, int register, int size, int value) {
        context.writePort(CONFADD, 4, 0x8000_0000 | function << 8 | register & 0xFC);
        context.writePort(CONFDATA + (register & 3), size, value);
    }
}
