package org.jeroboam.platform.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class GogoLineTest {
    @Test
    void aSingleWordIsAWholeLine() {
        assertEquals("vm:list | grep 'a b'", GogoLine.of(List.of("vm:list | grep 'a b'")));
    }

    @Test
    void wordsStayWords() {
        assertEquals(
                "vm:create --append 'console=ttyS0 quiet' web",
                GogoLine.of(List.of("vm:create", "--append", "console=ttyS0 quiet", "web")));
        assertEquals("echo '' '$HOME'", GogoLine.of(List.of("echo", "", "$HOME")));
        assertEquals("echo \"it's \\$5 \\\"now\\\" \\\\\"", GogoLine.of(List.of("echo", "it's $5 \"now\" \\")));
    }
}
