package org.jeroboam.hardware.display;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Where a video adapter publishes its picture. Machine thread only; the machine hands finished frames, with their damage, to
 * the front doors, which never see registers. Nothing is drawn while nobody looks: the machine asks for the picture.
 */
@ProviderType
public interface DisplayPort {
    /**
     * Sets who draws.
     *
     * @param painter called on the machine thread whenever somebody wants the picture; null for nobody
     */
    void setPainter(Painter painter);

    /**
     * Begins a frame.
     *
     * @param width pixels, 1 to 8192
     * @param height pixels, 1 to 8192
     * @return {@code width * height} pixels as 0x00RRGGBB, row by row: the previous frame's content when the size is
     *     unchanged, else black
     */
    int[] begin(int width, int height);

    /**
     * Marks a rectangle of the frame as changed. A frame of a new size is changed as a whole.
     *
     * @param x left
     * @param y top
     * @param width pixels
     * @param height pixels
     */
    void damage(int x, int y, int width, int height);

    /**
     * Publishes the frame.
     *
     * @param text in text modes the screen's lines joined by newlines, without colours; null in graphics modes
     */
    void publish(String text);

    /** Draws on demand. */
    @FunctionalInterface
    interface Painter {
        /**
         * Brings the picture up to date: {@link #begin}, {@link #damage} for what changed since the last call (the first
         * call after attach or restore draws all), {@link #publish}. Must not change what the guest can see or what the
         * device saves: how often people look is no part of a machine's state.
         */
        void paint();
    }
}
