package org.jeroboam.chipset.i440bx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jeroboam.chipset.i440bx.bridge.I82443bxFactory;
import org.jeroboam.chipset.i440bx.dma.I8237Factory;
import org.jeroboam.chipset.i440bx.isa.Piix4IsaFactory;
import org.jeroboam.chipset.i440bx.pic.I8259Factory;
import org.jeroboam.chipset.i440bx.pit.I8254Factory;
import org.jeroboam.chipset.i440bx.pm.Piix4PmFactory;
import org.jeroboam.chipset.i440bx.rtc.Mc146818Factory;
import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PowerButton;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All parts on one board, meeting only through it. */
class WholeBoardTest {
    private static final long SECOND = 1_000_000_000L;

    private final FakeMachine machine = new FakeMachine();
    private final InterruptController pic = machine.role(InterruptController.class);

    @BeforeEach
    void build() throws ConfigurationException {
        List<DeviceFactory> factories = List.of(
                new I8259Factory(),
                new I8254Factory(),
                new Mc146818Factory(),
                new I8237Factory(),
                new I82443bxFactory(),
                new Piix4IsaFactory(),
                new Piix4PmFactory());
        List<Device> devices = new ArrayList<>();
        for (DeviceFactory factory : factories) {
            String name = factory.getClass().getSimpleName();
            Device device = factory.create(new DeviceConfig(name, name, Map.of()));
            device.attach(machine.board(name));
            devices.add(device);
        }
        devices.forEach(device -> device.reset(ResetKind.POWER_ON));
        for (int[] chip : new int[][] {{0x20, 0x30, 4}, {0xA0, 0x38, 2}}) {
            machine.out(chip[0], 0x11);
            machine.out(chip[0] + 1, chip[1]);
            machine.out(chip[0] + 1, chip[2]);
            machine.out(chip[0] + 1, 1);
        }
    }

    private boolean intr() {
        return machine.level(LineId.Single.INTR);
    }

    private void config(int function, int register, int size, int value) {
        machine.writePort(0xCF8, 4, 0x8000_3800 | function << 8 | register & 0xFC);
        machine.writePort(0xCFC + (register & 3), size, value);
    }

    @Test
    void ticksReachTheProcessor() {
        machine.out(0x43, 0x34);
        machine.out(0x40, 11932);
        machine.out(0x40, 11932 >> 8);
        for (int i = 0; i < 5; i++) {
            assertFalse(intr());
            machine.clock().advance(SECOND / 100 + 10_000);
            assertTrue(intr());
            assertEquals(0x30, pic.acknowledge());
            machine.out(0x20, 0x20);
        }
    }

    @Test
    void clockReachesTheProcessorThroughTheSlave() {
        machine.out(0x70, 0x0B);
        machine.out(0x71, 0x42);
        machine.out(0x21, 0xFB);
        machine.clock().advance(SECOND / 1000);
        assertEquals(0x38, pic.acknowledge());
    }

    @Test
    void configurationAddressAndResetControlShareTheirPorts() {
        machine.writePort(0xCF8, 4, 0x8000_3E00);
        assertEquals(List.of(), machine.resets());
        assertEquals(0x8000_3E00, machine.readPort(0xCF8, 4));
        machine.out(0xCF9, 2);
        machine.out(0xCF9, 6);
        assertEquals(List.of(ResetKind.HARD), machine.resets());
        assertEquals(0x8000_3E00, machine.readPort(0xCF8, 4));
    }

    @Test
    void powerButtonIsALevelInterrupt() {
        config(3, 0x40, 4, 0xB001);
        config(3, 0x80, 1, 1);
        machine.out(0x21, 0xFB);
        machine.out(0x4D1, 0x02);
        machine.out(0xB2, 0xF1);
        machine.writePort(0xB002, 2, 0x0100);
        machine.role(PowerButton.class).press();
        assertEquals(0x39, pic.acknowledge());
        machine.out(0xA0, 0x20);
        machine.out(0x20, 0x20);
        assertTrue(intr(), "the level is still there");
        machine.writePort(0xB000, 2, 0x0100);
        assertFalse(intr());
    }

    @Test
    void pciInterruptFollowsItsRoute() {
        machine.out(0x21, 0xFB);
        machine.out(0x4D1, 0x0C);
        config(0, 0x60, 4, 0x0B0B_0A0A);
        machine.drive(new LineId.PciInterrupt(9, 0), true);
        assertEquals(0x3A, pic.acknowledge());
    }
}
