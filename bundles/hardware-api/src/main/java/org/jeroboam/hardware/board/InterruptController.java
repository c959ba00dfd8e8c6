package org.jeroboam.hardware.board;

/** The two 8259s (or what takes their place): from IRQ lines to the processor's INTR, which the part drives as {@link LineId.Single#INTR}. */
public non-sealed interface InterruptController extends BoardRole {
    /**
     * A line changed.
     *
     * @param irq 0 to 15
     * @param level its new level
     */
    void lineChanged(int irq, boolean level);

    /**
     * The processor's interrupt acknowledge cycle.
     *
     * @return the vector; a spurious one when no request is left
     */
    int acknowledge();

    /**
     * Whether an edge on the line would be lost now, because one is already waiting for service. Periodic timers ask, to
     * re-inject ticks that the guest missed.
     *
     * @param irq 0 to 15
     * @return whether a request of this line is latched and not yet acknowledged
     */
    boolean pending(int irq);
}
