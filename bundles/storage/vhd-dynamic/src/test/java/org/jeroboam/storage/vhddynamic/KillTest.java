package org.jeroboam.storage.vhddynamic;

import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.NewFile;
import org.jeroboam.storage.vhd.testing.Kills;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes are killed while they write; {@code -Djeroboam.kills=200} for the long run. */
class KillTest {
    private static final int KILLS = Integer.getInteger("jeroboam.kills", 4);
    private static final long SIZE = 64L << 20;

    @TempDir
    Path folder;

    @Test
    void whatWasFlushedBeforeTheKillIsThere() throws Exception {
        Kills.run(new VhdDynamicFormat(), this::make, 0, KILLS);
    }

    private Path make(int number, long blockSize) throws Exception {
        Path file = folder.resolve("disk" + number + ".vhd");
        try (NewFile made = NewFile.begin(file, false)) {
            Creation.dynamic(made.file(), SIZE, blockSize, Instant.now(), UUID.randomUUID());
            made.finish();
        }
        return file;
    }
}
