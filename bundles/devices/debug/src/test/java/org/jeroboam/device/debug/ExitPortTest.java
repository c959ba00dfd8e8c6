package org.jeroboam.device.debug;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.Test;

class ExitPortTest extends DeviceContract {
    @Override
    protected DeviceFactory factory() {
        return new ExitPortFactory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("exit0", "exit-port", Map.of("port", "0x501"));
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        machine.readPort(0x501 + random.nextInt(4), 1);
        if (random.nextInt(20) == 0) {
            machine.writePort(0x501, 1 << random.nextInt(3), random.nextInt());
        }
    }

    @Test
    void firstWriteEndsTheRun() throws ConfigurationException {
        FakeMachine machine = new FakeMachine();
        Device device = new ExitPortFactory().create(config());
        device.attach(machine.board("exit0"));
        device.reset(ResetKind.POWER_ON);
        machine.out(0x502, 9);
        assertFalse(machine.poweredOff(), "only the first port counts");
        machine.writePort(0x501, 4, 0x01020304);
        machine.writePort(0x501, 2, 7);
        assertTrue(machine.poweredOff());
        assertArrayEquals(new byte[] {4, 3, 2, 1}, machine.characterPort("exit").sent());
        assertEquals(0, machine.readPort(0x501, 4));
        device.reset(ResetKind.POWER_ON);
        machine.out(0x501, 0x21);
        assertArrayEquals(
                new byte[] {4, 3, 2, 1, 0x21, 0, 0, 0},
                machine.characterPort("exit").sent());
    }

    @Test
    void lastPortWillDo() throws ConfigurationException {
        FakeMachine machine = new FakeMachine();
        Device device = new ExitPortFactory().create(new DeviceConfig("exit0", "exit-port", Map.of("port", "65535")));
        device.attach(machine.board("exit0"));
        device.reset(ResetKind.POWER_ON);
        machine.out(0xFFFF, 3);
        assertArrayEquals(new byte[] {3, 0, 0, 0}, machine.characterPort("exit").sent());
    }

    @Test
    void wrongPortIsRefused() {
        DeviceConfig wrong = new DeviceConfig("exit0", "exit-port", Map.of("port", "70000"));
        assertThrows(ConfigurationException.class, () -> new ExitPortFactory().create(wrong));
    }
}
