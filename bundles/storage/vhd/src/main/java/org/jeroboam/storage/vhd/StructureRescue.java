package org.jeroboam.storage.vhd;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jeroboam.hardware.device.ConfigurationException;

/**
 * Mends a footer or a header without which nothing of a file can be known. There is no second header, and no second
 * footer of a fixed disk: so only what all else in the file confirms is written.
 */
public final class StructureRescue {
    private static final int CHUNK = 1 << 20;

    private StructureRescue() {}

    /** A file with some bytes changed, to see what it would be. */
    private record Patched(ImageFile file, long position, ByteBuffer bytes, long size) implements ImageFile {
        @Override
        public String name() {
            return file.name();
        }

        @Override
        public void read(long from, ByteBuffer target) throws IOException {
            int at = target.position();
            file.read(from, target);
            for (int i = 0; i < bytes.limit(); i++) {
                long index = position + i - from + at;
                if (index >= at && index < target.limit()) {
                    target.put((int) index, bytes.get(i));
                }
            }
        }

        @Override
        public void write(long to, ByteBuffer source) throws IOException {
            throw new IOException("only looked at");
        }

        @Override
        public void truncate(long newSize) throws IOException {
            throw new IOException("only looked at");
        }

        @Override
        public void force() throws IOException {
            throw new IOException("only looked at");
        }

        @Override
        public void close() {}
    }

    /**
     * Tries to make a file readable that {@link VhdLayout#read} refuses.
     *
     * @param file the file
     * @return a sentence about what was done; null when nothing could be and nothing was written
     * @throws IOException when the host fails
     */
    public static String run(ImageFile file) throws IOException {
        if (file.size() < Footer.SIZE) {
            return null;
        }
        FooterSearch search = FooterSearch.in(file);
        if (search.found() != null) {
            return search.found().type() == DiskType.FIXED ? null : header(file, search.found());
        }
        String rescued = interruptedGrowth(file);
        if (rescued != null) {
            return rescued;
        }
        ByteBuffer end = VhdLayout.bytes(file, file.size() - Footer.SIZE, Footer.SIZE);
        return end.getLong(0) == Footer.COOKIE ? checksum(file, end) : null;
    }

    private static String header(ImageFile file, Footer footer) throws IOException {
        long at = footer.dataOffset();
        if (at < Footer.SIZE || at > file.size() - DynamicHeader.SIZE) {
            return null;
        }
        ByteBuffer bytes = DynamicHeader.withChecksum(VhdLayout.bytes(file, at, DynamicHeader.SIZE));
        return apply(
                file,
                at,
                bytes,
                "the checksum of the dynamic header was set right; all that the header says fits the file");
    }

    private static String checksum(ImageFile file, ByteBuffer end) throws IOException {
        ByteBuffer bytes = Footer.withChecksum(end);
        try {
            Footer footer = Footer.decode(bytes);
            long size = file.size() - Footer.SIZE;
            if (footer.type() != DiskType.FIXED
                    || footer.currentSize() != size
                    || !footer.geometry().equals(VhdGeometry.ofSize(size / Footer.SIZE))) {
                return null;
            }
        } catch (DamagedException e) {
            return null;
        }
        return apply(
                file,
                file.size() - Footer.SIZE,
                bytes,
                "the checksum of the footer was set right; all that the footer says fits the file");
    }

    private static String apply(ImageFile file, long position, ByteBuffer bytes, String sentence) throws IOException {
        ImageFile patched = new Patched(file, position, bytes, file.size());
        try {
            VhdLayout layout = VhdLayout.read(patched);
            boolean[] damaged = new boolean[1];
            if (layout.header() != null) {
                long blocks =
                        (layout.footer().currentSize() - 1) / layout.header().blockSize() + 1;
                TableScan.run(patched, layout, clause -> {
                    damaged[0] = true;
                    return false;
                });
                damaged[0] |= layout.header().entries() != blocks;
            }
            if (damaged[0]) {
                return null;
            }
        } catch (ConfigurationException e) {
            return null;
        }
        file.write(position, bytes.duplicate());
        file.force();
        return sentence;
    }

    /**
     * A fixed disk grows by a new footer behind its new end. A power cut can leave the new length without the footer,
     * or with a part of it in the last sector: then the old footer is the last thing before that which is not zeros,
     * exactly where its disk ends.
     */
    private static String interruptedGrowth(ImageFile file) throws IOException {
        long last = lastSector(file);
        if (last <= 0) {
            return null;
        }
        ByteBuffer bytes = VhdLayout.bytes(file, last, Footer.SIZE);
        try {
            Footer footer = Footer.decode(bytes);
            if (footer.type() != DiskType.FIXED || footer.currentSize() != last) {
                return null;
            }
        } catch (DamagedException e) {
            return null;
        }
        file.truncate(last + Footer.SIZE);
        file.force();
        return "the file was cut off behind the footer at byte " + last
                + ", where only zeros were: the disk was being made larger";
    }

    /** Where the last sector but one is that has something other than zeros; negative when there is none. */
    private static long lastSector(ImageFile file) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
        long end = (file.size() - 1) / Footer.SIZE * Footer.SIZE;
        while (end > 0) {
            int length = (int) Math.min(CHUNK, end);
            file.read(end - length, chunk.clear().limit(length));
            if (!chunk.flip().equals(zeros.clear().limit(length))) {
                for (int at = length - Footer.SIZE; at >= 0; at -= Footer.SIZE) {
                    if (!chunk.slice(at, Footer.SIZE).equals(zeros.slice(0, Footer.SIZE))) {
                        return end - length + at;
                    }
                }
            }
            end -= length;
        }
        return -1;
    }
}
