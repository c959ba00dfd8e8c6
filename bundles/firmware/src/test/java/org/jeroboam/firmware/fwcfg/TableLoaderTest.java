package org.jeroboam.firmware.fwcfg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jeroboam.firmware.AcpiTables;
import org.junit.jupiter.api.Test;

/** Carries the commands out as firmware does, and looks at the tables that come of it. */
class TableLoaderTest {
    private static final int F_SEGMENT = 0xF_6000;
    private static final int HIGH = 0x3FF_E000;

    private record Placed(int address, ByteBuffer bytes) {}

    private final Map<String, Placed> placed = new HashMap<>();

    private static String name(ByteBuffer record, int at) {
        byte[] name = new byte[56];
        record.get(at, name);
        String text = new String(name, StandardCharsets.US_ASCII);
        return text.substring(0, text.indexOf(0));
    }

    private void run(ByteBuffer r) {
        String file = name(r, 4);
        switch (r.getInt(0)) {
            case 1 -> {
                byte[] content = file.equals("etc/acpi/rsdp") ? AcpiTables.rsdp(0) : AcpiTables.tables(0);
                int address = r.get(64) == 2 ? F_SEGMENT : HIGH;
                assertEquals(0, address % r.getInt(60));
                placed.put(file, new Placed(address, ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN)));
            }
            case 2 -> {
                ByteBuffer target = placed.get(file).bytes;
                int offset = r.getInt(116);
                assertEquals(4, r.get(120));
                target.putInt(offset, target.getInt(offset) + placed.get(name(r, 60)).address);
            }
            case 3 -> {
                ByteBuffer target = placed.get(file).bytes;
                int sum = sum(target, r.getInt(64), r.getInt(68));
                target.put(r.getInt(60), (byte) (target.get(r.getInt(60)) - sum));
            }
            default -> throw new AssertionError("command " + r.getInt(0));
        }
    }

    private static int sum(ByteBuffer bytes, int start, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += bytes.get(start + i);
        }
        return sum & 0xFF;
    }

    @Test
    void tablesPointToEachOtherWhereverTheyAreLoaded() {
        byte[] commands = TableLoader.commands();
        assertEquals(0, commands.length % 128);
        for (int at = 0; at < commands.length; at += 128) {
            run(ByteBuffer.wrap(commands, at, 128).slice().order(ByteOrder.LITTLE_ENDIAN));
        }
        ByteBuffer rsdp = placed.get("etc/acpi/rsdp").bytes;
        ByteBuffer tables = placed.get("etc/acpi/tables").bytes;
        assertEquals(0, sum(rsdp, 0, 20));
        int rsdt = rsdp.getInt(16) - HIGH;
        assertTable(tables, rsdt, "RSDT");
        int fadt = tables.getInt(rsdt + 36) - HIGH;
        assertTable(tables, fadt, "FACP");
        int facs = tables.getInt(fadt + 36) - HIGH;
        assertEquals(0, facs % 64);
        assertEquals("FACS", signature(tables, facs));
        assertTable(tables, tables.getInt(fadt + 40) - HIGH, "DSDT");
        assertArrayEquals(
                AcpiTables.tables(HIGH), tables.array(), "as direct boot would have written them to that address");
        assertArrayEquals(AcpiTables.rsdp(HIGH), rsdp.array());
    }

    private static void assertTable(ByteBuffer tables, int at, String signature) {
        assertEquals(signature, signature(tables, at));
        assertTrue(at + tables.getInt(at + 4) <= tables.capacity());
        assertEquals(0, sum(tables, at, tables.getInt(at + 4)), signature);
    }

    private static String signature(ByteBuffer tables, int at) {
        byte[] name = new byte[4];
        tables.get(at, name);
        return new String(name, StandardCharsets.US_ASCII);
    }

    @Test
    void powerManagementIsWhereSeaBiosPutsIt() {
        ByteBuffer tables = ByteBuffer.wrap(AcpiTables.tables(0)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0x600, tables.getInt(AcpiTables.FADT + 56));
        assertEquals(0x608, tables.getInt(AcpiTables.FADT + 76));
    }
}
