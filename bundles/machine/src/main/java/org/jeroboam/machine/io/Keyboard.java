package org.jeroboam.machine.io;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.input.InputPort;
import org.jeroboam.machine.board.PartFailures;

/** What people type, led to all devices that listen. */
public final class Keyboard {
    private final PartFailures failures;
    private final List<End> ends = new ArrayList<>();

    /**
     * Creates it without listeners.
     *
     * @param failures told when a device throws
     */
    public Keyboard(PartFailures failures) {
        this.failures = failures;
    }

    /** A key moved. */
    public void key(int scanCode, boolean down) {
        for (End end : List.copyOf(ends)) {
            end.tell(listener -> listener.key(scanCode, down));
        }
    }

    /** The pointer moved. */
    public void pointer(int dx, int dy, int wheel, int buttons) {
        for (End end : List.copyOf(ends)) {
            end.tell(listener -> listener.pointer(dx, dy, wheel, buttons));
        }
    }

    /** Whether anybody listens. */
    public boolean connected() {
        return !ends.isEmpty();
    }

    /** A device's end. */
    public End open(String owner) {
        return new End(owner);
    }

    /** One device's view. */
    public final class End implements InputPort {
        private final String owner;
        private Listener listener;
        private boolean revoked;

        private End(String owner) {
            this.owner = owner;
        }

        @Override
        public void setListener(Listener newListener) {
            if (!revoked) {
                listener = newListener;
                ends.remove(this);
                if (newListener != null) {
                    ends.add(this);
                }
            }
        }

        /** Ends it for good. */
        public void revoke() {
            revoked = true;
            listener = null;
            ends.remove(this);
        }

        private void tell(java.util.function.Consumer<Listener> event) {
            Listener current = listener;
            if (current != null) {
                String outer = failures.calling(owner);
                try {
                    event.accept(current);
                } catch (RuntimeException | Error e) {
                    failures.failed(owner, e);
                }
                failures.back(outer);
            }
        }
    }
}
