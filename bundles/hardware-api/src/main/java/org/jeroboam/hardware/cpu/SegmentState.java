package org.jeroboam.hardware.cpu;

/**
 * A segment register with its hidden part.
 *
 * @param selector 16 bits
 * @param base linear base address
 * @param limit last offset in bytes (granularity already applied)
 * @param attributes descriptor bytes 5 and 6 as in bits 8 to 23 of the descriptor's high word, shifted down by 8:
 *     bits 0-3 type, 4 S, 5-6 DPL, 7 P, 12 AVL, 14 D/B, 15 G
 */
public record SegmentState(int selector, int base, int limit, int attributes) {}
