package org.jeroboam.hardware.board;

/** The case's power button: the PIIX4's PWRBTN# pin. */
public non-sealed interface PowerButton extends BoardRole {
    /** Somebody pressed it; what follows is the guest's choice. */
    void press();
}
