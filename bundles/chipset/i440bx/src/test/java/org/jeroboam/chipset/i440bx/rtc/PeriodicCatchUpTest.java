package org.jeroboam.chipset.i440bx.rtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.Test;

/** Periodic interrupts that a guest missed because the host did not run it. NT's ACPI HAL keeps its time by them. */
class PeriodicCatchUpTest {
    private static final long SECOND = 1_000_000_000L;
    private static final LineId IRQ8 = new LineId.Irq(8);
    private static final int RATE = 0x2A; // 64 Hz, as NT's HAL has it

    private final FakeMachine machine = new FakeMachine();

    private void start(ClockMode mode, String limit) throws ConfigurationException {
        machine.clock().setMode(mode);
        Device device =
                new Mc146818Factory().create(new DeviceConfig("rtc", "mc146818", Map.of("tick.catchup", limit)));
        device.attach(machine.board("rtc"));
        device.reset(ResetKind.POWER_ON);
        write(0x0A, RATE);
        write(0x0B, 0x42);
        read();
    }

    private void write(int register, int value) {
        machine.out(0x70, register);
        machine.out(0x71, value);
    }

    private int read() {
        machine.out(0x70, 0x0C);
        return machine.in(0x71);
    }

    /** The guest runs for a time and takes each interrupt at once; answers how many there were. */
    private int run(long nanos) {
        int taken = 0;
        for (long passed = 0; passed < nanos; passed += 100_000) {
            machine.clock().advance(100_000);
            if (machine.level(IRQ8)) {
                read();
                taken++;
            }
        }
        return taken;
    }

    /** Time passes while no timer fires, as when the host does not run the machine. */
    private void sleep(long nanos) {
        FakeMachine asleep = new FakeMachine();
        asleep.clock().advanceTo(machine.clock().now() + nanos);
        machine.takeConditionOf(asleep);
        machine.clock().setMode(ClockMode.REAL);
    }

    @Test
    void missedOnesComeLater() throws ConfigurationException {
        start(ClockMode.REAL, "1000");
        assertEquals(64, run(SECOND), 1);
        sleep(SECOND / 2);
        assertEquals(64 + 32, run(SECOND), 2);
        assertEquals(64, run(SECOND), 1, "none is given twice");
    }

    @Test
    void theyAreSpread() throws ConfigurationException {
        start(ClockMode.REAL, "1000");
        sleep(SECOND / 2);
        machine.clock().advance(0);
        assertTrue(machine.level(IRQ8));
        read();
        assertFalse(machine.level(IRQ8), "not at once");
        assertEquals(0, run(SECOND / 64 / 4 - 200_000));
        assertEquals(1, run(400_000));
    }

    @Test
    void theirNumberIsBounded() throws ConfigurationException {
        start(ClockMode.REAL, "10");
        sleep(100 * SECOND);
        assertEquals(64 + 1 + 10, run(SECOND), 2);
    }

    @Test
    void aGuestThatDoesNotTakeThemGetsNoneLater() throws ConfigurationException {
        start(ClockMode.REAL, "1000");
        machine.clock().advance(2 * SECOND);
        read();
        assertEquals(16, run(SECOND / 4), 1);
        assertEquals(0, wakesWhileNobodyReads(), "and no timer runs on");
    }

    private int wakesWhileNobodyReads() {
        machine.clock().advance(SECOND);
        return machine.clock().nextDeadline() == Long.MAX_VALUE ? 0 : 1;
    }

    @Test
    void switchingThemOffForgets() throws ConfigurationException {
        start(ClockMode.REAL, "1000");
        sleep(SECOND);
        machine.clock().advance(0);
        write(0x0B, 0x02);
        read();
        write(0x0B, 0x42);
        assertEquals(16, run(SECOND / 4), 1);
    }

    @Test
    void theDeterministicClockIsNeverLate() throws ConfigurationException {
        start(ClockMode.DETERMINISTIC, "1000");
        FakeMachine asleep = new FakeMachine();
        asleep.clock().advanceTo(machine.clock().now() + SECOND);
        machine.takeConditionOf(asleep);
        assertEquals(16 + 1, run(SECOND / 4), 1);
    }

    @Test
    void theLimitIsChecked() throws ConfigurationException {
        start(ClockMode.REAL, "0");
        sleep(SECOND);
        assertEquals(16 + 1, run(SECOND / 4), 1);
        assertThrows(ConfigurationException.class, () -> start(ClockMode.REAL, "-1"));
    }
}
