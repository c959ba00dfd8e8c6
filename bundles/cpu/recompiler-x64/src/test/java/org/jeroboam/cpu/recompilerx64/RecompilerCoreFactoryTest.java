package org.jeroboam.cpu.recompilerx64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jeroboam.hardware.cpu.CpuCoreFactory.Probe;
import org.junit.jupiter.api.Test;

/** What the factory says when the host refuses memory for code, now or later. */
class RecompilerCoreFactoryTest {
    private final Queue<String> refusals = new ArrayDeque<>();
    private final RecompilerCoreFactory factory = new RecompilerCoreFactory(bytes -> {
        String refusal = refusals.poll();
        if (refusal != null && !refusal.isEmpty()) {
            throw new CodeMemoryException(refusal);
        }
        return CodeMemory.allocate(bytes);
    });

    @Test
    void thisHostGrantsIt() {
        Probe probe = factory.probe();
        assertTrue(probe.usable(), probe.reason());
        assertEquals(HostProbe.host().reason(), probe.reason());
        assertEquals(100, probe.rank());
    }

    @Test
    void aRefusalIsTheReasonAsLongAsItLasts() {
        refusals.add("the host refuses a file in memory: memfd_create says EPERM");
        Probe probe = factory.probe();
        assertFalse(probe.usable());
        assertEquals(
                "The recompiler cannot run here: the host refuses a file in memory: memfd_create says EPERM.",
                probe.reason());
        assertTrue(factory.probe().usable(), "asked anew");
    }
}
