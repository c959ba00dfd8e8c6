package org.jeroboam.device.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeCharacterPort;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Uart16550Test {
    private static final int RBR = 0x3F8;
    private static final int IER = 0x3F9;
    private static final int IIR = 0x3FA;
    private static final int FCR = 0x3FA;
    private static final int LCR = 0x3FB;
    private static final int MCR = 0x3FC;
    private static final int LSR = 0x3FD;
    private static final int MSR = 0x3FE;
    private static final int SCR = 0x3FF;
    private static final long FRAME = 86_805;

    private final FakeMachine machine = new FakeMachine();
    private final FakeCharacterPort line = machine.characterPort("com1");

    @BeforeEach
    void powerOn() throws ConfigurationException {
        start(Map.of());
    }

    private void start(Map<String, String> properties) throws ConfigurationException {
        Device device = new SerialFactory().create(new DeviceConfig("com1", "serial-16550", properties));
        device.attach(machine.board("com1"));
        device.reset(ResetKind.POWER_ON);
    }

    private void open(int fcr, int ier) {
        machine.out(LCR, 0x03);
        machine.out(FCR, fcr);
        machine.out(MCR, 0x0B);
        machine.out(IER, ier);
    }

    @Test
    void registersAfterReset() {
        assertEquals(0x00, machine.in(IER));
        assertEquals(0x01, machine.in(IIR));
        assertEquals(0x60, machine.in(LSR));
        assertEquals(0xB0, machine.in(MSR));
        machine.out(LCR, 0x80);
        assertEquals(12, machine.in(RBR));
        assertEquals(0, machine.in(IER));
        machine.out(IER, 3);
        machine.out(RBR, 0x45);
        assertEquals(0x45, machine.in(RBR));
        assertEquals(3, machine.in(IER));
    }

    /** The probes of Linux 6.1's 8250 driver that end in "is a 16550A". */
    @Test
    void linuxDetects16550A() {
        machine.out(IER, 0);
        assertEquals(0, machine.in(IER) & 0x0F);
        machine.out(IER, 0x0F);
        assertEquals(0x0F, machine.in(IER));
        machine.out(IER, 0);
        machine.out(MCR, 0x1A);
        assertEquals(0x90, machine.in(MSR) & 0xF0);
        machine.out(MCR, 0x08);
        machine.out(LCR, 0xBF);
        machine.out(IIR, 0);
        machine.out(LCR, 0);
        machine.out(FCR, 1);
        assertEquals(3, machine.in(IIR) >> 6);
        machine.out(LCR, 0x80);
        assertTrue(machine.in(IIR) != 0, "no EFR under LCR=80h");
        machine.out(LCR, 0xBF);
        assertTrue(machine.in(IIR) != 0, "no EFR under LCR=BFh");
        machine.out(LCR, 0);
        machine.out(FCR, 0x21);
        assertEquals(6, machine.in(IIR) >> 5, "no 64-byte FIFO");
        machine.out(LCR, 0x80);
        machine.out(FCR, 0x21);
        assertEquals(6, machine.in(IIR) >> 5, "no 64-byte FIFO under DLAB");
        machine.out(LCR, 0);
        machine.out(IER, 0x40);
        assertEquals(0, machine.in(IER), "no XScale unit enable");
        machine.out(SCR, 0x5A);
        assertEquals(0x5A, machine.in(SCR));
    }

    @Test
    void charactersLeaveAtOnce() {
        open(0x01, 0);
        for (char c : "login: ".toCharArray()) {
            machine.out(RBR, c);
            assertEquals(0x60, machine.in(LSR));
        }
        assertEquals("login: ", line.sentText());
        assertEquals(7, machine.counter("com1", "bytes.sent"));
    }

    @Test
    void emptyTransmitterIsAnEvent() {
        open(0x01, 0x02);
        assertTrue(machine.irq(4), "enabling while empty asks for service");
        assertEquals(0xC2, machine.in(IIR));
        assertFalse(machine.irq(4), "reading the IIR takes the request back");
        assertEquals(0xC1, machine.in(IIR));
        machine.out(IER, 0);
        machine.out(IER, 2);
        assertEquals(0xC2, machine.in(IIR), "enabling again asks again");
        machine.forgetEdges();
        machine.out(RBR, 'a');
        machine.out(RBR, 'b');
        assertEquals(2, machine.interrupts(4), "each write takes the request back and its end makes a new edge");
        assertTrue(machine.irq(4));
    }

    @Test
    void fullHostKeepsTheTransmitterBusy() {
        line.setRoom(2);
        open(0x01, 0x02);
        machine.in(IIR);
        for (int i = 0; i < 5; i++) {
            machine.out(RBR, '0' + i);
        }
        assertEquals("01", line.sentText());
        assertEquals(0x00, machine.in(LSR), "THRE and TEMT stay low");
        assertEquals(0xC1, machine.in(IIR));
        line.setRoom(0);
        line.setRoom(10);
        assertEquals("01234", line.sentText());
        assertEquals(0xC2, machine.in(IIR));
    }

    @Test
    void pacedCharactersTakeTheirTime() throws ConfigurationException {
        FakeMachine slow = new FakeMachine();
        Device device = new SerialFactory().create(new DeviceConfig("com1", "serial-16550", Map.of("pace", "true")));
        device.attach(slow.board("com1"));
        device.reset(ResetKind.POWER_ON);
        slow.out(LCR, 0x03);
        slow.out(RBR, 'x');
        slow.clock().advance(1_041_665);
        assertEquals(0, slow.in(LSR) & 0x20);
        slow.clock().advance(2);
        assertEquals(0x60, slow.in(LSR));
        assertEquals("x", slow.characterPort("com1").sentText());
    }

    @Test
    void triggerThenTimeout() {
        open(0x81, 0x01);
        line.type("12345678");
        machine.clock().advance(FRAME * 2);
        assertEquals(0xC4, machine.in(IIR), "eight characters reach the level");
        assertTrue(machine.irq(4));
        assertEquals('1', machine.in(RBR));
        assertEquals(0xC1, machine.in(IIR));
        assertFalse(machine.irq(4));
        machine.clock().advance(FRAME * 4 - 2);
        assertFalse(machine.irq(4));
        machine.clock().advance(2);
        assertEquals(0xCC, machine.in(IIR), "four silent characters later");
        for (char c : "2345678".toCharArray()) {
            assertEquals(1, machine.in(LSR) & 1);
            assertEquals(c, machine.in(RBR));
        }
        assertEquals(0xC1, machine.in(IIR));
        assertEquals(0x60, machine.in(LSR));
        assertFalse(machine.irq(4));
    }

    @Test
    void inputIsNeverLostAndNeverFasterThanTheLine() {
        open(0xC1, 0x01);
        line.type("x".repeat(100));
        machine.clock().advance(FRAME);
        assertEquals(86, line.untaken());
        machine.clock().advance(FRAME * 100);
        assertEquals(84, line.untaken(), "a full FIFO takes no more");
        int taken = 0;
        for (int i = 0; i < 300; i++) {
            if ((machine.in(LSR) & 1) != 0) {
                machine.in(RBR);
                taken++;
            }
            machine.clock().advance(FRAME / 2);
        }
        assertEquals(100, taken);
        assertEquals(0, machine.in(LSR) & 2, "no overrun");
    }

    @Test
    void typedAheadInputWaitsForTheDriver() {
        line.type("root\n");
        machine.out(MCR, 0x00);
        machine.out(IER, 0x0F);
        machine.out(IER, 0x00);
        machine.clock().advance(FRAME * 100);
        machine.in(LSR);
        machine.in(RBR);
        machine.out(FCR, 0x07);
        assertEquals(5, line.untaken());
        open(0x81, 0x05);
        machine.clock().advance(FRAME * 10);
        StringBuilder text = new StringBuilder();
        while ((machine.in(LSR) & 1) != 0) {
            text.append((char) machine.in(RBR));
        }
        assertEquals("root\n", text.toString());
    }

    @Test
    void guestThatOnlyPollsGetsInput() {
        line.type("k");
        machine.in(LSR);
        machine.clock().advance(FRAME * 2);
        assertEquals(0x61, machine.in(LSR));
        assertEquals('k', machine.in(RBR));
    }

    @Test
    void overrunInLoopback() {
        machine.out(LCR, 3);
        machine.out(FCR, 0x01);
        machine.out(MCR, 0x18);
        machine.out(IER, 0x04);
        for (int i = 0; i < 17; i++) {
            machine.out(RBR, i);
        }
        assertEquals("", line.sentText());
        assertEquals(0xC6, machine.in(IIR), "line status comes first");
        assertEquals(0x63, machine.in(LSR));
        assertEquals(0x61, machine.in(LSR), "reading clears the error");
        for (int i = 0; i < 16; i++) {
            assertEquals(i, machine.in(RBR));
        }
        machine.out(FCR, 0);
        machine.out(RBR, 1);
        machine.out(RBR, 2);
        assertEquals(0x63, machine.in(LSR));
        assertEquals(2, machine.in(RBR), "without FIFO the newer one stays");
    }

    @Test
    void breakInLoopbackBelongsToItsCharacter() {
        machine.out(LCR, 3);
        machine.out(FCR, 0x01);
        machine.out(MCR, 0x10);
        machine.out(RBR, 'a');
        machine.out(LCR, 0x43);
        assertEquals(0xE1, machine.in(LSR), "an error is in the FIFO, not at its top");
        machine.in(RBR);
        assertEquals(0xF9, machine.in(LSR), "a break has no stop bit");
        assertEquals(0x61, machine.in(LSR));
        assertEquals(0, machine.in(RBR));
        machine.out(IER, 0x04);
        machine.out(LCR, 0x0B);
        machine.out(LCR, 0x4B);
        assertEquals(0xC6, machine.in(IIR));
        assertEquals(0xFD, machine.in(LSR), "nor the odd parity that was expected");
        assertEquals(0xC1, machine.in(IIR));
        machine.out(LCR, 0x5B);
        assertEquals(0x61, machine.in(LSR), "one break, one character");
        machine.in(RBR);
        machine.out(LCR, 0x1B);
        machine.out(LCR, 0x5B);
        assertEquals(0xF9, machine.in(LSR), "with even parity it fits");
    }

    @Test
    void breakIsNotSentOutside() {
        open(0x01, 0);
        machine.out(LCR, 0x43);
        machine.out(LCR, 0x03);
        assertEquals("", line.sentText());
        assertEquals(0x60, machine.in(LSR));
    }

    /** What Linux 6.1 tries when a port is opened: the THRE interrupt again and again, and TEMT with an IIR. */
    @Test
    void linuxFindsNoTransmitterBugs() {
        machine.out(FCR, 0x01);
        machine.out(FCR, 0x07);
        machine.out(FCR, 0x00);
        for (int register : new int[] {LSR, RBR, IIR, MSR}) {
            machine.in(register);
        }
        assertEquals(0, machine.in(LSR) & 0x80, "LSR is not FFh: there is a UART");
        machine.out(LCR, 0x03);
        machine.out(MCR, 0x08);
        machine.out(IER, 0x02);
        int first = machine.in(IIR);
        machine.out(IER, 0x00);
        machine.out(IER, 0x02);
        int second = machine.in(IIR);
        machine.out(IER, 0x00);
        assertEquals(0x02, first);
        assertEquals(0x02, second, "otherwise UART_BUG_THRE");
        machine.out(IER, 0x02);
        assertEquals(0x40, machine.in(LSR) & 0x40);
        assertEquals(0x02, machine.in(IIR), "otherwise UART_BUG_TXEN");
        machine.out(IER, 0x00);
    }

    /** Linux' autoconfig_irq and others like it: all causes on, and the interrupt that comes is the port's. */
    @Test
    void interruptCanBeProbed() {
        machine.out(MCR, 0x03);
        machine.out(IER, 0x0F);
        assertFalse(machine.irq(4));
        machine.out(MCR, 0x0B);
        assertTrue(machine.irq(4));
        machine.in(LSR);
        machine.in(RBR);
        machine.in(IIR);
        machine.in(MSR);
        assertFalse(machine.irq(4));
    }

    @Test
    void allTriggerLevels() {
        int[] levels = {1, 4, 8, 14};
        for (int i = 0; i < 4; i++) {
            open(0x07 | i << 6, 0x00);
            machine.out(MCR, 0x18);
            machine.out(IER, 0x01);
            for (int n = 1; n < levels[i]; n++) {
                machine.out(RBR, n);
                assertEquals(0xC1, machine.in(IIR), "level " + levels[i] + " after " + n);
            }
            machine.out(RBR, 0xFF);
            assertEquals(0xC4, machine.in(IIR));
            assertTrue(machine.irq(4));
            machine.in(RBR);
            assertEquals(0xC1, machine.in(IIR), "it is a level: one less is too few");
        }
    }

    @Test
    void causesComeInTheOrderOfTheirPriority() {
        open(0x01, 0x0F);
        machine.out(MCR, 0x18);
        for (int i = 0; i < 17; i++) {
            machine.out(RBR, i);
        }
        assertEquals(0xC6, machine.in(IIR));
        machine.in(LSR);
        assertEquals(0xC4, machine.in(IIR));
        while ((machine.in(LSR) & 1) != 0) {
            machine.in(RBR);
        }
        assertEquals(0xC2, machine.in(IIR));
        assertEquals(0xC0, machine.in(IIR), "the modem lines changed with loopback");
        machine.in(MSR);
        assertEquals(0xC1, machine.in(IIR));
        assertFalse(machine.irq(4));
    }

    @Test
    void loopbackLeadsEachOutputToItsInput() {
        int[][] pairs = {{0x01, 0x20}, {0x02, 0x10}, {0x04, 0x40}, {0x08, 0x80}};
        for (int[] pair : pairs) {
            machine.out(MCR, 0x10 | pair[0]);
            assertEquals(pair[1], machine.in(MSR) & 0xF0);
        }
        machine.out(MCR, 0x0B);
        assertEquals(0xB0, machine.in(MSR) & 0xF0, "the real lines are back");
        machine.out(MCR, 0xFF);
        assertEquals(0x1F, machine.in(MCR), "three bits are always 0");
    }

    @Test
    void inputWaitsWhileLoopbackIsOn() {
        open(0x01, 0x01);
        machine.out(MCR, 0x1B);
        line.type("later");
        machine.clock().advance(FRAME * 20);
        assertEquals(0, machine.in(LSR) & 1);
        machine.out(RBR, 'L');
        assertEquals('L', machine.in(RBR));
        assertEquals("", line.sentText());
        machine.out(MCR, 0x0B);
        machine.clock().advance(FRAME * 20);
        assertEquals('l', machine.in(RBR));
    }

    @Test
    void modemStatusDeltas() {
        machine.in(MSR);
        machine.out(IER, 0x08);
        machine.out(MCR, 0x18);
        assertEquals(0x83, machine.in(MSR), "CTS and DSR fell, DCD follows OUT2");
        assertEquals(0x80, machine.in(MSR));
        machine.out(MCR, 0x1C);
        assertEquals(0xC0, machine.in(MSR), "a rising RI is no event");
        machine.out(MCR, 0x18);
        assertTrue(machine.irq(4));
        assertEquals(0x00, machine.in(IIR), "modem status has the lowest priority");
        assertEquals(0x84, machine.in(MSR), "its trailing edge is");
        assertFalse(machine.irq(4));
    }

    @Test
    void out2OpensTheInterruptPin() {
        machine.out(IER, 2);
        assertFalse(machine.irq(4));
        machine.out(MCR, 8);
        assertTrue(machine.irq(4));
        machine.out(MCR, 0);
        assertFalse(machine.irq(4));
    }

    @Test
    void enablingTheFifoEmptiesIt() {
        open(0x00, 0);
        line.type("a");
        machine.clock().advance(FRAME * 2);
        assertEquals(1, machine.in(LSR) & 1);
        machine.out(FCR, 1);
        assertEquals(0, machine.in(LSR) & 1);
        assertEquals(0xC1, machine.in(IIR));
        machine.out(FCR, 0);
        assertEquals(0x01, machine.in(IIR));
    }

    @Test
    void wrongPropertiesAreRefused() {
        for (Map<String, String> wrong : java.util.List.of(
                Map.of("irq", "2"), Map.of("irq", "16"), Map.of("port", "0xFFF9"), Map.of("pace", "maybe"))) {
            String message = assertThrows(ConfigurationException.class, () -> new SerialFactory()
                            .create(new DeviceConfig("com9", "serial-16550", wrong)))
                    .getMessage();
            assertTrue(message.contains("com9"), message);
        }
    }
}
