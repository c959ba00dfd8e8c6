package org.jeroboam.machine.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jeroboam.hardware.clock.ClockMode;
import org.junit.jupiter.api.Test;

class TimerQueueTest {
    private final Processor processor = new Processor();
    private final GuestClock clock = new GuestClock(ClockMode.DETERMINISTIC, processor);
    private final List<String> failures = new ArrayList<>();
    private final TimerQueue queue = new TimerQueue(clock, processor, (part, failure) -> failures.add(part));
    private final List<String> fired = new ArrayList<>();

    private GuestTimer timer(String name, long order) {
        return queue.create(name, order, () -> fired.add(name), null);
    }

    @Test
    void tiesGoByTheirOrderNotByArming() {
        GuestTimer c = timer("c", 3);
        GuestTimer a = timer("a", 1);
        GuestTimer b = timer("b", 2);
        c.arm(100);
        b.arm(100);
        a.arm(100);
        timer("early", 9).arm(99);
        clock.set(99, 0);
        queue.fire();
        assertEquals(List.of("early"), fired);
        assertEquals(100, queue.earliest());
        clock.set(100, 0);
        queue.fire();
        assertEquals(List.of("early", "a", "b", "c"), fired);
        assertEquals(Long.MAX_VALUE, queue.earliest());
        assertEquals(Long.MAX_VALUE, a.deadline());
    }

    @Test
    void aTimerThatIsAlwaysDueDoesNotHangTheMachine() {
        GuestTimer[] self = new GuestTimer[1];
        self[0] = queue.create(
                "wild",
                0,
                () -> {
                    fired.add("wild");
                    self[0].arm(0);
                },
                null);
        self[0].arm(0);
        timer("other", 1).arm(0);
        queue.fire();
        assertEquals(List.of("wild"), fired);
        queue.fire();
        assertEquals(2, fired.size());
    }

    @Test
    void oneThatWaitsForTheHostHoldsTheOthersUp() {
        boolean[] ready = {false};
        queue.create("disk", 5, () -> fired.add("disk"), () -> ready[0]).arm(10);
        timer("later", 0).arm(20);
        timer("before", 0).arm(5);
        clock.set(1000, 0);
        assertFalse(queue.fire());
        assertEquals(List.of("before"), fired);
        ready[0] = true;
        assertTrue(queue.fire());
        assertEquals(List.of("before", "disk", "later"), fired);
    }

    @Test
    void whoThrowsIsNamedAndTheRestGoesOn() {
        queue.create(
                        "broken",
                        0,
                        () -> {
                            throw new IllegalStateException();
                        },
                        null)
                .arm(1);
        timer("b", 1).arm(1);
        clock.set(1, 0);
        queue.fire();
        queue.fire();
        assertEquals(List.of("broken"), failures);
        assertEquals(List.of("b"), fired);
    }

    @Test
    void revokedTimersAreDead() {
        GuestTimer a = timer("a", 0);
        a.arm(1);
        a.revoke();
        a.arm(1);
        clock.set(5, 0);
        queue.fire();
        assertEquals(List.of(), fired);
        assertEquals(Long.MAX_VALUE, queue.earliest());
    }

    @Test
    void theBudgetEndsAtTheDeadline() {
        clock.set(0, 0);
        timer("a", 0).arm(101);
        assertEquals(11, queue.budget(1_000_000));
        assertEquals(3, queue.budget(30));
        clock.set(101, 0);
        assertEquals(1, queue.budget(1_000_000));
    }

    /** The heap against a plain search. */
    @Test
    void randomArmingsFireInOrder() {
        Random random = new Random(7);
        GuestTimer[] timers = new GuestTimer[40];
        for (int i = 0; i < timers.length; i++) {
            timers[i] = timer("t" + i, i);
        }
        long now = 0;
        for (int step = 0; step < 20_000; step++) {
            GuestTimer timer = timers[random.nextInt(timers.length)];
            if (random.nextInt(4) == 0) {
                timer.disarm();
            } else {
                timer.arm(now + 1 + random.nextInt(50));
            }
            long least = Long.MAX_VALUE;
            for (GuestTimer other : timers) {
                least = Math.min(least, other.deadline());
            }
            assertEquals(least, queue.earliest());
            if (step % 8 == 0) {
                now += random.nextInt(12);
                clock.set(now, 0);
                List<GuestTimer> due = new ArrayList<>();
                for (GuestTimer other : timers) {
                    if (other.deadline() <= now) {
                        due.add(other);
                    }
                }
                due.sort(
                        java.util.Comparator.comparingLong(GuestTimer::deadline).thenComparingLong(t -> t.order));
                fired.clear();
                queue.fire();
                assertEquals(due.stream().map(t -> t.owner).toList(), fired);
            }
        }
    }
}
