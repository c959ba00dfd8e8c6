package org.jeroboam.machine.io;

import java.util.Objects;
import org.jeroboam.hardware.display.DisplayPort;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.machine.board.PartFailures;

/**
 * A screen that is drawn when somebody asks for it. It remembers where the last frames differ, so that several people can
 * look, each at a pace of their own.
 */
public final class Screen {
    private static final int LARGEST = 1 << 13;
    private static final int MEMORY = 64;

    /** What a part of the picture covers; empty when {@code right <= left}. */
    private record Area(int left, int top, int right, int bottom) {
        static final Area NOTHING = new Area(0, 0, 0, 0);

        boolean empty() {
            return right <= left || bottom <= top;
        }

        Area with(Area other) {
            if (empty()) {
                return other;
            }
            return other.empty()
                    ? this
                    : new Area(
                            Math.min(left, other.left),
                            Math.min(top, other.top),
                            Math.max(right, other.right),
                            Math.max(bottom, other.bottom));
        }
    }

    private final PartFailures failures;
    private final Area[] damages = new Area[MEMORY];
    private int[] pixels = new int[0];
    private int width;
    private int height;
    private Area damage = Area.NOTHING;
    private String text;
    private long frame;
    private long resized;
    private End end;

    /**
     * Creates a dark screen.
     *
     * @param failures told when a device throws
     */
    public Screen(PartFailures failures) {
        this.failures = failures;
    }

    /**
     * Draws and answers.
     *
     * @param since frame that the asker has
     * @return what changed after it
     */
    public MachineReply.Screen look(long since) {
        if (end != null) {
            end.paint();
        }
        Area changed = since < resized || since > frame || frame - since > MEMORY
                ? new Area(0, 0, width, height)
                : changedAfter(since);
        int w = Math.max(0, changed.right - changed.left);
        int h = Math.max(0, changed.bottom - changed.top);
        return new MachineReply.Screen(
                frame, width, height, changed.left, changed.top, w, h, bytes(changed, w, h), text);
    }

    private Area changedAfter(long since) {
        Area changed = Area.NOTHING;
        for (long number = since + 1; number <= frame; number++) {
            changed = changed.with(damages[(int) (number % MEMORY)]);
        }
        return changed;
    }

    private byte[] bytes(Area area, int w, int h) {
        byte[] bytes = new byte[w * h * 4];
        int at = 0;
        for (int y = area.top; y < area.top + h; y++) {
            for (int i = y * width + area.left; i < y * width + area.left + w; i++) {
                int pixel = pixels[i];
                bytes[at] = (byte) pixel;
                bytes[at + 1] = (byte) (pixel >> 8);
                bytes[at + 2] = (byte) (pixel >> 16);
                at += 4;
            }
        }
        return bytes;
    }

    /** A device's end. */
    public End open(String owner) {
        return new End(owner);
    }

    /** One device's view; the one that set its painter last draws. */
    public final class End implements DisplayPort {
        private final String owner;
        private Painter painter;
        private boolean revoked;

        private End(String owner) {
            this.owner = owner;
        }

        @Override
        public void setPainter(Painter newPainter) {
            if (!revoked) {
                painter = newPainter;
                end = this;
            }
        }

        private void paint() {
            if (painter != null) {
                String outer = failures.calling(owner);
                try {
                    painter.paint();
                } catch (RuntimeException | Error e) {
                    failures.failed(owner, e);
                }
                failures.back(outer);
            }
        }

        @Override
        public int[] begin(int newWidth, int newHeight) {
            if (newWidth < 1 || newHeight < 1 || newWidth > LARGEST || newHeight > LARGEST) {
                throw new IllegalArgumentException("no screen has " + newWidth + " by " + newHeight + " pixels");
            }
            if (revoked) {
                return new int[newWidth * newHeight];
            }
            if (newWidth != width || newHeight != height) {
                width = newWidth;
                height = newHeight;
                pixels = new int[width * height];
                damage = new Area(0, 0, width, height);
                resized = frame + 1;
            }
            return pixels;
        }

        @Override
        public void damage(int x, int y, int w, int h) {
            if (!revoked) {
                int right = Math.clamp((long) x + w, 0, width);
                int bottom = Math.clamp((long) y + h, 0, height);
                damage = damage.with(new Area(Math.clamp(x, 0, right), Math.clamp(y, 0, bottom), right, bottom));
            }
        }

        @Override
        public void publish(String newText) {
            if (!revoked && (!damage.empty() || !Objects.equals(text, newText))) {
                text = newText;
                frame++;
                damages[(int) (frame % MEMORY)] = damage;
                damage = Area.NOTHING;
            }
        }

        /** Ends it for good; the picture stays until a successor draws. */
        public void revoke() {
            revoked = true;
            painter = null;
            if (end == this) {
                end = null;
            }
        }
    }
}
