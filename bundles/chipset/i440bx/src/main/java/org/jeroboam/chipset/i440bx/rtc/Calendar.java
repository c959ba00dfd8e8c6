package org.jeroboam.chipset.i440bx.rtc;

import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * The time and alarm registers in the first bytes of CMOS memory, in BCD or binary, 12 or 24 hours as register B says.
 * Registers keep what the guest wrote, sensible or not, until the next second makes a date of them.
 */
final class Calendar {
    static final int SECONDS = 0;
    static final int MINUTES = 2;
    static final int HOURS = 4;
    static final int DAY_OF_WEEK = 6;
    static final int DAY = 7;
    static final int MONTH = 8;
    static final int YEAR = 9;
    static final int CENTURY = 0x32;

    private static final int B_BINARY = 0x04;
    private static final int B_24_HOURS = 0x02;
    private static final int PM = 0x80;
    private static final int ANY = 0xC0;
    private static final int ALARM = 1; // an alarm register follows its time register
    private static final int DAY_SECONDS = 86_400;
    private static final long CYCLE = 146_097L * DAY_SECONDS; // 400 years, after which dates repeat

    private final byte[] memory;
    private final int registerB;

    /**
     * Works on CMOS memory.
     *
     * @param memory the bytes
     * @param registerB offset of register B
     */
    Calendar(byte[] memory, int registerB) {
        this.memory = memory;
        this.registerB = registerB;
    }

    static boolean holds(int register) {
        return register < 10 && register != 1 && register != 3 && register != 5 || register == CENTURY;
    }

    /**
     * Sets the registers.
     *
     * @param seconds civil time since 1970-01-01T00:00
     */
    void set(long seconds) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
        store(time);
        put(DAY_OF_WEEK, time.getDayOfWeek().getValue() % 7 + 1);
    }

    /**
     * Lets the clock run.
     *
     * @param seconds how long; negative when the host's date was set back
     */
    void add(long seconds) {
        if (seconds == 0) {
            return;
        }
        int year = bcd(memory[CENTURY] & 0xFF) % 100 * 100 + get(YEAR) % 100;
        int month = Math.clamp(get(MONTH), 1, 12);
        int day = Math.clamp(get(DAY), 1, YearMonth.of(year, month).lengthOfMonth());
        LocalDateTime before = LocalDateTime.of(
                year,
                month,
                day,
                Math.clamp(hour(memory[HOURS] & 0xFF), 0, 23),
                Math.clamp(get(MINUTES), 0, 59),
                Math.clamp(get(SECONDS), 0, 59));
        LocalDateTime after = before.plusSeconds(Math.clamp(seconds, -CYCLE, CYCLE));
        long days = ChronoUnit.DAYS.between(before.toLocalDate(), after.toLocalDate());
        int dayOfWeek = Math.clamp(get(DAY_OF_WEEK), 1, 7);
        store(after);
        put(DAY_OF_WEEK, (int) Math.floorMod(dayOfWeek - 1 + days, 7L) + 1);
    }

    private void store(LocalDateTime time) {
        put(SECONDS, time.getSecond());
        put(MINUTES, time.getMinute());
        memory[HOURS] = (byte) encodeHour(time.getHour());
        put(DAY, time.getDayOfMonth());
        put(MONTH, time.getMonthValue());
        put(YEAR, Math.floorMod(time.getYear(), 100));
        memory[CENTURY] = (byte) toBcd(Math.floorMod(Math.floorDiv(time.getYear(), 100), 100));
    }

    /**
     * How long until the alarm.
     *
     * @return seconds, 1 to 86400; 0 when it never comes
     */
    int secondsToAlarm() {
        int now = Math.clamp(hour(memory[HOURS] & 0xFF), 0, 23) * 3600
                + Math.clamp(get(MINUTES), 0, 59) * 60
                + Math.clamp(get(SECONDS), 0, 59);
        int start = (now + 1) % DAY_SECONDS;
        int s = wanted(SECONDS);
        int m = wanted(MINUTES);
        int h = (memory[HOURS + ALARM] & ANY) == ANY ? -1 : hour(memory[HOURS + ALARM] & 0xFF);
        if (s > 59 || m > 59 || h > 23) {
            return 0;
        }
        int at = nextFrom(start, h, m, s);
        return Math.floorMod(at - start, DAY_SECONDS) + 1;
    }

    private int wanted(int register) {
        return (memory[register + ALARM] & ANY) == ANY ? -1 : decode(memory[register + ALARM] & 0xFF);
    }

    /**
     * The first matching second of the day at or after {@code start}, else the first of the next day; -1 matches all.
     */
    private static int nextFrom(int start, int hour, int minute, int second) {
        for (int pass = 0, from = start; pass < 2; pass++, from = 0) {
            for (int h = hour < 0 ? from / 3600 : hour; h <= (hour < 0 ? 23 : hour); h++) {
                int firstMinute = h == from / 3600 ? from / 60 % 60 : 0;
                for (int m = minute < 0 ? firstMinute : minute; m <= (minute < 0 ? 59 : minute); m++) {
                    int firstSecond = h * 60 + m == from / 60 ? from % 60 : 0;
                    int at = (h * 60 + m) * 60 + (second < 0 ? firstSecond : second);
                    if (at >= from) {
                        return at;
                    }
                }
            }
        }
        return start; // not reached: a day holds every time of day
    }

    private int get(int register) {
        return decode(memory[register] & 0xFF);
    }

    private void put(int register, int value) {
        memory[register] = (byte) encode(value);
    }

    private boolean binary() {
        return (memory[registerB] & B_BINARY) != 0;
    }

    private int decode(int value) {
        return binary() ? value : bcd(value);
    }

    private int encode(int value) {
        return binary() ? value : toBcd(value);
    }

    private int hour(int value) {
        if ((memory[registerB] & B_24_HOURS) != 0) {
            return decode(value);
        }
        int twelve = decode(value & ~PM) % 12;
        return (value & PM) != 0 ? twelve + 12 : twelve;
    }

    private int encodeHour(int hour) {
        if ((memory[registerB] & B_24_HOURS) != 0) {
            return encode(hour);
        }
        int twelve = hour % 12 == 0 ? 12 : hour % 12;
        return encode(twelve) | (hour >= 12 ? PM : 0);
    }

    private static int bcd(int value) {
        return (value >> 4) * 10 + (value & 15);
    }

    private static int toBcd(int value) {
        return value / 10 << 4 | value % 10;
    }
}
