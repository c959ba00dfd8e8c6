package org.jeroboam.itests;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Images as people come by them, damaged ones too, and a floppy disk that echoes. */
final class Images {
    private static final int CD_SECTOR = 2048;
    private static final int DESCRIPTOR = 16 * CD_SECTOR;
    private static final int FOOTER = 512;

    private Images() {}

    /** A CD of 1000 sectors by its volume descriptor (ECMA-119, 8.4), which ends after 20. */
    static byte[] truncatedIso() {
        return iso(1000);
    }

    /** A CD of 20 sectors with nothing but a volume descriptor. */
    static byte[] emptyIso() {
        return iso(20);
    }

    private static byte[] iso(int sectors) {
        byte[] image = new byte[20 * CD_SECTOR];
        ByteBuffer descriptor = ByteBuffer.wrap(image, DESCRIPTOR, CD_SECTOR).slice();
        descriptor.put((byte) 1).put(ascii("CD001")).put((byte) 1);
        descriptor.putInt(80, Integer.reverseBytes(sectors)).putInt(84, sectors);
        descriptor.putShort(128, Short.reverseBytes((short) CD_SECTOR)).putShort(130, (short) CD_SECTOR);
        return image;
    }

    /** A fixed disk of 1 MiB whose footer (VHD format, "Hard Disk Footer Format") was damaged. */
    static byte[] vhdWithWrongChecksum() {
        byte[] image = new byte[(1 << 20) + FOOTER];
        ByteBuffer footer = ByteBuffer.wrap(image, 1 << 20, FOOTER).slice();
        footer.put(ascii("conectix")).putInt(2).putInt(0x10000).putLong(-1);
        footer.putLong(40, 1 << 20).putLong(48, 1 << 20);
        footer.putInt(56, 30 << 16 | 4 << 8 | 17).putInt(60, 2);
        footer.putInt(64, 0x12345678);
        return image;
    }

    /** What the floppy disk shows when it is ready for keys. */
    static final String READY = "}";

    /** A floppy disk of 1.44 MB whose boot sector shows {@link #READY} and then each key by way of the BIOS. */
    static byte[] echoFloppy() {
        byte[] image = new byte[1_474_560];
        byte[] code = HexFormat.of()
                .parseHex(
                        "b87d0e" // mov ax, 0e7dh: teletype output, '}'
                                + "bb0700" // mov bx, 7
                                + "cd10" // int 10h
                                + "b400" // mov ah, 0: wait for a key
                                + "cd16" // int 16h
                                + "b40e" // mov ah, 0eh
                                + "ebf3"); // jmp to mov bx
        System.arraycopy(code, 0, image, 0, code.length);
        image[510] = 0x55;
        image[511] = (byte) 0xAA;
        return image;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
