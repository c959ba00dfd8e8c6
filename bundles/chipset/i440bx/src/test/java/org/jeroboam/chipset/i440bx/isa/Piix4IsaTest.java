package org.jeroboam.chipset.i440bx.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PciInterruptRouter;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Piix4IsaTest {
    private final FakeMachine machine = new FakeMachine();
    private final Piix4Isa device = new Piix4Isa(7);
    private final List<Integer> writes = new ArrayList<>();

    @BeforeEach
    void start() {
        device.attach(machine.board("isa"));
        device.reset(ResetKind.POWER_ON);
    }

    private void config(int register, int size, int value) {
        machine.writeConfig(7, 0, register, size, value);
    }

    private int config(int register, int size) {
        return machine.readConfig(7, 0, register, size);
    }

    @Test
    void identityAndResetValues() {
        assertEquals(0x7110_8086, config(0, 4));
        assertEquals(0x0280_0007, config(4, 4));
        assertEquals(0x0601_0001, config(8, 4));
        assertEquals(0x80, config(0x0E, 1), "multifunction");
        assertEquals(0x4D, config(0x4C, 1));
        assertEquals(0x03, config(0x4E, 2));
        assertEquals(0x8080_8080, config(0x60, 4));
        assertEquals(0x10, config(0x64, 1));
        assertEquals(0x02, config(0x69, 1));
        assertEquals(0x0404, config(0x76, 2));
        assertEquals(0x21, config(0xCB, 1));
    }

    @Test
    void pinsAreTurnedByDeviceNumber() {
        config(0x60, 4, 0x0605_0403);
        PciInterruptRouter router = machine.role(PciInterruptRouter.class);
        for (int slot = 0; slot < 32; slot++) {
            for (int pin = 0; pin < 4; pin++) {
                assertEquals(3 + (pin + 1 - 1 + slot - 1 + 4) % 4, router.route(slot, pin));
            }
        }
    }

    @Test
    void onlyRoutableInterruptsAreReached() {
        for (int irq = 0; irq < 16; irq++) {
            config(0x60, 1, irq);
            boolean routable = irq >= 3 && irq != 8 && irq != 13;
            assertEquals(
                    routable ? irq : -1, machine.role(PciInterruptRouter.class).route(1, 0), "IRQ " + irq);
        }
        config(0x60, 1, 0x85);
        assertEquals(-1, machine.role(PciInterruptRouter.class).route(1, 0));
    }

    @Test
    void sharedPinsAreOredAndFollowTheirRoute() {
        config(0x60, 4, 0x0B0B_0A0A);
        machine.drive(new LineId.PciInterrupt(9, 0), true); // PIRQA
        machine.drive(new LineId.PciInterrupt(10, 0), true); // PIRQB
        assertTrue(machine.irq(10));
        machine.drive(new LineId.PciInterrupt(9, 0), false);
        assertTrue(machine.irq(10));
        config(0x61, 1, 5);
        assertFalse(machine.irq(10));
        assertTrue(machine.irq(5));
        config(0x61, 1, 0x80);
        assertFalse(machine.irq(5));
    }

    @Test
    void resetControl() {
        machine.out(0xCF9, 0x02);
        assertEquals(List.of(), machine.resets());
        machine.out(0xCF9, 0x06);
        assertEquals(List.of(ResetKind.HARD), machine.resets());
        assertEquals(0x06, machine.in(0xCF9));
        machine.out(0xCF9, 0x06);
        assertEquals(1, machine.resets().size(), "RCPU must rise");
        machine.out(0xCF9, 0x00);
        machine.out(0xCF9, 0x04);
        assertEquals(List.of(ResetKind.HARD, ResetKind.CPU_INIT), machine.resets());
        device.reset(ResetKind.HARD);
        assertEquals(0, machine.in(0xCF9));
    }

    /** The gate is open when this port or the keyboard controller says so; after reset it is the latter's to open. */
    @Test
    void port92() {
        assertFalse(machine.level(LineId.Single.A20));
        assertEquals(0x00, machine.in(0x92));
        machine.out(0x92, 0x02);
        assertTrue(machine.level(LineId.Single.A20));
        machine.drive(LineId.Single.A20, true);
        machine.out(0x92, 0x00);
        assertTrue(machine.level(LineId.Single.A20), "the other gate is still open");
        machine.drive(LineId.Single.A20, false);
        assertFalse(machine.level(LineId.Single.A20), "both are closed");
        machine.out(0x92, 0xFF);
        assertTrue(machine.level(LineId.Single.A20));
        assertEquals(0x03, machine.in(0x92));
        assertEquals(List.of(ResetKind.CPU_INIT), machine.resets());
        machine.out(0x92, 0x03);
        assertEquals(1, machine.resets().size());
        machine.out(0x92, 0x02);
        machine.out(0x92, 0x03);
        assertEquals(2, machine.resets().size());
        device.reset(ResetKind.HARD);
        assertFalse(machine.level(LineId.Single.A20));
        assertEquals(0x00, machine.in(0x92));
    }

    @Test
    void hardAndSoftResetNeedARiseOfRcpu() {
        machine.out(0xCF9, 0x04);
        machine.out(0xCF9, 0x06);
        assertEquals(List.of(ResetKind.CPU_INIT), machine.resets(), "SRST alone resets nothing");
        machine.out(0xCF9, 0x0A); // what Linux writes first
        assertEquals(0x02, machine.in(0xCF9));
        machine.out(0xCF9, 0x0E);
        assertEquals(List.of(ResetKind.CPU_INIT, ResetKind.HARD), machine.resets());
    }

    private void answer(int first, int count, int value) {
        machine.board("other").mapPorts(first, count, 1, new PortHandler() {
            @Override
            public int readPort(int port, int size) {
                return value;
            }

            @Override
            public void writePort(int port, int size, int written) {
                writes.add(port);
            }
        });
    }

    @Test
    void decodeEnablesHideKeyboardControllerAndClock() {
        answer(0x60, 1, 0x11);
        answer(0x64, 1, 0x12);
        answer(0x70, 4, 0x13);
        config(0x4E, 1, 0x01);
        assertEquals(0xFF, machine.in(0x60));
        assertEquals(0xFF, machine.in(0x64));
        assertEquals(0x13, machine.in(0x71));
        machine.out(0x64, 0xFE);
        assertEquals(List.of(), writes);
        config(0x4E, 1, 0x02);
        assertEquals(0x11, machine.in(0x60));
        assertEquals(0x12, machine.in(0x64));
        assertEquals(0xFF, machine.in(0x71));
        config(0x4E, 1, 0x03);
        assertEquals(0x13, machine.in(0x71));
        config(0xCB, 1, 0x24);
        assertEquals(0xFF, machine.in(0x70), "RTCCFG switches the clock off, too");
        assertEquals(0xFF, machine.in(0x73));
        config(0xCB, 1, 0x21);
        assertEquals(0x13, machine.in(0x70));
        assertEquals(0x13, machine.in(0x73), "no firmware here sets the enable of the upper bank");
        config(0x4E, 1, 0x00);
        device.reset(ResetKind.HARD);
        assertEquals(0x12, machine.in(0x64));
        assertEquals(0x13, machine.in(0x70));
    }

    /** Writing ones and zeros to all registers shows which bits exist. */
    @Test
    void writeMasks() {
        byte[] writable = new byte[256];
        int[][] masks = {
            {0x05, 0x01}, {0x04, 0x08}, {0x4C, 0xFF}, {0x4E, 0xFF}, {0x4F, 0x07}, {0x60, 0x8F}, {0x61, 0x8F},
            {0x62, 0x8F}, {0x63, 0x8F}, {0x64, 0xFF}, {0x69, 0xFE}, {0x6A, 0xFF}, {0x6B, 0x80}, {0x76, 0x8F},
            {0x77, 0x8F}, {0x80, 0x7F}, {0x82, 0x0F}, {0x90, 0xFC}, {0x91, 0xFC}, {0x92, 0xFF}, {0x93, 0xFF},
            {0x94, 0xFF}, {0x95, 0xFF}, {0xB0, 0xFF}, {0xB1, 0xFF}, {0xB2, 0xFF}, {0xB3, 0xFF}, {0xCB, 0x3D}
        };
        for (int[] mask : masks) {
            writable[mask[0]] = (byte) mask[1];
        }
        for (int register = 0; register < 256; register++) {
            int before = config(register, 1);
            config(register, 1, 0xFF);
            int ones = config(register, 1);
            config(register, 1, 0x00);
            int zeros = config(register, 1);
            assertEquals(writable[register], (byte) (ones ^ zeros), "register " + Integer.toHexString(register));
            assertEquals(before & ~writable[register], zeros & ~writable[register]);
        }
        assertEquals(-1, machine.readConfig(7, 2, 0, 4), "there is no USB controller");
    }
}
