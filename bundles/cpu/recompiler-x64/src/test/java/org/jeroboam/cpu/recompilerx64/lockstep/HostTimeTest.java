package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.jeroboam.cpu.recompilerx64.LosingTime;
import org.jeroboam.hardware.cpu.CpuState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Time stamps of hot code on the host's time never go back, whoever reads them, though the guest's clock stops in between. */
class HostTimeTest {
    private static final int RUNS = 40;
    private static final int INSTRUCTIONS = 400_000;

    @BeforeEach
    void onThisHost() {
        assumeTrue(CoreUnderTest.recompiles() && LosingTime.counts());
    }

    /** How often (EBX) a time stamp is before the last one, some of which RDMSR reads, or the last one ahead of time. */
    private static int play(CoreUnderTest core) {
        try (Scene s = new Scene(core, Mode.PAGED_KERNEL)) {
            Code c = s.code.label("top").with(0x1FFF, 0xF7, 0xC1).shortly("plain", 0x75); // test ecx, n; jnz plain
            c.put(0x51).with(0x10, 0xB9).put(0x0F, 0x32, 0x59).near("check", 0xE9); // push, mov ecx, n; rdmsr; pop ecx
            c.label("plain").put(0x0F, 0x31); // rdtsc
            c.label("check").put(0x89, 0xC5, 0x29, 0xF5, 0x89, 0xD5, 0x19, 0xFD, 0x83, 0xD3, 0); // adc ebx, borrow
            c.put(0x89, 0xC6, 0x89, 0xD7, 0x49).near("top", 0xE9); // mov esi, eax; mov edi, edx; dec ecx; jmp top
            s.pins.stopTime();
            s.start();
            for (int i = 0; i < RUNS; i++) {
                s.pins.goOn();
                s.core.run(INSTRUCTIONS);
                s.pins.stopTime();
            }
            CpuState end = s.core.save();
            long stamp = end.gpr[6] & 0xFFFF_FFFFL | (long) end.gpr[7] << 32;
            assertNotEquals(0, stamp);
            return end.gpr[3] + (stamp > s.pins.timeStamp() ? 1 : 0);
        }
    }

    @Test
    void timeDoesNotGoBack() {
        assertEquals(0, play(CoreUnderTest.chosen()));
    }

    @Test
    void aCounterThatIsTakenForAFasterOneIsFound() {
        assertNotEquals(0, play(LosingTime::withoutCare));
    }

    @Test
    void timeThatGoesOnWhileTheClockStandsIsFound() {
        assertNotEquals(0, play(LosingTime::withoutLook));
    }
}
