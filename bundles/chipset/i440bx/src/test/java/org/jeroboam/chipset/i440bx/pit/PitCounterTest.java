package org.jeroboam.chipset.i440bx.pit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PitCounterTest {
    private static final int BOTH_BYTES = 0x30;

    private final PitCounter counter = new PitCounter();
    private long now;

    private void program(int mode, int count) {
        counter.writeControl(BOTH_BYTES | mode << 1);
        counter.write(count & 0xFF);
        counter.write(count >> 8);
    }

    private int value() {
        counter.latchCount();
        return counter.read() | counter.read() << 8;
    }

    private long pulses(long n) {
        now += n;
        return counter.advance(now);
    }

    /** Levels of OUT after each of the next pulses. */
    private String outs(int n) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < n; i++) {
            pulses(1);
            result.append(counter.out() ? '1' : '0');
        }
        return result.toString();
    }

    private String values(int n) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < n; i++) {
            pulses(1);
            result.append(value()).append(' ');
        }
        return result.toString().trim();
    }

    @Test
    void mode0RisesOnePulseAfterTheCount() {
        counter.setGate(true);
        program(0, 4);
        assertFalse(counter.out());
        assertEquals("00001111", outs(8));
    }

    @Test
    void mode0HoldsWhileGateIsLow() {
        counter.setGate(true);
        program(0, 3);
        pulses(2);
        counter.setGate(false);
        pulses(100);
        assertEquals(2, value());
        counter.setGate(true);
        assertEquals("01", outs(2));
        assertEquals("65535 65534", values(2));
    }

    @Test
    void mode0StopsBetweenTheBytesOfACount() {
        counter.setGate(true);
        program(0, 1000);
        pulses(11);
        counter.write(5);
        pulses(50);
        assertEquals(990, value());
        counter.write(0);
        assertEquals("000001", outs(6));
    }

    @Test
    void mode1IsRetriggerable() {
        program(1, 3);
        assertEquals("111", outs(3));
        counter.setGate(true);
        assertEquals("0001", outs(4));
        counter.setGate(false);
        counter.setGate(true);
        assertEquals("00", outs(2));
        counter.setGate(false);
        counter.setGate(true);
        assertEquals("00011", outs(5));
    }

    @Test
    void mode2IsLowForThePulseOfCountOne() {
        counter.setGate(true);
        program(2, 3);
        assertEquals("110110110", outs(9));
        assertEquals("3 2 1 3", values(4));
    }

    @Test
    void mode2TakesANewCountAtTheEndOfItsCycle() {
        counter.setGate(true);
        program(2, 4);
        pulses(2);
        counter.write(3);
        counter.write(0);
        counter.latchStatus();
        assertEquals(0x40, counter.read() & 0x40, "null count");
        assertEquals("2 1 3 2 1 3", values(6));
        counter.latchStatus();
        assertEquals(0, counter.read() & 0x40);
    }

    @Test
    void mode3WithAnEvenCount() {
        counter.setGate(true);
        program(3, 4);
        assertEquals("11001100", outs(8));
        assertEquals("4 2 4 2 4 2", values(6));
    }

    @Test
    void mode3WithAnOddCount() {
        counter.setGate(true);
        program(3, 5);
        assertEquals("1110011100", outs(10));
        assertEquals("4 2 0 4 2 4 2 0 4 2", values(10));
    }

    @Test
    void mode3GateLowForcesOutHighAndRestarts() {
        counter.setGate(true);
        program(3, 4);
        pulses(3);
        assertFalse(counter.out());
        counter.setGate(false);
        assertTrue(counter.out());
        pulses(9);
        counter.setGate(true);
        assertEquals("11001", outs(5));
    }

    @Test
    void mode4StrobesOnceForEachCount() {
        counter.setGate(true);
        program(4, 3);
        assertEquals("11101111", outs(8));
        pulses(70_000);
        assertTrue(counter.out());
        counter.write(2);
        counter.write(0);
        assertEquals("11011", outs(5));
    }

    @Test
    void mode5StrobesForEachTrigger() {
        program(5, 3);
        assertEquals("111111", outs(6));
        counter.setGate(true);
        counter.setGate(false);
        assertEquals("11101", outs(5));
    }

    @Test
    void countZeroIsTheLargest() {
        counter.setGate(true);
        program(2, 0);
        pulses(1);
        assertEquals(1, pulses(65_536));
        assertEquals(1, pulses(65_536));
        counter.writeControl(BOTH_BYTES | 2 << 1 | 1);
        counter.write(0);
        counter.write(0);
        pulses(1);
        assertEquals(2, pulses(20_000));
        pulses(1);
        assertEquals(0x9999, value());
    }

    @Test
    void bcdReadsDecimal() {
        counter.setGate(true);
        counter.writeControl(BOTH_BYTES | 0 << 1 | 1);
        counter.write(0x00);
        counter.write(0x10);
        pulses(1);
        assertEquals(0x1000, value());
        pulses(1);
        assertEquals(0x0999, value());
        pulses(999);
        assertEquals(0, value());
        pulses(1);
        assertEquals(0x9999, value());
    }

    @Test
    void latchHoldsUntilReadAndTheFirstWins() {
        counter.setGate(true);
        program(2, 1000);
        pulses(101);
        counter.latchCount();
        pulses(100);
        counter.latchCount();
        assertEquals(900 & 0xFF, counter.read());
        pulses(100);
        assertEquals(900 >> 8, counter.read());
        assertEquals(700 & 0xFF, counter.read(), "not latched any more");
    }

    @Test
    void statusComesBeforeTheCount() {
        counter.setGate(true);
        program(3, 1000);
        counter.latchStatus();
        assertEquals(0x80 | 0x40 | 0x36, counter.read(), "OUT, null count, both bytes, mode 3");
        pulses(1);
        counter.latchCount();
        counter.latchStatus();
        assertEquals(0x80 | 0x36, counter.read());
        assertEquals(1000 & 0xFF, counter.read());
        assertEquals(1000 >> 8, counter.read());
    }

    @Test
    void readAndWriteHaveFlipFlopsOfTheirOwn() {
        counter.setGate(true);
        program(2, 0x1234);
        pulses(1);
        assertEquals(0x34, counter.read());
        counter.write(0x78);
        assertEquals(0x12, counter.read());
        counter.write(0x56);
        pulses(0x1234);
        assertEquals(0x5678, value());
    }

    @Test
    void singleByteModes() {
        counter.setGate(true);
        counter.writeControl(0x10 | 2 << 1);
        counter.write(0x40);
        pulses(1);
        assertEquals(0x40, counter.read());
        assertEquals(0x40, counter.read());
        counter.writeControl(0x20 | 2 << 1);
        counter.write(0x40);
        pulses(2);
        assertEquals(0x3F, counter.read());
    }

    @Test
    void modesSixAndSevenAreTwoAndThree() {
        counter.setGate(true);
        program(6, 3);
        assertEquals("110110", outs(6));
        counter.latchStatus();
        assertEquals(0x3C, counter.read() & 0x3F, "status gives the bits as written");
        program(7, 4);
        assertEquals("1100", outs(4));
    }

    @Test
    void closedFormEqualsPulseByPulse() {
        for (int run = 0; run < 120; run++) {
            compare(new Random(run));
        }
    }

    private static void compare(Random random) {
        PitCounter fast = new PitCounter();
        PulseByPulse slow = new PulseByPulse();
        long at = 0;
        fast.writeControl(BOTH_BYTES);
        slow.control(0, false);
        for (int step = 0; step < 120; step++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    int mode = random.nextInt(6);
                    boolean bcd = random.nextInt(4) == 0;
                    boolean before = slow.out;
                    assertEquals(!before && mode != 0, fast.writeControl(BOTH_BYTES | mode << 1 | (bcd ? 1 : 0)));
                    slow.control(mode, bcd);
                }
                case 1, 2 -> {
                    int count = count(random, slow.bcd);
                    fast.write(count & 0xFF);
                    slow.firstByte();
                    fast.write(count >> 8);
                    slow.count(count);
                }
                case 3 -> {
                    boolean gate = random.nextBoolean();
                    fast.setGate(gate);
                    slow.gate(gate);
                }
                default -> at = step(random, fast, slow, at);
            }
            assertEquals(slow.out, fast.out(), "OUT in mode " + slow.mode);
            if (slow.loaded) {
                fast.latchCount();
                assertEquals(slow.ce, fast.read() | fast.read() << 8, "count in mode " + slow.mode);
            }
            fast.latchStatus();
            assertEquals(slow.nullCount, (fast.read() & 0x40) != 0, "null count in mode " + slow.mode);
        }
    }

    private static int count(Random random, boolean bcd) {
        int count = random.nextInt(3) == 0 ? random.nextInt(10_000) : random.nextInt(9);
        return bcd ? Integer.parseInt(Integer.toString(count), 16) : count;
    }

    private static long step(Random random, PitCounter fast, PulseByPulse slow, long at) {
        long promised = fast.nextRise();
        long n = random.nextInt(4) == 0 ? random.nextInt(30_000) : random.nextInt(7);
        slow.rises = 0;
        long first = PitCounter.NEVER;
        for (long i = 1; i <= n; i++) {
            slow.pulse();
            if (slow.rises > 0 && first == PitCounter.NEVER) {
                first = at + i;
            }
        }
        assertEquals(slow.rises, fast.advance(at + n), "rises in mode " + slow.mode);
        if (first != PitCounter.NEVER) {
            assertEquals(first, promised, "next rise in mode " + slow.mode);
        } else {
            assertTrue(promised > at + n, "a rise in mode " + slow.mode + " was promised that did not come");
        }
        return at + n;
    }

    @Test
    void longSpansTakeNoTime() {
        counter.setGate(true);
        program(3, 2);
        assertEquals(1L << 60, counter.advance((1L << 61) + 1));
    }
}
