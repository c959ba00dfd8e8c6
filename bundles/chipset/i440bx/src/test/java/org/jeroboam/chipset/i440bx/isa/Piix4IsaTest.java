package org.jeroboam.chipset.i440bx.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PciInterruptRouter;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Piix4IsaTest {
    private final FakeMachine machine = new FakeMachine();
    private final Piix4Isa device = new Piix4Isa(7);

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

    @Test
    void port92() {
        assertTrue(machine.level(LineId.Single.A20));
        assertEquals(0x02, machine.in(0x92));
        machine.out(0x92, 0x00);
        assertFalse(machine.level(LineId.Single.A20));
        machine.out(0x92, 0xFF);
        assertTrue(machine.level(LineId.Single.A20));
        assertEquals(0x03, machine.in(0x92));
        assertEquals(List.of(ResetKind.CPU_INIT), machine.resets());
        machine.out(0x92, 0x03);
        assertEquals(1, machine.resets().size());
    }
}
