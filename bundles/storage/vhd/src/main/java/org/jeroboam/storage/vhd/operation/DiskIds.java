package org.jeroboam.storage.vhd.operation;

import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.UUID;

/** Identities of new disks: random ones, version 4 of RFC 9562. */
public final class DiskIds {
    private static final long VERSION = 0x4000;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private DiskIds() {}

    /**
     * A new identity. The host's own source of random bytes is asked where it has one: the JVM's takes longer to start
     * than small operations take.
     *
     * @return never the same
     */
    public static UUID next() {
        try (DataInputStream random = new DataInputStream(new FileInputStream("/dev/urandom"))) {
            return new UUID(random.readLong() & ~0xF000L | VERSION, random.readLong() >>> 2 | VARIANT);
        } catch (IOException e) {
            // A host without that file: the JVM has another source.
            return UUID.randomUUID();
        }
    }
}
