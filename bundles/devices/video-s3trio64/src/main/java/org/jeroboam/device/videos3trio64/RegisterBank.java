package org.jeroboam.device.videos3trio64;

import java.util.Arrays;

/** Registers behind one index register, with a mask of the bits that exist in each. */
final class RegisterBank {
    private final byte[] values;
    private final byte[] existing;
    private int index;

    /**
     * What a bank remembers.
     *
     * @param index the index register
     * @param values all registers
     */
    record State(int index, byte[] values) {
        boolean fits(int count) {
            return values != null && values.length == count;
        }
    }

    /**
     * Creates a bank of zeros.
     *
     * @param count registers, a power of two
     * @param existing bits of the first registers; the others do not exist
     */
    RegisterBank(int count, int... existing) {
        values = new byte[count];
        this.existing = new byte[count];
        for (int i = 0; i < existing.length; i++) {
            this.existing[i] = (byte) existing[i];
        }
    }

    /** Makes all bits of a range of registers exist. */
    RegisterBank whole(int first, int last) {
        Arrays.fill(existing, first, last + 1, (byte) 0xFF);
        return this;
    }

    int index() {
        return index;
    }

    void setIndex(int newIndex) {
        index = newIndex & values.length - 1;
    }

    int get(int register) {
        return values[register] & 0xFF;
    }

    /** Sets a value whatever bits exist. */
    void set(int register, int value) {
        values[register] = (byte) value;
    }

    /**
     * A guest's write.
     *
     * @param register which
     * @param value new value
     * @param unlocked bits that may change now
     * @return whether the register changed
     */
    boolean write(int register, int value, int unlocked) {
        int bits = existing[register] & unlocked & 0xFF;
        int old = values[register] & 0xFF;
        int now = old & ~bits | value & bits;
        values[register] = (byte) now;
        return now != old;
    }

    void clear() {
        Arrays.fill(values, (byte) 0);
        index = 0;
    }

    State save() {
        return new State(index, values.clone());
    }

    void restore(State state) {
        System.arraycopy(state.values, 0, values, 0, values.length);
        setIndex(state.index);
    }
}
