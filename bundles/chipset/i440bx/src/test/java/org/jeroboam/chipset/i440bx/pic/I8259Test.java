package org.jeroboam.chipset.i440bx.pic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The 8259A data sheet, point by point. */
class I8259Test {
    private static final int MASTER = 0x20;
    private static final int SLAVE = 0xA0;
    private static final int EOI = 0x20;
    private static final int MASTER_BASE = 0x30;
    private static final int SLAVE_BASE = 0x70;

    private final FakeMachine machine = new FakeMachine();
    private final I8259 device = new I8259();
    private final InterruptController pic = machine.role(InterruptController.class);

    @BeforeEach
    void initialise() {
        device.attach(machine.board("pic"));
        device.reset(ResetKind.POWER_ON);
        program(MASTER, MASTER_BASE, 0x04, 0x01);
        program(SLAVE, SLAVE_BASE, 0x02, 0x01);
    }

    private void program(int port, int base, int icw3, int icw4) {
        machine.out(port, 0x11);
        machine.out(port + 1, base);
        machine.out(port + 1, icw3);
        machine.out(port + 1, icw4);
    }

    private void irq(int number, boolean level) {
        machine.drive(new LineId.Irq(number), level);
    }

    private void pulse(int number) {
        irq(number, false);
        irq(number, true);
    }

    private boolean intr() {
        return machine.level(LineId.Single.INTR);
    }

    private int isr(int port) {
        machine.out(port, 0x0B);
        return machine.in(port);
    }

    private int irr(int port) {
        machine.out(port, 0x0A);
        return machine.in(port);
    }

    @Test
    void edgeIsLatchedOnceAndAcknowledged() {
        irq(4, true);
        assertTrue(intr());
        assertEquals(0x10, irr(MASTER));
        assertTrue(pic.pending(4));
        assertEquals(MASTER_BASE + 4, pic.acknowledge());
        assertFalse(pic.pending(4));
        assertFalse(intr());
        assertEquals(0x10, isr(MASTER));
        machine.out(MASTER, EOI);
        assertEquals(0, isr(MASTER));
        assertFalse(intr(), "the line is still high, but that is no new edge");
        pulse(4);
        assertTrue(intr());
    }

    @Test
    void nothingIsRequestedBeforeInitialisation() {
        device.reset(ResetKind.HARD);
        pulse(1);
        assertFalse(intr());
        machine.out(MASTER, 0x11);
        machine.out(MASTER + 1, MASTER_BASE);
        assertFalse(intr());
        machine.out(MASTER + 1, 4);
        machine.out(MASTER + 1, 1);
        assertFalse(intr(), "ICW1 clears the edge sense");
        pulse(1);
        assertTrue(intr());
    }

    @Test
    void icw1ClearsMaskServiceAndModes() {
        pulse(3);
        pic.acknowledge();
        machine.out(MASTER + 1, 0x55);
        machine.out(MASTER, 0x68); // special mask mode
        machine.out(MASTER, 0x0B); // read ISR
        machine.out(MASTER, 0xC2); // priorities
        pulse(6);
        program(MASTER, MASTER_BASE, 4, 1);
        assertEquals(0, machine.in(MASTER + 1));
        assertEquals(0, machine.in(MASTER), "the command port gives IRR again");
        assertEquals(0, isr(MASTER));
        irq(7, true);
        irq(0, true);
        assertEquals(MASTER_BASE, pic.acknowledge(), "input 0 is first again");
    }

    @Test
    void icw3AndIcw4AreExpectedOnlyWhenIcw1SaysSo() {
        machine.out(MASTER, 0x12); // single, no ICW4
        machine.out(MASTER + 1, 0x48);
        machine.out(MASTER + 1, 0xF0);
        assertEquals(0xF0, machine.in(MASTER + 1), "already OCW1");
        pulse(1);
        assertEquals(0x49, pic.acknowledge());
    }

    @Test
    void fixedPriorityNests() {
        pulse(5);
        assertEquals(MASTER_BASE + 5, pic.acknowledge());
        pulse(6);
        assertFalse(intr(), "lower than what is in service");
        pulse(3);
        assertTrue(intr());
        assertEquals(MASTER_BASE + 3, pic.acknowledge());
        assertEquals(0x28, isr(MASTER));
        machine.out(MASTER, EOI);
        assertEquals(0x20, isr(MASTER), "a non-specific EOI ends the highest");
        assertFalse(intr());
        machine.out(MASTER, EOI);
        assertTrue(intr());
        assertEquals(MASTER_BASE + 6, pic.acknowledge());
    }

    @Test
    void specificEoiEndsItsLevel() {
        pulse(5);
        pic.acknowledge();
        pulse(2 + 1);
        pic.acknowledge();
        machine.out(MASTER, 0x65);
        assertEquals(0x08, isr(MASTER));
    }

    @Test
    void maskIsAppliedAtOnce() {
        machine.out(MASTER + 1, 0x10);
        irq(4, true);
        assertFalse(intr());
        assertEquals(0x10, irr(MASTER), "IRR shows masked requests");
        machine.out(MASTER + 1, 0);
        assertTrue(intr());
        machine.out(MASTER + 1, 0x10);
        assertFalse(intr());
        machine.out(MASTER + 1, 0xFB);
        assertEquals(0xFB, machine.in(MASTER + 1), "the probe that Linux makes");
    }

    @Test
    void requestThatFallsIsWithdrawn() {
        irq(4, true);
        irq(4, false);
        assertFalse(intr());
        assertFalse(pic.pending(4));
        assertEquals(MASTER_BASE + 7, pic.acknowledge(), "spurious");
        assertEquals(0, isr(MASTER), "a spurious 7 is not in service");
    }

    @Test
    void spuriousOfTheSlaveLeavesTheCascadeInService() {
        irq(12, true);
        assertTrue(intr());
        irq(12, false);
        assertEquals(SLAVE_BASE + 7, pic.acknowledge());
        assertEquals(0, isr(SLAVE));
        assertEquals(0x04, isr(MASTER));
        machine.out(MASTER, EOI);
        assertEquals(MASTER_BASE + 7, pic.acknowledge());
    }

    @Test
    void slaveComesThroughTheCascade() {
        irq(10, true);
        irq(9, true);
        assertEquals(0x06, irr(SLAVE));
        assertEquals(0x04, irr(MASTER));
        assertEquals(SLAVE_BASE + 1, pic.acknowledge());
        assertEquals(0x04, isr(MASTER));
        assertEquals(0x02, isr(SLAVE));
        assertFalse(intr());
        machine.out(SLAVE, EOI);
        assertFalse(intr(), "the master still serves the cascade");
        machine.out(MASTER, EOI);
        assertTrue(intr());
        assertEquals(SLAVE_BASE + 2, pic.acknowledge());
    }

    @Test
    void slaveRequestOutlivesTheOrderOfEois() {
        irq(10, true);
        pic.acknowledge();
        machine.out(MASTER, EOI);
        pulse(8);
        assertTrue(intr(), "higher than what the slave serves");
        assertEquals(SLAVE_BASE, pic.acknowledge());
        machine.out(SLAVE, EOI);
        machine.out(SLAVE, EOI);
        machine.out(MASTER, EOI);
        assertFalse(intr());
        assertEquals(0, isr(SLAVE));
    }

    @Test
    void specialFullyNestedModeLetsTheSlaveNest() {
        program(MASTER, MASTER_BASE, 4, 0x11);
        irq(12, true);
        assertEquals(SLAVE_BASE + 4, pic.acknowledge());
        pulse(9);
        assertTrue(intr());
        assertEquals(SLAVE_BASE + 1, pic.acknowledge());
        pulse(7);
        assertFalse(intr());
    }

    @Test
    void levelInputRequestsAgainAfterEoi() {
        machine.out(0x4D1, 0x02);
        assertEquals(0x02, machine.in(0x4D1));
        irq(9, true);
        assertEquals(SLAVE_BASE + 1, pic.acknowledge());
        assertEquals(0x02, irr(SLAVE), "a level stays in IRR while the line is high");
        machine.out(SLAVE, EOI);
        machine.out(MASTER, EOI);
        assertTrue(intr());
        assertEquals(SLAVE_BASE + 1, pic.acknowledge());
        irq(9, false);
        machine.out(SLAVE, EOI);
        machine.out(MASTER, EOI);
        assertFalse(intr());
    }

    @Test
    void elcrKeepsSystemInterruptsEdgeTriggered() {
        machine.out(0x4D0, 0xFF);
        machine.out(0x4D1, 0xFF);
        assertEquals(0xF8, machine.in(0x4D0));
        assertEquals(0xDE, machine.in(0x4D1));
        irq(5, true);
        machine.out(0x4D0, 0);
        assertFalse(intr(), "a level that became an edge input needs an edge");
        device.reset(ResetKind.HARD);
        assertEquals(0, machine.in(0x4D1));
    }

    @Test
    void rotationOnNonSpecificEoi() {
        pulse(3);
        pic.acknowledge();
        machine.out(MASTER, 0xA0);
        irq(0, true);
        pulse(3);
        irq(4, true);
        assertEquals(MASTER_BASE + 4, pic.acknowledge(), "4 follows 3, which is lowest now");
        machine.out(MASTER, EOI);
        assertEquals(MASTER_BASE, pic.acknowledge());
        machine.out(MASTER, EOI);
        assertEquals(MASTER_BASE + 3, pic.acknowledge());
    }

    @Test
    void rotationOnSpecificEoiAndSetPriority() {
        pulse(3);
        pic.acknowledge();
        machine.out(MASTER, 0xE3);
        assertEquals(0, isr(MASTER));
        irq(0, true);
        irq(4, true);
        assertEquals(MASTER_BASE + 4, pic.acknowledge());
        machine.out(MASTER, EOI);
        machine.out(MASTER, 0xC7);
        irq(1, true);
        assertEquals(MASTER_BASE, pic.acknowledge());
    }

    @Test
    void automaticEoi() {
        program(MASTER, MASTER_BASE, 4, 0x03);
        irq(4, true);
        assertEquals(MASTER_BASE + 4, pic.acknowledge());
        assertEquals(0, isr(MASTER));
        irq(5, true);
        assertTrue(intr());
        machine.out(MASTER, 0x80); // rotate in AEOI mode
        assertEquals(MASTER_BASE + 5, pic.acknowledge());
        irq(0, true);
        irq(6, true);
        assertEquals(MASTER_BASE + 6, pic.acknowledge());
        machine.out(MASTER, 0x00);
        assertEquals(MASTER_BASE, pic.acknowledge());
        irq(1, true);
        pulse(6);
        assertEquals(MASTER_BASE + 1, pic.acknowledge(), "no rotation any more: 6 is still lowest");
    }

    @Test
    void specialMaskModeLetsLowerLevelsThrough() {
        pulse(3);
        pic.acknowledge();
        irq(6, true);
        assertFalse(intr());
        machine.out(MASTER + 1, 0x08);
        assertFalse(intr());
        machine.out(MASTER, 0x68);
        assertTrue(intr());
        assertEquals(MASTER_BASE + 6, pic.acknowledge());
        machine.out(MASTER, EOI);
        assertEquals(0x08, isr(MASTER), "a non-specific EOI does not end a masked level in this mode");
        machine.out(MASTER, 0x48);
        machine.out(MASTER, EOI);
        assertEquals(0, isr(MASTER));
    }

    @Test
    void pollAcknowledges() {
        machine.out(MASTER, 0x0C);
        assertEquals(0, machine.in(MASTER), "nothing requests");
        irq(5, true);
        machine.out(MASTER, 0x0C);
        assertEquals(0x85, machine.in(MASTER));
        assertFalse(intr());
        assertEquals(0x20, isr(MASTER));
        machine.out(MASTER, EOI);
        irq(6, true);
        machine.out(MASTER, 0x0C);
        assertEquals(0x86, machine.in(MASTER + 1), "either port is read");
        assertEquals(0, machine.in(MASTER + 1), "then IMR again");
    }

    @Test
    void outOfRangeInputsAreIgnored() {
        pic.lineChanged(2, true);
        pic.lineChanged(16, true);
        pic.lineChanged(-1, true);
        assertFalse(intr());
        assertFalse(pic.pending(99));
        assertFalse(pic.pending(2));
    }

    @Test
    void wideAccessesReachBothPorts() {
        machine.writePort(MASTER + 1, 1, 0);
        machine.writePort(0x20, 2, 0xAA0A);
        assertEquals(0xAA, machine.in(MASTER + 1));
        assertEquals(0xAA00, machine.readPort(0x20, 2));
    }

    @Test
    void initialisationKeepsTheTriggerModes() {
        machine.out(0x4D0, 0x20);
        irq(5, true);
        program(MASTER, MASTER_BASE, 4, 1);
        assertEquals(0x20, machine.in(0x4D0));
        assertTrue(intr(), "the level is still there");
        assertEquals(MASTER_BASE + 5, pic.acknowledge());
    }

    @Test
    void levelsOutliveAHardResetEdgesDoNot() {
        machine.out(0x4D0, 0x20);
        irq(5, true);
        irq(6, true);
        device.reset(ResetKind.HARD);
        program(MASTER, MASTER_BASE, 4, 1);
        assertFalse(intr());
        assertEquals(0, machine.in(0x4D0));
        machine.out(0x4D0, 0x20);
        assertTrue(intr());
        assertEquals(MASTER_BASE + 5, pic.acknowledge());
    }

    @Test
    void pollFindsTheSlaveThroughTheMaster() {
        irq(12, true);
        machine.out(MASTER, 0x0C);
        assertEquals(0x82, machine.in(MASTER));
        assertEquals(0x04, isr(MASTER));
        machine.out(SLAVE, 0x0C);
        assertEquals(0x84, machine.in(SLAVE));
        assertEquals(0x10, isr(SLAVE));
        machine.out(SLAVE, EOI);
        machine.out(MASTER, EOI);
        assertFalse(intr());
        machine.out(SLAVE, 0x0C);
        assertEquals(0, machine.in(SLAVE) & 0x80);
    }

    @Test
    void readSelectionStays() {
        irq(3, true);
        pic.acknowledge();
        irq(1, true);
        machine.out(MASTER, 0x0B);
        assertEquals(0x08, machine.in(MASTER));
        assertEquals(0x08, machine.in(MASTER));
        machine.out(MASTER, 0x08);
        assertEquals(0x08, machine.in(MASTER), "RR is 0: no change");
        machine.out(MASTER, 0x0A);
        assertEquals(0x02, machine.in(MASTER));
        machine.out(MASTER, 0x40);
        assertEquals(0x02, machine.in(MASTER), "no operation");
    }

    @Test
    void slaveRotatesAndEndsByItself() {
        program(SLAVE, SLAVE_BASE, 2, 0x03);
        machine.out(SLAVE, 0x80);
        irq(8, true);
        irq(9, true);
        irq(15, true);
        for (int expected : new int[] {0, 1, 7}) {
            assertEquals(SLAVE_BASE + expected, pic.acknowledge());
            assertEquals(0, isr(SLAVE));
            assertFalse(intr(), "the master still serves the cascade");
            machine.out(MASTER, EOI);
        }
        pulse(8);
        pulse(9);
        assertEquals(SLAVE_BASE, pic.acknowledge(), "15 is lowest, 8 follows");
        machine.out(MASTER, EOI);
        pulse(8);
        assertEquals(SLAVE_BASE + 1, pic.acknowledge(), "8 is lowest now");
    }

    @Test
    void rotationMovesTheCascadeToo() {
        machine.out(MASTER, 0xC2);
        irq(0, true);
        irq(3, true);
        irq(14, true);
        assertEquals(MASTER_BASE + 3, pic.acknowledge(), "2 is lowest");
        machine.out(MASTER, EOI);
        assertEquals(MASTER_BASE, pic.acknowledge());
        machine.out(MASTER, EOI);
        assertEquals(SLAVE_BASE + 6, pic.acknowledge());
    }

    @Test
    void specialMaskOfTheCascadeLetsLowerOnesThrough() {
        irq(8, true);
        pic.acknowledge();
        machine.out(MASTER + 1, 0x04);
        machine.out(MASTER, 0x68);
        irq(4, true);
        irq(9, true);
        assertEquals(MASTER_BASE + 4, pic.acknowledge());
        machine.out(MASTER, 0x62);
        assertEquals(0x10, isr(MASTER), "a specific EOI ends a masked level");
    }

    @Test
    void maskedSlaveInterruptsNobody() {
        machine.out(SLAVE + 1, 0xFF);
        irq(14, true);
        assertEquals(0x40, irr(SLAVE));
        assertEquals(0, irr(MASTER), "the slave's INT is low");
        machine.out(SLAVE + 1, 0xBF);
        assertEquals(0x04, irr(MASTER));
        machine.out(MASTER + 1, 0x04);
        assertFalse(intr());
        machine.out(MASTER + 1, 0);
        assertEquals(SLAVE_BASE + 6, pic.acknowledge());
    }

    @Test
    void spuriousSevenBesideARealOne() {
        irq(7, true);
        assertEquals(MASTER_BASE + 7, pic.acknowledge());
        assertEquals(0x80, isr(MASTER), "how NT tells a real one");
        irq(3, true);
        irq(3, false);
        assertEquals(MASTER_BASE + 7, pic.acknowledge());
        assertEquals(0x80, isr(MASTER));
        machine.out(MASTER, EOI);
        assertEquals(0, isr(MASTER));
    }
}
