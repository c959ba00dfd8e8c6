package org.jeroboam.management;

/** A button of the mouse, with the numbers of the SDK's {@code VMMouseButton}. */
public enum MouseButton {
    /** The left one. */
    LEFT(1),
    /** The right one. */
    RIGHT(2),
    /** The middle one, or the wheel. */
    CENTER(3);

    private final int number;

    MouseButton(int number) {
        this.number = number;
    }

    /**
     * The SDK's number.
     *
     * @return value of {@code VMMouseButton}
     */
    public int number() {
        return number;
    }
}
