package org.jeroboam.machine.board;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.PortHandler;

/** The 65,536 I/O ports: per port who answers, and how wide an access goes to it in one piece. */
public final class PortTable {
    private static final int PORTS = 0x10000;

    private static final PortHandler FLOATING = new PortHandler() {
        @Override
        public int readPort(int port, int size) {
            return -1;
        }

        @Override
        public void writePort(int port, int size, int value) {
            // nobody listens
        }
    };

    private final class Range implements Mapping {
        final String owner;
        final long rank;
        final int first;
        final int end;
        final int width;
        final PortHandler handler;

        Range(String owner, long rank, int first, int count, int width, PortHandler handler) {
            this.owner = owner;
            this.rank = rank;
            this.first = first;
            this.end = first + count;
            this.width = width;
            this.handler = handler;
        }

        @Override
        public void unmap() {
            if (ranges.remove(this)) {
                rebuild(first, end);
            }
        }
    }

    private final PartFailures failures;
    private final PortHandler[] handlers = new PortHandler[PORTS];
    private final byte[] widest = new byte[PORTS];
    private int last;
    /** By rank; of equal ranks the newest is last. */
    private final List<Range> ranges = new ArrayList<>();

    /**
     * Creates a table in which nobody answers.
     *
     * @param failures told when a handler throws
     */
    public PortTable(PartFailures failures) {
        this.failures = failures;
        rebuild(0, PORTS);
    }

    /**
     * Takes ports; see {@link org.jeroboam.hardware.board.Board#mapPorts}.
     *
     * @param owner the part
     * @param rank where ranges overlap, the one of higher rank answers, and of equal ranks the newest
     * @param first first port
     * @param count ports
     * @param width widest access in bytes
     * @param handler answers
     * @return the range
     */
    public Mapping map(String owner, long rank, int first, int count, int width, PortHandler handler) {
        if (first < 0 || count < 1 || first + count > PORTS || width != 1 && width != 2 && width != 4) {
            throw new IllegalArgumentException("device " + owner + " cannot take " + count + " ports of width " + width
                    + " at " + Integer.toHexString(first) + "h");
        }
        Range range = new Range(owner, rank, first, count, width, handler);
        int at = ranges.size();
        while (at > 0 && ranges.get(at - 1).rank > rank) {
            at--;
        }
        ranges.add(at, range);
        rebuild(range.first, range.end);
        return range;
    }

    /** A read by the processor. */
    public int read(int port, int size) {
        int at = port & 0xFFFF;
        if (size <= widest[at]) {
            last = at;
            int value;
            try {
                value = handlers[at].readPort(at, size);
            } catch (RuntimeException | Error e) {
                failures.failed(owner(at), e);
                value = -1;
            }
            failures.check();
            return size == 4 ? value : value & (1 << 8 * size) - 1;
        }
        int value = 0;
        for (int i = 0; i < size; i++) {
            value |= read(at + i, 1) << 8 * i;
        }
        return value;
    }

    /** A write by the processor. */
    public void write(int port, int size, int value) {
        int at = port & 0xFFFF;
        if (size <= widest[at]) {
            last = at;
            try {
                handlers[at].writePort(at, size, size == 4 ? value : value & (1 << 8 * size) - 1);
            } catch (RuntimeException | Error e) {
                failures.failed(owner(at), e);
            }
            failures.check();
            return;
        }
        for (int i = 0; i < size; i++) {
            write(at + i, 1, value >>> 8 * i);
        }
    }

    /** Whose port was accessed last; for a glance at a machine thread that does not come back. */
    public String lastOwner() {
        return owner(last);
    }

    private String owner(int port) {
        Range top = top(port);
        return top == null ? "board" : top.owner;
    }

    private Range top(int port) {
        for (int i = ranges.size() - 1; i >= 0; i--) {
            Range range = ranges.get(i);
            if (port >= range.first && port < range.end) {
                return range;
            }
        }
        return null;
    }

    private void rebuild(int first, int end) {
        int from = Math.max(0, first - 3);
        for (int port = end - 1; port >= from; port--) {
            Range top = top(port);
            handlers[port] = top == null ? FLOATING : top.handler;
            int width = top == null ? 4 : top.width;
            int run = 1;
            // A whole access belongs to who answers its first port: CF8h takes four bytes although CF9h is another
            // part's.
            while (run < width
                    && port + run < PORTS
                    && (top == null ? top(port + run) == null : port + run < top.end)) {
                run++;
            }
            widest[port] = (byte) run;
        }
    }
}
