package org.jeroboam.device.debug;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * The ports E9h and 402h, where firmware and small kernels write messages. Reading them gives E9h, by which SeaBIOS and
 * others know that somebody listens.
 *
 * <p>Imperfections: {@value #MAY_DROP}.
 */
final class DebugConsole implements Device, PortHandler {
    static final String MAY_DROP = "output is dropped when the host takes none for long";

    private static final int BOCHS_PORT = 0xE9;
    private static final int FIRMWARE_PORT = 0x402;
    private static final int PRESENT = 0xE9;
    private static final String SECTION = "debug-console";

    private final String stream;
    private Outbox outbox;

    private record State(byte[] waiting) {
        private State {
            Outbox.check(waiting);
        }
    }

    DebugConsole(String stream) {
        this.stream = stream;
    }

    @Override
    public void attach(Board board) {
        board.mapPorts(BOCHS_PORT, 1, 1, this);
        board.mapPorts(FIRMWARE_PORT, 1, 1, this);
        outbox = new Outbox(board, stream);
    }

    @Override
    public void reset(ResetKind kind) {
        if (kind == ResetKind.POWER_ON) {
            outbox.clear();
        }
    }

    @Override
    public void save(StateWriter out) {
        out.section(SECTION, 1, new State(outbox.save()));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        outbox.restore(in.section(SECTION, 1, State.class).waiting());
    }

    @Override
    public int readPort(int port, int size) {
        return PRESENT;
    }

    @Override
    public void writePort(int port, int size, int value) {
        outbox.put(value);
    }
}
