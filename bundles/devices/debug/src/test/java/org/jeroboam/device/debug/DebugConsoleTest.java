package org.jeroboam.device.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.Test;

class DebugConsoleTest extends DeviceContract {
    @Override
    protected DeviceFactory factory() {
        return new DebugConsoleFactory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("debug", "debug-console", Map.of());
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        if (random.nextInt(5) == 0) {
            machine.characterPort("debug").setRoom(random.nextInt(2) * 3);
        }
        machine.out(random.nextBoolean() ? 0xE9 : 0x402, random.nextInt(256));
    }

    @Test
    void bothPortsGoToTheStream() {
        FakeMachine machine = new FakeMachine();
        Device device = new DebugConsoleFactory().create(config());
        device.attach(machine.board("debug"));
        device.reset(ResetKind.POWER_ON);
        machine.out(0xE9, 'a');
        machine.out(0x402, 'b');
        assertEquals("ab", machine.characterPort("debug").sentText());
        assertEquals(0xE9, machine.in(0x402));
        assertEquals(0xE9, machine.in(0xE9));
        machine.characterPort("debug").setRoom(0);
        for (int i = 0; i < 5000; i++) {
            machine.out(0xE9, 'x');
        }
        machine.characterPort("debug").setRoom(10_000);
        assertEquals(2 + 4096, machine.characterPort("debug").sent().length);
        assertEquals(5000 - 4096, machine.counter("debug", "bytes.dropped"));
    }
}
