package org.jeroboam.hardware.input;

import org.osgi.annotation.versioning.ProviderType;

/** Keys and pointer events for a keyboard or mouse controller. Machine thread only. */
@ProviderType
public interface InputPort {
    /**
     * Sets who takes events.
     *
     * @param listener called on the machine thread
     */
    void setListener(Listener listener);

    /** Takes events. */
    interface Listener {
        /**
         * A key moved.
         *
         * @param scanCode set 1 make code, 1 to 7Fh; with E000h added for extended keys
         * @param down whether it was pressed
         */
        void key(int scanCode, boolean down);

        /**
         * The pointer moved or a button changed.
         *
         * @param dx to the right, in counts
         * @param dy downwards, in counts
         * @param wheel notches towards the user
         * @param buttons bit 0 left, 1 right, 2 middle
         */
        void pointer(int dx, int dy, int wheel, int buttons);
    }
}
