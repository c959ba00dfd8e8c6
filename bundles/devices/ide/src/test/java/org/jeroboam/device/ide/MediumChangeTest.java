package org.jeroboam.device.ide;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.Test;

/** Media come and go as drivers and people see it. */
class MediumChangeTest {
    private static final int NO_MEDIUM = 0x023A00;
    private static final int CHANGED = 0x062800;

    private final CdRig rig = new CdRig();
    private final FakeMachine machine = rig.machine;

    /** Event code and media status, as a poll gives them. */
    private int poll() {
        byte[] data = rig.good(0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8);
        assertEquals(4, data[2]);
        return data[4] << 8 | data[5];
    }

    @Test
    void emptyDrive() {
        rig.powerOn();
        for (int operation : new int[] {0x00, 0x25, 0x28, 0xA8, 0x2B, 0x42, 0x43, 0x51, 0x52, 0xB9, 0xBE}) {
            assertEquals(NO_MEDIUM, rig.failure(operation), Integer.toHexString(operation));
        }
        assertEquals(36, rig.good(0x12, 0, 0, 0, 36).length);
        assertEquals(0x70, rig.good(0x5A, 0, 0x2A, 0, 0, 0, 0, 0, 8)[2]);
        assertEquals(0, poll());
        assertEquals(0, rig.failure(0x1E, 0, 0, 0, 1));
    }

    @Test
    void aMediumAtPowerOnIsNoNews() {
        rig.insert(10);
        rig.powerOn();
        assertEquals(0, rig.failure(0x00));
        assertEquals(0x0002, poll());
    }

    /**
     * How Linux's sr_mod polls: GET EVENT STATUS NOTIFICATION, then TEST UNIT READY, which must agree; then capacity and
     * table of contents.
     */
    @Test
    void asSrModPolls() {
        rig.powerOn();
        assertEquals(0x0000, poll());
        assertEquals(NO_MEDIUM, rig.failure(0x00));
        rig.insert(100);
        assertEquals(0x0202, poll(), "new medium");
        assertEquals(CHANGED, rig.failure(0x00), "the poll does not take the attention away");
        assertEquals(0, rig.failure(0x00), "once");
        assertEquals(0x0002, poll(), "once, too");
        assertEquals(99, rig.good(0x25)[3]);
        assertEquals(0, rig.failure(0x1E, 0, 0, 0, 1));
        assertEquals(0, rig.failure(0x1E, 0, 0, 0, 0));
        assertEquals(0, rig.failure(0x1B, 0, 0, 0, 2), "ejected");
        assertTrue(machine.blockPort("cdrom0").content().length == 0);
        assertEquals(0x0301, poll(), "removed, door open");
        assertEquals(NO_MEDIUM, rig.failure(0x00));
        assertEquals(0x71, rig.good(0x5A, 0, 0x2A, 0, 0, 0, 0, 0, 8)[2]);
        assertEquals(0x10, rig.good(0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8)[1]);
        assertEquals(0, rig.failure(0x1B, 0, 0, 0, 3), "loaded");
        assertEquals(0x0000, poll(), "door closed");
        rig.insert(50);
        assertEquals(CHANGED, rig.failure(0x00));
        assertEquals(0x0202, poll());
        assertEquals(49, rig.good(0x25)[3]);
    }

    @Test
    void attentionStopsOneCommandOfAnyKindButThoseThatAskWhatIsThere() {
        rig.insert(10);
        rig.powerOn();
        rig.cd.eject();
        rig.insert(20);
        assertEquals(36, rig.good(0x12, 0, 0, 0, 36).length);
        assertEquals(8, rig.good(0x46, 0, 0, 0, 0, 0, 0, 0, 8).length);
        assertEquals(0x0202, poll());
        assertEquals(CHANGED, rig.failure(0x28, 0, 0, 0, 0, 0, 0, 0, 1));
        assertEquals(19, rig.good(0x25)[3]);
    }

    @Test
    void requestSenseTakesTheAttention() {
        rig.powerOn();
        rig.insert(20);
        assertEquals(CHANGED, rig.sense());
        assertEquals(0, rig.failure(0x00));
    }

    @Test
    void removalForgetsTheAttention() {
        rig.powerOn();
        rig.insert(20);
        rig.cd.eject();
        assertEquals(NO_MEDIUM, rig.failure(0x00));
        assertEquals(0x0300, poll());
    }

    @Test
    void theGuestCanPreventItsOwnEjection() {
        rig.insert(10);
        rig.powerOn();
        assertEquals(0, rig.failure(0x1E, 0, 0, 0, 1));
        assertEquals(0x2B, rig.good(0x5A, 0, 0x2A, 0, 0, 0, 0, 0, 64)[14], "locked");
        assertEquals(0x055302, rig.failure(0x1B, 0, 0, 0, 2));
        assertEquals(0, rig.failure(0x00), "it is still in");
        machine.out(CdRig.CONTROL, 4);
        machine.out(CdRig.CONTROL, 0);
        assertEquals(0, rig.failure(0x1B, 0, 0, 0, 2), "a reset unlocks");
        assertEquals(NO_MEDIUM, rig.failure(0x00));
    }

    @Test
    void resetKeepsTheAttention() {
        rig.powerOn();
        rig.insert(10);
        machine.out(CdRig.CONTROL, 4);
        machine.out(CdRig.CONTROL, 0);
        machine.out(CdRig.STATUS, 0x08);
        assertEquals(CHANGED, rig.failure(0x00));
    }

    @Test
    void aMediumTakenWhileItIsRead() {
        rig.insert(100);
        rig.powerOn();
        rig.send(CdRig.read10(0, 1), 0, 2048);
        rig.cd.eject();
        assertEquals(0x51, rig.interrupt());
        assertEquals(NO_MEDIUM, rig.sense());
        assertTrue(machine.reports().isEmpty(), "people know what they did");
        rig.insert(100);
        rig.packet(0x00);
        rig.send(CdRig.read10(0, 1), 0, 2048);
        rig.cd.eject();
        rig.insert(50);
        assertEquals(0x51, rig.interrupt());
        assertEquals(CHANGED, rig.sense());
        assertEquals(0, rig.failure(0x00));
    }

    @Test
    void anOddEndOfAnImageIsNoBlock() {
        rig.cd.insert(Arrays.copyOf(CdRig.disc(3), 3 * 2048 - 512), true);
        rig.powerOn();
        assertEquals(1, rig.good(0x25)[3]);
        assertEquals(0x052100, rig.failure(0x28, 0, 0, 0, 0, 2, 0, 0, 1));
        rig.cd.insert(new byte[512], true);
        assertEquals(NO_MEDIUM, rig.failure(0x00), "not one block");
    }

    /** SeaBIOS: polls status with interrupts off, waits for a medium, then reads blocks by READ(10) in pieces of one. */
    @Test
    void asSeaBiosBootsElTorito() {
        byte[] image = CdRig.disc(64);
        Arrays.fill(image, 17 * 2048, 18 * 2048, (byte) 0);
        image[17 * 2048 + 0x47] = 20;
        rig.cd.insert(image, true);
        rig.powerOn();
        machine.out(CdRig.CONTROL, 0x0A);
        machine.out(CdRig.CONTROL, 0x0E);
        machine.out(CdRig.CONTROL, 0x0A);
        assertEquals(0, machine.in(CdRig.STATUS) & 0x88);
        machine.out(CdRig.DEVICE, 0xA0);
        machine.out(CdRig.REASON, 0x55);
        machine.out(CdRig.LOW, 0xAA);
        assertEquals(0x55, machine.in(CdRig.REASON));
        assertEquals(0xAA, machine.in(CdRig.LOW));
        assertEquals(36, polled(CdRig.cdb(0x12, 0, 0, 0, 36), 36, 36).length);
        polled(CdRig.cdb(0x00), 0, 0);
        byte[] capacity = polled(CdRig.cdb(0x25), 8, 8);
        assertEquals(63, capacity[3]);
        byte[] descriptor = polled(CdRig.read10(17, 1), 2048, 2048);
        assertArrayEquals(Arrays.copyOfRange(image, 17 * 2048, 18 * 2048), descriptor);
        byte[] boot = polled(CdRig.read10(descriptor[0x47], 4), 4 * 2048, 2048);
        assertArrayEquals(Arrays.copyOfRange(image, 20 * 2048, 24 * 2048), boot);
        byte[] twelve = polled(CdRig.cdb(0xA8, 0, 0, 0, 0, 20, 0, 0, 0, 4), 4 * 2048, 2048);
        assertArrayEquals(boot, twelve);
        assertFalse(machine.irq(15), "nobody asked for interrupts");
    }

    /** Reads {@code length} bytes in pieces that have exactly {@code piece} bytes, looking only at the status. */
    private byte[] polled(byte[] cdb, int length, int piece) {
        rig.send(cdb, 0, piece);
        byte[] data = new byte[length];
        for (int i = 0; i < length; i += 2) {
            if (i % piece == 0) {
                assertEquals(0x58, notBusy());
                assertEquals(piece, rig.pieceLength());
            }
            int word = machine.readPort(CdRig.DATA, 2);
            data[i] = (byte) word;
            data[i + 1] = (byte) (word >> 8);
        }
        assertEquals(0x50, notBusy());
        return data;
    }

    private int notBusy() {
        while ((machine.in(CdRig.CONTROL) & 0x80) != 0) {
            rig.waitFor(1);
        }
        return machine.in(CdRig.STATUS);
    }
}
