package org.jeroboam.device.videos3trio64;

import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.clock.VirtualClock;

/**
 * The vertical retrace interrupt: CR11 bit 4 lets the latch go, bit 5 keeps it from the interrupt line, and so does S3's
 * CR32 bit 4 while it is 0. The latch is computed when it is looked at; a timer runs only while an interrupt can come.
 */
final class RetraceInterrupt {
    private static final int CR11_RELEASE = 0x10;
    private static final int CR11_DISABLE = 0x20;
    private static final int CR32_ENABLE = 0x10;

    private final Registers registers;
    private final RasterClock raster;
    private final VirtualClock clock;
    private final Line line;
    private final Timer timer;
    private boolean released;
    private boolean pending;
    private long watchedSince;

    /**
     * What it remembers.
     *
     * @param pending the latch
     * @param watchedSince virtual time from which on a retrace sets the latch
     */
    record State(boolean pending, long watchedSince) {}

    RetraceInterrupt(Registers registers, RasterClock raster, VirtualClock clock, Line line, Timer timer) {
        this.registers = registers;
        this.raster = raster;
        this.clock = clock;
        this.line = line;
        this.timer = timer;
    }

    /** Brings the latch up to date; before the timing changes and before the latch is read. */
    void look() {
        long now = clock.now();
        if (released && !pending && raster.nextRetrace(watchedSince) <= now) {
            pending = true;
        }
        watchedSince = pending ? watchedSince : now;
    }

    boolean pending() {
        look();
        return pending;
    }

    /** Follows CR11, CR32 and the timing. */
    void update() {
        boolean release = (registers.cr(0x11) & CR11_RELEASE) != 0;
        if (release != released) {
            released = release;
            pending = false;
            watchedSince = clock.now();
        }
        look();
        drive();
    }

    private void drive() {
        boolean enabled =
                (registers.cr(0x11) & CR11_DISABLE) == 0 && (registers.cr(0x32) & CR32_ENABLE) != 0 && released;
        line.set(enabled && pending);
        if (enabled && !pending) {
            timer.arm(raster.nextRetrace(watchedSince));
        } else {
            timer.disarm();
        }
    }

    void reset() {
        released = false;
        pending = false;
        watchedSince = clock.now();
        drive();
    }

    State save() {
        return new State(pending, watchedSince);
    }

    void restore(State state) {
        released = (registers.cr(0x11) & CR11_RELEASE) != 0;
        pending = state.pending && released;
        watchedSince = Math.clamp(state.watchedSince, 0, clock.now());
        drive();
    }
}
