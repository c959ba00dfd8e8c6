package org.jeroboam.hardware.testkit;

import static org.junit.jupiter.api.Assertions.fail;

import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.device.DrainState;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/** One device on one fake machine. */
final class Bench {
    private static final int DRAIN_ROUNDS = 100_000;
    private static final long ROUND_NANOS = 1_000_000;

    final FakeMachine machine;
    final FakeBoard board;
    final Device device;

    Bench(FakeMachine machine, DeviceFactory factory, DeviceConfig config) throws ConfigurationException {
        this.machine = machine;
        device = factory.create(config);
        board = machine.board(config.name());
        device.attach(board);
    }

    Bench powerOn() {
        device.reset(ResetKind.POWER_ON);
        return this;
    }

    /** As a machine does before it saves. */
    void drain() {
        for (int round = 0; round < DRAIN_ROUNDS; round++) {
            machine.finishWork();
            if (device.drain() == DrainState.QUIET) {
                machine.finishWork();
                return;
            }
            machine.clock().advance(ROUND_NANOS);
        }
        fail("the device is still draining after " + DRAIN_ROUNDS * ROUND_NANOS / 1_000_000_000 + " s of guest time");
    }

    /** Lets all background work become visible. */
    void finish() {
        for (int round = 0; round < DRAIN_ROUNDS && machine.workWaiting(); round++) {
            machine.clock().advance(ROUND_NANOS);
        }
    }

    byte[] save() {
        StateWriter out = new StateWriter();
        device.save(out);
        return out.toBytes();
    }

    void restore(byte[] state) throws StateException {
        device.restore(new StateReader(state));
    }

    void detach() {
        device.detach();
        board.revoke();
    }
}
