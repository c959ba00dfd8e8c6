package org.jeroboam.device.videos3trio64;

import java.util.function.IntUnaryOperator;

/**
 * The VGA's memory access, bit by bit, as IBM's reference describes each register: slow, and written apart from the
 * device. Chain-4 puts A14 and A15 into the two low address bits, as the CRTC's doubleword mode does with its counter.
 */
final class ReferenceVga {
    final boolean[][] planes = new boolean[4][65536 * 8];
    final int[] latches = new int[4];
    int[] sr = new int[5];
    int[] gr = new int[9];
    int misc;

    int read(int address) {
        int cell = cell(address);
        for (int plane = 0; plane < 4; plane++) {
            latches[plane] = load(plane, cell);
        }
        if ((gr[5] & 8) == 0) {
            return latches[readPlane(address)];
        }
        int result = 0;
        for (int bit = 0; bit < 8; bit++) {
            boolean same = true;
            for (int plane = 0; plane < 4; plane++) {
                boolean cares = bit(gr[7], plane);
                same &= !cares || bit(latches[plane], bit) == bit(gr[2], plane);
            }
            result |= same ? 1 << bit : 0;
        }
        return result;
    }

    void write(int address, int value) {
        int cell = cell(address);
        for (int plane = 0; plane < 4; plane++) {
            if (bit(sr[2], plane) && selected(address, plane)) {
                int p = plane;
                IntUnaryOperator newBit = bit -> newBit(p, bit, value);
                for (int bit = 0; bit < 8; bit++) {
                    planes[plane][cell * 8 + bit] = newBit.applyAsInt(bit) != 0;
                }
            }
        }
    }

    private int newBit(int plane, int bit, int value) {
        int latched = latches[plane] >> bit & 1;
        int rotated = value >> (bit + (gr[3] & 7)) % 8 & 1;
        boolean masked = bit(gr[8], bit);
        int data;
        switch (gr[5] & 3) {
            case 0 -> data = bit(gr[1], plane) ? gr[0] >> plane & 1 : rotated;
            case 1 -> {
                return latched;
            }
            case 2 -> data = value >> plane & 1;
            default -> {
                data = gr[0] >> plane & 1;
                masked &= rotated != 0;
            }
        }
        if (!masked) {
            return latched;
        }
        return switch (gr[3] >> 3 & 3) {
            case 0 -> data;
            case 1 -> data & latched;
            case 2 -> data | latched;
            default -> data ^ latched;
        };
    }

    private int cell(int address) {
        if (bit(sr[4], 3)) {
            return address / 4 * 4 % 65536 + address / 16384 % 4;
        }
        if (bit(gr[6], 1)) {
            boolean window128 = (gr[6] & 12) == 0;
            int low = window128 ? address / 65536 : bit(misc, 5) ? 0 : 1;
            return address / 2 * 2 % 65536 + low;
        }
        return address % 65536;
    }

    private int readPlane(int address) {
        if (bit(sr[4], 3)) {
            return address % 4;
        }
        return bit(gr[5], 4) ? gr[4] / 2 % 2 * 2 + address % 2 : gr[4] % 4;
    }

    private boolean selected(int address, int plane) {
        if (bit(sr[4], 3)) {
            return address % 4 == plane;
        }
        return bit(sr[4], 2) || address % 2 == plane % 2;
    }

    private int load(int plane, int cell) {
        int value = 0;
        for (int bit = 0; bit < 8; bit++) {
            value |= planes[plane][cell * 8 + bit] ? 1 << bit : 0;
        }
        return value;
    }

    private static boolean bit(int value, int bit) {
        return (value >> bit & 1) != 0;
    }
}
