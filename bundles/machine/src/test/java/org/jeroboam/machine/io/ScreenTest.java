package org.jeroboam.machine.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.machine.MachineReply;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final List<String> failures = new ArrayList<>();
    private final Screen screen = new Screen((part, failure) -> failures.add(part + ": " + failure.getMessage()));

    /** Draws one pixel at each look. */
    private Screen.End adapter(int width, int height) {
        Screen.End end = screen.open("video");
        int[] count = {0};
        end.setPainter(() -> {
            int at = count[0]++;
            end.begin(width, height)[at] = 0x010203 + at;
            end.damage(at % width, at / width, 1, 1);
            end.publish("frame " + at);
        });
        return end;
    }

    private static void assertDamage(MachineReply.Screen reply, int x, int y, int width, int height) {
        assertEquals(
                List.of(x, y, width, height), List.of(reply.x(), reply.y(), reply.damageWidth(), reply.damageHeight()));
        assertEquals(width * height * 4, reply.pixels().length);
    }

    @Test
    void aDarkScreenHasNoPicture() {
        MachineReply.Screen reply = screen.look(0);
        assertEquals(0, reply.frame());
        assertEquals(0, reply.width());
        assertNull(reply.text());
        assertDamage(reply, 0, 0, 0, 0);
    }

    @Test
    void theFirstLookGetsAllAndLaterOnesWhatChanged() {
        adapter(4, 3);
        MachineReply.Screen first = screen.look(0);
        assertDamage(first, 0, 0, 4, 3);
        assertEquals("frame 0", first.text());
        assertArrayEquals(new byte[] {3, 2, 1, 0}, java.util.Arrays.copyOf(first.pixels(), 4));
        MachineReply.Screen second = screen.look(first.frame());
        assertDamage(second, 1, 0, 1, 1);
        assertArrayEquals(new byte[] {4, 2, 1, 0}, second.pixels());
        screen.look(0);
        assertDamage(screen.look(first.frame()), 1, 0, 3, 2 - 1);
        assertDamage(screen.look(first.frame()), 0, 0, 4, 2);
    }

    @Test
    void whoLookedLongAgoOrKnowsTooMuchGetsAll() {
        adapter(100, 2);
        long first = screen.look(0).frame();
        for (int i = 0; i < 80; i++) {
            screen.look(0);
        }
        assertDamage(screen.look(first), 0, 0, 100, 2);
        assertDamage(screen.look(1000), 0, 0, 100, 2);
    }

    @Test
    void aNewSizeIsAWholeNewPicture() {
        adapter(4, 3);
        long frame = screen.look(0).frame();
        adapter(5, 2);
        assertDamage(screen.look(frame), 0, 0, 5, 2);
    }

    @Test
    void anAdapterThatIsGoneOrThrowsLeavesThePicture() {
        Screen.End end = adapter(4, 3);
        long frame = screen.look(0).frame();
        end.revoke();
        end.begin(9, 9);
        end.publish("late");
        assertDamage(screen.look(frame), 0, 0, 0, 0);
        assertEquals("frame 0", screen.look(0).text());
        Screen.End bad = screen.open("bad");
        bad.setPainter(() -> {
            throw new IllegalStateException("broken");
        });
        screen.look(0);
        assertEquals(List.of("bad: broken"), failures);
    }
}
