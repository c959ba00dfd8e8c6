package org.jeroboam.hardware.testkit;

import java.util.Arrays;
import org.jeroboam.hardware.display.DisplayPort;

/** A screen: keeps the last published frame. */
public final class FakeDisplayPort {
    private final Trace trace;
    private final String name;
    private DisplayPort.Painter painter;
    private int width;
    private int height;
    private int[] pixels = new int[0];
    private String text;
    private int frames;

    FakeDisplayPort(Trace trace, String name) {
        this.trace = trace;
        this.name = name;
    }

    /** Looks at the screen: makes the device draw. */
    public void look() {
        if (painter != null) {
            painter.paint();
        }
    }

    /**
     * The frame's width.
     *
     * @return pixels; 0 before the first frame
     */
    public int width() {
        return width;
    }

    /**
     * The frame's height.
     *
     * @return pixels; 0 before the first frame
     */
    public int height() {
        return height;
    }

    /**
     * The frame.
     *
     * @return 0x00RRGGBB, row by row
     */
    public int[] pixels() {
        return pixels;
    }

    /**
     * The text of the last frame.
     *
     * @return lines, or null in graphics modes
     */
    public String text() {
        return text;
    }

    /**
     * Frames published so far.
     *
     * @return a count
     */
    public int frames() {
        return frames;
    }

    DisplayPort scoped(Scope scope) {
        return new DisplayPort() {
            @Override
            public void setPainter(Painter newPainter) {
                if (!scope.late()) {
                    painter = newPainter == null
                            ? null
                            : () -> {
                                if (!scope.late()) {
                                    newPainter.paint();
                                }
                            };
                }
            }

            @Override
            public int[] begin(int newWidth, int newHeight) {
                if (newWidth < 1 || newHeight < 1 || (long) newWidth * newHeight > 1 << 24) {
                    throw new IllegalArgumentException("no screen has " + newWidth + " by " + newHeight + " pixels");
                }
                if (scope.late()) {
                    return new int[newWidth * newHeight];
                }
                if (newWidth != width || newHeight != height) {
                    width = newWidth;
                    height = newHeight;
                    pixels = new int[width * height];
                }
                return pixels;
            }

            @Override
            public void damage(int x, int y, int damageWidth, int damageHeight) {
                if (!scope.late()
                        && (x < 0
                                || y < 0
                                || damageWidth < 0
                                || damageHeight < 0
                                || x + damageWidth > width
                                || y + damageHeight > height)) {
                    throw new IllegalArgumentException("damage outside the screen");
                }
            }

            @Override
            public void publish(String newText) {
                if (!scope.late()) {
                    text = newText;
                    frames++;
                    trace.add(name + " shows " + Arrays.hashCode(pixels) + " " + text);
                }
            }
        };
    }
}
