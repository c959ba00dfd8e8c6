package org.jeroboam.firmware;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The ACPI 1.0 tables of a PIC machine with a PIIX4: RSDP, RSDT, FADT, FACS and the DSDT compiled from
 * {@code src/main/asl/dsdt.asl}. No MADT. C2 and C3 are declared unusable by their latencies.
 *
 * <p>All but the RSDP lie in one piece, at the offsets below, aligned to {@link #ALIGNMENT} bytes.
 */
public final class AcpiTables {
    /** Alignment of the piece that {@link #tables} makes, which the FACS needs. */
    public static final int ALIGNMENT = 64;

    /** Bytes in the RSDP. */
    public static final int RSDP_SIZE = 20;

    /** Where the RSDP's checksum is. */
    public static final int RSDP_CHECKSUM = 8;

    /** Where the RSDP points to the RSDT. */
    public static final int RSDP_RSDT = 16;

    /** Where a table's checksum is. */
    public static final int CHECKSUM = 9;

    private static final int HEADER_SIZE = 36;

    /** Bytes in the FADT. */
    public static final int FADT_SIZE = 116;

    /** Bytes in the RSDT. */
    public static final int RSDT_SIZE = HEADER_SIZE + 4;

    private static final int FACS = 0;
    private static final int FACS_SIZE = 64;

    /** Offset of the FADT. */
    public static final int FADT = FACS + FACS_SIZE;

    /** Where the FADT points to the FACS. */
    public static final int FADT_FACS = FADT + 36;

    /** Where the FADT points to the DSDT. */
    public static final int FADT_DSDT = FADT + 40;

    /** Offset of the RSDT. */
    public static final int RSDT = FADT + FADT_SIZE + 12;

    /** Where the RSDT points to the FADT. */
    public static final int RSDT_FADT = RSDT + HEADER_SIZE;

    private static final int DSDT = RSDT + RSDT_SIZE + 8;

    private static final int SMI_COMMAND_PORT = 0xB2;
    private static final int ACPI_ENABLE = 0xF1;
    private static final int ACPI_DISABLE = 0xF0;
    private static final int FLAG_WBINVD = 1;
    private static final int FLAG_PROC_C1 = 1 << 2;
    private static final int FLAG_SLP_BUTTON = 1 << 5;

    private AcpiTables() {}

    /**
     * Writes all tables.
     *
     * @param address a paragraph within E0000h to FFFFFh, where kernels search for the RSDP
     */
    static void write(GuestRam ram, int address) {
        int tables = address + ALIGNMENT;
        ram.put(address, rsdp(tables));
        ram.put(tables, tables(tables));
    }

    /**
     * The RSDP.
     *
     * @param tables address of the other tables
     * @return 20 bytes
     */
    public static byte[] rsdp(int tables) {
        ByteBuffer t = ByteBuffer.allocate(RSDP_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        t.put(ascii("RSD PTR "))
                .put((byte) 0)
                .put(ascii("JEROBO"))
                .put((byte) 0)
                .putInt(tables + RSDT);
        return checksummed(t, RSDP_CHECKSUM);
    }

    /**
     * The tables behind the RSDP, in one piece.
     *
     * @param address where they will lie; with 0 all pointers are offsets
     * @return FACS, FADT, RSDT and DSDT
     */
    public static byte[] tables(int address) {
        byte[] dsdt = dsdt();
        return ByteBuffer.allocate(DSDT + dsdt.length)
                .put(FACS, facs())
                .put(FADT, fadt(address + FACS, address + DSDT))
                .put(RSDT, rsdt(address + FADT))
                .put(DSDT, dsdt)
                .array();
    }

    static byte[] dsdt() {
        try (InputStream in = AcpiTables.class.getResourceAsStream("dsdt.aml")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the bundle's own dsdt.aml cannot be read", e);
        }
    }

    private static byte[] rsdt(int fadt) {
        ByteBuffer t = table("RSDT", RSDT_SIZE, 1);
        t.putInt(fadt);
        return checksummed(t, CHECKSUM);
    }

    private static byte[] facs() {
        ByteBuffer t = ByteBuffer.allocate(FACS_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        t.put(ascii("FACS")).putInt(FACS_SIZE);
        return t.array();
    }

    private static byte[] fadt(int facs, int dsdt) {
        ByteBuffer t = table("FACP", FADT_SIZE, 1);
        t.putInt(facs).putInt(dsdt);
        t.put((byte) 0); // interrupt model: two 8259s
        t.put((byte) 0);
        t.putShort((short) BoardSetup.SCI);
        t.putInt(SMI_COMMAND_PORT).put((byte) ACPI_ENABLE).put((byte) ACPI_DISABLE);
        t.putShort((short) 0); // no S4BIOS
        t.putInt(BoardSetup.PM_BASE).putInt(0); // PM1a and PM1b event blocks
        t.putInt(BoardSetup.PM_BASE + 4).putInt(0); // PM1a and PM1b control blocks
        t.putInt(0); // PM2 control block
        t.putInt(BoardSetup.PM_BASE + 8); // PM timer
        t.putInt(BoardSetup.PM_BASE + 0x0C).putInt(0); // general purpose events 0 and 1
        t.put(new byte[] {4, 2, 0, 4, 4, 0, 0, 0}); // their lengths; GPE1 base
        t.putShort((short) 101).putShort((short) 1001); // C2 and C3 latencies: not supported
        t.putShort((short) 0).putShort((short) 0); // flush size and stride: WBINVD works
        t.put((byte) 1).put((byte) 3); // duty offset and width of PCNTRL
        t.put((byte) 0x0D).put((byte) 0).put((byte) 0x32); // RTC day alarm, month alarm, century
        t.put(new byte[3]);
        t.putInt(FLAG_WBINVD | FLAG_PROC_C1 | FLAG_SLP_BUTTON);
        return checksummed(t, CHECKSUM);
    }

    private static ByteBuffer table(String signature, int length, int revision) {
        ByteBuffer t = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        t.put(ascii(signature)).putInt(length).put((byte) revision).put((byte) 0);
        t.put(ascii("JEROBO"))
                .put(ascii("I440BX  "))
                .putInt(1)
                .put(ascii("JERO"))
                .putInt(1);
        return t;
    }

    private static byte[] checksummed(ByteBuffer table, int at) {
        byte sum = 0;
        for (byte b : table.array()) {
            sum += b;
        }
        table.put(at, (byte) -sum);
        return table.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
