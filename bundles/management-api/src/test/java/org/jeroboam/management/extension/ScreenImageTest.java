package org.jeroboam.management.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScreenImageTest {
    @ParameterizedTest
    @CsvSource({"1,1", "3,2", "720,400", "1,700", "1600,1"})
    void thePngIsReadBackPixelByPixel(int width, int height) throws IOException {
        int[] pixels = new Random(width).ints((long) width * height, 0, 1 << 24).toArray();
        BufferedImage image =
                ImageIO.read(new ByteArrayInputStream(new ScreenImage(width, height, pixels, null).png()));
        assertEquals(width, image.getWidth());
        assertEquals(height, image.getHeight());
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                assertEquals(pixels[y * width + x], image.getRGB(x, y) & 0xFFFFFF, x + "," + y);
            }
        }
    }

    @Test
    void aDarkScreenHasNoPicture() {
        ScreenImage dark = new ScreenImage(0, 0, new int[0], null);
        assertTrue(dark.isEmpty());
        assertThrows(IllegalStateException.class, dark::png);
    }

    @Test
    void pixelsFillThePicture() {
        assertThrows(IllegalArgumentException.class, () -> new ScreenImage(2, 2, new int[3], null));
    }
}
