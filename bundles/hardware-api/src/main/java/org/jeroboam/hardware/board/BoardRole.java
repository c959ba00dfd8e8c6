package org.jeroboam.hardware.board;

/** A part of the board's own logic that a device offers with {@link Board#provide}. */
public sealed interface BoardRole permits InterruptController, PciInterruptRouter, DmaController, PowerButton {}
