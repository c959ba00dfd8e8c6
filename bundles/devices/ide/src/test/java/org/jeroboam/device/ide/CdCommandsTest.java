package org.jeroboam.device.ide;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Packet commands one by one. */
class CdCommandsTest {
    private static final int BLOCKS = 1000;

    private final CdRig rig = new CdRig();

    @BeforeEach
    void powerOn() {
        rig.insert(BLOCKS);
        rig.powerOn();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private byte[] blocks(int first, int count) {
        return Arrays.copyOfRange(rig.cd.content(), first * 2048, (first + count) * 2048);
    }

    @Test
    void inquiry() {
        byte[] data = rig.good(0x12, 0, 0, 0, 96);
        assertEquals(36, data.length);
        assertArrayEquals(bytes(5, 0x80, 0, 0x21, 31), Arrays.copyOf(data, 5));
        assertEquals("JEROBOAMVIRTUAL CD-ROM  1.0 ", new String(data, 8, 28, StandardCharsets.US_ASCII));
        assertEquals(0x052400, rig.failure(0x12, 1, 0x80, 0, 96), "no vital product data");
        assertEquals(0, rig.good(0x12, 0, 0, 0, 0).length);
    }

    @Test
    void unknownCommandsAreIllegal() {
        assertEquals(0x052000, rig.failure(0x2A));
        assertEquals(0x052000, rig.failure(0xFF));
        assertEquals(0x052000, rig.failure(0x08));
        assertEquals(0, rig.sense(), "asking takes the sense data away");
    }

    @Test
    void senseDataLastUntilTheNextCommand() {
        rig.packet(0x2A);
        rig.good(0x00);
        assertEquals(0, rig.sense());
        rig.packet(0x28, 0, 0, 0, 0x03, 0xE7, 0, 0, 2);
        assertEquals(0x51, rig.status);
        byte[] data = rig.good(0x03, 0, 0, 0, 18);
        assertArrayEquals(
                bytes(0xF0, 0, 5, 0, 0, 0x03, 0xE8, 10, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0),
                data,
                "block 1000 is not there");
    }

    @Test
    void capacityAndRanges() {
        assertArrayEquals(bytes(0, 0, 0x03, 0xE7, 0, 0, 8, 0), rig.good(0x25));
        assertArrayEquals(blocks(999, 1), rig.good(0x28, 0, 0, 0, 0x03, 0xE7, 0, 0, 1));
        assertEquals(0x052100, rig.failure(0x28, 0, 0, 0, 0x03, 0xE8, 0, 0, 1));
        assertEquals(0x052100, rig.failure(0xA8, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF));
        assertEquals(0, rig.good(0x28, 0, 0, 0, 0, 0, 0, 0, 0).length);
        assertArrayEquals(blocks(1, 100), rig.good(0xA8, 0, 0, 0, 0, 1, 0, 0, 0, 100));
        assertEquals(0, rig.failure(0x2B, 0, 0, 0, 0x03, 0xE7));
        assertEquals(0x052100, rig.failure(0x2B, 0, 0, 0, 0x03, 0xE8));
    }

    @Test
    void tableOfContents() {
        assertArrayEquals(
                bytes(0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xAA, 0, 0, 0, 0x03, 0xE8),
                rig.good(0x43, 0, 0, 0, 0, 0, 0, 0, 100));
        assertArrayEquals(
                bytes(0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 2, 0, 0, 0x14, 0xAA, 0, 0, 0, 15, 25),
                rig.good(0x43, 2, 0, 0, 0, 0, 1, 0, 100),
                "1150 frames are 15 seconds and 25");
        assertArrayEquals(
                bytes(0, 10, 1, 1, 0, 0x14, 0xAA, 0, 0, 0, 0x03, 0xE8), rig.good(0x43, 0, 0, 0, 0, 0, 0xAA, 0, 12));
        assertEquals(0x052400, rig.failure(0x43, 0, 0, 0, 0, 0, 2, 0, 12));
        assertArrayEquals(bytes(0, 18, 1, 1), rig.good(0x43, 2, 0, 0, 0, 0, 0, 0, 4));
    }

    @Test
    void sessionsAndFullTableOfContents() {
        byte[] session = bytes(0, 10, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0);
        assertArrayEquals(session, rig.good(0x43, 0, 1, 0, 0, 0, 0, 0, 12));
        assertArrayEquals(session, rig.good(0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0x40), "format in byte 9");
        byte[] full = rig.good(0x43, 2, 2, 0, 0, 0, 0, 0, 100);
        assertEquals(4 + 4 * 11, full.length);
        assertArrayEquals(bytes(0, 46, 1, 1), Arrays.copyOf(full, 4));
        assertArrayEquals(bytes(1, 0x14, 0, 0xA0, 0, 0, 0, 0, 1, 0, 0), Arrays.copyOfRange(full, 4, 15));
        assertArrayEquals(bytes(1, 0x14, 0, 0xA2, 0, 0, 0, 0, 0, 15, 25), Arrays.copyOfRange(full, 26, 37));
        assertArrayEquals(bytes(1, 0x14, 0, 1, 0, 0, 0, 0, 0, 2, 0), Arrays.copyOfRange(full, 37, 48));
        assertArrayEquals(full, rig.good(0x43, 2, 0, 0, 0, 0, 0, 0, 100, 0x80));
        assertEquals(0x052400, rig.failure(0x43, 2, 5, 0, 0, 0, 0, 0, 100), "no CD-Text");
    }

    @Test
    void configuration() {
        byte[] all = rig.good(0x46, 0, 0, 0, 0, 0, 0, 1, 0);
        assertEquals(all.length - 4, all[2] << 8 | all[3] & 0xFF);
        assertEquals(8, all[7], "CD-ROM");
        assertArrayEquals(bytes(0, 0, 3, 8, 0, 0x10, 0, 0, 0, 8, 1, 0), Arrays.copyOfRange(all, 8, 20));
        byte[] one = rig.good(0x46, 2, 0, 0x10, 0, 0, 0, 0, 100);
        assertArrayEquals(
                bytes(0, 0, 0, 16, 0, 0, 0, 8, 0, 0x10, 1, 8, 0, 0, 8, 0, 0, 1, 0, 0), one, "random readable");
        byte[] none = rig.good(0x46, 2, 0, 0x11, 0, 0, 0, 0, 100);
        assertEquals(8, none.length);
        rig.cd.eject();
        byte[] empty = rig.good(0x46, 1, 0, 0, 0, 0, 0, 0, 100);
        assertEquals(0, empty[7], "no profile without medium");
        assertEquals(8 + 12 + 12 + 8 + 8 + 4 + 4, empty.length, "current features only");
        assertEquals(0x052400, rig.failure(0x46, 3));
    }

    @Test
    void discAndTrackInformation() {
        byte[] information = rig.good(0x51, 0, 0, 0, 0, 0, 0, 0, 100);
        assertEquals(34, information.length);
        assertArrayEquals(bytes(0, 32, 0x0E, 1, 1, 1, 1, 0x20), Arrays.copyOf(information, 8));
        assertEquals(0x052400, rig.failure(0x51, 1, 0, 0, 0, 0, 0, 0, 100));
        byte[] track = rig.good(0x52, 1, 0, 0, 0, 1, 0, 0, 100);
        assertEquals(36, track.length);
        assertArrayEquals(bytes(0, 34, 1, 1, 0, 4, 1, 0), Arrays.copyOf(track, 8));
        assertArrayEquals(bytes(0, 0, 0x03, 0xE8), Arrays.copyOfRange(track, 24, 28));
        assertArrayEquals(track, rig.good(0x52, 0, 0, 0, 0x03, 0xE7, 0, 0, 100));
        assertEquals(0x052400, rig.failure(0x52, 0, 0, 0, 0x03, 0xE8, 0, 0, 100));
        assertEquals(0x052400, rig.failure(0x52, 1, 0, 0, 0, 2, 0, 0, 100));
    }

    @Test
    void subChannel() {
        assertArrayEquals(bytes(0, 0x15, 0, 0), rig.good(0x42, 0, 0, 0, 0, 0, 0, 0, 100));
        assertArrayEquals(
                bytes(0, 0x15, 0, 12, 1, 0x14, 1, 1, 0, 0, 2, 0, 0, 0, 0, 0),
                rig.good(0x42, 2, 0x40, 1, 0, 0, 0, 0, 100));
        assertEquals(24, rig.good(0x42, 0, 0x40, 2, 0, 0, 0, 0, 100).length);
        assertEquals(24, rig.good(0x42, 0, 0x40, 3, 0, 0, 1, 0, 100).length);
        assertEquals(0x052400, rig.failure(0x42, 0, 0x40, 4, 0, 0, 0, 0, 100));
    }

    @Test
    void mechanismAndSpeed() {
        assertArrayEquals(bytes(0, 0, 0, 0, 0, 1, 0, 0), rig.good(0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8));
        assertEquals(0, rig.failure(0xBB, 0, 0xFF, 0xFF));
    }

    @Test
    void modePages() {
        byte[] page = rig.good(0x5A, 0, 0x2A, 0, 0, 0, 0, 0, 128);
        assertEquals(8 + 22, page.length);
        assertArrayEquals(bytes(0, 28, 1, 0, 0, 0, 0, 0, 0x2A, 20), Arrays.copyOf(page, 10));
        assertEquals(0x29, page[14], "a tray, ejectable, lockable");
        assertEquals(40 * 176, (page[16] & 0xFF) << 8 | page[17] & 0xFF);
        byte[] six = rig.good(0x1A, 0, 0x01, 0, 128);
        assertArrayEquals(bytes(11, 1, 0, 0, 1, 6, 0, 5, 0, 0, 0, 0), six);
        byte[] all = rig.good(0x5A, 0, 0x3F, 0, 0, 0, 0, 0, 255);
        assertEquals(8 + 8 + 8 + 16 + 22, all.length);
        assertEquals(0x053900, rig.failure(0x5A, 0, 0xC1, 0, 0, 0, 0, 0, 255), "nothing is saved");
        assertEquals(0x052400, rig.failure(0x5A, 0, 0x02, 0, 0, 0, 0, 0, 255));
    }

    @Test
    void modeSelectIsReadBack() {
        byte[] list = bytes(
                0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 8, 0, 0x0E, 14, 4, 0, 0, 0, 0, 75, 1, 9, 2, 8, 0, 0, 0, 0);
        rig.packet(16, CdRig.cdb(0x55, 0x10, 0, 0, 0, 0, 0, 0, list.length), list);
        assertEquals(0x50, rig.status);
        byte[] current = rig.good(0x5A, 0, 0x0E, 0, 0, 0, 0, 0, 64);
        assertArrayEquals(bytes(1, 9, 2, 8), Arrays.copyOfRange(current, 16, 20));
        byte[] defaults = rig.good(0x5A, 0, 0x8E, 0, 0, 0, 0, 0, 64);
        assertArrayEquals(bytes(1, 0xFF, 2, 0xFF), Arrays.copyOfRange(defaults, 16, 20));
        byte[] mask = rig.good(0x5A, 0, 0x4E, 0, 0, 0, 0, 0, 64);
        assertArrayEquals(bytes(0xFF, 0xFF, 0xFF, 0xFF), Arrays.copyOfRange(mask, 16, 20));
        byte[] short6 = bytes(0, 0, 0, 0, 1, 6, 4, 7, 0, 0, 0, 0);
        rig.packet(64, CdRig.cdb(0x15, 0x10, 0, 0, short6.length), short6);
        assertEquals(0x50, rig.status);
        assertEquals(4, rig.good(0x1A, 0, 1, 0, 64)[6]);
    }

    @Test
    void modeSelectRefusesWhatItDoesNotKnow() {
        byte[] unknown = bytes(0, 0, 0, 0, 0x33, 2, 0, 0);
        rig.packet(64, CdRig.cdb(0x15, 0x10, 0, 0, unknown.length), unknown);
        assertEquals(0x51, rig.status);
        assertEquals(0x052600, rig.sense());
        byte[] cut = bytes(0, 0, 0, 0, 1, 6, 0);
        rig.packet(64, CdRig.cdb(0x15, 0x10, 0, 0, cut.length), cut);
        assertEquals(0x051A00, rig.sense());
        byte[] longDescriptor = bytes(0, 0, 0, 0xFF, 1, 6, 0, 0);
        rig.packet(64, CdRig.cdb(0x15, 0x10, 0, 0, longDescriptor.length), longDescriptor);
        assertEquals(0x051A00, rig.sense());
        assertEquals(0x052400, rig.failure(0x15, 0x11, 0, 0, 8), "nothing can be saved");
        assertEquals(0, rig.failure(0x15, 0x10, 0, 0, 0));
    }

    @Test
    void rawSectors() {
        byte[] data = rig.good(0xBE, 0, 0, 0, 0, 16, 0, 0, 2, 0x10);
        assertArrayEquals(blocks(16, 2), data);
        byte[] raw = rig.good(0xBE, 8, 0, 0, 0, 16, 0, 0, 70, 0xF8);
        assertEquals(70 * 2352, raw.length);
        byte[] sync = bytes(0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 2, 0x16, 1);
        assertArrayEquals(sync, Arrays.copyOf(raw, 16), "block 16 is at 00:02:16");
        assertArrayEquals(blocks(16, 1), Arrays.copyOfRange(raw, 16, 16 + 2048));
        assertArrayEquals(blocks(85, 1), Arrays.copyOfRange(raw, 69 * 2352 + 16, 69 * 2352 + 2064));
        for (int sector = 0; sector < 70; sector++) {
            RawSectors.check(Arrays.copyOfRange(raw, sector * 2352, (sector + 1) * 2352));
        }
        assertArrayEquals(
                Arrays.copyOfRange(raw, 12, 2064),
                rig.good(0xB9, 0, 0, 0, 2, 16, 0, 2, 17, 0x30),
                "header and data, by minute, second, frame");
        assertArrayEquals(Arrays.copyOfRange(raw, 2064, 2352), rig.good(0xBE, 0, 0, 0, 0, 16, 0, 0, 1, 0x08));
        assertEquals(0, rig.good(0xBE, 0, 0, 0, 0, 16, 0, 0, 1, 0).length);
    }

    @Test
    void impossiblePartsOfSectors() {
        assertEquals(0x056400, rig.failure(0xBE, 4, 0, 0, 0, 16, 0, 0, 1, 0xF8), "no audio");
        assertEquals(0x052400, rig.failure(0xBE, 0, 0, 0, 0, 16, 0, 0, 1, 0x90), "sync and data without header");
        assertEquals(0x052400, rig.failure(0xBE, 0, 0, 0, 0, 16, 0, 0, 1, 0x10, 1), "no sub-channels");
        assertEquals(0x052400, rig.failure(0xB9, 0, 0, 0, 2, 75, 0, 2, 17, 0x10));
        assertEquals(0x052400, rig.failure(0xB9, 0, 0, 0, 3, 0, 0, 2, 17, 0x10));
        assertEquals(0x052400, rig.failure(0xB9, 0, 0, 0, 1, 0, 0, 2, 17, 0x10), "in the pregap");
        assertEquals(0x052100, rig.failure(0xBE, 0, 0, 0, 0x03, 0xE8, 0, 0, 1, 0x10));
    }

    @Test
    void eventsAreOnlyPolled() {
        assertEquals(0x052400, rig.failure(0x4A, 0, 0, 0, 0x10, 0, 0, 0, 8));
        assertArrayEquals(bytes(0, 6, 4, 0x10, 0, 2, 0, 0), rig.good(0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8));
        assertArrayEquals(bytes(0, 2, 0x80, 0x10), rig.good(0x4A, 1, 0, 0, 0x02, 0, 0, 0, 8), "no such class");
    }

    @Test
    void aDvdHasItsProfile() {
        CdRig big = new CdRig();
        big.cd.insert(new byte[406_000 * 2048], true);
        big.powerOn();
        byte[] answer = big.good(0x46, 0, 0, 0, 0, 0, 0, 0, 8);
        assertEquals(0x10, answer[7]);
        assertFalse(answer.length > 8);
    }
}
