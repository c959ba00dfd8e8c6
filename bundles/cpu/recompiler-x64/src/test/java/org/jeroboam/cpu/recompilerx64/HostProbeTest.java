package org.jeroboam.cpu.recompilerx64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The probe runs real code and agrees with what Linux says about the processor. */
class HostProbeTest {
    @Test
    void thisHost() throws IOException {
        HostProbe probe = HostProbe.host();
        List<String> flags = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("flags"))
                .findFirst()
                .map(line -> List.of(line.split("\\s+")))
                .orElse(List.of());
        assertTrue(probe.usable(), probe.reason());
        assertTrue(flags.containsAll(List.of("cmov", "sse2", "lahf_lm")));
        assertEquals(flags.contains("bmi2"), probe.bmi2());
        assertEquals(flags.contains("avx"), probe.avx());
        assertTrue(probe.reason().endsWith("."), probe.reason());
        assertSame(probe, HostProbe.host(), "looked up once");
        List<ProcessMaps.Mapping> before =
                ProcessMaps.all().stream().filter(ProcessMaps.Mapping::isCode).toList();
        assertTrue(HostProbe.look("Linux", "amd64").usable());
        List<ProcessMaps.Mapping> after =
                ProcessMaps.all().stream().filter(ProcessMaps.Mapping::isCode).toList();
        assertEquals(before, after, "nothing is left behind");
    }

    @Test
    void otherHosts() {
        HostProbe arm = HostProbe.look("Linux", "aarch64");
        assertFalse(arm.usable());
        assertEquals("The recompiler cannot run here: it makes x86-64 code and this host is aarch64.", arm.reason());
        HostProbe windows = HostProbe.look("Windows 11", "amd64");
        assertFalse(windows.usable());
        assertEquals("The recompiler cannot run here: it needs Linux and this host is Windows 11.", windows.reason());
    }
}
