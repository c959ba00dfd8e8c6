package org.jeroboam.cpu.x86.exec;

/** The sixteen conditions, tested on the lazy flags. */
final class Conditions {
    private Conditions() {}

    static boolean overflow(Cpu cpu) {
        int c = cpu.carries;
        return (c ^ c << 1) < 0;
    }

    static boolean below(Cpu cpu) {
        return cpu.carries < 0;
    }

    static boolean equal(Cpu cpu) {
        return cpu.result == 0;
    }

    static boolean belowOrEqual(Cpu cpu) {
        return cpu.carries < 0 || cpu.result == 0;
    }

    static boolean sign(Cpu cpu) {
        return (cpu.result ^ cpu.carries << 31) < 0;
    }

    static boolean parity(Cpu cpu) {
        return Flags.parity(cpu.result, cpu.carries);
    }

    static boolean less(Cpu cpu) {
        int c = cpu.carries;
        return (cpu.result ^ c << 31 ^ c ^ c << 1) < 0;
    }

    static boolean lessOrEqual(Cpu cpu) {
        return cpu.result == 0 || less(cpu);
    }

    /**
     * Tests a condition.
     *
     * @param condition 0 to 15, the low four bits of the Jcc opcode
     */
    static boolean holds(Cpu cpu, int condition) {
        boolean plain =
                switch (condition >> 1) {
                    case 0 -> overflow(cpu);
                    case 1 -> below(cpu);
                    case 2 -> equal(cpu);
                    case 3 -> belowOrEqual(cpu);
                    case 4 -> sign(cpu);
                    case 5 -> parity(cpu);
                    case 6 -> less(cpu);
                    default -> lessOrEqual(cpu);
                };
        return plain != ((condition & 1) != 0);
    }
}
