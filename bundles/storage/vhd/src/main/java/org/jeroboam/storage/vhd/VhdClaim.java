package org.jeroboam.storage.vhd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** What a file says to be, so that damaged files meet a format that refuses them and not one that takes anything. */
public enum VhdClaim {
    /** No virtual hard disk. */
    NONE,
    /** A fixed disk. */
    FIXED,
    /** A dynamic disk. */
    DYNAMIC,
    /** A differencing disk. */
    DIFFERENCING,
    /** A virtual hard disk whose kind cannot be told. */
    UNKNOWN;

    /**
     * Looks at a file.
     *
     * @param file an open file; its position is not changed
     * @param name the file's path
     * @return what it says to be
     * @throws IOException when the file cannot be read
     */
    public static VhdClaim of(FileChannel file, Path name) throws IOException {
        return FooterSearch.in(new HostFile(file, name)).claim();
    }

    /**
     * Looks at a file.
     *
     * @param file the file; only read
     * @return what it says to be
     * @throws IOException when the file cannot be read
     */
    public static VhdClaim of(ImageFile file) throws IOException {
        return FooterSearch.in(file).claim();
    }

    static VhdClaim of(DiskType type) {
        return switch (type) {
            case FIXED -> FIXED;
            case DYNAMIC -> DYNAMIC;
            case DIFFERENCING -> DIFFERENCING;
        };
    }

    static VhdClaim ofDamaged(ByteBuffer end, ByteBuffer copy) {
        boolean atEnd = end.getLong(0) == Footer.COOKIE;
        boolean atBegin = copy.getLong(0) == Footer.COOKIE;
        if (!atEnd && !atBegin) {
            return NONE;
        }
        try {
            DiskType type = DiskType.of(Footer.claimedType(atEnd ? end : copy));
            // A first sector alone says nothing about a fixed disk: it is the guest's.
            return type == DiskType.FIXED && !atEnd ? NONE : of(type);
        } catch (DamagedException e) {
            return atEnd ? UNKNOWN : NONE;
        }
    }
}
