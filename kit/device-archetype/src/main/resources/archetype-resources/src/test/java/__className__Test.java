package ${package};

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ${className}Test {
    private static final int SLOT = 11;
    private static final long BASE = 0xE0000000L;
    private static final LineId INTA = new LineId.PciInterrupt(SLOT, 0);

    private final FakeMachine machine = new FakeMachine();

    @BeforeEach
    void powerOn() throws ConfigurationException {
        Device device = new ${className}Factory().create(new DeviceConfig("card", "${deviceType}", Map.of()));
        device.attach(machine.board("card"));
        device.reset(ResetKind.POWER_ON);
        machine.writeConfig(SLOT, 0, 0x10, 4, (int) BASE);
        machine.writeConfig(SLOT, 0, 0x04, 2, 0x0006);
    }

    private int read(int register) {
        return machine.readMemory(BASE + register, 4);
    }

    private void write(int register, int value) {
        machine.writeMemory(BASE + register, 4, value);
    }

    @Test
    void theWindowShowsTheRegisters() {
        assertEquals(0x0001CAFE, machine.readConfig(SLOT, 0, 0, 4));
        assertEquals(${className}.ID, read(0x00));
        write(0x04, 0x12345678);
        assertEquals(0x12345678, read(0x04));
        assertEquals(0x3456, machine.readMemory(BASE + 5, 2));
        machine.writeConfig(SLOT, 0, 0x04, 2, 0x0004);
        assertEquals(-1, read(0x00), "memory space is off");
    }

    @Test
    void aCopyTakesItsTimeAndInterrupts() {
        byte[] data = {1, 2, 3, 4, 5, 6, 7, 8, 9, (byte) 200};
        for (int i = 0; i < data.length; i++) {
            machine.writeMemory(0x1000 + i, 1, data[i]);
        }
        write(0x10, 0x1000);
        write(0x14, 0x20FFC);
        write(0x18, data.length);
        write(0x08, 0x3);
        assertEquals(${className}.STATUS_BUSY, read(0x0C));
        assertFalse(machine.level(INTA));
        machine.clock().advance(data.length * 10);
        assertEquals(${className}.STATUS_DONE, read(0x0C));
        assertTrue(machine.level(INTA));
        assertEquals(245, read(0x1C));
        byte[] copied = new byte[data.length];
        for (int i = 0; i < copied.length; i++) {
            copied[i] = (byte) machine.readMemory(0x20FFC + i, 1);
        }
        assertArrayEquals(data, copied, Arrays.toString(copied));
        write(0x0C, ${className}.STATUS_DONE);
        assertFalse(machine.level(INTA));
        assertEquals(0, read(0x0C));
    }

    @Test
    void withoutBusMasteringNothingIsCopied() {
        machine.writeConfig(SLOT, 0, 0x04, 2, 0x0002);
        write(0x18, 4);
        write(0x08, 0x3);
        assertEquals(0, read(0x0C));
    }
}
