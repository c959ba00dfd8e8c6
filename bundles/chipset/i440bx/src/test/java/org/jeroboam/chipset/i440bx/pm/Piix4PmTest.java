package org.jeroboam.chipset.i440bx.pm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jeroboam.chipset.i440bx.Frequency;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PowerButton;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Piix4PmTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int PM = 0xB000;
    private static final int SMB = 0xB100;
    private static final int PMSTS = PM;
    private static final int PMEN = PM + 2;
    private static final int PMCNTRL = PM + 4;
    private static final int PMTMR = PM + 8;
    private static final int GLBSTS = PM + 0x18;
    private static final int GLBEN = PM + 0x20;
    private static final int GLBCTL = PM + 0x28;
    private static final LineId IRQ9 = new LineId.Irq(9);

    private final FakeMachine machine = new FakeMachine();
    private final Piix4Pm device = new Piix4Pm(7);

    @BeforeEach
    void program() {
        device.attach(machine.board("pm"));
        device.reset(ResetKind.POWER_ON);
        config(0x40, 4, PM | 1);
        config(0x80, 1, 1);
        config(0x90, 4, SMB | 1);
        config(0xD2, 1, 0x09);
    }

    private void config(int register, int size, int value) {
        machine.writeConfig(7, 3, register, size, value);
    }

    private int config(int register, int size) {
        return machine.readConfig(7, 3, register, size);
    }

    private int in(int port) {
        return machine.readPort(port, 2);
    }

    private void out(int port, int value) {
        machine.writePort(port, 2, value);
    }

    private boolean sci() {
        return machine.level(IRQ9);
    }

    private int smis() {
        return (int) machine.edges(LineId.Single.SMI).stream()
                .filter(FakeMachine.Edge::level)
                .count();
    }

    @Test
    void identity() {
        assertEquals(0x7113_8086, config(0, 4));
        assertEquals(0x0680_0002, config(8, 4));
        assertEquals(0x0280, config(6, 2));
        assertEquals(1, config(0x3D, 1));
        config(0, 4, 0);
        assertEquals(0x7113_8086, config(0, 4));
    }

    @Test
    void windowFollowsItsBase() {
        assertEquals(PM | 1, config(0x40, 4));
        config(0x40, 4, 0xFFFF_0600);
        assertEquals(0x0601, config(0x40, 4));
        assertEquals(0xFFFF, in(PMSTS));
        assertEquals(0, machine.readPort(0x604, 2));
        config(0x80, 1, 0);
        assertEquals(0xFFFF, machine.readPort(0x604, 2));
        config(0x80, 1, 1);
        device.reset(ResetKind.HARD);
        assertEquals(0xFFFF, machine.readPort(0x604, 2));
        assertEquals(1, config(0x40, 4));
    }

    @Test
    void timerCountsExactlyIn24Bits() {
        machine.clock().advance(SECOND);
        assertEquals(3_579_545, machine.readPort(PMTMR, 4));
        machine.clock().advance(4 * SECOND);
        assertEquals(5 * 3_579_545 & 0xFF_FFFF, machine.readPort(PMTMR, 4));
        assertEquals(5 * 3_579_545 & 0xFFFF, machine.readPort(PMTMR, 2));
        assertEquals(5 * 3_579_545 >> 16 & 0xFF, machine.readPort(PMTMR + 2, 1));
        assertEquals(0, machine.readPort(PMTMR + 3, 1));
        machine.clock().advance(10L * 365 * 86_400 * SECOND);
        assertEquals(Frequency.PM_TIMER.ticks(machine.clock().now()) & 0xFF_FFFF, machine.readPort(PMTMR, 4));
    }

    @Test
    void overflowStatusIsSetWhenBit23Changes() {
        long half = Frequency.PM_TIMER.nanosAt(1 << 23);
        machine.clock().advance(half - 1);
        assertEquals(0, in(PMSTS));
        machine.clock().advance(1);
        assertEquals(1, in(PMSTS));
        out(PMSTS, 1);
        assertEquals(0, in(PMSTS));
        machine.clock().advance(half);
        assertEquals(1, in(PMSTS), "also from one to zero");
        assertEquals(Long.MAX_VALUE, machine.clock().nextDeadline(), "no timer runs without an SCI to come");
    }

    @Test
    void overflowRaisesTheSci() {
        out(PMCNTRL, 1);
        out(PMEN, 1);
        machine.clock().advance(Frequency.PM_TIMER.nanosAt(1 << 23));
        assertTrue(sci());
        out(PMEN, 0);
        assertFalse(sci());
        out(PMEN, 1);
        out(PMCNTRL, 0);
        assertFalse(sci());
        out(PMCNTRL, 1);
        out(PMSTS, 1);
        assertFalse(sci());
        machine.clock().advance(Frequency.PM_TIMER.nanosAt(1 << 23));
        assertTrue(sci());
    }

    @Test
    void powerButton() {
        machine.role(PowerButton.class).press();
        assertEquals(0x100, in(PMSTS));
        assertFalse(sci());
        out(PMEN, 0x100);
        assertFalse(sci());
        machine.out(0xB2, 0xF1);
        assertTrue(sci(), "the press waited for SCI_EN");
        assertEquals(1, in(PMCNTRL) & 1);
        out(PMSTS, 0x100);
        assertFalse(sci());
        machine.role(PowerButton.class).press();
        assertTrue(sci());
        machine.out(0xB2, 0xF0);
        assertEquals(0, in(PMCNTRL) & 1);
        assertFalse(sci());
    }

    @Test
    void apmPortsKeepTheirBytes() {
        machine.out(0xB2, 0x12);
        machine.out(0xB3, 0x34);
        assertEquals(0x3412, in(0xB2));
        assertEquals(0, smis());
    }

    @Test
    void softOff() {
        out(PMCNTRL, 0x1C01);
        assertFalse(machine.poweredOff());
        assertEquals(0x1C01, in(PMCNTRL));
        out(PMCNTRL, 0x2001);
        assertTrue(machine.poweredOff());
        assertEquals(1, in(PMCNTRL), "SUS_EN reads 0");
    }

    @Test
    void otherSleepStatesWakeAtOnce() {
        out(PMCNTRL, 0x3001);
        assertFalse(machine.poweredOff());
        assertEquals(0x8000, in(PMSTS));
        out(PMSTS, 0x8000);
        assertEquals(0, in(PMSTS));
    }

    @Test
    void byteWritesReachTheirHalf() {
        machine.out(PMEN + 1, 0xFF);
        assertEquals(0x0500, in(PMEN));
        machine.out(PMEN, 0xFF);
        assertEquals(0x0521, in(PMEN));
        machine.writePort(PMSTS, 4, 0);
        assertEquals(0, in(PMEN));
    }

    @Test
    void globalReleaseAndBiosRelease() {
        out(GLBEN, 0x0002);
        machine.writePort(GLBCTL, 4, 0x10001);
        out(PMCNTRL, 0x0004);
        assertEquals(2, in(GLBSTS) & 2);
        assertEquals(1, smis());
        assertEquals(0, in(PMCNTRL) & 4, "write-only");
        machine.writePort(GLBCTL, 4, 0x10003);
        assertEquals(0x20, in(PMSTS), "GBL_STS");
        out(PMEN, 0x20);
        out(PMCNTRL, 1);
        assertTrue(sci());
        assertEquals(0x40, in(GLBSTS) & 0x40);
        out(GLBSTS, 2);
        assertEquals(0, in(GLBSTS) & 2);
    }

    @Test
    void apmCommandMakesAnSmiWhenFirmwareWantsOne() {
        config(0x58, 4, 1 << 25);
        machine.out(0xB2, 0x55);
        assertEquals(0x20, in(GLBSTS) & 0x20);
        assertEquals(0, smis());
        out(GLBEN, 0x20);
        machine.writePort(GLBCTL, 4, 0x10001);
        machine.out(0xB2, 0x55);
        assertEquals(1, smis());
    }

    @Test
    void generalPurposeEventsRaiseTheSci() {
        assertEquals(0, in(PM + 0x0C));
        out(PM + 0x0E, 0xFFFF);
        assertEquals(0x0F01, in(PM + 0x0E));
        assertEquals(0, machine.readPort(PM + 0x14, 1), "PLVL2");
        machine.writePort(PM + 0x10, 4, 0x1E);
        assertEquals(0x1E, machine.readPort(PM + 0x10, 4));
    }

    @Test
    void devicesRegistersAreStored() {
        for (int register = 0x44; register < 0x80; register += 4) {
            assertEquals(0, config(register, 4));
            config(register, 4, 0x1234_5678);
            assertEquals(0x1234_5678, config(register, 4));
        }
    }

    @Test
    void smbusHasNoSlaves() {
        machine.out(SMB + 4, 0xA1);
        machine.out(SMB + 2, 0x48);
        assertEquals(0x04, machine.in(SMB), "DEV_ERR");
        assertEquals(0x08, machine.in(SMB + 2), "START reads 0");
        machine.out(SMB, 0x04);
        assertEquals(0, machine.in(SMB));
        assertFalse(sci());
        machine.out(SMB + 2, 0x49);
        assertTrue(sci(), "IRQ9 is selected");
        machine.out(SMB, 0x1E);
        assertFalse(sci());
        config(0xD2, 1, 0x01);
        machine.out(SMB + 2, 0x49);
        assertFalse(sci());
        assertEquals(1, smis(), "SMI is selected");
        machine.in(SMB + 2);
        machine.out(SMB + 7, 0x11);
        machine.out(SMB + 7, 0x22);
        machine.in(SMB + 2);
        assertEquals(0x11, machine.in(SMB + 7));
        assertEquals(0x22, machine.in(SMB + 7));
        config(0xD2, 1, 0);
        assertEquals(0xFF, machine.in(SMB));
    }

    /** Writing ones and zeros to all registers shows which bits exist. */
    @Test
    void writeMasksOfTheConfiguration() {
        device.reset(ResetKind.HARD);
        byte[] writable = new byte[256];
        for (int register = 0x44; register < 0x80; register++) {
            writable[register] = (byte) 0xFF; // CNTA, CNTB, GPICTL, DEVRESD, DEVACTA, DEVACTB, DEVRESA to J
        }
        int[][] masks = {
            {0x04, 0x05},
            {0x0D, 0xF8},
            {0x3C, 0xFF},
            {0x40, 0xC0},
            {0x41, 0xFF},
            {0x80, 0x01},
            {0x90, 0xF0},
            {0x91, 0xFF},
            {0xD2, 0x0F},
            {0xD3, 0xFF},
            {0xD4, 0xFF},
            {0xD5, 0xFF}
        };
        for (int[] mask : masks) {
            writable[mask[0]] = (byte) mask[1];
        }
        for (int register = 0; register < 256; register++) {
            int before = config(register, 1);
            config(register, 1, 0xFF);
            int ones = config(register, 1);
            config(register, 1, 0x00);
            int zeros = config(register, 1);
            assertEquals(writable[register], (byte) (ones ^ zeros), "register " + Integer.toHexString(register));
            assertEquals(before & ~writable[register], zeros & ~writable[register]);
        }
    }

    /** The same for the register block; status bits only hardware sets. */
    @Test
    void writeMasksOfTheBlock() {
        int[][] masks = {
            {0x00, 2, 0}, {0x02, 2, 0x0521}, {0x04, 2, 0x1C03}, {0x08, 4, 0}, {0x0C, 2, 0}, {0x0E, 2, 0x0F01},
            {0x10, 4, 0x3FFFF}, {0x14, 1, 0}, {0x15, 1, 0}, {0x1C, 4, 0}, {0x20, 2, 0x0D2F}, {0x28, 4, 0x0701_FF05},
            {0x2C, 4, -1}, {0x30, 2, 0}, {0x34, 4, -1}
        };
        for (int[] mask : masks) {
            machine.writePort(PM + mask[0], mask[1], -1 & ~(mask[0] == 4 ? 0x2004 : 0));
            int ones = machine.readPort(PM + mask[0], mask[1]);
            machine.writePort(PM + mask[0], mask[1], 0);
            int zeros = machine.readPort(PM + mask[0], mask[1]);
            assertEquals(mask[2], ones ^ zeros, "offset " + Integer.toHexString(mask[0]));
        }
    }

    @Test
    void clockControlReadsDoNothing() {
        assertEquals(0, machine.in(PM + 0x14), "PLVL2");
        assertEquals(0, machine.in(PM + 0x15), "PLVL3");
        assertFalse(sci());
        assertEquals(0, in(PMSTS));
        assertEquals(0xFFFF, in(PM + 0x30), "inputs with pull-ups");
        assertEquals(0x7FFF_BFFF, machine.readPort(PM + 0x34, 4), "outputs after reset");
    }

    @Test
    void seaBiosMovesTheBlock() {
        config(0x40, 4, 0x0600 | 1);
        config(0x90, 4, 0x0700 | 1);
        assertEquals(0x0601, config(0x40, 4));
        machine.writePort(0x602, 2, 0x0100);
        assertEquals(0x0100, machine.readPort(0x602, 2));
        assertEquals(0xFFFF, machine.readPort(PM + 2, 2));
        machine.out(0x702, 0x48);
        assertEquals(0x04, machine.in(0x700));
        assertEquals(0xFF, machine.in(SMB));
        machine.clock().advance(SECOND);
        assertEquals(3_579_545, machine.readPort(0x608, 4));
    }

    @Test
    void onlySoftOffIsCodedWithZeros() {
        for (int type = 1; type < 8; type++) {
            out(PMCNTRL, 0x2000 | type << 10);
            assertFalse(machine.poweredOff(), "type " + type);
            assertEquals(type < 5 ? 0x8000 : 0, in(PMSTS) & 0x8000, "WAK_STS of type " + type);
            out(PMSTS, 0x8000);
        }
        machine.out(PMCNTRL + 1, 0x00);
        assertFalse(machine.poweredOff(), "SUS_EN is missing");
        machine.out(PMCNTRL + 1, 0x20);
        assertTrue(machine.poweredOff(), "a byte is enough");
    }

    @Test
    void sciIsALevelOfAllItsSources() {
        machine.role(PowerButton.class).press();
        machine.clock().advance(Frequency.PM_TIMER.nanosAt(1 << 23));
        machine.writePort(GLBCTL, 4, 0x2);
        assertEquals(0x0121, in(PMSTS));
        out(PMEN, 0x0121);
        out(PMCNTRL, 1);
        assertTrue(sci());
        out(PMSTS, 0x0001);
        assertTrue(sci());
        out(PMSTS, 0x0100);
        assertTrue(sci());
        out(PMSTS, 0x0020);
        assertFalse(sci());
        assertEquals(1, machine.interrupts(9), "one rise only");
        device.reset(ResetKind.HARD);
        assertFalse(sci());
    }

    @Test
    void smbusRegistersKeepTheirBytes() {
        for (int register : new int[] {3, 4, 5, 6, 8, 9}) {
            machine.out(SMB + register, 0x40 + register);
        }
        for (int register : new int[] {3, 4, 5, 6, 8, 9}) {
            assertEquals(0x40 + register, machine.in(SMB + register));
        }
        machine.out(SMB + 2, 0x42);
        assertEquals(0x04, machine.in(SMB) & 0x1F, "KILL has nothing to kill; START found nobody");
        machine.out(SMB, 0x1F);
        assertEquals(0, machine.in(SMB));
    }
}
