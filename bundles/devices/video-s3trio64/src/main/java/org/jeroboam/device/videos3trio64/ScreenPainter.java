package org.jeroboam.device.videos3trio64;

import java.util.Arrays;
import org.jeroboam.hardware.display.DisplayPort;

/**
 * Draws the screen when somebody asks. Of a picture whose registers did not change only those lines are drawn whose memory
 * was written; what is drawn is compared with the frame, and only true differences are damage.
 */
final class ScreenPainter implements DisplayPort.Painter {
    private static final int MOST_DOTS = 2048 + 2 * 9;

    private final VideoMemory memory;
    private final DisplayPort display;
    private final Palette palette;
    private final Raster raster;
    private final TextLines textLines;
    private final GraphicsLines graphicsLines;
    private final int[] dots = new int[MOST_DOTS];
    private boolean changed = true;
    private long phase;
    private String text;
    private int damageTop;
    private int damageBottom;
    private int damageLeft;
    private int damageRight;

    ScreenPainter(Registers registers, Dac dac, VideoMemory memory, RasterClock clock, DisplayPort display) {
        this.memory = memory;
        this.display = display;
        palette = new Palette(registers, dac);
        raster = new Raster(registers);
        textLines = new TextLines(registers, memory, raster, clock, palette);
        graphicsLines = new GraphicsLines(memory, raster, palette);
    }

    /** Something that all of the picture depends on changed. */
    void changed() {
        changed = true;
    }

    @Override
    public void paint() {
        raster.measure();
        int width = raster.width();
        int[] frame = display.begin(width, raster.height());
        damageTop = damageLeft = Integer.MAX_VALUE;
        damageBottom = damageRight = -1;
        if (raster.kind() == Raster.Kind.DARK) {
            text = raster.text() ? "" : null;
            Arrays.fill(dots, 0);
            for (int line = 0; line < raster.height(); line++) {
                show(frame, line, 0, 1);
            }
        } else {
            paintLines(frame);
        }
        if (damageBottom >= 0) {
            display.damage(damageLeft, damageTop, damageRight - damageLeft + 1, damageBottom - damageTop + 1);
        }
        memory.forgetWritten();
        changed = false;
        display.publish(text);
    }

    private void paintLines(int[] frame) {
        boolean characters = raster.kind() == Raster.Kind.TEXT;
        LineRenderer renderer = characters ? textLines : graphicsLines;
        boolean all = changed || memory.exposed();
        if (characters) {
            all |= textLines.phase() != phase || textLines.fontsWritten();
            phase = textLines.phase();
        }
        palette.prepare();
        renderer.prepare();
        int drawn = -1;
        boolean anything = false;
        for (int line = 0; line < raster.height(); line++) {
            if (all || written(line)) {
                anything = true;
                if (drawn < 0
                        || raster.counter(line) != raster.counter(drawn)
                        || raster.row(line) != raster.row(drawn)) {
                    renderer.draw(raster.counter(line), raster.row(line), raster.columns() + 1, dots);
                    drawn = line;
                }
                show(frame, line, raster.pan(line), raster.dotFactor());
            }
        }
        if (!characters) {
            text = null;
        } else if (anything) {
            text = textLines.text();
        }
    }

    private boolean written(int line) {
        int first = raster.unit(raster.counter(line), raster.row(line));
        int last = raster.unit(raster.counter(line) + raster.columns(), raster.row(line));
        return last < first || memory.written(first, last);
    }

    /** Puts the dots into the frame and notes where it differs. */
    private void show(int[] frame, int line, int pan, int dotFactor) {
        int width = raster.width();
        int at = line * width;
        int shift = dotFactor - 1;
        int left = -1;
        int right = -1;
        for (int x = 0; x < width; x++) {
            int dot = dots[pan + (x >> shift)];
            if (frame[at + x] != dot) {
                frame[at + x] = dot;
                left = left < 0 ? x : left;
                right = x;
            }
        }
        if (right >= 0) {
            damageLeft = Math.min(damageLeft, left);
            damageRight = Math.max(damageRight, right);
            damageTop = Math.min(damageTop, line);
            damageBottom = line;
        }
    }
}
