package org.jeroboam.device.videos3trio64;

import org.jeroboam.hardware.clock.VirtualClock;

/**
 * Where the beam is: the position within the frame follows from the virtual time and from the programmed timing, whose
 * rate is kept between 50 and 100 Hz. Any change of the timing begins a new frame.
 */
final class RasterClock {
    private static final long SHORTEST_FRAME = 10_000_000;
    private static final long LONGEST_FRAME = 20_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long REFERENCE = 14_318_180;
    private static final long CLOCK_25 = 25_175_000;
    private static final long CLOCK_28 = 28_322_000;
    private static final int NOT_SHOWN = 0x01;
    private static final int VERTICAL_RETRACE = 0x08;

    private final Registers registers;
    private final VirtualClock clock;
    private Timing timing = new Timing(1, 0, 2, 1, 1, 2, LONGEST_FRAME);
    private long origin;

    /** Characters in a line and lines in a frame, with what is shown and where the vertical retrace lies. */
    private record Timing(
            int characters,
            int shownCharacters,
            int lines,
            int shownLines,
            int retraceStart,
            int retraceEnd,
            long frame) {
        /** As {@code equals}, whose generated code softly holds the class loader of a replaced bundle. */
        boolean is(Timing other) {
            return characters == other.characters
                    && shownCharacters == other.shownCharacters
                    && lines == other.lines
                    && shownLines == other.shownLines
                    && retraceStart == other.retraceStart
                    && retraceEnd == other.retraceEnd
                    && frame == other.frame;
        }
    }

    RasterClock(Registers registers, VirtualClock clock) {
        this.registers = registers;
        this.clock = clock;
    }

    /** Takes over the programmed timing; a new one begins a new frame. */
    void configure() {
        Timing programmed = programmed();
        if (!programmed.is(timing)) {
            timing = programmed;
            origin = clock.now();
        }
    }

    /** Begins a frame now. */
    void reset() {
        timing = programmed();
        origin = clock.now();
    }

    long origin() {
        return origin;
    }

    void restore(long savedOrigin) {
        timing = programmed();
        origin = Math.clamp(savedOrigin, 0, clock.now());
    }

    /** Bits 0 and 3 of Input Status 1. */
    int status() {
        long scaled = Math.floorMod(clock.now() - origin, timing.frame) * timing.lines;
        int line = (int) (scaled / timing.frame);
        int character = (int) (scaled % timing.frame * timing.characters / timing.frame);
        int status = line >= timing.shownLines || character >= timing.shownCharacters ? NOT_SHOWN : 0;
        return line >= timing.retraceStart && line < timing.retraceEnd ? status | VERTICAL_RETRACE : status;
    }

    /** Frames since the timing was set. */
    long frames() {
        return (clock.now() - origin) / timing.frame;
    }

    /** The first start of a vertical retrace after an instant. */
    long nextRetrace(long after) {
        long offset = Math.ceilDiv(timing.retraceStart * timing.frame, timing.lines);
        long start = after - Math.floorMod(after - origin, timing.frame) + offset;
        return start > after ? start : start + timing.frame;
    }

    private Timing programmed() {
        int overflow = registers.cr(0x07);
        int extendedX = registers.cr(0x5D);
        int extendedY = registers.cr(0x5E);
        int lineFactor = (registers.cr(0x17) & 0x04) != 0 ? 2 : 1;
        int characters = registers.cr(0x00) + ((extendedX & 1) << 8) + 5;
        int shown = registers.cr(0x01) + ((extendedX >> 1 & 1) << 8) + 1;
        int lines = registers.cr(0x06) + ((overflow & 1) << 8) + ((overflow >> 5 & 1) << 9) + ((extendedY & 1) << 10);
        int retrace = registers.cr(0x10)
                + ((overflow >> 2 & 1) << 8)
                + ((overflow >> 7 & 1) << 9)
                + ((extendedY >> 4 & 1) << 10);
        int length = (registers.cr(0x11) - retrace - 1 & 15) + 1;
        lines = (lines + 2) * lineFactor;
        // A guest that waits for an edge must see one, whatever it programmed.
        int start = Math.min(retrace * lineFactor, lines - 1);
        int end = Math.min(start + length * lineFactor, lines);
        int shownLines = Math.min(ScreenShape.lines(registers), lines - 1);
        int dots = ScreenShape.dotsPerCharacter(registers) * ScreenShape.dotFactor(registers);
        long frame = SECOND * characters * dots * lines / dotClock();
        return new Timing(
                characters,
                Math.min(shown, characters - 1),
                lines,
                shownLines,
                start,
                end,
                Math.clamp(frame, SHORTEST_FRAME, LONGEST_FRAME));
    }

    private long dotClock() {
        return switch (registers.miscOutput >> 2 & 3) {
            case 1 -> CLOCK_28;
            case 3 -> {
                int sr12 = registers.sr(0x12);
                int sr13 = registers.sr(0x13);
                yield REFERENCE * ((sr13 & 0x7F) + 2) / ((sr12 & 0x1F) + 2) >> (sr12 >> 5 & 3);
            }
            default -> CLOCK_25;
        };
    }
}
