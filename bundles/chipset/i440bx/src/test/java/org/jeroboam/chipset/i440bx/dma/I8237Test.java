package org.jeroboam.chipset.i440bx.dma;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jeroboam.hardware.board.DmaController;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class I8237Test {
    private static final int[] PAGES = {0x87, 0x83, 0x81, 0x82, 0x8F, 0x8B, 0x89, 0x8A};
    private static final int TO_MEMORY = 0x44;
    private static final int FROM_MEMORY = 0x48;
    private static final int VERIFY = 0x40;
    private static final int AUTO_INIT = 0x10;
    private static final int DECREMENT = 0x20;

    private final FakeMachine machine = new FakeMachine();
    private final I8237 device = new I8237();
    private final DmaController dma = machine.role(DmaController.class);
    private final byte[] data = new byte[1 << 18];
    private final MemorySegment buffer = MemorySegment.ofArray(data);

    @BeforeEach
    void start() {
        device.attach(machine.board("dma"));
        device.reset(ResetKind.POWER_ON);
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 7 + (i >> 8) + 1);
        }
    }

    private int port(int channel, int register) {
        return channel < 4 ? register : 0xC0 + 2 * register;
    }

    /** Address and count in units of the channel. */
    private void program(int channel, int mode, int page, int address, int count) {
        int index = channel & 3;
        machine.out(port(channel, 12), 0);
        machine.out(port(channel, 2 * index), address);
        machine.out(port(channel, 2 * index), address >> 8);
        machine.out(port(channel, 2 * index + 1), count);
        machine.out(port(channel, 2 * index + 1), count >> 8);
        machine.out(port(channel, 11), mode | index);
        machine.out(PAGES[channel], page);
        machine.out(port(channel, 10), index);
    }

    private int word(int channel, int register) {
        return machine.in(port(channel, register)) | machine.in(port(channel, register)) << 8;
    }

    private byte[] ram(int from, int length) {
        return Arrays.copyOfRange(machine.memory().ram(), from, from + length);
    }

    @Test
    void pageRegistersKeepTheirBytes() {
        for (int port = 0x80; port < 0x90; port++) {
            machine.out(port, port * 3);
        }
        for (int port = 0x80; port < 0x90; port++) {
            assertEquals(port * 3 & 0xFF, machine.in(port));
        }
    }

    @Test
    void flipFlopSplitsWords() {
        machine.out(0x0C, 0);
        machine.out(0x04, 0x34);
        machine.out(0x04, 0x12);
        assertEquals(0x1234, word(2, 4));
        machine.in(0x04);
        machine.out(0x0C, 0);
        assertEquals(0x34, machine.in(0x04));
    }

    @Test
    void deviceWritesMemoryOnAllChannels() {
        for (int channel = 0; channel < 8; channel++) {
            if (channel == 4) {
                continue;
            }
            int unit = channel < 4 ? 1 : 2;
            program(channel, TO_MEMORY, 0x02, 0x1000 / unit, 512 / unit - 1);
            assertEquals(100, dma.deviceToMemory(channel, buffer, 0, 100));
            assertFalse(dma.terminalCount(channel));
            assertEquals(412, dma.deviceToMemory(channel, buffer, 100, 1000), "as far as the count allows");
            assertTrue(dma.terminalCount(channel));
            assertArrayEquals(Arrays.copyOf(data, 512), ram(0x21000, 512), "channel " + channel);
            assertEquals(0, dma.deviceToMemory(channel, buffer, 0, 1), "masked at terminal count");
            assertFalse(dma.terminalCount(channel));
            Arrays.fill(machine.memory().ram(), (byte) 0);
        }
        assertEquals(0, dma.deviceToMemory(4, buffer, 0, 1));
        assertEquals(0, dma.deviceToMemory(8, buffer, 0, 1));
        assertEquals(0, dma.deviceToMemory(-1, buffer, 0, 1));
    }

    @Test
    void statusShowsTerminalCountOnce() {
        program(2, TO_MEMORY, 0, 0x5000, 0);
        dma.deviceToMemory(2, buffer, 0, 1);
        assertEquals(0x04, machine.in(0x08));
        assertEquals(0x00, machine.in(0x08));
        assertEquals(0xFFFF, word(2, 5));
        assertEquals(0x5001, word(2, 4));
        assertEquals(0xFF, machine.in(0x0F), "masked again");
    }

    @Test
    void memoryGoesToTheDevice() {
        System.arraycopy(data, 0, machine.memory().ram(), 0x12345, 512);
        program(2, FROM_MEMORY, 0x01, 0x2345, 511);
        byte[] target = new byte[512];
        assertEquals(512, dma.memoryToDevice(2, MemorySegment.ofArray(target), 0, 512));
        assertArrayEquals(Arrays.copyOf(data, 512), target);
    }

    @Test
    void directionMustFit() {
        program(2, FROM_MEMORY, 0, 0x1000, 511);
        assertEquals(0, dma.deviceToMemory(2, buffer, 0, 512));
        program(2, TO_MEMORY, 0, 0x1000, 511);
        assertEquals(0, dma.memoryToDevice(2, buffer, 0, 512));
        program(2, 0xC0, 0, 0x1000, 511);
        assertEquals(0, dma.deviceToMemory(2, buffer, 0, 512), "cascade");
        program(2, TO_MEMORY, 0, 0x1000, 511);
        machine.out(0x08, 0x04);
        assertEquals(0, dma.deviceToMemory(2, buffer, 0, 512), "controller disabled");
    }

    @Test
    void verifyMovesNothing() {
        program(2, VERIFY, 0, 0x1000, 511);
        assertEquals(512, dma.deviceToMemory(2, buffer, 0, 512));
        assertTrue(dma.terminalCount(2));
        assertArrayEquals(new byte[512], ram(0x1000, 512));
    }

    @Test
    void autoInitStartsAnew() {
        program(2, TO_MEMORY | AUTO_INIT, 0, 0x1000, 255);
        assertEquals(256, dma.deviceToMemory(2, buffer, 0, 512));
        assertTrue(dma.terminalCount(2));
        assertEquals(0x1000, word(2, 4));
        assertEquals(256, dma.deviceToMemory(2, buffer, 256, 512));
        assertArrayEquals(Arrays.copyOfRange(data, 256, 512), ram(0x1000, 256));
    }

    @Test
    void addressesWrapWithinTheirPage() {
        program(1, TO_MEMORY, 0x03, 0xFFF0, 31);
        assertEquals(32, dma.deviceToMemory(1, buffer, 0, 32));
        assertArrayEquals(Arrays.copyOf(data, 16), ram(0x3FFF0, 16));
        assertArrayEquals(Arrays.copyOfRange(data, 16, 32), ram(0x30000, 16));
        program(5, TO_MEMORY, 0x05, 0xFFF8, 15);
        assertEquals(32, dma.deviceToMemory(5, buffer, 0, 32));
        assertArrayEquals(Arrays.copyOf(data, 16), ram(0x5FFF0, 16));
        assertArrayEquals(Arrays.copyOfRange(data, 16, 32), ram(0x40000, 16));
    }

    @Test
    void largestBursts() {
        program(1, TO_MEMORY, 0x03, 0x8000, 0xFFFF);
        assertEquals(0x10000, dma.deviceToMemory(1, buffer, 0, data.length));
        assertArrayEquals(Arrays.copyOf(data, 0x8000), ram(0x38000, 0x8000));
        assertArrayEquals(Arrays.copyOfRange(data, 0x8000, 0x10000), ram(0x30000, 0x8000));
        program(7, TO_MEMORY, 0x04, 0, 0xFFFF);
        assertEquals(0x20000, dma.deviceToMemory(7, buffer, 0, data.length));
        assertArrayEquals(Arrays.copyOf(data, 0x20000), ram(0x40000, 0x20000));
    }

    @Test
    void addressesCanGoDown() {
        program(1, TO_MEMORY | DECREMENT, 0, 0x1003, 3);
        dma.deviceToMemory(1, MemorySegment.ofArray(new byte[] {1, 2, 3, 4}), 0, 4);
        assertArrayEquals(new byte[] {4, 3, 2, 1}, ram(0x1000, 4));
        assertEquals(0x0FFF, word(1, 2));
    }

    @Test
    void oddBytesDoNotFitWordChannels() {
        program(5, TO_MEMORY, 0, 0, 9);
        assertEquals(4, dma.deviceToMemory(5, buffer, 0, 5));
        assertEquals(0, dma.deviceToMemory(5, buffer, 0, 1));
        assertEquals(0, dma.deviceToMemory(5, buffer, 0, -4));
    }

    @Test
    void masks() {
        machine.out(0x0E, 0);
        assertEquals(0xF0, machine.in(0x0F));
        machine.out(0x0F, 0x05);
        assertEquals(0xF5, machine.in(0x0F));
        machine.out(0x0A, 0x06);
        machine.out(0x0A, 0x00);
        assertEquals(0xF4, machine.in(0x0F));
        machine.out(0x09, 0x05);
        assertEquals(0x20, machine.in(0x08), "a software request shows");
        machine.out(0x0D, 0);
        assertEquals(0xFF, machine.in(0x0F), "master clear masks all");
        assertEquals(0, machine.in(0x08));
    }

    @Test
    void secondControllerAnswersEvenPorts() {
        machine.out(0xD8, 0);
        machine.out(0xC4, 0x78);
        machine.out(0xC4, 0x56);
        assertEquals(0x5678, word(5, 2));
        machine.out(0xC5, 0x11);
        assertEquals(0xFF, machine.in(0xC5));
        assertEquals(0x5678, word(5, 2));
    }

    @Test
    void aWrittenByteGoesToBaseAndCurrentAlike() {
        program(2, TO_MEMORY | AUTO_INIT, 0, 0x1234, 511);
        assertEquals(0x100, dma.deviceToMemory(2, buffer, 0, 0x100));
        machine.out(0x0C, 0);
        machine.out(0x04, 0x78);
        machine.out(0x0C, 0);
        assertEquals(0x1378, word(2, 4), "the other byte of the current address stays");
        assertEquals(0x100, dma.deviceToMemory(2, buffer, 0, 512));
        assertTrue(dma.terminalCount(2));
        assertEquals(0x1278, word(2, 4), "auto-initialisation takes the base");
        machine.out(0x0C, 0);
        machine.out(0x05, 0x01);
        machine.out(0x0C, 0);
        assertEquals(0x0101, word(2, 5));
    }

    @Test
    void firstControllerNeedsTheCascadeOfTheSecond() {
        program(2, TO_MEMORY, 0, 0x1000, 511);
        program(5, TO_MEMORY, 0, 0x1000, 511);
        machine.out(0xD4, 0x04);
        assertEquals(0, dma.deviceToMemory(2, buffer, 0, 16), "channel 4 is masked");
        assertEquals(16, dma.deviceToMemory(5, buffer, 0, 16));
        machine.out(0xD4, 0x00);
        assertEquals(16, dma.deviceToMemory(2, buffer, 0, 16));
        machine.out(0xD6, 0x40);
        assertEquals(0, dma.deviceToMemory(2, buffer, 0, 16), "channel 4 is no cascade");
        machine.out(0xD6, 0xC0);
        machine.out(0xD0, 0x04);
        assertEquals(0, dma.deviceToMemory(2, buffer, 0, 16), "the second controller is off");
        assertEquals(0, dma.deviceToMemory(5, buffer, 0, 16));
        machine.out(0xD0, 0x00);
        machine.out(0x08, 0x04);
        assertEquals(16, dma.deviceToMemory(5, buffer, 0, 16), "the first does not matter to the second");
        machine.out(0x08, 0x00);
        assertEquals(16, dma.deviceToMemory(2, buffer, 0, 16));
        machine.out(0xDA, 0);
        assertEquals(0, dma.deviceToMemory(2, buffer, 0, 16), "master clear masks all");
        device.reset(ResetKind.HARD);
        program(2, TO_MEMORY, 0, 0x1000, 511);
        assertEquals(16, dma.deviceToMemory(2, buffer, 0, 16), "reset leaves the cascade as a BIOS does");
    }

    /** What a floppy controller does with a read of two sectors into one buffer. */
    @Test
    void floppyTransfersEndAtTerminalCount() {
        program(2, 0x46, 0x01, 0x8000, 1023);
        assertEquals(512, dma.deviceToMemory(2, buffer, 0, 512));
        assertFalse(dma.terminalCount(2));
        assertEquals(1023 - 512, word(2, 5));
        assertEquals(512, dma.deviceToMemory(2, buffer, 512, 512));
        assertTrue(dma.terminalCount(2));
        assertEquals(0, dma.deviceToMemory(2, buffer, 1024, 512));
        assertArrayEquals(Arrays.copyOf(data, 1024), ram(0x18000, 1024));
        assertEquals(0x04, machine.in(0x08) & 0x0F);
    }
}
