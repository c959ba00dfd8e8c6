package org.jeroboam.device.ide;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeBlockPort;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdeTest {
    private static final int DATA = 0x1F0;
    private static final int ERROR = 0x1F1;
    private static final int COUNT = 0x1F2;
    private static final int LOW = 0x1F3;
    private static final int MID = 0x1F4;
    private static final int HIGH = 0x1F5;
    private static final int DEVICE = 0x1F6;
    private static final int STATUS = 0x1F7;
    private static final int CONTROL = 0x3F6;
    private static final int BM = 0xC000;
    private static final int TABLE = 0x8000;
    private static final int SECTORS = 4032;

    private final FakeMachine machine = new FakeMachine();
    private final FakeBlockPort disk = machine.blockPort("disk0");
    private byte[] content;
    private Device ide;

    @BeforeEach
    void powerOn() throws ConfigurationException {
        content = new byte[SECTORS * 512];
        new Random(3).nextBytes(content);
        disk.insert(content, false);
        ide = new IdeFactory()
                .create(new DeviceConfig(
                        "ide", "piix4-ide", Map.of("primary.master", "disk0", "primary.master.serial", "S-1")));
        ide.attach(machine.board("ide"));
        ide.reset(ResetKind.POWER_ON);
        machine.writeConfig(7, 1, 0x40, 4, 0x80008000);
        machine.writeConfig(7, 1, 0x20, 4, BM);
        machine.writeConfig(7, 1, 0x04, 2, 5);
    }

    private void command(int command, long sector, int count) {
        machine.out(COUNT, count);
        machine.out(LOW, (int) sector);
        machine.out(MID, (int) (sector >> 8));
        machine.out(HIGH, (int) (sector >> 16));
        machine.out(DEVICE, 0xE0 | (int) (sector >> 24) & 0x0F);
        machine.out(STATUS, command);
    }

    private void command48(int command, long sector, int count) {
        machine.out(COUNT, count >> 8);
        machine.out(COUNT, count);
        for (int i = 0; i < 3; i++) {
            machine.out(LOW + i, (int) (sector >> 24 + 8 * i));
            machine.out(LOW + i, (int) (sector >> 8 * i));
        }
        machine.out(DEVICE, 0x40);
        machine.out(STATUS, command);
    }

    private void wait(int milliseconds) {
        machine.clock().advance(milliseconds * 1_000_000L);
    }

    private byte[] readBlock(int bytes) {
        byte[] block = new byte[bytes];
        for (int i = 0; i < bytes; i += 2) {
            int word = machine.readPort(DATA, 2);
            block[i] = (byte) word;
            block[i + 1] = (byte) (word >> 8);
        }
        return block;
    }

    private byte[] sectors(int first, int count) {
        return Arrays.copyOfRange(disk.content(), first * 512, (first + count) * 512);
    }

    /** Descriptors for regions given as address, length pairs. */
    private void descriptors(int... regions) {
        for (int i = 0; i < regions.length; i += 2) {
            machine.writeMemory(TABLE + 4 * i, 4, regions[i]);
            int last = i + 2 == regions.length ? 0x80000000 : 0;
            machine.writeMemory(TABLE + 4 * i + 4, 4, regions[i + 1] & 0xFFFF | last);
        }
        machine.writePort(BM + 4, 4, TABLE);
        machine.out(BM + 2, 6);
    }

    private byte[] ram(int from, int length) {
        return Arrays.copyOfRange(machine.memory().ram(), from, from + length);
    }

    @Test
    void configurationSpace() {
        assertEquals(0x71118086, machine.readConfig(7, 1, 0, 4));
        assertEquals(0x01018001, machine.readConfig(7, 1, 8, 4));
        assertEquals(0x0280, machine.readConfig(7, 1, 6, 2));
        assertEquals(0, machine.readConfig(7, 1, 0x3D, 1), "legacy interrupts only");
        machine.writeConfig(7, 1, 0x20, 4, -1);
        assertEquals(0xFFFF_FFF1, machine.readConfig(7, 1, 0x20, 4), "16 bytes of I/O");
        machine.writeConfig(7, 1, 0x48, 4, -1);
        assertEquals(0x3333000F, machine.readConfig(7, 1, 0x48, 4));
        machine.writeConfig(7, 1, 0x10, 4, -1);
        assertEquals(0, machine.readConfig(7, 1, 0x10, 4), "no native mode");
    }

    @Test
    void portsAnswerOnlyWhenDecoded() {
        assertEquals(0x50, machine.in(STATUS));
        machine.writeConfig(7, 1, 0x40, 2, 0);
        assertEquals(0xFF, machine.in(STATUS));
        assertEquals(0xFF, machine.in(CONTROL));
        machine.writeConfig(7, 1, 0x40, 2, 0x8000);
        machine.writeConfig(7, 1, 0x04, 2, 0);
        assertEquals(0xFF, machine.in(STATUS));
        assertEquals(0xFF, machine.in(BM));
    }

    @Test
    void signatureAfterReset() {
        command(0xEC, 0, 0);
        machine.out(CONTROL, 4);
        assertEquals(0x80, machine.in(CONTROL));
        machine.out(CONTROL, 0);
        assertEquals(0x50, machine.in(CONTROL));
        assertEquals(0x00010101, machine.readPort(ERROR, 1) | machine.in(COUNT) << 8 | machine.in(LOW) << 16);
        assertEquals(0, machine.in(MID) | machine.in(HIGH));
        assertFalse(machine.irq(14));
    }

    @Test
    void absentDevices() {
        machine.out(DEVICE, 0xB0);
        machine.out(COUNT, 0x55);
        machine.out(LOW, 0xAA);
        assertEquals(0, machine.in(STATUS));
        assertEquals(0x55, machine.in(COUNT), "device 0 answers for device 1");
        assertEquals(0xAA, machine.in(LOW));
        machine.out(STATUS, 0xEC);
        wait(1);
        assertEquals(0, machine.interrupts(14), "nobody takes the command");
        machine.out(0x172, 0x55);
        assertEquals(0, machine.in(0x177));
        assertEquals(0, machine.in(0x172), "nothing answers on the empty channel");
    }

    @Test
    void identify() {
        command(0xEC, 0, 0);
        assertEquals(0x58, machine.in(CONTROL));
        assertTrue(machine.irq(14));
        assertEquals(0x58, machine.in(STATUS));
        assertFalse(machine.irq(14), "reading the status takes the request back");
        byte[] words = readBlock(512);
        assertEquals(0x50, machine.in(STATUS));
        int[] w = new int[256];
        for (int i = 0; i < 256; i++) {
            w[i] = words[2 * i] & 0xFF | (words[2 * i + 1] & 0xFF) << 8;
        }
        assertEquals(0x0040, w[0]);
        assertEquals(4, w[1]);
        assertEquals(16, w[3]);
        assertEquals(63, w[6]);
        assertEquals('S' << 8 | '-', w[10]);
        assertEquals('J' << 8 | 'e', w[27]);
        assertEquals(0x8010, w[47]);
        assertEquals(0x0F00, w[49]);
        assertEquals(7, w[53]);
        assertEquals(SECTORS, w[60] | w[61] << 16);
        assertEquals(SECTORS, w[57] | w[58] << 16);
        assertEquals(SECTORS, w[100]);
        assertEquals(0x7400, w[83]);
        assertEquals(0x0007, w[88], "no mode is selected yet");
        machine.out(ERROR, 3);
        command(0xEF, 0, 0x42);
        command(0xEC, 0, 0);
        byte[] after = readBlock(512);
        assertEquals(0x04, after[2 * 88 + 1]);
    }

    @Test
    void pioReadInterruptsBeforeEachBlock() {
        command(0x20, 10, 3);
        assertEquals(0x80, machine.in(CONTROL));
        assertFalse(machine.irq(14));
        wait(1);
        for (int i = 0; i < 3; i++) {
            assertTrue(machine.irq(14), "before block " + i);
            assertEquals(0x58, machine.in(STATUS));
            assertArrayEquals(sectors(10 + i, 1), readBlock(512));
        }
        assertFalse(machine.irq(14), "none after the last");
        assertEquals(0x50, machine.in(STATUS));
        assertEquals(12, machine.in(LOW));
        assertEquals(0, machine.readPort(DATA, 2), "no more data");
        assertEquals(3, machine.counter("ide", "sectors.read"));
    }

    @Test
    void pioWriteInterruptsAfterEachBlock() {
        command(0x30, 20, 2);
        assertEquals(0x58, machine.in(CONTROL));
        assertFalse(machine.irq(14), "not before the first");
        for (int i = 0; i < 256; i++) {
            machine.writePort(DATA, 2, i);
        }
        assertTrue(machine.irq(14));
        machine.in(STATUS);
        for (int i = 0; i < 128; i++) {
            machine.writePort(DATA, 4, 0x01010101 * i);
        }
        assertEquals(0x80, machine.in(CONTROL));
        assertFalse(machine.irq(14));
        wait(1);
        assertTrue(machine.irq(14));
        assertEquals(0x50, machine.in(STATUS));
        assertEquals(255, sectors(20, 1)[510] & 0xFF);
        assertEquals(127, sectors(21, 1)[511]);
        assertEquals(0, disk.flushes(), "the write cache is on");
    }

    @Test
    void multipleMode() {
        command(0xC4, 0, 4);
        assertEquals(0x51, machine.in(STATUS));
        assertEquals(4, machine.in(ERROR), "not set yet");
        command(0xC6, 0, 3);
        assertEquals(0x51, machine.in(STATUS));
        command(0xC6, 0, 32);
        assertEquals(0x51, machine.in(STATUS));
        command(0xC6, 0, 4);
        assertEquals(0x50, machine.in(STATUS));
        command(0xC4, 7, 6);
        wait(1);
        machine.in(STATUS);
        assertArrayEquals(sectors(7, 4), readBlock(2048));
        assertTrue(machine.irq(14));
        machine.in(STATUS);
        assertArrayEquals(sectors(11, 2), readBlock(1024), "the rest is a short block");
        assertEquals(0x50, machine.in(STATUS));
    }

    @Test
    void chsFollowsTheTranslation() {
        command(0x91, 0, 17);
        machine.out(DEVICE, 0xA7);
        machine.out(COUNT, 17);
        machine.out(STATUS, 0x91);
        machine.out(COUNT, 1);
        machine.out(LOW, 5);
        machine.out(MID, 2);
        machine.out(HIGH, 0);
        machine.out(DEVICE, 0xA3);
        machine.out(STATUS, 0x20);
        wait(1);
        assertArrayEquals(sectors((2 * 8 + 3) * 17 + 4, 1), readBlock(512));
        machine.in(STATUS);
        machine.out(LOW, 0);
        machine.out(STATUS, 0x20);
        assertEquals(0x51, machine.in(STATUS));
        assertEquals(0x10, machine.in(ERROR), "there is no sector 0");
    }

    @Test
    void dmaReadAcrossDescriptorsAndChunks() {
        int count = 300;
        descriptors(0x20000, 0x200, 0x30000, 0x0000, 0x50000, 0x0000, 0x60000, 0x5600);
        machine.out(BM, 8);
        command48(0x25, 1000, count);
        machine.out(BM, 9);
        assertEquals(1, machine.in(BM + 2) & 7, "active");
        wait(2);
        assertTrue(machine.irq(14));
        assertEquals(4, machine.in(BM + 2) & 7, "interrupt, no longer active");
        assertEquals(0x50, machine.in(STATUS));
        machine.out(BM, 0);
        machine.out(BM + 2, 4);
        assertEquals(0, machine.in(BM + 2) & 7);
        byte[] expected = sectors(1000, count);
        assertArrayEquals(Arrays.copyOf(expected, 0x200), ram(0x20000, 0x200));
        assertArrayEquals(Arrays.copyOfRange(expected, 0x200, 0x10200), ram(0x30000, 0x10000));
        assertArrayEquals(
                Arrays.copyOfRange(expected, 0x10200, expected.length), ram(0x50000, expected.length - 0x10200));
        assertEquals(2, disk.reads());
    }

    @Test
    void dmaWriteStartsWithTheLaterOfCommandAndBusMaster() {
        new Random(9).nextBytes(machine.memory().ram());
        descriptors(0x20000, 0x400);
        command(0xCA, 100, 2);
        wait(1);
        assertEquals(0x58, machine.in(CONTROL), "asks for data");
        machine.out(BM, 1);
        wait(1);
        assertEquals(4, machine.in(BM + 2) & 7);
        assertEquals(0x50, machine.in(STATUS));
        assertArrayEquals(ram(0x20000, 0x400), sectors(100, 2));
    }

    @Test
    void shortAndLongDescriptorTables() {
        descriptors(0x20000, 0x800);
        command(0xC8, 0, 2);
        machine.out(BM, 9);
        wait(1);
        assertEquals(5, machine.in(BM + 2) & 7, "the drive ended first: active and interrupt");
        machine.in(STATUS);
        machine.out(BM, 0);
        assertEquals(4, machine.in(BM + 2) & 7);
        descriptors(0x20000, 0x200);
        command(0xC8, 0, 2);
        machine.out(BM, 9);
        wait(1);
        assertEquals(0, machine.in(BM + 2) & 7, "the table ended first: neither");
        assertEquals(0x58, machine.in(CONTROL));
        machine.out(CONTROL, 4);
        machine.out(CONTROL, 0);
        assertEquals(0x50, machine.in(STATUS));
    }

    @Test
    void garbageDescriptorsGoNowhere() {
        byte[] low = ram(0, 0x1000);
        descriptors(0x20001, 0x201, 0xFFFFFE00, 0x400, 0x7FFFFF00, 0x2000);
        command(0xC8, 0, 8);
        machine.out(BM, 9);
        wait(1);
        assertEquals(5, machine.in(BM + 2) & 7);
        assertEquals(0x50, machine.in(STATUS));
        byte[] expected = sectors(0, 8);
        assertArrayEquals(Arrays.copyOf(expected, 0x200), ram(0x20000, 0x200), "bits 0 of address and count are 0");
        assertArrayEquals(
                Arrays.copyOfRange(expected, 0x400, 0x600), ram(0, 0x200), "after the last address comes the first");
        assertArrayEquals(Arrays.copyOfRange(low, 0x200, 0x1000), ram(0x200, 0xE00));
        machine.out(BM, 0);
        machine.writePort(BM + 4, 4, -1);
        assertEquals(0xFFFFFFFC, machine.readPort(BM + 4, 4));
        machine.writeMemory(0, 4, 0x80000200);
        command(0xCA, 100, 1);
        machine.out(BM, 1);
        wait(1);
        assertEquals(4, machine.in(BM + 2) & 7, "the table, too, goes on at address 0");
        byte[] written = sectors(100, 1);
        assertEquals(-1, written[0] << 8 | written[1], "nothing is at FFFFFFFEh");
        assertArrayEquals(ram(0, 510), Arrays.copyOfRange(written, 2, 512));
    }

    @Test
    void countersOfADrive() {
        command(0x20, 0, 2);
        wait(1);
        readBlock(1024);
        command(0x30, 0, 1);
        for (int i = 0; i < 256; i++) {
            machine.writePort(DATA, 2, i);
        }
        wait(1);
        command(0xE7, 0, 0);
        wait(1);
        assertEquals(2, machine.counter("ide", "disk0.sectors.read"));
        assertEquals(1, machine.counter("ide", "disk0.reads"));
        assertEquals(1, machine.counter("ide", "disk0.sectors.written"));
        assertEquals(1, machine.counter("ide", "disk0.writes"));
        assertEquals(1, machine.counter("ide", "disk0.flushes"));
    }

    @Test
    void stoppedOrDisabledBusMasterWaits() {
        descriptors(0x20000, 0x200);
        machine.writeConfig(7, 1, 0x04, 2, 1);
        command(0xC8, 0, 1);
        machine.out(BM, 9);
        wait(1);
        assertEquals(1, machine.in(BM + 2) & 7);
        machine.writeConfig(7, 1, 0x04, 2, 5);
        assertEquals(4, machine.in(BM + 2) & 7);
        assertArrayEquals(sectors(0, 1), ram(0x20000, 512));
    }

    @Test
    void busMasterSeesInterruptsOfPioToo() {
        command(0xEC, 0, 0);
        assertEquals(4, machine.in(BM + 2) & 7);
        readBlock(512);
        machine.in(STATUS);
        machine.out(BM + 2, 4);
        machine.out(CONTROL, 2);
        command(0xEC, 0, 0);
        assertEquals(0, machine.in(BM + 2) & 7, "nIEN closes the pin");
        assertFalse(machine.irq(14));
        machine.out(CONTROL, 0);
        assertTrue(machine.irq(14), "the request was only hidden");
        assertEquals(4, machine.in(BM + 2) & 7);
    }

    @Test
    void lba48ReadsThePreviousContent() {
        command48(0x24, 0x102, 0x0101);
        wait(3);
        machine.in(STATUS);
        assertArrayEquals(sectors(0x102, 1), readBlock(512));
        machine.out(CONTROL, 4);
        machine.out(CONTROL, 0);
        command48(0x24, 0x0000_0100_0000_0000L, 1);
        assertEquals(0x51, machine.in(STATUS));
        assertEquals(0x10, machine.in(ERROR));
        machine.out(CONTROL, 0x80);
        assertEquals(1, machine.in(HIGH), "HOB shows the upper half");
        machine.out(COUNT, 0);
        assertEquals(0, machine.in(HIGH), "any write ends that");
        command48(0x27, 0, 0);
        assertEquals(SECTORS - 1, machine.in(LOW) | machine.in(MID) << 8);
    }

    @Test
    void rangesAreExact() {
        command(0x20, SECTORS - 1, 1);
        wait(1);
        assertEquals(0x58, machine.in(STATUS));
        readBlock(512);
        command(0x20, SECTORS - 1, 2);
        assertEquals(0x51, machine.in(STATUS));
        assertEquals(0x10, machine.in(ERROR));
        command(0x20, 0, 0);
        wait(1);
        assertEquals(0x58, machine.in(STATUS), "256 sectors");
    }

    @Test
    void unknownCommandsAbort() {
        for (int command : new int[] {0x00, 0x08, 0xA0, 0xA1, 0xB0, 0xC7, 0xDE, 0xF5, 0xFF}) {
            command(command, 0, 1);
            assertEquals(0x51, machine.in(STATUS), Integer.toHexString(command));
            assertEquals(4, machine.in(ERROR));
        }
        machine.out(STATUS, 0x90);
        assertEquals(0x50, machine.in(STATUS));
        assertEquals(1, machine.in(ERROR), "diagnostics passed");
        command(0xE5, 0, 0);
        assertEquals(0xFF, machine.in(COUNT));
        command(0xE0, 0, 0);
        command(0xE5, 0, 0);
        assertEquals(0x00, machine.in(COUNT), "standby");
    }

    @Test
    void flushedDataAreDurable() {
        descriptors(0x20000, 0x200);
        machine.memory().ram()[0x20000] = 77;
        command(0xCA, 5, 1);
        machine.out(BM, 1);
        wait(1);
        machine.in(STATUS);
        assertFalse(disk.durable()[5 * 512] == 77);
        command(0xE7, 0, 0);
        assertEquals(0x80, machine.in(CONTROL));
        wait(1);
        assertEquals(0x50, machine.in(STATUS));
        assertEquals(77, disk.durable()[5 * 512]);
        machine.out(ERROR, 0x82);
        command(0xEF, 0, 0);
        wait(1);
        int flushes = disk.flushes();
        command(0x30, 6, 1);
        for (int i = 0; i < 256; i++) {
            machine.writePort(DATA, 2, 0x4242);
        }
        wait(1);
        assertEquals(flushes + 1, disk.flushes(), "without write cache each write is durable");
        assertEquals(0x42, disk.durable()[6 * 512]);
    }

    @Test
    void hostFailuresAreTheDrivesErrors() {
        disk.failAt(50, "cannot read sector 50: input/output error");
        command(0x20, 50, 1);
        wait(1);
        assertTrue(machine.irq(14));
        assertEquals(0x51, machine.in(STATUS));
        assertEquals(0x40, machine.in(ERROR));
        assertEquals(50, machine.in(LOW));
        assertTrue(
                machine.reports().getFirst().contains("disk0"),
                machine.reports().toString());
        disk.heal();
        disk.failFlush("no space left on device");
        command(0xE7, 0, 0);
        wait(1);
        assertEquals(0x71, machine.in(STATUS));
        disk.heal();
        disk.insert(disk.content(), true);
        command(0x30, 0, 1);
        assertEquals(0x51, machine.in(STATUS), "read-only");
        assertEquals(4, machine.in(ERROR));
    }

    @Test
    void resetWaitsForTheHostAndWritesAreNotTorn() {
        machine.holdOffloads();
        command(0x30, 9, 1);
        for (int i = 0; i < 256; i++) {
            machine.writePort(DATA, 2, 0x1111);
        }
        machine.out(CONTROL, 4);
        machine.out(CONTROL, 0);
        wait(1);
        assertEquals(0x80, machine.in(STATUS), "the buffer is still in use");
        command(0x20, 0, 1);
        machine.releaseOffloads();
        assertEquals(0x50, machine.in(STATUS));
        assertEquals(1, machine.in(COUNT));
        assertEquals(0x11, sectors(9, 1)[0], "what the drive had taken is written");
        assertEquals(0, machine.interrupts(14));
    }

    @Test
    void registersOfABusyDriveAreClosed() {
        command(0x20, 1, 1);
        machine.out(LOW, 0x77);
        machine.out(STATUS, 0xEC);
        wait(1);
        assertEquals(1, machine.in(LOW));
        assertArrayEquals(sectors(1, 1), readBlock(512));
    }

    @Test
    void stringsAreChecked() {
        assertThrows(ConfigurationException.class, () -> new IdeFactory()
                .create(new DeviceConfig(
                        "ide", "piix4-ide", Map.of("primary.master.serial", "123456789012345678901"))));
    }
}
