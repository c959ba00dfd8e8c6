package org.jeroboam.platform.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PlainTextTest {

    @Test
    void coloursAreDropped() throws IOException {
        assertEquals("Command not found: x\n", plain("\033[31mCommand not found: \033[0m\033[31;1mx\033[0m\n"));
    }

    @Test
    void allElseStays() throws IOException {
        assertEquals("tab\t[0m \u00fc \u2502\r\n", plain("tab\t[0m \u00fc \u2502\r\n"));
        assertEquals("\033Mup", plain("\033Mup"));
        assertEquals("", plain(""));
    }

    private static String plain(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PlainText plain = new PlainText(out)) {
            plain.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
