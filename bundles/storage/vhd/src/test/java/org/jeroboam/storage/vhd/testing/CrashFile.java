package org.jeroboam.storage.vhd.testing;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jeroboam.storage.vhd.ImageFile;

/**
 * A file in memory that remembers what is durable, and can say what a kill of the process or a power cut would leave. A
 * kill leaves all that was written. A power cut leaves what was forced, and of what was written since any sectors in
 * any of their versions, one of them torn between two versions at a multiple of four bytes; the file's length is
 * anything between.
 */
public final class CrashFile implements ImageFile {
    private static final int SECTOR = 512;
    private static final int TEAR = 4;
    private static final byte[] ZEROS = new byte[SECTOR];

    private final Map<Long, byte[]> content;
    private final Map<Long, byte[]> durable;
    /** Versions since the last force, per sector, oldest first. */
    private final Map<Long, List<byte[]>> pending = new LinkedHashMap<>();

    private long size;
    private long durableSize;
    private boolean truncated;
    private Runnable beforeChange = () -> {};
    private long writes;
    private boolean closed;

    /** An empty file. */
    public CrashFile() {
        this(new HashMap<>(), 0);
    }

    private CrashFile(Map<Long, byte[]> content, long size) {
        this.content = content;
        this.size = size;
        durable = new HashMap<>(content);
        durableSize = size;
    }

    /** A file with this content, all of it durable. */
    public static CrashFile of(byte[] bytes) {
        Map<Long, byte[]> sectors = new HashMap<>();
        for (int at = 0; at < bytes.length; at += SECTOR) {
            byte[] sector = Arrays.copyOf(Arrays.copyOfRange(bytes, at, Math.min(at + SECTOR, bytes.length)), SECTOR);
            if (!Arrays.equals(sector, ZEROS)) {
                sectors.put((long) at / SECTOR, sector);
            }
        }
        return new CrashFile(sectors, bytes.length);
    }

    /** Called before each change of the file, with the file as it is then. */
    public void beforeChange(Runnable action) {
        beforeChange = action;
    }

    /** How often the file was changed. */
    public long writes() {
        return writes;
    }

    /** What a kill of the process leaves now. */
    public CrashFile afterKill() {
        return new CrashFile(new HashMap<>(content), size);
    }

    /** What a power cut leaves now. */
    public CrashFile afterPowerCut(RandomGenerator random) {
        if (truncated) {
            // Nothing is written between a truncation and the next force; it happened or it did not.
            return random.nextBoolean() ? afterKill() : new CrashFile(new HashMap<>(durable), durableSize);
        }
        Map<Long, byte[]> left = new HashMap<>(durable);
        long end = durableSize;
        boolean tornOne = false;
        int keep = random.nextInt(101);
        for (Map.Entry<Long, List<byte[]>> entry : pending.entrySet()) {
            if (random.nextInt(100) >= keep) {
                continue;
            }
            List<byte[]> versions = entry.getValue();
            byte[] version = versions.get(random.nextInt(versions.size()));
            if (!tornOne && random.nextInt(8) == 0) {
                tornOne = true;
                byte[] old = left.getOrDefault(entry.getKey(), ZEROS).clone();
                int cut = random.nextInt(SECTOR / TEAR) * TEAR;
                System.arraycopy(version, 0, old, 0, cut);
                version = old;
            }
            left.put(entry.getKey(), version);
            end = Math.max(end, (entry.getKey() + 1) * SECTOR);
        }
        end = Math.min(Math.max(end, durableSize), Math.max(size, durableSize));
        long room = size - end;
        if (room > 0) {
            end += switch (random.nextInt(3)) {
                case 0 -> 0;
                case 1 -> room;
                default -> random.nextLong(room + 1);
            };
        }
        return new CrashFile(left, end);
    }

    /** The whole content. */
    public byte[] bytes() {
        byte[] bytes = new byte[Math.toIntExact(size)];
        content.forEach((sector, data) -> {
            int at = Math.toIntExact(sector * SECTOR);
            System.arraycopy(data, 0, bytes, at, Math.min(SECTOR, bytes.length - at));
        });
        return bytes;
    }

    /** Makes it a file of the host, with holes where nothing was written. */
    public void copyTo(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.truncate(0);
            for (Map.Entry<Long, byte[]> sector : content.entrySet()) {
                long at = sector.getKey() * SECTOR;
                file.write(ByteBuffer.wrap(sector.getValue(), 0, (int) Math.min(SECTOR, size - at)), at);
            }
            if (file.size() < size) {
                file.write(ByteBuffer.allocate(1), size - 1);
            }
        }
    }

    /** Opens it once more after it was closed. */
    public CrashFile reopen() {
        closed = false;
        return this;
    }

    @Override
    public String name() {
        return "crash.vhd";
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        check();
        if (position < 0) {
            throw new AssertionError("a read before the file: " + position);
        }
        if (position > size || target.remaining() > size - position) {
            throw new EOFException("the file was truncated");
        }
        for (long at = position; target.hasRemaining(); ) {
            int in = (int) (at % SECTOR);
            int run = Math.min(SECTOR - in, target.remaining());
            target.put(content.getOrDefault(at / SECTOR, ZEROS), in, run);
            at += run;
        }
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        check();
        if (position < 0) {
            throw new AssertionError("a write before the file: " + position);
        }
        if (truncated) {
            throw new AssertionError("a write between a truncation and the next force");
        }
        beforeChange.run();
        writes++;
        for (long at = position; source.hasRemaining(); ) {
            int in = (int) (at % SECTOR);
            int run = Math.min(SECTOR - in, source.remaining());
            byte[] version = content.getOrDefault(at / SECTOR, ZEROS).clone();
            source.get(version, in, run);
            content.put(at / SECTOR, version);
            pending.computeIfAbsent(at / SECTOR, s -> new ArrayList<>()).add(version);
            at += run;
            size = Math.max(size, at);
        }
    }

    @Override
    public void truncate(long newSize) throws IOException {
        check();
        if (!pending.isEmpty()) {
            throw new AssertionError("a truncation of a file that was not forced");
        }
        beforeChange.run();
        writes++;
        size = Math.min(size, newSize);
        content.keySet().removeIf(sector -> sector * SECTOR >= size);
        int in = (int) (size % SECTOR);
        if (in != 0) {
            content.computeIfPresent(size / SECTOR, (s, data) -> {
                byte[] cut = data.clone();
                Arrays.fill(cut, in, SECTOR, (byte) 0);
                return cut;
            });
        }
        truncated = true;
    }

    @Override
    public void force() throws IOException {
        check();
        beforeChange.run();
        if (truncated) {
            durable.clear();
            durable.putAll(content);
        } else {
            pending.keySet().forEach(sector -> durable.put(sector, content.get(sector)));
        }
        durableSize = size;
        pending.clear();
        truncated = false;
    }

    private void check() throws IOException {
        if (closed) {
            throw new IOException("the file is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
