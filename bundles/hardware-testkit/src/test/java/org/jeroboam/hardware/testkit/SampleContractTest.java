package org.jeroboam.hardware.testkit;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;

/** The contract on a device without fault. */
class SampleContractTest extends DeviceContract {
    @Override
    protected DeviceFactory factory() {
        return new SampleDevice.Factory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("sample", "sample", Map.of());
    }

    @Override
    protected void prepare(FakeMachine machine) {
        byte[] disk = new byte[8 * 512];
        new Random(1).nextBytes(disk);
        machine.blockPort("disk").insert(disk, false);
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        int port = 0x300 + random.nextInt(4);
        if (random.nextBoolean()) {
            machine.in(port);
        } else {
            machine.out(port, random.nextInt(0xF0));
        }
        machine.clock().advance(random.nextInt(60_000));
    }
}
