package org.jeroboam.device.ide;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The registers, the ATA commands and the packet protocol of a CD-ROM drive. */
class PacketDriveTest {
    private static final int BLOCKS = 1000;

    private final CdRig rig = new CdRig();
    private final FakeMachine machine = rig.machine;

    @BeforeEach
    void powerOn() {
        rig.insert(BLOCKS);
        rig.powerOn();
    }

    private int signature() {
        return machine.in(CdRig.REASON)
                | machine.in(CdRig.LOW) << 8
                | machine.in(CdRig.COUNT_LOW) << 16
                | machine.in(CdRig.COUNT_HIGH) << 24;
    }

    private byte[] blocks(int first, int count) {
        return Arrays.copyOfRange(rig.cd.content(), first * 2048, (first + count) * 2048);
    }

    private byte[] ram(int from, int length) {
        return Arrays.copyOfRange(machine.memory().ram(), from, from + length);
    }

    private void descriptor(int address, int length) {
        machine.writeMemory(CdRig.TABLE, 4, address);
        machine.writeMemory(CdRig.TABLE + 4, 4, length & 0xFFFF | 0x80000000);
        machine.writePort(CdRig.BM + 4, 4, CdRig.TABLE);
        machine.out(CdRig.BM + 2, 6);
    }

    @Test
    void signatureTellsThePacketDrive() {
        assertEquals(0xEB140101, signature());
        assertEquals(0, machine.in(CdRig.STATUS), "not ready until the first command");
        rig.good(0x00);
        machine.out(CdRig.CONTROL, 4);
        assertEquals(0x80, machine.in(CdRig.CONTROL));
        machine.out(CdRig.CONTROL, 0);
        assertEquals(0, machine.in(CdRig.CONTROL));
        assertEquals(0xEB140101, signature());
        assertEquals(1, machine.in(CdRig.ERROR));
    }

    @Test
    void identifyDeviceAbortsAndShowsTheSignature() {
        rig.good(0x12, 0, 0, 0, 36);
        machine.out(CdRig.STATUS, 0xEC);
        assertEquals(0x51, rig.interrupt());
        assertEquals(4, machine.in(CdRig.ERROR));
        assertEquals(0xEB140101, signature());
        for (int command : new int[] {0x00, 0x10, 0x20, 0x91, 0xC4, 0xC8, 0xE7, 0xFF}) {
            machine.out(CdRig.STATUS, command);
            assertEquals(0x51, rig.interrupt());
            assertEquals(4, machine.in(CdRig.ERROR));
        }
    }

    @Test
    void identifyPacketDevice() {
        machine.out(CdRig.ERROR, 3);
        machine.out(CdRig.REASON, 0x42);
        machine.out(CdRig.STATUS, 0xEF);
        assertEquals(0x50, rig.interrupt());
        machine.out(CdRig.STATUS, 0xA1);
        assertEquals(0x58, rig.interrupt());
        int[] words = new int[256];
        for (int i = 0; i < 256; i++) {
            words[i] = machine.readPort(CdRig.DATA, 2);
        }
        assertFalse(machine.irq(15), "none after the data");
        assertEquals(0x50, machine.in(CdRig.STATUS));
        assertEquals(0x85C0, words[0]);
        assertEquals('J' << 8 | 'e', words[27]);
        assertEquals(0x0F00, words[49]);
        assertEquals(0x0007, words[63]);
        assertEquals(0x0407, words[88], "UDMA 2 is selected");
        assertEquals(0x001E, words[80]);
        assertEquals(0xFFFE, words[125]);
    }

    @Test
    void deviceResetWorksInTheMiddleOfACommand() {
        rig.send(CdRig.read10(0, 2), 0, 2048);
        assertEquals(0x80, machine.in(CdRig.CONTROL));
        machine.out(CdRig.STATUS, 0x08);
        assertEquals(0x80, machine.in(CdRig.CONTROL), "busy until the buffer is free");
        rig.waitFor(1);
        assertEquals(0, machine.in(CdRig.CONTROL));
        assertEquals(0xEB140101, signature());
        assertFalse(machine.irq(15));
        rig.send(CdRig.cdb(0x12, 0, 0, 0, 36), 0, 36);
        machine.out(CdRig.STATUS, 0x08);
        assertEquals(0, machine.in(CdRig.STATUS));
        assertFalse(machine.irq(15), "the request went with the command");
        rig.good(0x00);
    }

    @Test
    void diagnosticAndPowerModes() {
        machine.out(CdRig.STATUS, 0x90);
        assertEquals(0, rig.interrupt());
        assertEquals(0xEB140101, signature());
        machine.out(CdRig.STATUS, 0xE0);
        assertEquals(0x50, rig.interrupt());
        machine.out(CdRig.STATUS, 0xE5);
        assertEquals(0x50, rig.interrupt());
        assertEquals(0, machine.in(CdRig.REASON), "standby");
        rig.good(0x00);
        machine.out(CdRig.STATUS, 0xE5);
        assertEquals(0x50, rig.interrupt());
        assertEquals(0xFF, machine.in(CdRig.REASON), "a packet wakes it");
    }

    @Test
    void overlappedPacketsAreRefused() {
        machine.out(CdRig.ERROR, 2);
        machine.out(CdRig.STATUS, 0xA0);
        assertEquals(0x51, rig.interrupt());
        assertEquals(4, machine.in(CdRig.ERROR));
    }

    @Test
    void pioComesInPiecesOfTheByteCount() {
        assertArrayEquals(blocks(5, 3), rig.packet(2048, CdRig.read10(5, 3)));
        assertEquals(3, rig.pieces);
        assertArrayEquals(blocks(5, 3), rig.packet(4097, CdRig.read10(5, 3)));
        assertEquals(2, rig.pieces, "an odd count means the even one below");
        assertArrayEquals(blocks(5, 1), rig.packet(0, CdRig.read10(5, 1)));
        assertEquals(1, rig.pieces, "0 means the most");
        assertArrayEquals(blocks(5, 1), rig.packet(1, CdRig.read10(5, 1)));
        assertEquals(1024, rig.pieces);
        assertArrayEquals(blocks(0, 200), rig.packet(0xFFFF, CdRig.read10(0, 200)));
        assertEquals(4 * (3 + 3 + 1 + 1 + 200), machine.counter("ide", "cdrom0.sectors.read"));
    }

    @Test
    void oddRepliesFillTheLastWord() {
        byte[] data = rig.packet(0x8000, CdRig.cdb(0x12, 0, 0, 0, 5));
        assertArrayEquals(new byte[] {5, (byte) 0x80, 0, 0x21, 31}, data);
        rig.send(CdRig.cdb(0x12, 0, 0, 0, 5), 0, 64);
        rig.interrupt();
        assertEquals(5, rig.pieceLength());
        assertEquals(0x21008005, machine.readPort(CdRig.DATA, 4));
        assertEquals(31, machine.readPort(CdRig.DATA, 4));
        assertEquals(0x50, rig.interrupt());
    }

    @Test
    void dmaReadsOverChunks() {
        byte[] expected = blocks(10, 32);
        descriptor(0x20000, 0x10000);
        machine.out(CdRig.BM, 8);
        rig.send(CdRig.read10(10, 32), 1, 0);
        assertFalse(machine.irq(15));
        machine.out(CdRig.BM, 9);
        assertEquals(0x50, rig.interrupt());
        assertEquals(3, machine.in(CdRig.REASON));
        assertEquals(4, machine.in(CdRig.BM + 2) & 7);
        assertArrayEquals(expected, ram(0x20000, 0x10000));
        assertEquals(1, machine.interrupts(15), "one interrupt for all");
    }

    @Test
    void dmaShorterAndLongerThanTheTable() {
        descriptor(0x20000, 0x1000);
        machine.out(CdRig.BM, 9);
        rig.send(CdRig.cdb(0x12, 0, 0, 0, 36), 1, 0);
        assertEquals(0x50, rig.interrupt());
        assertEquals(5, machine.in(CdRig.BM + 2) & 7, "the drive ended first");
        assertEquals('J', machine.readMemory(0x20008, 1));
        machine.out(CdRig.BM, 0);
        descriptor(0x20000, 0x1000);
        machine.out(CdRig.BM, 9);
        rig.send(CdRig.read10(0, 4), 1, 0);
        rig.waitFor(5);
        assertFalse(machine.irq(15));
        assertEquals(0, machine.in(CdRig.BM + 2) & 7, "the table ended first");
        machine.out(CdRig.BM, 0);
        machine.out(CdRig.STATUS, 0x08);
        assertEquals(0, machine.in(CdRig.STATUS));
    }

    @Test
    void dmaCommandsWithoutDataAndWithErrors() {
        rig.send(CdRig.cdb(0x00), 1, 0);
        assertEquals(0x50, rig.interrupt());
        descriptor(0x20000, 0x1000);
        machine.out(CdRig.BM, 9);
        rig.send(CdRig.read10(BLOCKS, 1), 1, 0);
        assertEquals(0x51, rig.interrupt());
        assertEquals(0x54, machine.in(CdRig.ERROR));
        assertEquals(5, machine.in(CdRig.BM + 2) & 7);
        assertEquals(0x052100, rig.sense());
    }

    @Test
    void parametersByDma() {
        byte[] list = {0, 0, 0, 0, 0, 0, 0, 0, 0x01, 6, 0x20, 9, 0, 0, 0, 0};
        for (int i = 0; i < list.length; i++) {
            machine.writeMemory(0x20000 + i, 1, list[i]);
        }
        descriptor(0x20000, list.length);
        rig.send(CdRig.cdb(0x55, 0x10, 0, 0, 0, 0, 0, 0, list.length), 1, 0);
        machine.out(CdRig.BM, 1);
        assertEquals(0x50, rig.interrupt());
        machine.out(CdRig.BM, 0);
        assertEquals(0x20, rig.good(0x5A, 0, 1, 0, 0, 0, 0, 0, 64)[10]);
    }

    @Test
    void busMasterSeesTheInterruptOfPioPackets() {
        machine.out(CdRig.BM + 2, 6);
        rig.send(CdRig.cdb(0x00), 0, 0);
        assertEquals(4, machine.in(CdRig.BM + 2) & 7);
        machine.in(CdRig.STATUS);
        machine.out(CdRig.BM + 2, 6);
        machine.out(CdRig.CONTROL, 2);
        rig.send(CdRig.cdb(0x00), 0, 0);
        assertEquals(0, machine.in(CdRig.BM + 2) & 7, "nIEN closes the pin");
        assertEquals(0x50, machine.in(CdRig.STATUS));
    }

    @Test
    void registersStayWhileThePacketIsAwaited() {
        machine.out(CdRig.STATUS, 0xA0);
        machine.out(CdRig.COUNT_LOW, 0x77);
        assertEquals(0, machine.readPort(CdRig.DATA, 2), "the host gives now");
        machine.out(CdRig.STATUS, 0xA1);
        for (int i = 0; i < 3; i++) {
            machine.writePort(CdRig.DATA, 4, 0);
        }
        assertEquals(0x50, rig.interrupt());
    }

    @Test
    void hostFailuresAreReadErrors() {
        rig.cd.failAt(4 * 70, "cannot read sector 280: input/output error");
        assertEquals(0x031100, rig.failure(0x28, 0, 0, 0, 0, 66, 0, 0, 8));
        assertTrue(
                machine.reports().getFirst().contains("cdrom0"),
                machine.reports().toString());
        rig.cd.heal();
        assertArrayEquals(blocks(66, 8), rig.good(0x28, 0, 0, 0, 0, 66, 0, 0, 8));
    }

    @Test
    void kindsAreChecked() {
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> new IdeFactory()
                .create(new DeviceConfig("ide", "piix4-ide", Map.of("primary.slave.type", "tape"))));
        assertTrue(e.getMessage().contains("primary.slave.type"), e.getMessage());
    }

    @Test
    void statesOfOtherDrivesAreRefused() throws ConfigurationException {
        StateWriter out = new StateWriter();
        rig.ide.save(out);
        Device disk =
                new IdeFactory().create(new DeviceConfig("ide", "piix4-ide", Map.of("secondary.master", "cdrom0")));
        disk.attach(new FakeMachine().board("ide"));
        disk.reset(ResetKind.POWER_ON);
        StateException e = assertThrows(StateException.class, () -> disk.restore(new StateReader(out.toBytes())));
        assertEquals(
                "the saved IDE channel at 170h has a CD-ROM drive as device 0, this one has a disk", e.getMessage());
    }

    @Test
    void deviceZeroAnswersForAnAbsentDeviceOne() {
        machine.out(CdRig.DEVICE, 0xB0);
        assertEquals(0xB0, machine.in(CdRig.DEVICE));
        machine.out(CdRig.REASON, 0x55);
        assertEquals(0x55, machine.in(CdRig.REASON));
        assertEquals(0, machine.in(CdRig.STATUS));
        machine.out(CdRig.STATUS, 0xA1);
        rig.waitFor(1);
        assertFalse(machine.irq(15));
        assertEquals(0, machine.readPort(CdRig.DATA, 2));
    }
}
