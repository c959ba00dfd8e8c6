package org.jeroboam.device.videos3trio64;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.display.DisplayPort;
import org.jeroboam.hardware.testkit.FakeBoard;

/** A display that notes what is damaged, and keeps a copy of the frame that is brought up to date by damage only. */
final class RecordingDisplay implements DisplayPort {
    final List<String> damages = new ArrayList<>();
    int[] pixels = new int[0];
    private int[] copy = new int[0];
    private int width;
    private int height;
    private Painter painter;

    /** The board with this display. */
    Board on(FakeBoard board) {
        return (Board) Proxy.newProxyInstance(
                Board.class.getClassLoader(),
                new Class<?>[] {Board.class},
                (proxy, method, arguments) ->
                        method.getName().equals("displayPort") ? this : method.invoke(board, arguments));
    }

    /** Makes the device draw and tells what it damaged. */
    List<String> look() {
        damages.clear();
        painter.paint();
        return List.copyOf(damages);
    }

    /** What somebody sees who only ever gets damaged rectangles. */
    int[] copy() {
        return copy.clone();
    }

    @Override
    public void setPainter(Painter newPainter) {
        painter = newPainter;
    }

    @Override
    public int[] begin(int newWidth, int newHeight) {
        if (newWidth != width || newHeight != height) {
            width = newWidth;
            height = newHeight;
            pixels = new int[width * height];
            copy = new int[width * height];
        }
        return pixels;
    }

    @Override
    public void damage(int x, int y, int w, int h) {
        damages.add(x + "," + y + " " + w + "x" + h);
        for (int line = y; line < y + h; line++) {
            System.arraycopy(pixels, line * width + x, copy, line * width + x, w);
        }
    }

    @Override
    public void publish(String text) {
        if (text != null) {
            damages.add("text of " + text.length());
        }
    }
}
