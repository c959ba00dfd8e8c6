package org.jeroboam.device.videos3trio64;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DamageTest {
    private final FakeMachine machine = new FakeMachine();
    private final Guest guest = new Guest(machine);
    private final RecordingDisplay display = new RecordingDisplay();
    private Device device;

    @BeforeEach
    void powerOn() throws ConfigurationException {
        device = new S3Trio64Factory().create(new DeviceConfig(Guest.NAME, "s3trio64", Map.of()));
        device.attach(display.on(machine.board(Guest.NAME)));
        device.reset(ResetKind.POWER_ON);
        guest.openDecoding();
    }

    private byte[] save() {
        StateWriter out = new StateWriter();
        device.save(out);
        return out.toBytes();
    }

    @Test
    void anUntouchedScreenHasNoDamage() {
        for (StandardMode mode : StandardMode.values()) {
            guest.mode(mode);
            // The cursor would blink.
            guest.cr(0x0A, 0x20);
            machine.writeMemory(Guest.A0000, 1, 1);
            display.look();
            byte[] state = save();
            List<String> second = display.look();
            second = second.stream().filter(d -> !d.startsWith("text")).toList();
            assertEquals(List.of(), second, mode + " was painted twice");
            assertArrayEquals(state, save(), "painting changed the state");
        }
    }

    @Test
    void damageIsWhatChanged() {
        guest.mode(StandardMode.VGA_12);
        display.look();
        machine.writeMemory(Guest.A0000 + 80 * 100 + 10, 1, 0x18);
        assertEquals(List.of("83,100 2x1"), display.look());
        machine.writeMemory(Guest.A0000 + 80 * 100 + 10, 1, 0x18);
        assertEquals(List.of(), display.look(), "the same value again");
        guest.color(0x3F, 1, 1, 1);
        assertEquals(List.of("83,100 2x1"), display.look(), "only these dots have the color");
        machine.writeMemory(Guest.A0000 + 80 * 480, 1, 0xFF);
        assertEquals(List.of(), display.look(), "below the screen");
        guest.cr(0x0D, 80);
        assertEquals(List.of("0,99 85x381"), display.look(), "the screen scrolled by a line");
    }

    @Test
    void blinkingCursorIsDamage() {
        guest.mode(StandardMode.TEXT_80);
        guest.ar(0x0F, 0x3F);
        machine.writeMemory(0xB8000 + 2 * 80, 2, 0x0F20);
        guest.cr(0x0F, 80);
        display.look();
        machine.clock().advance(8 * 14_270_000L);
        assertEquals(List.of("0,29 9x2", "text of 24"), display.look());
    }

    @Test
    void whoGetsOnlyDamageSeesTheScreen() {
        Random random = new Random(0xDA3A6E);
        for (StandardMode mode : StandardMode.values()) {
            guest.mode(mode);
            int base = mode.graphics[6] < 8 ? Guest.A0000 : mode.graphics[6] < 12 ? 0xB0000 : Guest.B8000;
            for (int round = 0; round < 10; round++) {
                for (int i = random.nextInt(30); i >= 0; i--) {
                    machine.writeMemory(base + random.nextInt(0x8000), 1 << random.nextInt(3), random.nextInt());
                }
                if (random.nextInt(4) == 0) {
                    machine.clock().advance(random.nextInt(200_000_000));
                }
                someRegister(random, round);
                display.look();
                assertArrayEquals(display.pixels, display.copy(), mode.name());
                machine.out(0x3C6, 0xFE);
                machine.out(0x3C6, 0xFF);
                List<String> damages = display.look();
                damages = damages.stream().filter(d -> !d.startsWith("text")).toList();
                assertEquals(List.of(), damages, mode + ": a full painting finds what a quick one missed");
            }
        }
    }

    private void someRegister(Random random, int round) {
        switch (round) {
            case 2 -> guest.cr(0x08 + random.nextInt(0x11), random.nextInt(256));
            case 3 -> guest.ar(random.nextInt(0x15), random.nextInt(64));
            case 4 -> guest.color(random.nextInt(64), random.nextInt(64), 0, 0);
            case 5 -> guest.set(Guest.SR, 3, random.nextInt(64));
            case 6 -> guest.set(Guest.SR, 1, random.nextInt(2) * 9);
            case 7 -> guest.set(Guest.GR, 5, random.nextInt(4) << 5);
            case 8 -> guest.cr(0x0C, random.nextInt(256));
            default -> {
                // Only memory changed.
            }
        }
    }

    @Test
    void aNewFontIsSeen() {
        guest.mode(StandardMode.TEXT_80);
        guest.cr(0x0A, 0x20);
        machine.writeMemory(0xB8000, 2, 0x0741);
        display.look();
        guest.font(0, new byte[8192]);
        guest.set(Guest.SR, 2, 4);
        guest.set(Guest.SR, 4, 6);
        guest.set(Guest.GR, 5, 0);
        guest.set(Guest.GR, 6, 4);
        display.look();
        machine.writeMemory(Guest.A0000 + 0x41 * 32 + 3, 1, 0x18);
        assertEquals(List.of("3,3 2x1", "text of 25"), display.look());
        machine.writeMemory(Guest.A0000 + 0x4000 + 0x41 * 32 + 5, 1, 0x81);
        assertEquals(List.of("text of 25"), display.look(), "the other font is not in use");
        guest.set(Guest.SR, 3, 0x01);
        assertEquals(List.of("0,3 8x3", "text of 25"), display.look());
    }

    @Test
    void successorDrawsAll() throws ConfigurationException, StateException {
        guest.mode(StandardMode.VGA_13);
        for (int i = 0; i < 64000; i++) {
            machine.writeMemory(Guest.A0000 + i, 1, i);
        }
        display.look();
        int[] before = display.copy();
        FakeMachine other = new FakeMachine();
        other.takeConditionOf(machine);
        Device successor = new S3Trio64Factory().create(new DeviceConfig(Guest.NAME, "s3trio64", Map.of()));
        RecordingDisplay fresh = new RecordingDisplay();
        successor.attach(fresh.on(other.board(Guest.NAME)));
        successor.restore(new StateReader(save()));
        fresh.look();
        assertArrayEquals(before, fresh.copy());
    }
}
