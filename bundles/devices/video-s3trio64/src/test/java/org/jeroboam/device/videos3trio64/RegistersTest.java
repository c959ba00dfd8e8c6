package org.jeroboam.device.videos3trio64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistersTest {
    private static final LineId INTERRUPT = new LineId.PciInterrupt(Guest.SLOT, 0);

    private final FakeMachine machine = new FakeMachine();
    private final Guest guest = new Guest(machine);
    private Device device;

    @BeforeEach
    void powerOn() throws ConfigurationException {
        device = new S3Trio64Factory().create(new DeviceConfig(Guest.NAME, "s3trio64", Map.of()));
        device.attach(machine.board(Guest.NAME));
        device.reset(ResetKind.POWER_ON);
        guest.openDecoding();
        machine.out(0x3C2, 0x63);
    }

    private void unlock() {
        guest.set(Guest.SR, 0x08, 0x06);
        guest.cr(0x38, 0x48);
        guest.cr(0x39, 0xA5);
    }

    @Test
    void configurationSpace() {
        assertEquals(0x88115333, machine.readConfig(8, 0, 0x00, 4));
        assertEquals(0x03000000, machine.readConfig(8, 0, 0x08, 4), "a VGA of revision 0");
        assertEquals(0x0200, machine.readConfig(8, 0, 0x06, 2));
        assertEquals(0x0100, machine.readConfig(8, 0, 0x3C, 2), "INTA");
        machine.writeConfig(8, 0, 0x10, 4, -1);
        assertEquals(0xFF800000, machine.readConfig(8, 0, 0x10, 4), "8 MiB of memory");
        for (int bar = 0x14; bar < 0x28; bar += 4) {
            machine.writeConfig(8, 0, bar, 4, -1);
            assertEquals(0, machine.readConfig(8, 0, bar, 4));
        }
        machine.writeConfig(8, 0, 0x30, 4, -1);
        assertEquals(0, machine.readConfig(8, 0, 0x30, 4), "no ROM");
        machine.writeConfig(8, 0, 0x3C, 1, 11);
        assertEquals(0x010B, machine.readConfig(8, 0, 0x3C, 2));
    }

    @Test
    void anotherSlot() throws ConfigurationException {
        Device other = new S3Trio64Factory().create(new DeviceConfig("second", "s3trio64", Map.of("device", "9")));
        other.attach(machine.board("second"));
        other.reset(ResetKind.POWER_ON);
        assertEquals(0x88115333, machine.readConfig(9, 0, 0, 4));
    }

    @Test
    void commandBitsGateDecoding() {
        assertEquals(0x63, machine.in(0x3CC));
        machine.writeConfig(8, 0, 4, 2, 2);
        assertEquals(0xFF, machine.in(0x3CC), "no ports");
        machine.writeMemory(Guest.A0000, 1, 0);
        assertEquals(0, machine.readMemory(Guest.A0000, 1), "but memory");
        machine.writeConfig(8, 0, 4, 2, 1);
        assertEquals(0x63, machine.in(0x3CC));
        assertEquals(0xFF, machine.readMemory(Guest.A0000, 1), "no memory");
        machine.writeConfig(8, 0, 4, 2, 3);
        assertEquals(0, machine.readMemory(Guest.A0000, 1));
        machine.out(0x3C2, 0x61);
        assertEquals(0xFF, machine.readMemory(Guest.A0000, 1), "the RAM is disabled");
    }

    @Test
    void memoryMapSelect() {
        int[][] windows = {{0xA0000, 0xBFFFF}, {0xA0000, 0xAFFFF}, {0xB0000, 0xB7FFF}, {0xB8000, 0xBFFFF}};
        for (int map = 0; map < 4; map++) {
            guest.set(Guest.GR, 6, map << 2);
            for (int at = 0xA0000; at < 0xC0000; at += 0x1000) {
                boolean inside = at >= windows[map][0] && at <= windows[map][1];
                assertEquals(inside ? 0 : 0xFF, machine.readMemory(at, 1), "map " + map + " at " + at);
            }
        }
        unlock();
        guest.cr(0x31, 0x08);
        assertEquals(0, machine.readMemory(0xA0000, 1), "enhanced mapping is at A0000h");
        assertEquals(0xFF, machine.readMemory(0xB8000, 1));
    }

    @Test
    void onlyExistingBitsAreKept() {
        int[] sr = {0x03, 0x3D, 0x0F, 0x3F, 0x0E, 0, 0, 0};
        for (int i = 0; i < sr.length; i++) {
            guest.set(Guest.SR, i, 0xFF);
            assertEquals(sr[i], guest.get(Guest.SR, i), "SR" + i);
        }
        int[] gr = {0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF, 0};
        for (int i = 0; i < gr.length; i++) {
            guest.set(Guest.GR, i, 0xFF);
            assertEquals(gr[i], guest.get(Guest.GR, i), "GR" + i);
        }
        for (int i = 0; i <= 0x14; i++) {
            guest.ar(i, 0xFF);
            machine.in(0x3DA);
            machine.out(0x3C0, i | 0x20);
            int bits = i < 0x10 ? 0x3F : new int[] {0xEF, 0xFF, 0x3F, 0x0F, 0x0F}[i - 0x10];
            assertEquals(bits, machine.in(0x3C1), "AR" + i);
        }
        guest.cr(0x19, 0xFF);
        assertEquals(0, guest.cr(0x19), "no CR19");
    }

    @Test
    void miscOutputChoosesMonoOrColor() {
        guest.cr(0x0E, 0x12);
        assertEquals(0x12, machine.in(0x3D5));
        assertEquals(0xFF, machine.in(0x3B5));
        assertEquals(0xFF, machine.in(0x3B4));
        assertEquals(0xFF, machine.in(0x3BA));
        machine.out(0x3C2, 0x62);
        assertEquals(0x12, machine.in(0x3B5));
        assertEquals(0xFF, machine.in(0x3D5));
        assertEquals(0xFF, machine.in(0x3DA));
        machine.out(0x3D5, 0x55);
        assertEquals(0x12, machine.in(0x3B5));
        machine.out(0x3BA, 0x02);
        assertEquals(0x02, machine.in(0x3CA));
    }

    @Test
    void attributeFlipFlop() {
        machine.in(0x3DA);
        machine.out(0x3C0, 0x21);
        assertEquals(0x21, machine.in(0x3C0));
        assertEquals(0x80, guest.cr(0x24) & 0x80, "data comes next");
        machine.out(0x3C0, 0x15);
        assertEquals(0x15, machine.in(0x3C1));
        assertEquals(0, guest.cr(0x24) & 0x80);
        machine.out(0x3C0, 0x22);
        machine.in(0x3DA);
        machine.out(0x3C0, 0x21);
        assertEquals(0x15, machine.in(0x3C1), "3DAh made it expect an index again");
        assertEquals(0x21, guest.cr(0x24) & 0x3F);
    }

    @Test
    void crtcProtection() {
        guest.cr(0x11, 0x80);
        guest.cr(0x00, 0x5F);
        guest.cr(0x07, 0xFF);
        assertEquals(0, guest.cr(0x00));
        assertEquals(0x10, guest.cr(0x07), "line compare is free");
        guest.cr(0x11, 0x00);
        guest.cr(0x00, 0x5F);
        assertEquals(0x5F, guest.cr(0x00));
    }

    @Test
    void dacReadsAndWrites() {
        guest.color(5, 1, 2, 0x43);
        guest.color(6, 4, 5, 6);
        machine.out(0x3C7, 5);
        assertEquals(3, machine.in(0x3C7) & 3);
        assertEquals(6, machine.in(0x3C8), "the address is counted on at once");
        int[] expected = {1, 2, 3, 4, 5, 6};
        for (int value : expected) {
            assertEquals(value, machine.in(0x3C9));
        }
        machine.out(0x3C8, 255);
        assertEquals(0, machine.in(0x3C7) & 3);
        machine.out(0x3C9, 9);
        machine.out(0x3C9, 9);
        machine.out(0x3C8, 255);
        for (int i = 0; i < 3; i++) {
            machine.out(0x3C9, 10 + i);
        }
        assertEquals(0, machine.in(0x3C8), "counts on and around");
        machine.out(0x3C7, 255);
        assertEquals(10, machine.in(0x3C9), "an entry is written as a whole");
        machine.out(0x3C6, 0x0F);
        assertEquals(0x0F, machine.in(0x3C6));
    }

    @Test
    void senseTellsOfAColorMonitor() {
        guest.color(0, 0x14, 0x14, 0x14);
        assertEquals(0x10, machine.in(0x3C2) & 0x10);
        for (int i = 0; i < 3; i++) {
            guest.color(0, i == 0 ? 0x2D : 4, i == 1 ? 0x2D : 4, i == 2 ? 0x2D : 4);
            assertEquals(0, machine.in(0x3C2) & 0x10, "the output " + i + " is loaded");
        }
    }

    @Test
    void locks() {
        assertEquals(0xE1, guest.cr(0x30));
        assertEquals(0x88, guest.cr(0x2D));
        assertEquals(0x11, guest.cr(0x2E));
        assertEquals(0x00, guest.cr(0x2F));
        assertEquals(0x0E, guest.cr(0x36));
        guest.cr(0x33, 0x5A);
        guest.cr(0x40, 0x5A);
        guest.set(Guest.SR, 0x12, 0x5A);
        assertEquals(0, guest.cr(0x33));
        assertEquals(0, guest.cr(0x40));
        assertEquals(0, guest.get(Guest.SR, 0x12));
        guest.cr(0x38, 0x48);
        guest.cr(0x33, 0x5A);
        guest.cr(0x40, 0x5A);
        guest.cr(0x36, 0x5A);
        assertEquals(0x5A, guest.cr(0x33));
        assertEquals(0, guest.cr(0x40));
        assertEquals(0x0E, guest.cr(0x36));
        guest.cr(0x39, 0xA0);
        guest.cr(0x40, 0x5A);
        guest.cr(0x36, 0x5A);
        assertEquals(0x5A, guest.cr(0x40));
        assertEquals(0x0E, guest.cr(0x36), "the straps want the whole key");
        guest.cr(0x39, 0xA5);
        guest.cr(0x36, 0x5A);
        assertEquals(0x5A, guest.cr(0x36));
        guest.set(Guest.SR, 0x08, 0x06);
        guest.set(Guest.SR, 0x12, 0x5A);
        assertEquals(0x5A, guest.get(Guest.SR, 0x12));
        guest.cr(0x30, 0);
        assertEquals(0xE1, guest.cr(0x30), "read-only");
        guest.cr(0x70, 0xFF);
        assertEquals(0, guest.cr(0x70), "not there");
    }

    @Test
    void timingLocks() {
        unlock();
        guest.cr(0x35, 0x30);
        for (int i = 0; i <= 0x18; i++) {
            guest.cr(i, 0xFF);
        }
        int[] locked = {0, 0, 0, 0, 0, 0, 0, 0x52, 0xFF, 0xDF};
        for (int i = 0; i < locked.length; i++) {
            assertEquals(locked[i], guest.cr(i), "CR" + i);
        }
        assertEquals(0, guest.cr(0x10));
        assertEquals(0xF0, guest.cr(0x11));
        assertEquals(0xFF, guest.cr(0x12));
        assertEquals(0, guest.cr(0x15));
        assertEquals(0xFB, guest.cr(0x17));
    }

    @Test
    void barAndWindowPositionAreOne() {
        unlock();
        machine.writeConfig(8, 0, 0x10, 4, 0xE1800000);
        assertEquals(0xE1, guest.cr(0x59));
        assertEquals(0x80, guest.cr(0x5A));
        guest.cr(0x59, 0xD2);
        guest.cr(0x5A, 0x7F);
        assertEquals(0xD2000000, machine.readConfig(8, 0, 0x10, 4));
        guest.cr(0x58, 0x10);
        machine.writeMemory(0xD27F0000L, 4, 0x01020304);
        assertEquals(0x01020304, machine.readMemory(0xD27F0000L, 4), "64 KiB where CR59 and CR5A say");
        guest.cr(0x58, 0x13);
        assertEquals(0x01020304, machine.readMemory(0xD2400000L, 4), "4 MiB lie at a multiple of 4 MiB");
        machine.writeConfig(8, 0, 4, 2, 1);
        assertEquals(-1, machine.readMemory(0xD2400000L, 4), "the command register closes it");
    }

    @Test
    void statusFollowsVirtualTime() {
        guest.mode(StandardMode.VGA_12);
        long frame = 1_000_000_000L * 800 * 525 / 25_175_000;
        int edges = 0;
        long retrace = 0;
        long shown = 0;
        boolean before = false;
        long step = frame / 5250;
        for (long time = 0; time < 60 * frame; time += step) {
            machine.clock().advance(step);
            int status = machine.in(0x3DA);
            boolean now = (status & 8) != 0;
            edges += now && !before ? 1 : 0;
            before = now;
            retrace += now ? step : 0;
            shown += (status & 1) == 0 ? step : 0;
            assertFalse(now && (status & 1) == 0, "the retrace is not shown");
        }
        assertEquals(60, edges, "vertical retraces in 60 frames");
        assertEquals(2 / 525.0, (double) retrace / (60 * frame), 0.0005);
        assertEquals(640.0 / 800 * 480 / 525, (double) shown / (60 * frame), 0.02);
    }

    @Test
    void frameRateIsKeptInBounds() {
        guest.mode(StandardMode.VGA_12);
        unlock();
        machine.out(0x3C2, 0xEF);
        guest.set(Guest.SR, 0x12, 0x7F);
        guest.set(Guest.SR, 0x13, 0x01);
        assertEquals(50, retracesInASecond(), "the slowest clock");
        guest.set(Guest.SR, 0x12, 0x00);
        guest.set(Guest.SR, 0x13, 0x7F);
        assertEquals(100, retracesInASecond(), "the fastest clock");
        for (int i = 0; i < 0x19; i++) {
            guest.cr(i, 0);
        }
        assertEquals(100, retracesInASecond(), "no timing at all");
        guest.cr(0x10, 0xFF);
        assertEquals(100, retracesInASecond(), "a retrace beyond the frame");
    }

    private int retracesInASecond() {
        int edges = 0;
        boolean before = (machine.in(0x3DA) & 8) != 0;
        for (int i = 0; i < 100_000; i++) {
            machine.clock().advance(10_000);
            boolean now = (machine.in(0x3DA) & 8) != 0;
            edges += now && !before ? 1 : 0;
            before = now;
        }
        return edges;
    }

    @Test
    void retraceLatchAndInterrupt() {
        guest.mode(StandardMode.TEXT_80);
        unlock();
        machine.clock().advance(100_000_000);
        assertEquals(0, machine.in(0x3C2) & 0x80, "held clear by CR11 bit 4");
        guest.cr(0x11, 0x30);
        machine.clock().advance(20_000_000);
        assertEquals(0x80, machine.in(0x3C2) & 0x80);
        assertFalse(machine.level(INTERRUPT), "disabled by CR11 bit 5");
        guest.cr(0x11, 0x10);
        assertFalse(machine.level(INTERRUPT), "disabled by CR32");
        guest.cr(0x32, 0x10);
        assertTrue(machine.level(INTERRUPT));
        guest.cr(0x11, 0x00);
        assertFalse(machine.level(INTERRUPT));
        assertEquals(0, machine.in(0x3C2) & 0x80, "cleared");
        guest.cr(0x11, 0x10);
        assertFalse(machine.level(INTERRUPT), "it waits for the next retrace");
        guest.cr(0x11, 0x00);
        int interrupts = 0;
        for (int i = 0; i < 70; i++) {
            guest.cr(0x11, 0x10);
            machine.clock().advance(14_300_000);
            if (machine.level(INTERRUPT)) {
                interrupts++;
                assertEquals(0x80, machine.in(0x3C2) & 0x80);
                guest.cr(0x11, 0x00);
            }
        }
        assertTrue(interrupts >= 69, interrupts + " interrupts in 70 frames of 14.3 ms");
    }
}
