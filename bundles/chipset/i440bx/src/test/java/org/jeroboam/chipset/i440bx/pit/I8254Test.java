package org.jeroboam.chipset.i440bx.pit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.jeroboam.chipset.i440bx.Frequency;
import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class I8254Test {
    private static final long SECOND = 1_000_000_000L;
    private static final LineId IRQ0 = new LineId.Irq(0);

    private final FakeMachine machine = new FakeMachine();
    private final I8254 device = new I8254(10);
    private final Controller pic = new Controller();

    /** Latches IRQ0 as an 8259 does. */
    private static final class Controller implements InterruptController {
        private boolean pending;
        private boolean level;
        private int delivered;

        @Override
        public void lineChanged(int irq, boolean newLevel) {
            pending = newLevel && (pending || !level);
            level = newLevel;
        }

        @Override
        public int acknowledge() {
            if (pending) {
                delivered++;
            }
            pending = false;
            return 0;
        }

        @Override
        public boolean pending(int irq) {
            return irq == 0 && pending;
        }
    }

    @BeforeEach
    void start() {
        machine.board("pic").provide(InterruptController.class, pic);
        device.attach(machine.board("pit"));
        device.reset(ResetKind.POWER_ON);
        machine.forgetEdges();
    }

    private void program(int channel, int mode, int count) {
        machine.out(0x43, channel << 6 | 0x30 | mode << 1);
        machine.out(0x40 + channel, count);
        machine.out(0x40 + channel, count >> 8);
    }

    private List<Long> rises() {
        return machine.edges(IRQ0).stream()
                .filter(FakeMachine.Edge::level)
                .map(FakeMachine.Edge::time)
                .toList();
    }

    @Test
    void channel0TicksAtItsRateWithoutDrift() {
        program(0, 2, 11932);
        machine.clock().advance(100 * SECOND);
        assertEquals(1193182L * 100 / 11932, rises().size());
        long tick = 1 + 11932 * 5000L;
        assertEquals(Frequency.PIT.nanosAt(tick), rises().get(4999));
    }

    @Test
    void channel0RunsAfterResetAsBiosesLeaveIt() {
        machine.out(0x43, 0xE2); // read back status of counter 0
        assertEquals(0xF6, machine.in(0x40), "not loaded before the first pulse");
        machine.clock().advance(SECOND / 1000);
        machine.out(0x43, 0xE2);
        assertEquals(0xB6, machine.in(0x40), "what KASLR waits for: null count is clear");
        machine.clock().advance(SECOND);
        assertEquals(18, rises().size());
    }

    @Test
    void oneShotsOfLinuxInterruptOnce() {
        program(0, 4, 1000);
        machine.clock().advance(SECOND);
        assertEquals(List.of(Frequency.PIT.nanosAt(1002)), rises());
        program(0, 0, 500);
        assertFalse(machine.level(IRQ0));
        machine.clock().advance(SECOND);
        assertEquals(2, rises().size());
        program(0, 0, 0);
        machine.out(0x43, 0x30);
        assertFalse(machine.level(IRQ0), "shut down");
        machine.clock().advance(SECOND);
        assertEquals(2, rises().size());
    }

    @Test
    void noTimerRunsWithoutAnEdgeToCome() {
        machine.out(0x43, 0x30);
        assertEquals(Long.MAX_VALUE, machine.clock().nextDeadline());
        program(2, 3, 100);
        machine.out(0x61, 3);
        assertEquals(Long.MAX_VALUE, machine.clock().nextDeadline());
    }

    @Test
    void calibrationThroughPort61() {
        machine.out(0x61, 1);
        program(2, 0, 59659); // 50 ms
        assertEquals(0x01, machine.in(0x61) & 0x2F);
        machine.clock().advance(Frequency.PIT.nanosAt(59659));
        assertEquals(0, machine.in(0x61) & 0x20);
        machine.clock().advance(1000);
        assertEquals(0x20, machine.in(0x61) & 0x20);
    }

    @Test
    void gate2StopsTheCounter() {
        machine.out(0x61, 0);
        program(2, 0, 1000);
        machine.clock().advance(SECOND);
        machine.out(0x43, 0x80);
        assertEquals(1000, machine.in(0x42) | machine.in(0x42) << 8);
        machine.out(0x61, 0xFF);
        assertEquals(0x0F, machine.in(0x61) & 0x0F);
        machine.clock().advance(100_000);
        machine.out(0x43, 0x80);
        assertTrue((machine.in(0x42) | machine.in(0x42) << 8) < 1000);
    }

    @Test
    void refreshBitTogglesEvery15Microseconds() {
        int changes = 0;
        int last = machine.in(0x61) & 0x10;
        for (int i = 0; i < 15_000; i++) {
            machine.clock().advance(1000);
            int bit = machine.in(0x61) & 0x10;
            changes += bit == last ? 0 : 1;
            last = bit;
        }
        assertEquals(15_000_000 / 15_085, changes, 1);
    }

    @Test
    void readBackLatchesSeveralCounters() {
        program(0, 2, 1000);
        program(2, 2, 2000);
        machine.out(0x61, 1);
        machine.clock().advance(Frequency.PIT.nanosAt(101));
        machine.out(0x43, 0xC0 | 0x0A); // count and status of 0 and 2
        machine.clock().advance(SECOND / 100);
        assertEquals(0x34, machine.in(0x40) & 0x7F);
        assertEquals(900, machine.in(0x40) | machine.in(0x40) << 8);
        assertEquals(0x34, machine.in(0x42) & 0x7F);
        assertEquals(1900, machine.in(0x42) | machine.in(0x42) << 8);
        assertEquals(0xFF, machine.in(0x43), "write-only");
    }

    @Test
    void missedTicksComeLaterInRealMode() {
        machine.clock().setMode(ClockMode.REAL);
        program(0, 2, 11932);
        machine.clock().advance(SECOND / 100 * 3 / 2); // one tick, pending
        pic.acknowledge();
        // the host sleeps through five periods: the counter is looked at only then
        long late = machine.clock().now() + SECOND / 20;
        sleepUntil(late);
        int before = pic.delivered;
        for (int i = 0; i < 100; i++) {
            pic.acknowledge();
            machine.clock().advance(SECOND / 1000);
        }
        assertEquals(5 + 10, pic.delivered - before, 1, "five missed and ten of 100 ms");
    }

    /** Time passes while no timer fires, as when the host does not run the machine. */
    private void sleepUntil(long time) {
        FakeMachine asleep = new FakeMachine();
        asleep.clock().advanceTo(time);
        machine.takeConditionOf(asleep);
        machine.clock().advance(0);
    }

    @Test
    void missedTicksAreBounded() {
        machine.clock().setMode(ClockMode.REAL);
        program(0, 2, 11932);
        sleepUntil(100 * SECOND);
        int delivered = 0;
        for (int i = 0; i < 1000; i++) {
            pic.acknowledge();
            machine.clock().advance(SECOND / 1000);
        }
        delivered = pic.delivered;
        assertEquals(1 + 10 + 100, delivered, 2, "at most ten are given later");
    }

    @Test
    void guestThatMasksTicksGetsNoneLater() {
        machine.clock().setMode(ClockMode.REAL);
        program(0, 2, 11932);
        machine.clock().advance(SECOND + SECOND / 1000); // never acknowledged
        pic.acknowledge();
        int before = pic.delivered;
        machine.clock().advance(SECOND / 200);
        pic.acknowledge();
        assertEquals(before, pic.delivered);
    }

    @Test
    void deterministicModeInjectsNothing() {
        program(0, 2, 11932);
        sleepUntil(10 * SECOND);
        pic.acknowledge();
        assertFalse(pic.pending);
        machine.clock().advance(1000);
        assertFalse(pic.pending);
    }

    @Test
    void catchUpIsConfigurable() throws ConfigurationException {
        new I8254Factory().create(new DeviceConfig("pit", "i8254", Map.of("tick.catchup", "0")));
        assertThrows(ConfigurationException.class, () -> new I8254Factory()
                .create(new DeviceConfig("pit", "i8254", Map.of("tick.catchup", "-1"))));
    }
}
