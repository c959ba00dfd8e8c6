package org.jeroboam.device.debug;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * A port by which self-checking guests end their run: the first write of N sends N as four little-endian bytes to a
 * stream and powers the machine off. Later writes do nothing until the next power on.
 */
final class ExitPort implements Device, PortHandler {
    private static final int PORTS = 4;
    private static final int LAST_PORT = 0xFFFF;
    private static final String SECTION = "exit-port";
    private static final int CODE_BYTES = 4;

    private final int base;
    private final String stream;
    private Board board;
    private Outbox outbox;
    private boolean ended;

    private record State(boolean ended, byte[] waiting) {
        private State {
            Outbox.check(waiting);
        }
    }

    ExitPort(int base, String stream) {
        this.base = base;
        this.stream = stream;
    }

    @Override
    public void attach(Board scope) {
        board = scope;
        scope.mapPorts(base, Math.min(PORTS, LAST_PORT - base + 1), 4, this);
        outbox = new Outbox(scope, stream);
    }

    @Override
    public void reset(ResetKind kind) {
        if (kind == ResetKind.POWER_ON) {
            ended = false;
            outbox.clear();
        }
    }

    @Override
    public void save(StateWriter out) {
        out.section(SECTION, 1, new State(ended, outbox.save()));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        State state = in.section(SECTION, 1, State.class);
        ended = state.ended();
        outbox.restore(state.waiting());
    }

    @Override
    public int readPort(int port, int size) {
        return 0;
    }

    @Override
    public void writePort(int port, int size, int value) {
        if (port != base || ended) {
            return;
        }
        ended = true;
        for (int i = 0; i < CODE_BYTES; i++) {
            outbox.put(value >>> 8 * i);
        }
        board.requestPowerOff();
    }
}
