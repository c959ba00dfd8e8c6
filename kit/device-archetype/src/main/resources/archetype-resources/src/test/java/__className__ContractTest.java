package ${package};

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

/** What every device must pass: save and restore at random instants, garbage, damage, detach, unloading. */
class ${className}ContractTest extends DeviceContract {
    private static final int SLOT = 11;
    private static final int BASE = 0xE0000000;
    private static final int RAM_MASK = 0xFFFFF;

    @Override
    protected DeviceFactory factory() {
        return new ${className}Factory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("card", "${deviceType}", Map.of());
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        switch (random.nextInt(6)) {
            case 0 -> {
                machine.writeConfig(SLOT, 0, 0x10, 4, BASE);
                machine.writeConfig(SLOT, 0, 0x04, 2, random.nextInt(4) == 0 ? 0x406 : 0x006);
            }
            case 1 -> machine.writeMemory(address(0x10 + 4 * random.nextInt(2)), 4, random.nextInt() & RAM_MASK);
            case 2 -> machine.writeMemory(address(0x18), 4, random.nextInt(5000));
            case 3 -> machine.writeMemory(address(4 * random.nextInt(4)), 4, random.nextInt());
            case 4 -> machine.readMemory(address(random.nextInt(0x20)), 1);
            default -> machine.clock().advance(random.nextInt(60_000));
        }
    }

    private static long address(int register) {
        return Integer.toUnsignedLong(BASE) + register;
    }
}
