package org.jeroboam.machine.io;

import org.jeroboam.hardware.display.DisplayPort;

/** A screen that keeps the last frame. Nobody can look at it through the machine's contract yet. */
public final class Screen implements DisplayPort {
    private static final int LARGEST = 1 << 13;

    private int[] pixels = new int[0];
    private int width;
    private int height;

    @Override
    public boolean watched() {
        return false;
    }

    @Override
    public int[] begin(int newWidth, int newHeight) {
        if (newWidth < 1 || newHeight < 1 || newWidth > LARGEST || newHeight > LARGEST) {
            throw new IllegalArgumentException("no screen has " + newWidth + " by " + newHeight + " pixels");
        }
        if (newWidth != width || newHeight != height) {
            width = newWidth;
            height = newHeight;
            pixels = new int[width * height];
        }
        return pixels;
    }

    @Override
    public void damage(int x, int y, int w, int h) {
        // the whole frame is kept
    }

    @Override
    public void publish(String text) {
        // the frame stays until somebody can look
    }
}
