package org.jeroboam.hardware.board;

/** Leads PCI interrupt pins to ISA interrupts: the PIIX4's PIRQRC registers. */
public non-sealed interface PciInterruptRouter extends BoardRole {
    /**
     * Where a pin leads. The part calls {@link PciBus#interruptRoutingChanged()} when answers change.
     *
     * @param device device number on bus 0, 0 to 31
     * @param pin 0 to 3 for INTA# to INTD#
     * @return ISA interrupt, or -1 when the pin leads nowhere
     */
    int route(int device, int pin);
}
