package org.jeroboam.sample.ne2000;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

/** The contract of all devices, on the loop-back network. */
class Ne2000ContractTest extends DeviceContract {
    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("net0", "ne2000", Map.of());
    }

    @Override
    protected DeviceFactory factory() {
        return new Ne2000Factory();
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        Driver driver = new Driver(machine);
        switch (random.nextInt(8)) {
            case 0 -> driver.start();
            case 1 -> driver.send(frame(random));
            case 2 -> machine.networkPort("cable").receive(frame(random));
            case 3 -> machine.readPort(Driver.BASE + random.nextInt(24), 1 << random.nextInt(3));
            case 4 -> machine.out(Driver.BASE + random.nextInt(16), random.nextInt(256));
            case 5 -> machine.out(Driver.BASE + 7, random.nextInt(256));
            case 6 -> machine.readPort(Driver.BASE + 0x10, 2);
            default -> machine.clock().advance(random.nextInt(2_000_000));
        }
    }

    /** For this station, for all, for some, for another; at times a question that the station beyond answers. */
    private static byte[] frame(Random random) {
        byte[] frame = new byte[60 + random.nextInt(1455)];
        random.nextBytes(frame);
        System.arraycopy(Driver.MAC, 0, frame, 0, 6);
        switch (random.nextInt(4)) {
            case 0 -> Arrays.fill(frame, 0, 6, (byte) 0xFF);
            case 1 -> frame[0] |= 1;
            case 2 -> System.arraycopy(Frames.arpRequest(), 0, frame, 0, 42);
            default -> frame[5] ^= (byte) random.nextInt(2);
        }
        return frame;
    }
}
