package org.jeroboam.hardware.board;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PciConfigSpaceTest {
    @Test
    void onlyWritableBitsChange() {
        PciConfigSpace space =
                new PciConfigSpace().set(0, 4, 0x7110_8086).set(4, 2, 7).writable(4, 2, 0x0005);
        space.write(0, 4, -1);
        space.write(4, 2, 0);
        assertEquals(0x7110_8086, space.read(0, 4));
        assertEquals(2, space.read(4, 2));
    }

    @Test
    void statusBitsAreClearedByOne() {
        PciConfigSpace space = new PciConfigSpace().set(6, 2, 0xF280).clearedByOne(6, 2, 0xF000);
        space.write(6, 2, 0x3000);
        assertEquals(0xC280, space.read(6, 2));
    }

    @Test
    void valuesAreRestoredAndMasksStay() {
        PciConfigSpace first = new PciConfigSpace().writable(0x40, 1, 0xFF);
        first.write(0x40, 1, 0x5A);
        PciConfigSpace second = new PciConfigSpace().writable(0x40, 1, 0x0F);
        second.restore(first.toBytes());
        assertEquals(0x5A, second.read(0x40, 1));
        second.write(0x40, 1, 0xFF);
        assertEquals(0x5F, second.read(0x40, 1));
    }
}
