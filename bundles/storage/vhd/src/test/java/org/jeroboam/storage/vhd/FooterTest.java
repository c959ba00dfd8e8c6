package org.jeroboam.storage.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jeroboam.hardware.storage.Geometry;
import org.junit.jupiter.api.Test;

class FooterTest {
    /** The first 85 bytes of the footer of a 10 MB dynamic disk that qemu-img 7.2 made; the rest are zeros. */
    private static final String DYNAMIC = "636f6e6563746978" // cookie
            + "00000002" // features
            + "00010000" // version
            + "0000000000000200" // data offset
            + "329679b2" // time stamp
            + "71656d75" // creator
            + "00050003" // its version
            + "5769326b" // its host
            + "0000000000a07000" // original size
            + "0000000000a07000" // current size
            + "012e" // cylinders
            + "04" // heads
            + "11" // sectors per track
            + "00000003" // type
            + "ffffecad" // checksum
            + "58ec93b8ccf7493d9c3c1551d8b63f96" // unique id
            + "00"; // saved state

    static ByteBuffer bytes(String hex) {
        return ByteBuffer.allocate(512).put(HexFormat.of().parseHex(hex)).clear();
    }

    @Test
    void fieldsAreWhereTheSpecificationHasThem() throws Exception {
        Footer footer = Footer.decode(bytes(DYNAMIC));
        assertEquals(
                new Footer(
                        2,
                        0x10000,
                        512,
                        0x329679B2,
                        new Creator(0x71656D75, 0x50003, 0x5769326B),
                        10_514_432,
                        10_514_432,
                        new Geometry(302, 4, 17),
                        DiskType.DYNAMIC,
                        UUID.fromString("58ec93b8-ccf7-493d-9c3c-1551d8b63f96"),
                        false),
                footer);
        assertEquals("qemu", footer.creator().applicationText());
        assertEquals("Wi2k", footer.creator().hostOsText());
        assertEquals(Instant.parse("2026-11-23T04:12:34Z"), VhdTime.instant(footer.timeStamp()));
        assertEquals(bytes(DYNAMIC), footer.encode());
    }

    @Test
    void aNewFixedDiskHasTheseBytes() throws Exception {
        Footer footer = Footer.create(
                DiskType.FIXED,
                16L << 30,
                Footer.NO_OFFSET,
                Instant.parse("2000-01-02T00:00:00Z"),
                new UUID(0x0102030405060708L, 0x090A0B0C0D0E0F10L));
        String hex = "636f6e6563746978" + "00000002" + "00010000" + "ffffffffffffffff" + "00015180" + "77696e20"
                + "000a0000" + "5769326b" + "0000000400000000" + "0000000400000000" + "8208" + "10" + "3f" + "00000002";
        ByteBuffer expected = bytes(hex);
        expected.put(68, HexFormat.of().parseHex("0102030405060708090a0b0c0d0e0f10"));
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += expected.get(i) & 0xFF;
        }
        expected.putInt(64, ~sum);
        assertEquals(expected, footer.encode());
        assertEquals(footer, Footer.decode(expected));
        assertTrue(footer.encode().isDirect());
    }

    @Test
    void theSavedStateIsAByte() throws Exception {
        ByteBuffer saved = bytes(DYNAMIC);
        saved.put(84, (byte) 1).putInt(64, 0xFFFFECAC);
        assertTrue(Footer.decode(saved).savedState());
        assertEquals(saved, Footer.decode(saved).encode());
    }

    @Test
    void eachDamagedByteIsSeen() {
        for (int i = 0; i < 512; i++) {
            ByteBuffer damaged = bytes(DYNAMIC);
            damaged.put(i, (byte) (damaged.get(i) ^ 0x40));
            String clause = assertThrows(DamagedException.class, () -> Footer.decode(damaged), "byte " + i)
                    .getMessage();
            assertFalse(clause.isBlank());
            assertTrue(i < 8 ? clause.contains("no footer") : clause.contains("checksum"), clause);
        }
    }

    @Test
    void otherVersionsAndKindsAreRefused() {
        ByteBuffer version = bytes(DYNAMIC).putInt(12, 0x20000).putInt(64, 0xFFFFECAC);
        assertTrue(assertThrows(DamagedException.class, () -> Footer.decode(version))
                .getMessage()
                .contains("version 2.0"));
        ByteBuffer type = bytes(DYNAMIC).putInt(60, 5).putInt(64, 0xFFFFECAB);
        assertTrue(assertThrows(DamagedException.class, () -> Footer.decode(type))
                .getMessage()
                .contains("disk type 5"));
    }

    @Test
    void timeStampsCountFromTheYear2000() {
        assertEquals(0, VhdTime.of(Instant.parse("2000-01-01T00:00:00Z")));
        assertEquals(0, VhdTime.of(Instant.EPOCH), "earlier is not possible");
        assertEquals(-1, VhdTime.of(Instant.parse("2200-01-01T00:00:00Z")), "nor later than 2136");
        assertEquals(Instant.parse("2136-02-07T06:28:15Z"), VhdTime.instant(-1));
    }
}
