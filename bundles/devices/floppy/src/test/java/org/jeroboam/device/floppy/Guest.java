package org.jeroboam.device.floppy;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** A machine with a floppy controller and a guest that knows how to talk to it. */
final class Guest {
    static final int DOR = 0x3F2;
    static final int TDR = 0x3F3;
    static final int MSR = 0x3F4;
    static final int FIFO = 0x3F5;
    static final int DIR = 0x3F7;
    static final int CCR = 0x3F7;
    static final int HD = 2880;
    static final int BUFFER = 0x10000;

    private static final long PATIENCE = 2_000_000_000L;
    private static final long STEP = 10_000;

    final FakeMachine machine = new FakeMachine();
    final FakeBlockPort disk = machine.blockPort("floppy0");
    final Device device;

    /** A controller after power on, speed 16, with one empty drive. */
    Guest() throws ConfigurationException {
        this(Map.of("a", "floppy0"));
    }

    Guest(Map<String, String> properties) throws ConfigurationException {
        TestDma.install(machine);
        device = new FloppyFactory().create(new DeviceConfig("floppy", "i82077aa", properties));
        device.attach(machine.board("floppy"));
        device.reset(ResetKind.POWER_ON);
    }

    /** Puts a diskette of random content in. */
    byte[] insert(int sectors) {
        byte[] content = new byte[sectors * 512];
        new Random(sectors).nextBytes(content);
        disk.insert(content, false);
        return content;
    }

    /** Leaves the reset with the motor of drive 0 on, reads the four states, sets 500 kbit/s and steps of 1 ms. */
    Guest ready() {
        out(DOR, 0x1C);
        awaitInterrupt();
        for (int i = 0; i < 4; i++) {
            assertResult(command(0x08), 0xC0 | i, 0);
        }
        out(CCR, 0);
        command(0x03, 0xF0, 0x02);
        return this;
    }

    int in(int port) {
        return machine.in(port);
    }

    void out(int port, int value) {
        machine.out(port, value);
    }

    /** Sends a command whose result, if any, comes at once, and reads it. */
    int[] command(int... bytes) {
        send(bytes);
        return results();
    }

    void send(int... bytes) {
        for (int b : bytes) {
            assertEquals(0x80, in(MSR) & 0xC0, "the controller takes no byte: " + Integer.toHexString(in(MSR)));
            out(FIFO, b);
        }
    }

    /** Reads the result phase. */
    int[] results() {
        int[] result = new int[16];
        int count = 0;
        while ((in(MSR) & 0xD0) == 0xD0) {
            result[count++] = in(FIFO);
        }
        return Arrays.copyOf(result, count);
    }

    /** Sends a command and reads its result after the interrupt. */
    int[] execute(int... bytes) {
        send(bytes);
        awaitInterrupt();
        return results();
    }

    /** Sends a seek command and reads the status of its end. */
    int[] seek(int... bytes) {
        send(bytes);
        awaitInterrupt();
        return command(0x08);
    }

    void awaitInterrupt() {
        long end = machine.clock().now() + PATIENCE;
        while (!machine.irq(6)) {
            assertTrue(machine.clock().now() < end, "no interrupt");
            machine.clock().advance(STEP);
        }
    }

    /** READ DATA or another command with its nine bytes, by DMA into the buffer. */
    int[] transfer(int mode, int bytes, int command, int head, int cylinder, int sector, int last) {
        TestDma.program(machine, mode, BUFFER, bytes);
        return execute(command, head << 2, cylinder, head, sector, 2, last, 0x1B, 0xFF);
    }

    byte[] ram(int length) {
        return Arrays.copyOfRange(machine.memory().ram(), BUFFER, BUFFER + length);
    }

    byte[] fillRam(int length, int seed) {
        byte[] data = new byte[length];
        new Random(seed).nextBytes(data);
        for (int i = 0; i < length; i++) {
            machine.writeMemory(BUFFER + i, 1, data[i]);
        }
        return data;
    }

    byte[] sectors(int first, int count) {
        return Arrays.copyOfRange(disk.content(), first * 512, (first + count) * 512);
    }

    static void assertResult(int[] result, int... expected) {
        assertEquals(text(expected), text(result));
    }

    private static String text(int[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int b : bytes) {
            text.append(String.format("%02X ", b));
        }
        return text.toString();
    }
}
