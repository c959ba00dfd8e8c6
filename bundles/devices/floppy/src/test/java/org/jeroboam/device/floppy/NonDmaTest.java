package org.jeroboam.device.floppy;

import static org.jeroboam.device.floppy.Guest.FIFO;
import static org.jeroboam.device.floppy.Guest.MSR;
import static org.jeroboam.device.floppy.Guest.assertResult;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jeroboam.hardware.device.ConfigurationException;
import org.junit.jupiter.api.Test;

class NonDmaTest {
    private final Guest guest = new Guest();

    NonDmaTest() throws ConfigurationException {
        guest.insert(Guest.HD);
        guest.ready();
        guest.command(0x03, 0xF0, 0x03);
    }

    /** Takes bytes as an interrupt handler does that reads while RQM is set. */
    private byte[] receive(int count) {
        byte[] data = new byte[count];
        for (int i = 0; i < count; ) {
            guest.awaitInterrupt();
            assertEquals(0xF0, guest.in(MSR));
            while (i < count && (guest.in(MSR) & 0xA0) == 0xA0) {
                data[i++] = (byte) guest.in(FIFO);
            }
        }
        return data;
    }

    private void give(byte[] data) {
        for (int i = 0; i < data.length; ) {
            guest.awaitInterrupt();
            assertEquals(0xB0, guest.in(MSR));
            while (i < data.length && (guest.in(MSR) & 0xA0) == 0xA0) {
                guest.out(FIFO, data[i++]);
            }
        }
    }

    private int[] end() {
        guest.awaitInterrupt();
        return guest.results();
    }

    @Test
    void readsByteByByte() {
        guest.send(0x46, 0, 0, 0, 3, 2, 4, 0x1B, 0xFF);
        guest.machine.forgetEdges();
        assertArrayEquals(guest.sectors(2, 2), receive(1024));
        assertEquals(1024, guest.machine.interrupts(6), "the FIFO is off: an interrupt for each byte");
        assertResult(end(), 0x40, 0x80, 0, 0, 0, 4, 2);
    }

    @Test
    void fifoMakesFewerInterrupts() {
        guest.command(0x13, 0, 0x05, 0);
        guest.send(0x46, 0, 0, 0, 1, 2, 1, 0x1B, 0xFF);
        guest.machine.forgetEdges();
        assertArrayEquals(guest.sectors(0, 1), receive(512));
        assertEquals((512 + 9) / 10, guest.machine.interrupts(6));
        assertResult(end(), 0x40, 0x80, 0, 0, 0, 1, 2);
        guest.command(0x13, 0, 0x0F, 0);
        guest.send(0x46, 0, 0, 0, 1, 2, 1, 0x1B, 0xFF);
        assertArrayEquals(guest.sectors(0, 1), receive(512));
        end();
    }

    @Test
    void writesByteByByte() {
        byte[] data = new byte[1024];
        new java.util.Random(4).nextBytes(data);
        guest.send(0xC5, 0, 0, 0, 18, 2, 1, 0x1B, 0xFF);
        guest.machine.clock().advance(100_000_000);
        assertTrue(guest.machine.irq(6));
        guest.out(FIFO, data[0]);
        assertFalse(guest.machine.irq(6), "until the next byte");
        assertEquals(0x30, guest.in(MSR));
        give(java.util.Arrays.copyOfRange(data, 1, 512));
        // R goes on from 18 to 19, which is not there, as EOT was not met.
        assertEquals(0x04, end()[1]);
        guest.send(0xC5, 0, 0, 0, 18, 2, 18, 0x1B, 0xFF);
        give(java.util.Arrays.copyOfRange(data, 0, 512));
        give(java.util.Arrays.copyOfRange(data, 512, 1024));
        guest.awaitInterrupt();
        assertEquals(0xB0, guest.in(MSR), "MT: it goes on to the last sector of the other side");
        guest.out(MSR, 0x80);
        assertArrayEquals(data, guest.sectors(17, 2));
        assertEquals(0x80, guest.in(MSR));
    }

    @Test
    void patientMediumLosesNothing() {
        guest.send(0x46, 0, 0, 0, 1, 2, 2, 0x1B, 0xFF);
        for (int i = 0; i < 1024; i++) {
            guest.machine.clock().advance(20_000_000);
            assertEquals(guest.disk.content()[i], (byte) guest.in(FIFO));
        }
        assertResult(end(), 0x40, 0x80, 0, 0, 0, 2, 2);
    }

    @Test
    void accessesOfTheWrongKindDoNothing() {
        guest.send(0x46, 0, 0, 0, 1, 2, 1, 0x1B, 0xFF);
        assertEquals(0, guest.in(FIFO), "no byte there yet");
        guest.awaitInterrupt();
        guest.out(FIFO, 0x55);
        assertArrayEquals(guest.sectors(0, 1), receive(512));
        end();
        guest.send(0x45, 0, 0, 0, 1, 2, 1, 0x1B, 0xFF);
        guest.awaitInterrupt();
        assertEquals(0, guest.in(FIFO));
        byte[] zeros = new byte[512];
        give(zeros);
        end();
        assertArrayEquals(zeros, guest.sectors(0, 1));
    }

    @Test
    void formats() {
        guest.send(0x4D, 0x04, 2, 18, 0x6C, 0xF6);
        byte[] ids = new byte[72];
        for (int i = 0; i < 18; i++) {
            ids[4 * i + 1] = 1;
            ids[4 * i + 2] = (byte) (i + 1);
            ids[4 * i + 3] = 2;
        }
        give(ids);
        assertEquals(4, end()[0]);
        for (byte b : guest.sectors(18, 18)) {
            assertEquals((byte) 0xF6, b);
        }
    }

    @Test
    void readIdAndVerifyPassNoBytes() {
        guest.send(0x4A, 0);
        assertEquals(0x10, guest.in(MSR));
        end();
        guest.send(0x56, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        assertEquals(0x10, guest.in(MSR));
        assertEquals(0, end()[0]);
    }

    @Test
    void ejectWhileBytesPass() {
        guest.send(0x45, 0, 0, 0, 1, 2, 1, 0x1B, 0xFF);
        give(new byte[500]);
        byte[] other = guest.insert(Guest.HD).clone();
        give(new byte[12]);
        assertEquals(0x01, end()[1]);
        assertArrayEquals(other, guest.disk.content());
    }
}
