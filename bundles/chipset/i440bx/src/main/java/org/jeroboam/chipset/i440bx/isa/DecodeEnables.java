package org.jeroboam.chipset.i440bx.isa;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.PortHandler;

/**
 * The decode enables of XBCS and RTCCFG: ports that the bridge does not pass on belong to nobody, whoever took them. The
 * bridge knows neither clock nor keyboard controller; it lays a range of its own over their ports.
 */
final class DecodeEnables {
    private static final int XBCS_RTC = 0x01;
    private static final int XBCS_KEYBOARD = 0x02;
    private static final int RTCCFG_RTC = 0x01;

    private static final int[][] RANGES = {{0x60, 1}, {0x64, 1}, {0x70, 4}};

    private static final PortHandler NOBODY = new PortHandler() {
        @Override
        public int readPort(int port, int size) {
            return 0xFF;
        }

        @Override
        public void writePort(int port, int size, int value) {
            // nobody listens
        }
    };

    private final Board board;
    private final Mapping[] hidden = new Mapping[RANGES.length];

    DecodeEnables(Board board) {
        this.board = board;
    }

    /**
     * Follows the registers.
     *
     * @param xbcs low byte of the X-bus chip select register
     * @param rtccfg real-time clock configuration register
     */
    void follow(int xbcs, int rtccfg) {
        boolean keyboard = (xbcs & XBCS_KEYBOARD) != 0;
        pass(0, keyboard);
        pass(1, keyboard);
        pass(2, (xbcs & XBCS_RTC) != 0 && (rtccfg & RTCCFG_RTC) != 0);
    }

    private void pass(int range, boolean on) {
        if (on == (hidden[range] == null)) {
            return;
        }
        if (on) {
            hidden[range].unmap();
            hidden[range] = null;
        } else {
            hidden[range] = board.mapPorts(RANGES[range][0], RANGES[range][1], 1, NOBODY);
        }
    }
}
