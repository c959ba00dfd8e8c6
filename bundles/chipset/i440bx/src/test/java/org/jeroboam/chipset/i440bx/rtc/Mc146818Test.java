package org.jeroboam.chipset.i440bx.rtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.Test;

class Mc146818Test {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final int A = 0x0A;
    private static final int B = 0x0B;
    private static final int C = 0x0C;
    private static final LineId IRQ8 = new LineId.Irq(8);

    private FakeMachine machine = new FakeMachine();
    private Device device;

    private void powerOn(LocalDateTime date, Map<String, String> properties) {
        machine.clock().setWallClockBase(date.toInstant(ZoneOffset.UTC).toEpochMilli());
        try {
            device = new Mc146818Factory().create(new DeviceConfig("rtc", "mc146818", properties));
        } catch (ConfigurationException e) {
            throw new AssertionError(e);
        }
        device.attach(machine.board("rtc"));
        device.reset(ResetKind.POWER_ON);
    }

    private void powerOn() {
        powerOn(LocalDateTime.of(2003, 12, 31, 23, 59, 58), Map.of());
    }

    private int read(int register) {
        machine.out(0x70, register);
        return machine.in(0x71);
    }

    private void write(int register, int value) {
        machine.out(0x70, register);
        machine.out(0x71, value);
    }

    private String date() {
        return String.format(
                "%02x%02x-%02x-%02x %02x:%02x:%02x w%x",
                read(0x32), read(9), read(8), read(7), read(4), read(2), read(0), read(6));
    }

    private void pass(long nanos) {
        machine.clock().advance(nanos);
    }

    @Test
    void showsTheDateOfTheClock() {
        powerOn();
        assertEquals("2003-12-31 23:59:58 w4", date());
        pass(2 * SECOND);
        assertEquals("2004-01-01 00:00:00 w5", date());
        pass(366 * 86_400 * SECOND);
        assertEquals("2005-01-01 00:00:00 w7", date());
        assertEquals(0x80, read(0x0D));
        assertEquals(0x26, read(A));
        assertEquals(0x02, read(B));
    }

    @Test
    void offsetOfTheConfiguration() {
        powerOn(LocalDateTime.of(2003, 12, 31, 23, 30), Map.of("utc.offset", "60"));
        assertEquals("2004-01-01 00:30:00 w5", date());
    }

    @Test
    void centuryRolls() {
        powerOn(LocalDateTime.of(1999, 12, 31, 23, 59, 59), Map.of());
        pass(SECOND);
        assertEquals("2000-01-01 00:00:00 w7", date());
    }

    @Test
    void binaryAndTwelveHours() {
        powerOn(LocalDateTime.of(2003, 12, 31, 12, 59, 59), Map.of());
        write(B, 0x84);
        write(4, 0x80 | 12);
        write(2, 59);
        write(0, 59);
        write(B, 0x04);
        pass(SECOND);
        assertEquals(0x81, read(4), "1 PM");
        assertEquals(0, read(2));
        pass(11 * 3600 * SECOND);
        assertEquals(12, read(4), "midnight is 12 AM");
        pass(3600 * SECOND);
        assertEquals(1, read(4));
        write(B, 0x00);
        write(4, 0x91);
        pass(3600 * SECOND);
        assertEquals(0x12, read(4), "midnight follows 11 PM");
    }

    @Test
    void guestSetsTheTime() {
        powerOn();
        write(B, 0x82);
        write(0, 0x10);
        write(2, 0x20);
        write(4, 0x13);
        write(7, 0x28);
        write(8, 0x02);
        write(9, 0x96);
        write(0x32, 0x19);
        write(6, 0x04);
        pass(10 * SECOND);
        assertEquals("1996-02-28 13:20:10 w4", date(), "SET stops the clock");
        write(B, 0x02);
        pass(86_400 * SECOND);
        assertEquals("1996-02-29 13:20:10 w5", date());
        pass(SECOND);
        assertEquals("1996-02-29 13:20:11 w5", date());
    }

    @Test
    void fieldsCanBeWrittenWhileTheClockRuns() {
        powerOn();
        pass(SECOND / 2);
        write(0, 0x30);
        assertEquals(0x30, read(0));
        pass(SECOND / 2);
        assertEquals(0x31, read(0));
        assertEquals("2003-12-31 23:59:31 w4", date());
    }

    @Test
    void nonsenseBecomesADateAtTheNextSecond() {
        powerOn();
        write(8, 0xFF);
        write(7, 0);
        write(4, 0x77);
        assertEquals(0xFF, read(8));
        pass(SECOND);
        assertEquals("2003-12-01 23:59:59 w4", date());
    }

    @Test
    void dividerResetStartsTheSecondAnew() {
        powerOn();
        pass(SECOND / 4);
        write(A, 0x70);
        pass(10 * SECOND);
        assertEquals(0x58, read(0));
        write(A, 0x26);
        pass(SECOND / 2 - MILLI);
        assertEquals(0x58, read(0));
        pass(MILLI);
        assertEquals(0x59, read(0), "half a second after the divider was released");
        pass(SECOND - 1);
        assertEquals(0x59, read(0));
    }

    @Test
    void updateInProgressShowsBeforeTheSecond() {
        powerOn();
        pass(SECOND - 2_228_000 - 1);
        assertEquals(0, read(A) & 0x80);
        pass(1);
        assertEquals(0x80, read(A) & 0x80);
        pass(2_227_999);
        assertEquals(0x80, read(A) & 0x80);
        pass(1);
        assertEquals(0, read(A) & 0x80);
        write(B, 0x82);
        pass(SECOND - MILLI);
        assertEquals(0, read(A) & 0x80, "no update while SET");
        write(A, 0xFF);
        assertEquals(0x7F, read(A), "UIP is read-only");
    }

    @Test
    void updateInterrupt() {
        powerOn();
        write(B, 0x12);
        pass(SECOND - 1);
        assertFalse(machine.level(IRQ8));
        pass(1);
        assertTrue(machine.level(IRQ8));
        assertEquals(0x90, read(C) & 0xB0);
        assertFalse(machine.level(IRQ8));
        assertEquals(0, read(C), "cleared by the read");
        pass(5 * SECOND);
        assertEquals(2, machine.interrupts(8), "asserted until C is read");
        write(B, 0x92);
        assertEquals(0x82, read(B), "SET clears UIE");
    }

    @Test
    void flagsShowWithoutInterrupts() {
        powerOn();
        read(C);
        pass(SECOND);
        assertEquals(0x50, read(C), "UF and PF, no IRQF");
        assertEquals(Long.MAX_VALUE, machine.clock().nextDeadline(), "nothing ticks");
    }

    @Test
    void periodicRates() {
        int[] hertz = {0, 256, 128, 8192, 4096, 2048, 1024, 512, 256, 128, 64, 32, 16, 8, 4, 2};
        for (int rate = 0; rate < 16; rate++) {
            machine = new FakeMachine();
            powerOn();
            write(A, 0x20 | rate);
            write(B, 0x42);
            read(C);
            for (int i = 0; i < 40_000; i++) {
                pass(SECOND / 20_000);
                read(C);
            }
            assertEquals(2 * hertz[rate], machine.interrupts(8), "rate " + rate);
        }
    }

    @Test
    void alarmOfEachDay() {
        powerOn();
        write(1, 0x01);
        write(3, 0x00);
        write(5, 0x00);
        write(B, 0x22);
        pass(3 * SECOND - 1);
        assertFalse(machine.level(IRQ8));
        pass(1);
        assertTrue(machine.level(IRQ8));
        assertEquals(0xA0, read(C) & 0xA0);
        pass(86_400 * SECOND - 1);
        assertFalse(machine.level(IRQ8));
        pass(1);
        assertTrue(machine.level(IRQ8));
    }

    @Test
    void alarmWildcards() {
        powerOn(LocalDateTime.of(2003, 6, 1, 10, 20, 30), Map.of());
        write(1, 0xFF);
        write(3, 0xC0);
        write(5, 0xFF);
        assertAlarmAfter(1);
        write(1, 0x15);
        assertAlarmAfter(44);
        write(3, 0x00);
        assertAlarmAfter(60 * 39);
        write(5, 0x09);
        assertAlarmAfter(22 * 3600);
        write(5, 0x25);
        write(B, 0x22);
        pass(3 * 86_400 * SECOND);
        assertFalse(machine.level(IRQ8), "there is no hour 25");
    }

    private void assertAlarmAfter(long seconds) {
        write(B, 0x22);
        read(C);
        pass(seconds * SECOND - 1);
        assertFalse(machine.level(IRQ8));
        pass(1);
        assertTrue(machine.level(IRQ8));
        read(C);
    }

    @Test
    void nextAlarmEqualsASearchThroughTheDay() {
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            byte[] memory = new byte[256];
            memory[B] = 0x06;
            int[] alarm = new int[3];
            for (int f = 0; f < 3; f++) {
                int limit = f == 2 ? 24 : 60;
                memory[2 * f] = (byte) random.nextInt(limit);
                alarm[f] = random.nextBoolean() ? -1 : random.nextInt(limit);
                memory[2 * f + 1] = (byte) (alarm[f] < 0 ? 0xC0 + random.nextInt(64) : alarm[f]);
            }
            int now = memory[0] + 60 * (memory[2] + 60 * memory[4]);
            int wait = 1;
            while (!matches(alarm, (now + wait) % 86_400)) {
                wait++;
            }
            assertEquals(wait, new Calendar(memory, B).secondsToAlarm());
        }
    }

    private static boolean matches(int[] alarm, int time) {
        return (alarm[0] < 0 || alarm[0] == time % 60)
                && (alarm[1] < 0 || alarm[1] == time / 60 % 60)
                && (alarm[2] < 0 || alarm[2] == time / 3600);
    }

    @Test
    void resetKeepsTimeAndMemory() {
        powerOn();
        write(0x60, 0x5A);
        write(B, 0x7A);
        pass(SECOND);
        device.reset(ResetKind.HARD);
        assertEquals(0x02, read(B));
        assertFalse(machine.level(IRQ8));
        assertEquals(0x5A, read(0x60));
        assertEquals("2003-12-31 23:59:59 w4", date());
        device.reset(ResetKind.POWER_ON);
        assertEquals(0, read(0x60));
    }

    @Test
    void memoryTellsTheRam() {
        machine = new FakeMachine(64 << 20);
        powerOn();
        assertEquals(640, read(0x15) | read(0x16) << 8);
        assertEquals(63 * 1024, read(0x30) | read(0x31) << 8);
        assertEquals(48 * 16, read(0x34) | read(0x35) << 8);
        assertEquals(0x40, read(0x10), "A: is a 1.44M drive");
        assertEquals(0x07, read(0x14), "equipment");
        assertEquals(0x55, read(0x39), "LBA translation");
        assertEquals(0x32, read(0x3D), "hard disk, then CD");
        assertEquals(0x10, read(0x38), "then floppy");
        assertEquals(0, read(0x5F), "one processor");
        int sum = 0;
        for (int i = 0x10; i < 0x2E; i++) {
            sum += read(i);
        }
        assertEquals(sum, read(0x2E) << 8 | read(0x2F));
    }

    @Test
    void memoryOfLargeMachines() {
        byte[] memory = new byte[256];
        CmosDefaults.fill(memory, 3584L << 20, 128L << 20, Map.of());
        assertEquals(0xFF, memory[0x30] & 0xFF);
        assertEquals((3584 - 16) * 16, memory[0x34] & 0xFF | (memory[0x35] & 0xFF) << 8);
        assertEquals(128 * 16, memory[0x5B] & 0xFF | (memory[0x5C] & 0xFF) << 8);
    }

    @Test
    void upperBankAndSettings() {
        powerOn(LocalDateTime.of(2003, 6, 1, 10, 20, 30), Map.of("cmos.10", "0x44", "cmos.F0", "7"));
        assertEquals(0x44, read(0x10));
        machine.out(0x72, 0x70);
        assertEquals(7, machine.in(0x73));
        machine.out(0x73, 9);
        assertEquals(9, machine.in(0x73));
        assertEquals(0, read(0x70));
        assertEquals(0x44, read(0x90), "bit 7 of the index is the NMI mask");
        for (String bad : new String[] {"cmos.0c", "cmos.100", "cmos.zz"}) {
            ConfigurationException e = assertThrows(ConfigurationException.class, () -> new Mc146818Factory()
                    .create(new DeviceConfig("rtc", "mc146818", Map.of(bad, "1"))));
            assertTrue(e.getMessage().contains(bad));
        }
    }

    @Test
    void hostDateThatStepsIsFollowed() {
        powerOn();
        machine.clock()
                .setWallClockBase(LocalDateTime.of(2004, 2, 28, 23, 59, 59)
                        .toInstant(ZoneOffset.UTC)
                        .toEpochMilli());
        assertEquals("2004-02-28 23:59:59 w7", date());
        machine.clock()
                .setWallClockBase(LocalDateTime.of(2004, 1, 1, 0, 0, 0)
                        .toInstant(ZoneOffset.UTC)
                        .toEpochMilli());
        assertEquals("2004-01-01 00:00:00 w5", date());
    }
}
