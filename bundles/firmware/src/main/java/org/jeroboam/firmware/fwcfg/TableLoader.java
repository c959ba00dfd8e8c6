package org.jeroboam.firmware.fwcfg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jeroboam.firmware.AcpiTables;

/**
 * The commands by which SeaBIOS places our ACPI tables: it allocates memory for two files, adds their addresses to the
 * pointers within them and corrects checksums. Records of 128 bytes with file names of 56.
 */
final class TableLoader {
    static final String RSDP_FILE = "etc/acpi/rsdp";
    static final String TABLES_FILE = "etc/acpi/tables";

    private static final int RECORD_SIZE = 128;
    private static final int NAME_SIZE = 56;
    private static final int ALLOCATE = 1;
    private static final int ADD_POINTER = 2;
    private static final int ADD_CHECKSUM = 3;
    private static final byte ZONE_HIGH = 1;
    private static final byte ZONE_F_SEGMENT = 2;
    private static final int PARAGRAPH = 16;
    private static final byte POINTER_SIZE = 4;
    private static final int RECORDS = 9;

    private final ByteBuffer out = ByteBuffer.allocate(RECORDS * RECORD_SIZE).order(ByteOrder.LITTLE_ENDIAN);

    private TableLoader() {}

    static byte[] commands() {
        TableLoader loader = new TableLoader();
        loader.allocate(RSDP_FILE, PARAGRAPH, ZONE_F_SEGMENT);
        loader.allocate(TABLES_FILE, AcpiTables.ALIGNMENT, ZONE_HIGH);
        loader.pointer(TABLES_FILE, AcpiTables.FADT_FACS);
        loader.pointer(TABLES_FILE, AcpiTables.FADT_DSDT);
        loader.checksum(TABLES_FILE, AcpiTables.FADT + AcpiTables.CHECKSUM, AcpiTables.FADT, AcpiTables.FADT_SIZE);
        loader.pointer(TABLES_FILE, AcpiTables.RSDT_FADT);
        loader.checksum(TABLES_FILE, AcpiTables.RSDT + AcpiTables.CHECKSUM, AcpiTables.RSDT, AcpiTables.RSDT_SIZE);
        loader.pointer(RSDP_FILE, AcpiTables.RSDP_RSDT);
        loader.checksum(RSDP_FILE, AcpiTables.RSDP_CHECKSUM, 0, AcpiTables.RSDP_SIZE);
        return loader.out.array();
    }

    private void allocate(String file, int alignment, byte zone) {
        int at = out.position();
        out.putInt(ALLOCATE).put(name(file)).putInt(alignment).put(zone);
        out.position(at + RECORD_SIZE);
    }

    /** A pointer into the tables' file, which holds the offset there. */
    private void pointer(String file, int offset) {
        int at = out.position();
        out.putInt(ADD_POINTER)
                .put(name(file))
                .put(name(TABLES_FILE))
                .putInt(offset)
                .put(POINTER_SIZE);
        out.position(at + RECORD_SIZE);
    }

    private void checksum(String file, int result, int start, int length) {
        int at = out.position();
        out.putInt(ADD_CHECKSUM).put(name(file)).putInt(result).putInt(start).putInt(length);
        out.position(at + RECORD_SIZE);
    }

    private static byte[] name(String file) {
        return ByteBuffer.allocate(NAME_SIZE)
                .put(file.getBytes(StandardCharsets.US_ASCII))
                .array();
    }
}
