package org.jeroboam.machine.save;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.LongUnaryOperator;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.PhysicalMemory;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.machine.memory.ZeroPages;

/**
 * Memory as groups of 256 pages: number of the group, a bit per page that is not zero, length, and these pages
 * deflated. Groups of zeros are left out; -1 ends.
 */
final class PageCodec {
    private static final int GROUP = 256;
    private static final int PAGE = PhysicalMemory.PAGE_SIZE;

    private PageCodec() {}

    static void write(DataOutputStream out, long pages, LongUnaryOperator address) throws IOException {
        byte[] plain = new byte[GROUP * PAGE];
        byte[] packed = new byte[GROUP * PAGE + GROUP * PAGE / 8];
        MemorySegment target = MemorySegment.ofArray(plain);
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            for (long group = 0; group * GROUP < pages; group++) {
                long[] present = new long[GROUP / 64];
                int length = 0;
                for (int i = 0; i < GROUP && group * GROUP + i < pages; i++) {
                    long page = address.applyAsLong(group * GROUP + i);
                    if (!ZeroPages.isZero(page)) {
                        present[i >> 6] |= 1L << i;
                        HostMemory.copyOut(page, target, length, PAGE);
                        length += PAGE;
                    }
                }
                if (length > 0) {
                    deflater.reset();
                    deflater.setInput(plain, 0, length);
                    deflater.finish();
                    int size = deflater.deflate(packed);
                    out.writeLong(group);
                    for (long bits : present) {
                        out.writeLong(bits);
                    }
                    out.writeInt(size);
                    out.write(packed, 0, size);
                }
            }
            out.writeLong(-1);
        } finally {
            deflater.end();
        }
    }

    /** Reads into memory that holds zeros. */
    static void read(DataInputStream in, long pages, LongUnaryOperator address) throws IOException, StateException {
        byte[] plain = new byte[GROUP * PAGE];
        MemorySegment source = MemorySegment.ofArray(plain);
        Inflater inflater = new Inflater(true);
        try {
            for (long group = in.readLong(); group != -1; group = in.readLong()) {
                long[] present = new long[GROUP / 64];
                int count = 0;
                for (int i = 0; i < present.length; i++) {
                    present[i] = in.readLong();
                    count += Long.bitCount(present[i]);
                }
                int size = in.readInt();
                if (group < 0 || group > pages / GROUP || size < 0 || size > 2 * plain.length) {
                    throw new StateException("it holds memory that the machine does not have");
                }
                byte[] packed = in.readNBytes(size);
                inflater.reset();
                inflater.setInput(packed);
                if (inflater.inflate(plain, 0, count * PAGE) != count * PAGE) {
                    throw new StateException("a piece of its memory is too short");
                }
                int at = 0;
                for (int i = 0; i < GROUP; i++) {
                    if ((present[i >> 6] >> i & 1) != 0) {
                        long page = group * GROUP + i;
                        if (page >= pages) {
                            throw new StateException("it holds memory that the machine does not have");
                        }
                        HostMemory.copyIn(address.applyAsLong(page), source, at, PAGE);
                        at += PAGE;
                    }
                }
            }
        } catch (DataFormatException e) {
            throw new StateException("a piece of its memory cannot be unpacked", e);
        } finally {
            inflater.end();
        }
    }
}
