package org.jeroboam.device.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeBoard;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.Test;

/** COM1 and COM2 on one board, as every machine has them. */
class TwoPortsTest {
    private static final int COM1 = 0x3F8;
    private static final int COM2 = 0x2F8;
    private static final int IER = 1;
    private static final int IIR = 2;
    private static final int FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int SCR = 7;
    private static final long MILLISECOND = 1_000_000;

    private final FakeMachine machine = new FakeMachine();
    private final FakeBoard second = machine.board("com2");

    TwoPortsTest() throws ConfigurationException {
        plug(machine.board("com1"), Map.of("port", "0x3f8", "irq", "4", "character", "com1"));
        plug(second, Map.of("port", "0x2f8", "irq", "3", "character", "com2"));
    }

    private static void plug(FakeBoard board, Map<String, String> properties) throws ConfigurationException {
        Device device = new SerialFactory().create(new DeviceConfig(board.deviceName(), "serial-16550", properties));
        device.attach(board);
        device.reset(ResetKind.POWER_ON);
    }

    private void open(int base) {
        machine.out(base + LCR, 0x03);
        machine.out(base + FCR, 0x81);
        machine.out(base + MCR, 0x0B);
        machine.out(base + IER, 0x01);
    }

    @Test
    void registersAreTheirOwn() {
        machine.out(COM1 + SCR, 0x11);
        machine.out(COM2 + SCR, 0x22);
        assertEquals(0x11, machine.in(COM1 + SCR));
        assertEquals(0x22, machine.in(COM2 + SCR));
        machine.out(COM2 + LCR, 0x80);
        machine.out(COM2, 1);
        assertEquals(1, machine.in(COM2));
        machine.out(COM1 + LCR, 0x80);
        assertEquals(12, machine.in(COM1));
    }

    @Test
    void streamsAndInterruptsAreTheirOwn() {
        open(COM1);
        open(COM2);
        machine.characterPort("com2").type("8 bytes.");
        machine.clock().advance(MILLISECOND);
        assertTrue(machine.irq(3));
        assertFalse(machine.irq(4));
        assertEquals(0xC1, machine.in(COM1 + IIR));
        assertEquals(0xC4, machine.in(COM2 + IIR));
        for (char c : "8 bytes.".toCharArray()) {
            assertEquals(c, machine.in(COM2));
        }
        assertFalse(machine.irq(3));
        machine.out(COM1, 'a');
        machine.out(COM2, 'b');
        assertEquals("a", machine.characterPort("com1").sentText());
        assertEquals("b", machine.characterPort("com2").sentText());
    }

    @Test
    void loopbackOfOneLeavesTheOther() {
        open(COM1);
        open(COM2);
        machine.out(COM2 + MCR, 0x18);
        machine.out(COM2, 'x');
        machine.out(COM1, 'y');
        assertEquals('x', machine.in(COM2));
        assertEquals(0, machine.in(COM1 + LSR) & 1);
        assertEquals("y", machine.characterPort("com1").sentText());
        assertEquals("", machine.characterPort("com2").sentText());
    }

    @Test
    void oneGoesTheOtherStays() {
        open(COM1);
        second.revoke();
        second.releaseLines();
        assertEquals(0xFF, machine.in(COM2 + LSR), "a port that is not there");
        machine.characterPort("com1").type("still here");
        machine.clock().advance(MILLISECOND);
        assertTrue(machine.irq(4));
    }
}
