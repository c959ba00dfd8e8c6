package org.jeroboam.chipset.i440bx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrequencyTest {
    private static final Frequency[] ALL = {Frequency.PIT, Frequency.PM_TIMER, Frequency.RTC};

    @Test
    void ticksAreExactForAllTimes() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            long nanos = random.nextLong() >>> 1 + random.nextInt(60);
            for (Frequency f : ALL) {
                BigInteger expected = BigInteger.valueOf(nanos)
                        .multiply(BigInteger.valueOf(f.hertz()))
                        .divide(BigInteger.valueOf(1_000_000_000));
                assertEquals(expected.longValueExact(), f.ticks(nanos), nanos + " ns at " + f);
            }
        }
    }

    @Test
    void nanosAtIsTheFirstInstantOfATick() {
        Random random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            long tick = (random.nextLong() >>> 1) >>> 20 + random.nextInt(40);
            for (Frequency f : ALL) {
                long nanos = f.nanosAt(tick);
                assertEquals(tick, f.ticks(nanos));
                assertTrue(nanos == 0 || f.ticks(nanos - 1) == tick - 1, tick + " of " + f);
            }
        }
        assertEquals(Long.MAX_VALUE, Frequency.PIT.nanosAt(Long.MAX_VALUE));
    }
}
