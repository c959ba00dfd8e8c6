package org.jeroboam.storage.vhddifferencing;

import java.nio.file.Path;
import java.util.Arrays;
import org.jeroboam.storage.vhd.testing.Kills;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes are killed while they write; {@code -Djeroboam.kills=200} for the long run. */
class KillTest {
    private static final int KILLS = Integer.getInteger("jeroboam.kills", 4);
    private static final int SIZE = 64 << 20;

    @TempDir
    Path folder;

    @Test
    void whatWasFlushedBeforeTheKillIsThere() throws Exception {
        byte[] content = new byte[SIZE];
        Arrays.fill(content, (byte) 0xFF);
        Path parent = Chains.fixed(folder.resolve("parent.vhd"), content);
        Kills.run(
                new VhdDifferencingFormat(),
                (number, blockSize) -> Chains.child(folder.resolve("disk" + number + ".vhd"), parent, blockSize),
                -1,
                KILLS);
    }
}
