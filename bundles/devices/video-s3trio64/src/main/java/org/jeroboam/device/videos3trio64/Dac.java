package org.jeroboam.device.videos3trio64;

import java.util.Arrays;

/** The RAMDAC with 256 colours of 6 bits each: ports 3C6h to 3C9h. Its address counts on after each third component. */
final class Dac {
    private static final int ENTRIES = 256;
    private static final int COMPONENTS = 3;
    /** From this level on a loaded output passes the comparator's reference of half the scale. */
    private static final int SENSE_LEVEL = 0x1F;

    private final byte[] colors = new byte[ENTRIES * COMPONENTS];
    private int mask;
    private int address;
    private int component;
    private boolean reading;
    private int red;
    private int green;

    /**
     * What the DAC remembers.
     *
     * @param colors 256 times red, green, blue
     * @param mask 3C6h
     * @param address entry read or written next
     * @param component 0 to 2
     * @param reading whether 3C7h was written last
     * @param red first component of an entry that is being written
     * @param green second component
     */
    record State(byte[] colors, int mask, int address, int component, boolean reading, int red, int green) {
        State {
            if (colors == null || colors.length != ENTRIES * COMPONENTS) {
                throw new IllegalArgumentException("the palette has the wrong size");
            }
        }
    }

    void reset() {
        Arrays.fill(colors, (byte) 0);
        mask = 0xFF;
        address = 0;
        component = 0;
        reading = false;
        red = 0;
        green = 0;
    }

    int read(int port) {
        return switch (port) {
            case 0x3C6 -> mask;
            case 0x3C7 -> reading ? 3 : 0;
            // A write to 3C7h loads the entry and counts the address on at once.
            case 0x3C8 -> reading ? address + 1 & 0xFF : address;
            default -> readComponent();
        };
    }

    private int readComponent() {
        int value = colors[address * COMPONENTS + component];
        if (++component == COMPONENTS) {
            component = 0;
            address = address + 1 & 0xFF;
        }
        return value;
    }

    /** Returns whether the picture may look different now. */
    boolean write(int port, int value) {
        switch (port) {
            case 0x3C6 -> {
                boolean changed = mask != value;
                mask = value;
                return changed;
            }
            case 0x3C7, 0x3C8 -> {
                address = value;
                component = 0;
                reading = port == 0x3C7;
                return false;
            }
            default -> {
                return writeComponent(value & 0x3F);
            }
        }
    }

    private boolean writeComponent(int value) {
        if (component == 0) {
            red = value;
        } else if (component == 1) {
            green = value;
        } else {
            int at = address * COMPONENTS;
            boolean changed = colors[at] != red || colors[at + 1] != green || colors[at + 2] != value;
            colors[at] = (byte) red;
            colors[at + 1] = (byte) green;
            colors[at + 2] = (byte) value;
            component = 0;
            address = address + 1 & 0xFF;
            return changed;
        }
        component++;
        return false;
    }

    /** The comparator at the outputs, which firmware asks whether a colour monitor loads them. */
    boolean sense() {
        return colors[0] < SENSE_LEVEL && colors[1] < SENSE_LEVEL && colors[2] < SENSE_LEVEL;
    }

    /** The color of a pixel value, as 0x00RRGGBB. */
    int rgb(int pixel) {
        int at = (pixel & mask) * COMPONENTS;
        return eight(colors[at]) << 16 | eight(colors[at + 1]) << 8 | eight(colors[at + 2]);
    }

    private static int eight(int six) {
        return six << 2 | six >> 4;
    }

    State save() {
        return new State(colors.clone(), mask, address, component, reading, red, green);
    }

    void restore(State state) {
        for (int i = 0; i < colors.length; i++) {
            colors[i] = (byte) (state.colors[i] & 0x3F);
        }
        mask = state.mask & 0xFF;
        address = state.address & 0xFF;
        component = Math.floorMod(state.component, COMPONENTS);
        reading = state.reading;
        red = state.red & 0x3F;
        green = state.green & 0x3F;
    }
}
