package org.jeroboam.storage.vhd.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.jeroboam.storage.vhd.ImageFile;

/** A file on a host that fails now and then. What fails may have been done all the same, a write in whole sectors. */
public final class FaultyFile implements ImageFile {
    private static final int SECTOR = 512;

    private final ImageFile file;
    private final RandomGenerator random;
    private int oneIn;

    /**
     * A file that does not fail yet.
     *
     * @param file does the work
     * @param random decides
     */
    public FaultyFile(ImageFile file, RandomGenerator random) {
        this.file = file;
        this.random = random;
    }

    /** Fails one in so many changes from now on; none with 0. */
    public void failOneIn(int changes) {
        oneIn = changes;
    }

    private boolean fails() {
        return oneIn > 0 && random.nextInt(oneIn) == 0;
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        file.read(position, target);
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        if (fails()) {
            ByteBuffer part = source.duplicate();
            int done = random.nextBoolean() ? part.remaining() : random.nextInt(part.remaining() + 1) / SECTOR * SECTOR;
            file.write(position, part.limit(part.position() + done));
            throw new IOException("No space left on device");
        }
        file.write(position, source);
    }

    @Override
    public void truncate(long size) throws IOException {
        if (fails()) {
            throw new IOException("Input/output error");
        }
        file.truncate(size);
    }

    @Override
    public void force() throws IOException {
        file.force();
        if (fails()) {
            throw new IOException("Input/output error");
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
