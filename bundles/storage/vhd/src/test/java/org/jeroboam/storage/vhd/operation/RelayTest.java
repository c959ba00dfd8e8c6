package org.jeroboam.storage.vhd.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.jeroboam.storage.vhd.testing.FaultyFile;
import org.junit.jupiter.api.Test;

class RelayTest {
    private static final int CHUNK = 4096;

    private final CrashFile file = new CrashFile();

    private static void fill(Relay relay, int chunks) throws IOException {
        for (int i = 0; i < chunks; i++) {
            Relay.Chunk chunk = relay.take();
            chunk.begin((long) i * CHUNK, CHUNK);
            chunk.bytes.put(100, (byte) i).put(1000, (byte) (i + 1));
            chunk.add(100, 101);
            chunk.add(1000, 1001);
            relay.give(chunk);
        }
    }

    @Test
    void allRunsArriveInOrder() throws Exception {
        DiskSink sink = DiskSink.begin(file, DiskKind.RAW, 100 * CHUNK, Instant.EPOCH, new UUID(0, 0));
        try (Relay relay = new Relay(sink, CHUNK)) {
            fill(relay, 100);
            relay.finish();
        }
        sink.finish();
        byte[] bytes = file.bytes();
        assertEquals(100 * CHUNK, bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            int expected = i % CHUNK == 100 ? i / CHUNK : i % CHUNK == 1000 ? i / CHUNK + 1 : 0;
            assertEquals(expected, bytes[i]);
        }
    }

    @Test
    void aFailureComesBack() throws Exception {
        FaultyFile faulty = new FaultyFile(file, new Random(1));
        DiskSink sink = DiskSink.begin(faulty, DiskKind.RAW, 100 * CHUNK, Instant.EPOCH, new UUID(0, 0));
        faulty.failOneIn(20);
        IOException failure = assertThrows(IOException.class, () -> {
            try (Relay relay = new Relay(sink, CHUNK)) {
                fill(relay, 100);
                relay.finish();
            }
        });
        assertEquals("No space left on device", failure.getMessage());
    }

    @Test
    void anAbandonedRelayEnds() throws Exception {
        DiskSink sink = DiskSink.begin(file, DiskKind.RAW, 100 * CHUNK, Instant.EPOCH, new UUID(0, 0));
        try (Relay relay = new Relay(sink, CHUNK)) {
            fill(relay, 3);
            relay.take();
        }
        assertEquals(
                0,
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("disk "))
                        .count());
    }
}
