package org.jeroboam.cpu.x86;

/** Bits of EFLAGS and the flags that each condition code tests (Intel SDM volume 1, 3.4.3, and appendix B). */
public final class EFlags {

    public static final int CF = 1;
    /** Bit 1, always set. */
    public static final int RESERVED_1 = 1 << 1;

    public static final int PF = 1 << 2;
    public static final int AF = 1 << 4;
    public static final int ZF = 1 << 6;
    public static final int SF = 1 << 7;
    public static final int TF = 1 << 8;
    public static final int IF = 1 << 9;
    public static final int DF = 1 << 10;
    public static final int OF = 1 << 11;
    /** The two bits of the I/O privilege level. */
    public static final int IOPL = 3 << 12;

    public static final int NT = 1 << 14;
    public static final int RF = 1 << 16;
    public static final int VM = 1 << 17;
    public static final int AC = 1 << 18;
    public static final int VIF = 1 << 19;
    public static final int VIP = 1 << 20;
    public static final int ID = 1 << 21;

    /** The six arithmetic flags. */
    public static final int STATUS = CF | PF | AF | ZF | SF | OF;

    private static final int[] TESTED = {OF, CF, ZF, CF | ZF, SF, PF, SF | OF, ZF | SF | OF};

    private EFlags() {}

    /**
     * The flags that a condition code reads.
     *
     * @param condition 0 to 15, the low four bits of the Jcc opcode
     * @return a mask of EFLAGS bits
     */
    public static int tested(int condition) {
        return TESTED[condition >> 1 & 7];
    }

    /**
     * Whether a condition holds.
     *
     * @param condition 0 to 15, the low four bits of the Jcc opcode
     * @param flags EFLAGS
     */
    public static boolean holds(int condition, int flags) {
        boolean lessThan = (flags & SF) != 0 != ((flags & OF) != 0);
        boolean result =
                switch (condition >> 1 & 7) {
                    case 0 -> (flags & OF) != 0;
                    case 1 -> (flags & CF) != 0;
                    case 2 -> (flags & ZF) != 0;
                    case 3 -> (flags & (CF | ZF)) != 0;
                    case 4 -> (flags & SF) != 0;
                    case 5 -> (flags & PF) != 0;
                    case 6 -> lessThan;
                    default -> lessThan || (flags & ZF) != 0;
                };
        return result != ((condition & 1) != 0);
    }
}
