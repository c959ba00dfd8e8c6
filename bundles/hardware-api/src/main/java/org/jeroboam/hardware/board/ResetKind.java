package org.jeroboam.hardware.board;

/** What is reset. */
public enum ResetKind {
    /** Power came on: everything, and RAM is zero. */
    POWER_ON,
    /** Hard reset (port CF9h, 8042, triple fault): CPU, chipset and all devices; RAM keeps its content. Firmware runs again. */
    HARD,
    /** INIT: the processor only (port 92h bit 0, CF9h soft). Devices are not told. */
    CPU_INIT
}
