package org.jeroboam.storage.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.Geometry;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VhdLayoutTest {
    private static final long SIZE = 3 << 20;
    private static final UUID ID = new UUID(5, 6);

    @TempDir
    Path folder;

    private static byte[] dynamic() throws Exception {
        CrashFile file = new CrashFile();
        Creation.dynamic(file, SIZE, 1 << 16, Instant.EPOCH, ID);
        return file.bytes();
    }

    private static byte[] fixed() throws Exception {
        CrashFile file = new CrashFile();
        Creation.fixed(file, SIZE, Instant.EPOCH, ID);
        return file.bytes();
    }

    private static VhdLayout read(byte[] bytes) throws Exception {
        return VhdLayout.read(CrashFile.of(bytes));
    }

    private static String refused(byte[] bytes) {
        String message =
                assertThrows(ConfigurationException.class, () -> read(bytes)).getMessage();
        assertTrue(message.startsWith("disk image crash.vhd cannot be used: "), message);
        assertFalse(message.contains("\n"), message);
        return message;
    }

    private VhdClaim claim(byte[] bytes) throws Exception {
        Path file = Files.write(folder.resolve("claim"), bytes);
        try (FileChannel channel = FileChannel.open(file)) {
            VhdClaim claim = VhdClaim.of(channel, file);
            assertEquals(0, channel.position());
            return claim;
        }
    }

    /** Changes a footer and makes its checksum right. */
    private static byte[] changed(byte[] bytes, int at, java.util.function.Consumer<ByteBuffer> change) {
        ByteBuffer footer = ByteBuffer.wrap(bytes, at, 512).slice();
        change.accept(footer);
        footer.putInt(64, Checksum.of(footer, 512, 64));
        return bytes;
    }

    private static byte[] header(byte[] bytes, java.util.function.Consumer<ByteBuffer> change) {
        ByteBuffer header = ByteBuffer.wrap(bytes, 512, 1024).slice();
        change.accept(header);
        header.putInt(36, Checksum.of(header, 1024, 36));
        return bytes;
    }

    @Test
    void aFixedDisk() throws Exception {
        VhdLayout layout = read(fixed());
        assertEquals(DiskType.FIXED, layout.footer().type());
        assertEquals(6144, layout.sectors());
        assertEquals(SIZE, layout.dataEnd());
        assertEquals(new Geometry(90, 4, 17), layout.geometry());
        assertNull(layout.header());
        assertEquals(List.of(), layout.warnings());
        assertEquals(VhdClaim.FIXED, claim(fixed()));
    }

    @Test
    void aDynamicDisk() throws Exception {
        byte[] bytes = dynamic();
        assertEquals(1536 + 512 + 512, bytes.length);
        VhdLayout layout = read(bytes);
        assertEquals(new DynamicHeader(1536, 48, 1 << 16), layout.header());
        assertEquals(2048, layout.dataEnd());
        assertEquals(2048, layout.metadataEnd());
        assertTrue(layout.endIntact() && layout.copyIntact());
        assertEquals(ID, layout.footer().uniqueId());
        assertEquals(ByteBuffer.wrap(bytes, 0, 512), layout.footerBytes());
        assertEquals(VhdClaim.DYNAMIC, claim(bytes));
    }

    @Test
    void theCopyHelpsWhenTheEndIsDamaged() throws Exception {
        for (int cut : new int[] {0, 1, 511, 512}) {
            byte[] bytes = dynamic();
            bytes[bytes.length - 400]++;
            bytes = Arrays.copyOf(bytes, bytes.length - cut);
            VhdLayout layout = read(bytes);
            assertFalse(layout.endIntact());
            assertEquals(1, layout.warnings().size());
            assertTrue(
                    layout.warnings().getFirst().contains("copy"),
                    layout.warnings().toString());
            assertEquals(bytes.length / 512 * 512, layout.dataEnd());
            assertEquals(VhdClaim.DYNAMIC, claim(bytes));
        }
    }

    @Test
    void theEndCountsWhenTheCopyIsAnother() throws Exception {
        byte[] bytes = changed(dynamic(), 0, footer -> footer.putLong(48, SIZE / 2));
        VhdLayout layout = read(bytes);
        assertEquals(6144, layout.sectors());
        assertTrue(layout.endIntact());
        assertFalse(layout.copyIntact());
        assertEquals(List.of(), layout.warnings(), "a change that was interrupted is no damage");
        bytes = changed(dynamic(), 0, footer -> footer.putLong(68, 99));
        assertTrue(read(bytes).warnings().getFirst().contains("differs"), "the copy is of another disk");
        bytes[3] = 0;
        assertFalse(read(bytes).copyIntact());
    }

    @Test
    void withoutAnyFooterItIsNoDisk() throws Exception {
        byte[] both = dynamic();
        both[70]++;
        both[both.length - 400]++;
        assertTrue(refused(both).contains("the footer has the checksum"));
        assertEquals(VhdClaim.DYNAMIC, claim(both), "refused, not taken for a raw disk");
        byte[] end = fixed();
        end[end.length - 1]++;
        assertTrue(refused(end).contains("the footer has the checksum"));
        assertEquals(VhdClaim.FIXED, claim(end));
        byte[] kind = changed(fixed(), (int) SIZE, footer -> footer.putInt(60, 7));
        assertTrue(refused(kind).contains("disk type 7"));
        assertEquals(VhdClaim.UNKNOWN, claim(kind));
        byte[] none = Arrays.copyOf(fixed(), (int) SIZE);
        assertTrue(refused(none).contains("no footer"));
        assertEquals(VhdClaim.NONE, claim(none));
        byte[] cut = Arrays.copyOf(dynamic(), 2048);
        cut[100]++;
        String message = refused(cut);
        assertTrue(
                message.contains("no footer") && message.contains("in its copy the footer has the checksum"), message);
        assertTrue(refused(new byte[0]).contains("empty"));
        assertTrue(refused(new byte[510]).contains("510 bytes"));
        assertEquals(VhdClaim.NONE, claim(new byte[0]));
        assertEquals(VhdClaim.NONE, claim(new byte[511]));
        assertEquals(VhdClaim.NONE, claim(new byte[512]));
    }

    @Test
    void aFirstSectorMakesNoFixedDisk() throws Exception {
        byte[] raw = new byte[1 << 16];
        System.arraycopy(fixed(), (int) SIZE, raw, 0, 512);
        assertEquals(VhdClaim.NONE, claim(raw), "the guest of a raw disk can write anything there");
        raw[70]++;
        assertEquals(VhdClaim.NONE, claim(raw));
    }

    @Test
    void oldFootersLackTheLastByte() throws Exception {
        byte[] fixed = fixed();
        VhdLayout layout = read(Arrays.copyOf(fixed, fixed.length - 1));
        assertEquals(SIZE, layout.dataEnd());
        assertTrue(layout.endIntact());
        byte[] dynamic = dynamic();
        layout = read(Arrays.copyOf(dynamic, dynamic.length - 1));
        assertEquals(2048, layout.dataEnd());
        assertTrue(layout.endIntact() && layout.copyIntact());
        assertEquals(VhdClaim.FIXED, claim(Arrays.copyOf(fixed, fixed.length - 1)));
    }

    @Test
    void aFixedDiskThatWasCutOffIsRefused() throws Exception {
        byte[] bytes = fixed();
        byte[] cut = Arrays.copyOfRange(bytes, 512, bytes.length);
        assertTrue(refused(cut).contains("cut off"));
    }

    @Test
    void impossibleSizesAreRefused() throws Exception {
        for (long size : new long[] {0, -512, 1000, VhdLayout.MAX_SIZE + 512, Long.MIN_VALUE, Long.MAX_VALUE}) {
            byte[] bytes = changed(fixed(), (int) SIZE, footer -> footer.putLong(48, size));
            assertTrue(refused(bytes).contains(Long.toUnsignedString(size) + " bytes"));
        }
    }

    @Test
    void structuresOutsideTheFileAreRefused() throws Exception {
        for (long at : new long[] {0, 511, -1, 1025, Long.MAX_VALUE, Long.MIN_VALUE}) {
            byte[] bytes = dynamic();
            changed(bytes, 0, footer -> footer.putLong(16, at));
            changed(bytes, 2048, footer -> footer.putLong(16, at));
            assertTrue(refused(bytes).contains("the dynamic header"), "header at " + at);
        }
        for (long at : new long[] {0, 511, 1537, 2048, -512, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 511}) {
            assertTrue(refused(header(dynamic(), h -> h.putLong(16, at))).contains("block table"), "table at " + at);
        }
        assertTrue(refused(header(dynamic(), h -> h.putLong(16, 1024))).contains("over the dynamic header"));
        assertTrue(refused(header(dynamic(), h -> h.putInt(28, 1 << 20))).contains("no room"));
        assertTrue(refused(header(dynamic(), h -> h.putInt(28, 47))).contains("needs 48"));
        assertTrue(refused(header(dynamic(), h -> h.putInt(28, 0))).contains("needs 48"));
    }

    @Test
    void aShapeThatIsNoneIsComputed() throws Exception {
        byte[] bytes = changed(fixed(), (int) SIZE, footer -> footer.putInt(56, 0));
        assertEquals(new Geometry(90, 4, 17), read(bytes).geometry());
        byte[] other = changed(fixed(), (int) SIZE, footer -> footer.putInt(56, 0x0100_0820));
        assertEquals(new Geometry(256, 8, 32), read(other).geometry());
    }
}
