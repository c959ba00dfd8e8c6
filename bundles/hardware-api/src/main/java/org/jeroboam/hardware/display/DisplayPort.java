package org.jeroboam.hardware.display;

/**
 * Where a video adapter publishes its picture. Machine thread only; the machine hands finished frames, with their damage, to
 * the front doors, which never see registers. Nothing is drawn while nobody looks.
 */
public interface DisplayPort {
    /**
     * Whether anybody looks.
     *
     * @return false when drawing would be wasted
     */
    boolean watched();

    /**
     * Begins a frame.
     *
     * @param width pixels
     * @param height pixels
     * @return {@code width * height} pixels as 0x00RRGGBB, the previous frame's content when the size is unchanged
     */
    int[] begin(int width, int height);

    /**
     * Marks a rectangle of the frame as changed.
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
}
