package org.jeroboam.device.videos3trio64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Graphics modes: what is drawn as programs draw it is compared dot by dot with a canvas of our own. */
class ScreenTest {
    private final FakeMachine machine = new FakeMachine();
    private final Guest guest = new Guest(machine);
    private final Random random = new Random(0x12345);

    @BeforeEach
    void powerOn() throws ConfigurationException {
        Device device = new S3Trio64Factory().create(new DeviceConfig(Guest.NAME, "s3trio64", Map.of()));
        device.attach(machine.board(Guest.NAME));
        device.reset(ResetKind.POWER_ON);
        guest.openDecoding();
    }

    /** Checks the whole screen; {@code color} tells the palette entry of each pixel, pixels being scaled. */
    private void assertScreen(int width, int height, int scaleX, int scaleY, IntBinaryOperator color) {
        guest.screen().look();
        assertEquals(width * scaleX, guest.screen().width());
        assertEquals(height * scaleY, guest.screen().height());
        int[] pixels = guest.screen().pixels();
        for (int y = 0; y < height * scaleY; y++) {
            for (int x = 0; x < width * scaleX; x++) {
                int expected = Guest.rgb(color.applyAsInt(x / scaleX, y / scaleY));
                int actual = pixels[y * width * scaleX + x];
                if (expected != actual) {
                    assertEquals(Integer.toHexString(expected), Integer.toHexString(actual), "at " + x + ", " + y);
                }
            }
        }
        assertNull(guest.screen().text());
    }

    private int[] randomCanvas(int size, int colors) {
        return random.ints(size, 0, colors).toArray();
    }

    @Test
    void nothingBeforeAModeIsSet() {
        guest.screen().look();
        assertEquals(640, guest.screen().width());
        assertEquals(400, guest.screen().height());
        assertNull(guest.screen().text());
        for (int pixel : guest.screen().pixels()) {
            assertEquals(0, pixel);
        }
    }

    /** A dot with write mode 2 and the bit mask, as libraries of the time do. */
    private void plot(int x, int y, int bytesPerLine, int color) {
        guest.set(Guest.GR, 8, 0x80 >> (x & 7));
        int at = Guest.A0000 + y * bytesPerLine + x / 8;
        machine.readMemory(at, 1);
        machine.writeMemory(at, 1, color);
    }

    private void planar(StandardMode mode, int width, int height, int scaleX, int scaleY) {
        guest.mode(mode);
        guest.set(Guest.GR, 5, 2);
        int[] canvas = randomCanvas(width * height, 16);
        for (int i = 0; i < canvas.length; i++) {
            plot(i % width, i / width, width / 8, canvas[i]);
        }
        assertScreen(width, height, scaleX, scaleY, (x, y) -> mode.attribute[canvas[y * width + x]]);
    }

    @Test
    void mode12() {
        planar(StandardMode.VGA_12, 640, 480, 1, 1);
    }

    @Test
    void mode10() {
        planar(StandardMode.EGA_10, 640, 350, 1, 1);
    }

    @Test
    void mode0E() {
        planar(StandardMode.EGA_E, 640, 200, 1, 2);
    }

    @Test
    void mode0D() {
        planar(StandardMode.EGA_D, 320, 200, 2, 2);
    }

    @Test
    void mode11() {
        guest.mode(StandardMode.VGA_11);
        int[] canvas = randomCanvas(80 * 480, 256);
        for (int i = 0; i < canvas.length; i++) {
            machine.writeMemory(Guest.A0000 + i, 1, canvas[i]);
        }
        assertScreen(640, 480, 1, 1, (x, y) -> (canvas[y * 80 + x / 8] << x % 8 & 0x80) != 0 ? 0x3F : 0);
    }

    @Test
    void mode13() {
        guest.mode(StandardMode.VGA_13);
        int[] canvas = randomCanvas(320 * 200, 256);
        for (int i = 0; i < canvas.length; i++) {
            machine.writeMemory(Guest.A0000 + i, 1, canvas[i]);
        }
        assertScreen(320, 200, 2, 2, (x, y) -> canvas[y * 320 + x]);
        for (int i = 0; i < canvas.length; i += 4) {
            int four = random.nextInt();
            machine.writeMemory(Guest.A0000 + i, 4, four);
            for (int j = 0; j < 4; j++) {
                canvas[i + j] = four >> 8 * j & 0xFF;
            }
        }
        assertScreen(320, 200, 2, 2, (x, y) -> canvas[y * 320 + x]);
        machine.out(0x3C6, 0x0F);
        assertScreen(320, 200, 2, 2, (x, y) -> canvas[y * 320 + x] & 0x0F);
    }

    @Test
    void modeX() {
        guest.mode(StandardMode.MODE_X);
        int[] canvas = randomCanvas(320 * 240, 256);
        for (int i = 0; i < canvas.length; i++) {
            guest.set(Guest.SR, 2, 1 << i % 4);
            machine.writeMemory(Guest.A0000 + i / 4, 1, canvas[i]);
        }
        assertScreen(320, 240, 2, 2, (x, y) -> canvas[y * 320 + x]);
    }

    @Test
    void modeXOfAnyGeometryWithPagesAndPanning() {
        guest.mode(StandardMode.MODE_X);
        machine.out(0x3C2, 0xE7);
        guest.cr(0x11, 0x2C);
        int[] crtc = {0x6B, 0x59, 0x5A, 0x8E, 0x5E, 0x8A};
        for (int i = 0; i < crtc.length; i++) {
            guest.cr(i, crtc[i]);
        }
        guest.cr(0x09, 0x40);
        guest.cr(0x13, 0x2E);
        int stride = 92;
        int[] canvas = randomCanvas(stride * 4 * 490, 256);
        for (int i = 0; i < canvas.length; i++) {
            guest.set(Guest.SR, 2, 1 << i % 4);
            machine.writeMemory(Guest.A0000 + 0x2000 + i / 4, 1, canvas[i]);
        }
        guest.cr(0x0C, 0x20);
        assertScreen(360, 480, 2, 1, (x, y) -> canvas[y * stride * 4 + x]);
        int start = 0x2000 + 7 * stride + 1;
        guest.cr(0x0C, start >> 8);
        guest.cr(0x0D, start & 0xFF);
        guest.ar(0x13, 4);
        assertScreen(360, 480, 2, 1, (x, y) -> canvas[(y + 7) * stride * 4 + x + 4 + 2]);
    }

    @Test
    void mode4() {
        guest.mode(StandardMode.CGA_4);
        int[] canvas = randomCanvas(320 * 200, 4);
        for (int y = 0; y < 200; y++) {
            for (int x = 0; x < 320; x += 4) {
                int value = 0;
                for (int i = 0; i < 4; i++) {
                    value = value << 2 | canvas[y * 320 + x + i];
                }
                machine.writeMemory(Guest.B8000 + (y & 1) * 0x2000 + (y >> 1) * 80 + x / 4, 1, value);
            }
        }
        int[] colors = {0x00, 0x13, 0x15, 0x17};
        assertScreen(320, 200, 2, 2, (x, y) -> colors[canvas[y * 320 + x]]);
    }

    @Test
    void mode6() {
        guest.mode(StandardMode.CGA_6);
        int[] canvas = randomCanvas(80 * 200, 256);
        for (int i = 0; i < canvas.length; i++) {
            int y = i / 80;
            machine.writeMemory(Guest.B8000 + (y & 1) * 0x2000 + (y >> 1) * 80 + i % 80, 1, canvas[i]);
        }
        assertScreen(640, 200, 1, 2, (x, y) -> (canvas[y * 80 + x / 8] << x % 8 & 0x80) != 0 ? 0x17 : 0);
    }

    @Test
    void splitScreenAndPanning() {
        guest.mode(StandardMode.VGA_12);
        int[] canvas = randomCanvas(84 * 480, 256);
        for (int i = 0; i < canvas.length; i++) {
            machine.writeMemory(Guest.A0000 + i, 1, canvas[i]);
        }
        guest.cr(0x13, 42);
        guest.cr(0x0C, 84 * 100 >> 8);
        guest.cr(0x0D, 84 * 100 & 0xFF);
        guest.cr(0x18, 299 & 0xFF);
        guest.cr(0x07, 0x3E);
        guest.cr(0x09, 0x00);
        guest.cr(0x08, 0x20);
        guest.ar(0x13, 3);
        IntBinaryOperator at = (x, y) -> (canvas[y * 84 + x / 8] << x % 8 & 0x80) != 0 ? 0x3F : 0;
        assertScreen(
                640, 480, 1, 1, (x, y) -> y < 300 ? at.applyAsInt(x + 8 + 3, y + 100) : at.applyAsInt(x + 3, y - 300));
        guest.ar(0x10, 0x21);
        assertScreen(640, 480, 1, 1, (x, y) -> y < 300 ? at.applyAsInt(x + 8 + 3, y + 100) : at.applyAsInt(x, y - 300));
    }

    @Test
    void colorSelectRegisters() {
        guest.mode(StandardMode.VGA_12);
        guest.set(Guest.GR, 5, 2);
        for (int x = 0; x < 16; x++) {
            plot(x, 0, 80, x);
        }
        guest.ar(0x14, 0x0E);
        IntBinaryOperator index = (x, y) -> y == 0 && x < 16 ? x : 0;
        int[] ar = StandardMode.VGA_12.attribute;
        assertScreen(640, 480, 1, 1, (x, y) -> 0xC0 | ar[index.applyAsInt(x, y)]);
        guest.ar(0x10, 0x81);
        assertScreen(640, 480, 1, 1, (x, y) -> 0xE0 | ar[index.applyAsInt(x, y)] & 15);
        guest.ar(0x12, 0x05);
        assertScreen(640, 480, 1, 1, (x, y) -> 0xE0 | ar[index.applyAsInt(x, y) & 5] & 15);
    }

    @Test
    void wrapsAtTheEndOfTheVgasMemory() {
        guest.mode(StandardMode.EGA_D);
        machine.writeMemory(Guest.A0000 + 3, 1, 0xFF);
        guest.cr(0x0C, 0xFF);
        guest.cr(0x0D, 0xD8 + 3);
        assertScreen(320, 200, 2, 2, (x, y) -> y == 1 && x / 8 == 0 ? 0x17 : 0);
    }

    @Test
    void screenOffIsBlackAndKeepsItsSize() {
        guest.mode(StandardMode.VGA_13);
        for (int i = 0; i < 64000; i++) {
            machine.writeMemory(Guest.A0000 + i, 1, 0x11);
        }
        assertScreen(320, 200, 2, 2, (x, y) -> 0x11);
        guest.set(Guest.SR, 1, 0x21);
        assertBlack(640, 400);
        guest.set(Guest.SR, 1, 0x01);
        assertScreen(320, 200, 2, 2, (x, y) -> 0x11);
        machine.in(0x3DA);
        machine.out(0x3C0, 0x00);
        assertBlack(640, 400);
        machine.out(0x3C0, 0x00);
        machine.out(0x3C0, 0x20);
        assertScreen(320, 200, 2, 2, (x, y) -> 0x11);
        guest.cr(0x17, 0x23);
        assertBlack(640, 400);
    }

    private void assertBlack(int width, int height) {
        guest.screen().look();
        assertEquals(width, guest.screen().width());
        assertEquals(height, guest.screen().height());
        for (int pixel : guest.screen().pixels()) {
            assertEquals(0, pixel);
        }
    }

    @Test
    void writesThroughTheLinearWindowAreSeen() {
        guest.mode(StandardMode.MODE_X);
        guest.cr(0x38, 0x48);
        guest.cr(0x39, 0xA5);
        guest.cr(0x59, 0xE0);
        guest.cr(0x58, 0x13);
        assertScreen(320, 240, 2, 2, (x, y) -> 0);
        machine.writeMemory(0xE0000000L + 10 * 320 + 20, 1, 0x42);
        assertScreen(320, 240, 2, 2, (x, y) -> x == 20 && y == 10 ? 0x42 : 0);
    }
}
