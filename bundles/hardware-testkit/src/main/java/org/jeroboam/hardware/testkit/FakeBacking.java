package org.jeroboam.hardware.testkit;

import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.board.Backing;

/** Host memory of a device, on the heap. */
final class FakeBacking implements Backing {
    private final byte[] bytes;

    FakeBacking(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public MemorySegment segment() {
        return MemorySegment.ofArray(bytes);
    }

    @Override
    public void written(long offset, long length) {
        if (offset < 0 || length < 0 || offset > bytes.length - length) {
            throw new IllegalArgumentException("not in the backing: " + offset + ", length " + length);
        }
    }

    FakeBacking copy() {
        return new FakeBacking(bytes.clone());
    }

    int size() {
        return bytes.length;
    }
}
