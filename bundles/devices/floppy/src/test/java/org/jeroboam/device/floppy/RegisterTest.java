package org.jeroboam.device.floppy;

import static org.jeroboam.device.floppy.Guest.CCR;
import static org.jeroboam.device.floppy.Guest.DIR;
import static org.jeroboam.device.floppy.Guest.DOR;
import static org.jeroboam.device.floppy.Guest.FIFO;
import static org.jeroboam.device.floppy.Guest.MSR;
import static org.jeroboam.device.floppy.Guest.TDR;
import static org.jeroboam.device.floppy.Guest.assertResult;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.DeviceConfig;
import org.junit.jupiter.api.Test;

class RegisterTest {
    private final Guest guest = new Guest();

    RegisterTest() throws ConfigurationException {}

    @Test
    void powerOnHoldsTheControllerInReset() {
        assertEquals(0, guest.in(DOR));
        assertEquals(0, guest.in(MSR), "no RQM in reset");
        guest.out(FIFO, 0x10);
        assertEquals(0, guest.in(MSR), "and no byte is taken");
        guest.machine.clock().advance(10_000_000);
        assertFalse(guest.machine.irq(6));
    }

    @Test
    void ide3f6IsNotTaken() {
        assertEquals(0xFF, guest.in(0x3F6));
        assertEquals(0xFF, guest.in(0x3F0), "no SRA in a PC/AT");
        assertEquals(0xFF, guest.in(0x3F1));
    }

    @Test
    void dorAndTdrReadBack() {
        guest.out(DOR, 0xF9);
        assertEquals(0xF9, guest.in(DOR));
        guest.out(TDR, 0x02);
        assertEquals(0xFE, guest.in(TDR), "bits 7:2 are not driven");
        guest.device.reset(ResetKind.HARD);
        assertEquals(0, guest.in(DOR));
        assertEquals(0xFC, guest.in(TDR));
    }

    @Test
    void leavingTheResetInterruptsAndWantsFourSenseInterrupts() {
        guest.out(DOR, 0x0C);
        assertEquals(0x80, guest.in(MSR));
        assertFalse(guest.machine.irq(6), "polling takes its time");
        guest.awaitInterrupt();
        for (int i = 0; i < 4; i++) {
            assertResult(guest.command(0x08), 0xC0 | i, 0);
            assertFalse(guest.machine.irq(6), "one interrupt for all four");
        }
        assertResult(guest.command(0x08), 0x80);
        assertEquals(1, guest.machine.interrupts(6));
    }

    @Test
    void dsrResetClearsItself() {
        guest.ready();
        guest.out(MSR, 0x80);
        assertEquals(0x80, guest.in(MSR));
        guest.awaitInterrupt();
        assertResult(guest.command(0x08), 0xC0, 0);
        assertEquals(0x1C, guest.in(DOR), "DOR stays");
    }

    @Test
    void resetEndsACommand() {
        guest.insert(Guest.HD);
        guest.ready();
        guest.send(0x4A, 0);
        assertEquals(0x10, guest.in(MSR), "busy");
        guest.out(DOR, 0x18);
        assertEquals(0, guest.in(MSR));
        guest.out(DOR, 0x1C);
        guest.awaitInterrupt();
        assertEquals(0x80, guest.in(MSR));
        guest.machine.clock().advance(1_000_000_000);
        assertResult(guest.command(0x08), 0xC0, 0);
    }

    @Test
    void configureThatEndsPollingInTimePreventsItsInterrupt() {
        guest.out(DOR, 0x0C);
        guest.command(0x13, 0, 0x10, 0);
        guest.machine.clock().advance(10_000_000);
        assertFalse(guest.machine.irq(6));
        assertResult(guest.command(0x08), 0x80);
    }

    @Test
    void dmaGateOpensTheInterruptPin() {
        guest.out(DOR, 0x04);
        guest.machine.clock().advance(10_000_000);
        assertFalse(guest.machine.irq(6));
        guest.out(DOR, 0x0C);
        assertTrue(guest.machine.irq(6), "it waited behind the gate");
        guest.out(DOR, 0x04);
        assertFalse(guest.machine.irq(6));
    }

    @Test
    void msrShowsCommandAndResultPhase() {
        guest.ready();
        guest.out(FIFO, 0x04);
        assertEquals(0x90, guest.in(MSR));
        guest.out(FIFO, 0x00);
        assertEquals(0xD0, guest.in(MSR));
        guest.in(FIFO);
        assertEquals(0x80, guest.in(MSR));
    }

    @Test
    void versionAndUnknownCommands() {
        guest.ready();
        assertResult(guest.command(0x10), 0x90);
        for (int code :
                new int[] {0x00, 0x01, 0x0B, 0x11, 0x19, 0x1D, 0x15, 0x17, 0x18, 0x1F, 0x47, 0x88, 0x4F, 0x93}) {
            assertResult(guest.command(code), 0x80);
        }
        assertFalse(guest.machine.irq(6), "no interrupt for them");
    }

    @Test
    void senseDriveStatus() {
        guest.ready();
        assertResult(guest.command(0x04, 0x00), 0x78);
        guest.insert(Guest.HD);
        assertResult(guest.command(0x04, 0x04), 0x3C);
        guest.disk.insert(new byte[512 * Guest.HD], true);
        assertResult(guest.command(0x04, 0x00), 0x78);
        assertResult(guest.command(0x04, 0x01), 0x29);
    }

    @Test
    void dumpregShowsWhatWasSet() {
        guest.ready();
        assertResult(guest.command(0x0E), 0, 0, 0, 0, 0xF0, 0x02, 0, 0, 0x20, 0);
        guest.command(0x03, 0xAF, 0x1E);
        guest.command(0x13, 0, 0x5A, 0x07);
        guest.command(0x12, 0x87);
        guest.seek(0x0F, 0x00, 0x05);
        guest.seek(0x0F, 0x01, 0x09);
        assertResult(guest.command(0x0E), 5, 9, 0, 0, 0xAF, 0x1E, 0, 0x07, 0x5A, 0x07);
        guest.command(0x12, 0x38);
        assertResult(guest.command(0x0E), 5, 9, 0, 0, 0xAF, 0x1E, 0, 0x04, 0x5A, 0x07);
    }

    @Test
    void softwareResetKeepsWhatIsLocked() {
        guest.ready();
        guest.command(0x13, 0, 0x4A, 0x07);
        guest.command(0x12, 0x87);
        assertResult(guest.command(0x94), 0x10);
        guest.out(MSR, 0x80);
        guest.awaitInterrupt();
        assertResult(guest.command(0x0E), 0, 0, 0, 0, 0xF0, 0x02, 0, 0x84, 0x0A, 0x07);
        assertResult(guest.command(0x14), 0x00);
        guest.out(DOR, 0x18);
        guest.out(DOR, 0x1C);
        guest.awaitInterrupt();
        assertResult(guest.command(0x0E), 0, 0, 0, 0, 0xF0, 0x02, 0, 0x04, 0x20, 0);
        guest.command(0x94);
        guest.command(0x13, 0, 0x0A, 0x07);
        guest.device.reset(ResetKind.HARD);
        guest.out(DOR, 0x1C);
        assertResult(guest.command(0x0E), 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0);
    }

    @Test
    void dataRateIsThatOfDsrAndCcr() {
        guest.insert(1440);
        guest.ready();
        assertEquals(0x40, guest.execute(0x4A, 0)[0], "500 kbit/s finds no mark on a double density disk");
        guest.out(CCR, 2);
        assertEquals(0x00, guest.execute(0x4A, 0)[0]);
        guest.out(MSR, 0x00);
        assertEquals(0x40, guest.execute(0x4A, 0)[0]);
        guest.device.reset(ResetKind.HARD);
        guest.out(DOR, 0x1C);
        guest.awaitInterrupt();
        for (int i = 0; i < 4; i++) {
            guest.command(0x08);
        }
        assertEquals(0x00, guest.execute(0x4A, 0)[0], "250 kbit/s after a hardware reset");
    }

    @Test
    void fifoIsSilentWithoutData() {
        guest.ready();
        assertEquals(0, guest.in(FIFO));
        guest.out(0x3F0, 0xFF);
        assertEquals(0x80, guest.in(DIR), "the latch is set at power on, other bits belong to nobody");
    }

    @Test
    void badPropertiesAreRefused() {
        FloppyFactory factory = new FloppyFactory();
        for (Map<String, String> wrong : java.util.List.of(
                Map.of("a", "floppy0", "b", "floppy0"), Map.of("speed", "0"), Map.of("speed", "fast"))) {
            DeviceConfig config = new DeviceConfig("floppy", "i82077aa", wrong);
            assertTrue(assertThrows(ConfigurationException.class, () -> factory.create(config))
                    .getMessage()
                    .contains("floppy"));
        }
    }
}
