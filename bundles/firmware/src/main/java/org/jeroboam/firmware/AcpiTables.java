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
 */
final class AcpiTables {
    private static final int RSDP_SIZE = 20;
    private static final int HEADER_SIZE = 36;
    private static final int FADT_SIZE = 116;
    private static final int FACS_SIZE = 64;

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
        byte[] dsdt = dsdt();
        int rsdt = address + 64;
        int facs = rsdt + 64;
        int fadt = facs + FACS_SIZE;
        int dsdtAt = (fadt + FADT_SIZE + 15) & -16;

        ram.put(address, rsdp(rsdt));
        ram.put(rsdt, rsdt(fadt));
        ram.put(facs, facs());
        ram.put(fadt, fadt(facs, dsdtAt));
        ram.put(dsdtAt, dsdt);
    }

    static byte[] dsdt() {
        try (InputStream in = AcpiTables.class.getResourceAsStream("dsdt.aml")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the bundle's own dsdt.aml cannot be read", e);
        }
    }

    private static byte[] rsdp(int rsdt) {
        ByteBuffer t = ByteBuffer.allocate(RSDP_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        t.put(ascii("RSD PTR "))
                .put((byte) 0)
                .put(ascii("JEROBO"))
                .put((byte) 0)
                .putInt(rsdt);
        return checksummed(t, 8);
    }

    private static byte[] rsdt(int fadt) {
        ByteBuffer t = table("RSDT", HEADER_SIZE + 4, 1);
        t.putInt(fadt);
        return checksummed(t, 9);
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
        return checksummed(t, 9);
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
