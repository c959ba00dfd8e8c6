package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Machine code put together by hand, with labels. */
final class Code {
    private static final int MOST = 0x8000;

    private final int origin;
    private final byte[] bytes = new byte[MOST];
    private final Map<String, Integer> labels = new HashMap<>();
    /** Place of a reference, then 1 when it is relative and of one byte, 4 relative, 0 absolute. */
    private final Map<Integer, Integer> sizes = new HashMap<>();

    private final Map<Integer, String> references = new HashMap<>();
    private int length;

    /** @param origin address of the first byte, as labels count */
    Code(int origin) {
        this.origin = origin;
    }

    /** The address of what comes next. */
    int here() {
        return origin + length;
    }

    Code put(int... values) {
        for (int value : values) {
            bytes[length++] = (byte) value;
        }
        return this;
    }

    Code word(int value) {
        return put(value, value >> 8);
    }

    Code dword(int value) {
        return word(value).word(value >> 16);
    }

    /** Bytes, then a doubleword: an instruction with an address or an immediate at its end. */
    Code with(int value, int... opcode) {
        return put(opcode).dword(value);
    }

    Code label(String name) {
        labels.put(name, here());
        return this;
    }

    /** Bytes, then the distance to a label in four bytes. */
    Code near(String label, int... opcode) {
        put(opcode);
        return reference(label, 4).dword(0);
    }

    /** Bytes, then the distance to a label in one byte. */
    Code shortly(String label, int... opcode) {
        put(opcode);
        return reference(label, 1).put(0);
    }

    /** Bytes, then the address of a label. */
    Code address(String label, int... opcode) {
        put(opcode);
        return reference(label, 0).dword(0);
    }

    private Code reference(String label, int size) {
        references.put(length, label);
        sizes.put(length, size);
        return this;
    }

    /** Fills with NOPs up to an address. */
    Code fillTo(int address) {
        while (here() < address) {
            put(0x90);
        }
        return this;
    }

    int of(String label) {
        Integer at = labels.get(label);
        if (at == null) {
            throw new IllegalArgumentException("no label " + label);
        }
        return at;
    }

    int origin() {
        return origin;
    }

    /** All bytes, with references filled in. */
    byte[] bytes() {
        references.forEach((at, label) -> {
            int size = sizes.get(at);
            int value = of(label) - (size == 0 ? 0 : origin + at + size);
            if (size == 1 && value != (byte) value) {
                throw new IllegalArgumentException(label + " is too far away");
            }
            for (int i = 0; i < (size == 1 ? 1 : 4); i++) {
                bytes[at + i] = (byte) (value >> 8 * i);
            }
        });
        return Arrays.copyOf(bytes, length);
    }
}
