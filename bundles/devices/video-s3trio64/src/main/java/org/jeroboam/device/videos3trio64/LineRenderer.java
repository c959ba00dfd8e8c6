package org.jeroboam.device.videos3trio64;

/** Draws the dots of one scan line. */
interface LineRenderer {
    /** Reads what is the same for all lines of a frame: colours, fonts, the cursor. */
    void prepare();

    /**
     * Draws.
     *
     * @param counter address counter of the first character
     * @param row row within the characters
     * @param columns characters
     * @param dots gets the dots as 0x00RRGGBB, from index 0 on
     */
    void draw(int counter, int row, int columns, int[] dots);
}
