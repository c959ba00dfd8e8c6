package org.jeroboam.hardware.cpu;

/**
 * A place at which a debugger outside the guest wants the processor to stop. The guest sees nothing of it: its own debug
 * registers stay as they are.
 *
 * @param kind what must happen
 * @param linear first linear address, whatever the paging mode and the address space of the moment
 * @param length bytes from 1 to {@link #LONGEST} for data; for {@link Kind#EXECUTE} 1
 */
public record Breakpoint(Kind kind, int linear, int length) {
    /** The longest watched area: one page. */
    public static final int LONGEST = 4096;

    /** What stops the processor. */
    public enum Kind {
        /** The instruction at the address is about to be executed. */
        EXECUTE,
        /** An instruction wrote to the area. */
        WRITE,
        /** An instruction read from the area. */
        READ,
        /** An instruction read from or wrote to the area. */
        ACCESS
    }

    /**
     * Checks the length.
     *
     * @param kind what must happen
     * @param linear first linear address
     * @param length bytes
     */
    public Breakpoint {
        if (length < 1 || length > (kind == Kind.EXECUTE ? 1 : LONGEST)) {
            throw new IllegalArgumentException("a breakpoint of kind " + kind + " cannot cover " + length + " bytes");
        }
    }

    /**
     * Whether an access touches the watched area.
     *
     * @param address first linear address of the access
     * @param size its bytes
     * @param write whether it writes
     * @return always false for {@link Kind#EXECUTE}
     */
    public boolean watches(int address, int size, boolean write) {
        boolean concerned = kind == Kind.ACCESS || kind == (write ? Kind.WRITE : Kind.READ);
        return concerned
                && (Integer.compareUnsigned(address - linear, length) < 0
                        || Integer.compareUnsigned(linear - address, size) < 0);
    }
}
