package org.jeroboam.hardware.board;

/** The lines of the board that devices drive. */
public sealed interface LineId {
    /**
     * An ISA interrupt request, an input of the two 8259s.
     *
     * @param number 0 to 15, but not 2
     */
    record Irq(int number) implements LineId {
        /**
         * Checks the number.
         *
         * @param number 0 to 15, but not 2
         */
        public Irq {
            if (number < 0 || number > 15 || number == 2) {
                throw new IllegalArgumentException("no interrupt line " + number + "; there are 0 to 15 without 2");
            }
        }
    }

    /**
     * The INTx pin of a PCI device, level-triggered; the {@link PciInterruptRouter} leads it to an {@link Irq}.
     *
     * @param device device number on bus 0, 0 to 31
     * @param pin 0 to 3 for INTA# to INTD#
     */
    record PciInterrupt(int device, int pin) implements LineId {
        /**
         * Checks the numbers.
         *
         * @param device 0 to 31
         * @param pin 0 to 3
         */
        public PciInterrupt {
            if (device < 0 || device > 31 || pin < 0 || pin > 3) {
                throw new IllegalArgumentException("no PCI interrupt pin " + pin + " of device " + device);
            }
        }
    }

    /** Lines that exist once. */
    enum Single implements LineId {
        /** Address line 20 gate: open while any device asserts it. */
        A20,
        /** Non-maskable interrupt; a rising edge is latched. */
        NMI,
        /** System management interrupt; a rising edge counts. */
        SMI,
        /** The interrupt controller's INT output to the processor. */
        INTR
    }
}
