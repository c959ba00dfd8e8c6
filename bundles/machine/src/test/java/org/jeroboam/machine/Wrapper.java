package org.jeroboam.machine;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/** A device that passes all on to another one. */
class Wrapper implements Device {
    final Device inner;

    Wrapper(Device inner) {
        this.inner = inner;
    }

    @Override
    public void attach(Board board) {
        inner.attach(board);
    }

    @Override
    public void reset(ResetKind kind) {
        inner.reset(kind);
    }

    @Override
    public void save(StateWriter out) {
        inner.save(out);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        inner.restore(in);
    }

    @Override
    public void detach() {
        inner.detach();
    }
}
