package org.jeroboam.chipset.i440bx.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.jeroboam.hardware.board.PciConfigSpace;
import org.jeroboam.hardware.board.PciFunction;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class I82443bxTest {
    private static final int CONFADD = 0xCF8;
    private static final int CONFDATA = 0xCFC;

    private final FakeMachine machine = new FakeMachine(64 << 20);
    private final I82443bx device = new I82443bx(false);

    /** A function that keeps all bytes. */
    private static final class Plain implements PciFunction {
        private final PciConfigSpace space = new PciConfigSpace();

        Plain() {
            for (int i = 0; i < 256; i += 4) {
                space.writable(i, 4, -1);
            }
        }

        @Override
        public int readConfig(int register, int size) {
            return space.read(register, size);
        }

        @Override
        public void writeConfig(int register, int size, int value) {
            space.write(register, size, value);
        }
    }

    @BeforeEach
    void start() {
        device.attach(machine.board("bridge"));
        device.reset(ResetKind.POWER_ON);
    }

    private void select(int device, int function, int register) {
        machine.writePort(CONFADD, 4, 0x8000_0000 | device << 11 | function << 8 | register);
    }

    private void write(int register, int size, int value) {
        machine.writeConfig(0, 0, register, size, value);
    }

    private int read(int register, int size) {
        return machine.readConfig(0, 0, register, size);
    }

    @Test
    void identity() {
        select(0, 0, 0);
        assertEquals(0x7192_8086, machine.readPort(CONFDATA, 4));
        select(0, 0, 8);
        assertEquals(0x0600_0003, machine.readPort(CONFDATA, 4));
        select(0, 0, 4);
        assertEquals(0x0200_0006, machine.readPort(CONFDATA, 4));
        select(0, 0, 0x2C);
        assertEquals(0, machine.readPort(CONFDATA, 4));
        assertEquals(0, read(0x34, 1));
        assertEquals(0, read(0x10, 4), "no aperture");
    }

    @Test
    void onlyFourBytesReachTheAddress() {
        machine.writePort(CONFADD, 4, 0x8000_3840);
        assertEquals(0x8000_3840, machine.readPort(CONFADD, 4));
        machine.out(CONFADD, 0xFF);
        machine.out(CONFADD + 1, 0x06);
        machine.writePort(CONFADD, 2, 0);
        assertEquals(0x8000_3840, machine.readPort(CONFADD, 4));
        assertEquals(0xFF, machine.in(CONFADD));
        machine.writePort(CONFADD, 4, -1);
        assertEquals(0x80FF_FFFC, machine.readPort(CONFADD, 4));
    }

    @Test
    void dataPortsGiveByteLanes() {
        machine.board("other").pci().place(9, 2, new Plain());
        select(9, 2, 0x48);
        machine.writePort(CONFDATA, 4, 0x4433_2211);
        assertEquals(0x33, machine.in(CONFDATA + 2));
        assertEquals(0x4433, machine.readPort(CONFDATA + 2, 2));
        machine.out(CONFDATA + 1, 0xAA);
        assertEquals(0x4433_AA11, machine.readPort(CONFDATA, 4));
        select(9, 2, 0x4B);
        assertEquals(0x11, machine.in(CONFDATA), "the address has no byte part");
    }

    @Test
    void absentFunctionsReadAllOnes() {
        select(31, 7, 0);
        assertEquals(-1, machine.readPort(CONFDATA, 4));
        machine.writePort(CONFADD, 4, 0x8001_0000);
        assertEquals(-1, machine.readPort(CONFDATA, 4), "bus 1");
        machine.writePort(CONFADD, 4, 0);
        assertEquals(-1, machine.readPort(CONFDATA, 4), "not enabled");
    }

    @Test
    void eachPamNibbleOpensItsRegion() {
        for (int nibble = 1; nibble < 14; nibble++) {
            int base = nibble == 1 ? 0xF0000 : 0xC0000 + (nibble - 2) * 0x4000;
            int end = nibble == 1 ? 0x100000 : base + 0x4000;
            int register = 0x59 + nibble / 2;
            int shift = nibble % 2 * 4;
            assertAccess(base, end, false, false);
            write(register, 1, 1 << shift);
            assertAccess(base, end, true, false);
            write(register, 1, 2 << shift);
            assertAccess(base, end, false, true);
            write(register, 1, 3 << shift);
            assertAccess(base, end, true, true);
            write(register, 1, 0);
            assertAccess(base, end, false, false);
        }
    }

    private void assertAccess(int base, int end, boolean readable, boolean writable) {
        for (int address = 0xA0000; address < 0x100000; address += 0x1000) {
            boolean inside = address >= base && address < end;
            byte[] ram = machine.memory().ram();
            ram[address] = 0x11;
            assertEquals(inside && readable ? 0x11 : 0xFF, machine.readMemory(address, 1), "read of " + address);
            machine.writeMemory(address, 1, 0x22);
            assertEquals(inside && writable ? 0x22 : 0x11, ram[address], "write of " + address);
        }
    }

    @Test
    void firmwareWritesPamAsDwords() {
        write(0x58, 4, 0x3333_3000);
        write(0x5C, 4, 0x3333_3333);
        assertAccess(0xC0000, 0x100000, true, true);
        write(0x58, 4, 0x1111_1000);
        write(0x5C, 4, 0x3111_1111);
        machine.memory().ram()[0xF0000] = 5;
        machine.writeMemory(0xF0000, 1, 6);
        assertEquals(5, machine.readMemory(0xF0000, 1));
        device.reset(ResetKind.HARD);
        assertAccess(0, 0, false, false);
    }

    @Test
    void smramOpensAndLocks() {
        assertEquals(0x02, read(0x72, 1));
        write(0x72, 1, 0x4A);
        assertAccess(0xA0000, 0xC0000, true, true);
        write(0x72, 1, 0x5A);
        assertEquals(0x1A, read(0x72, 1), "D_LCK clears D_OPEN");
        assertAccess(0, 0, false, false);
        write(0x72, 1, 0x4A);
        assertEquals(0x1A, read(0x72, 1), "locked");
        device.reset(ResetKind.HARD);
        write(0x72, 1, 0xFF & ~0x10);
        assertEquals(0x6A, read(0x72, 1));
    }

    private I82443bx strapped(FakeMachine board) {
        I82443bx bridge = new I82443bx(true);
        bridge.attach(board.board("bridge"));
        bridge.reset(ResetKind.POWER_ON);
        return bridge;
    }

    private static void assertIdentity(FakeMachine board, int device, int revision, int subsystem) {
        assertEquals(0x8086 | device << 16, board.readConfig(0, 0, 0x00, 4));
        assertEquals(0x0600_0000 | revision, board.readConfig(0, 0, 0x08, 4));
        assertEquals(subsystem, board.readConfig(0, 0, 0x2C, 4));
    }

    @Test
    void strapGivesAnotherIdentityUntilTheSelfTestEnds() {
        FakeMachine board = new FakeMachine(64 << 20);
        I82443bx bridge = strapped(board);
        assertIdentity(board, 0x1237, 0x02, 0x1100_1AF4);
        // What SeaBIOS writes: opened early, protected at the end.
        board.writeConfig(0, 0, 0x58, 4, 0x3333_3000);
        board.writeConfig(0, 0, 0x5C, 4, 0x3333_3333);
        assertIdentity(board, 0x1237, 0x02, 0x1100_1AF4);
        board.writeConfig(0, 0, 0x58, 4, 0x1111_1000);
        assertIdentity(board, 0x7192, 0x03, 0);
        board.writeConfig(0, 0, 0x5C, 4, 0x1111_1111);
        assertEquals(0x1111_1111, board.readConfig(0, 0, 0x5C, 4));
        board.writeConfig(0, 0, 0x59, 1, 0x30);
        board.writeConfig(0, 0, 0x59, 1, 0x10);
        assertIdentity(board, 0x7192, 0x03, 0);
        bridge.reset(ResetKind.HARD);
        assertIdentity(board, 0x1237, 0x02, 0x1100_1AF4);
        board.writeConfig(0, 0, 0x59, 1, 0x10);
        assertIdentity(board, 0x1237, 0x02, 0x1100_1AF4); // it was not open before
    }

    @Test
    void strapIsPartOfTheState() throws StateException {
        for (boolean ended : new boolean[] {false, true}) {
            FakeMachine board = new FakeMachine(64 << 20);
            I82443bx bridge = strapped(board);
            board.writeConfig(0, 0, 0x59, 1, 0x30);
            board.writeConfig(0, 0, 0x59, 1, ended ? 0x10 : 0x30);
            StateWriter state = new StateWriter();
            bridge.save(state);

            FakeMachine other = new FakeMachine(64 << 20);
            I82443bx successor = strapped(other);
            successor.restore(new StateReader(state.toBytes()));
            assertEquals(ended ? 0x7192 : 0x1237, other.readConfig(0, 0, 2, 2));
            other.writeConfig(0, 0, 0x59, 1, 0x10);
            assertIdentity(other, 0x7192, 0x03, 0);
        }
    }

    @Test
    void strapIsTrueOrFalse() throws ConfigurationException {
        I82443bxFactory factory = new I82443bxFactory();
        factory.create(new DeviceConfig("bridge", "i82443bx", Map.of("strap", "true")));
        String message = assertThrows(
                        ConfigurationException.class,
                        () -> factory.create(new DeviceConfig("bridge", "i82443bx", Map.of("strap", "yes"))))
                .getMessage();
        assertEquals("device bridge: strap must be true or false, not 'yes'", message);
    }

    @Test
    void rowsSayHowMuchRamThereIs() {
        for (int row = 0; row < 8; row++) {
            assertEquals(8, read(0x60 + row, 1));
        }
        write(0x60, 1, 4);
        assertEquals(4, read(0x60, 1));
    }

    @Test
    void registersWithoutEffectAreStored() {
        for (int register : new int[] {0x50, 0x53, 0x57, 0x58, 0x68, 0x69, 0x74, 0x76, 0x78, 0x7B, 0x90}) {
            write(register, 1, 0x5A);
            assertEquals(0x5A, read(register, 1), Integer.toHexString(register));
        }
        write(0x7A, 1, 0x00);
        assertEquals(0x02, read(0x7A, 1), "the AGP strap is read-only");
        assertEquals(0x1F20, read(0xF8, 4));
    }
}
