package org.jeroboam.firmware.fwcfg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jeroboam.firmware.AcpiTables;

/**
 * What a machine's configuration wants its BIOS to know.
 *
 * @param bootOrder lines of OpenFirmware paths; empty for the order in CMOS memory
 * @param menu whether the boot menu is offered
 * @param videoRom the VGA BIOS, or null
 */
record FwCfgSettings(String bootOrder, boolean menu, byte[] videoRom) {
    private static final long HIGH_RAM = 1L << 32;
    private static final int USABLE = 1;
    private static final int MENU_MILLIS = 5000;
    private static final long FOR_EVER = 0xFFFF_FFFFL;

    /**
     * Makes the items.
     *
     * @param lowRam bytes of RAM from address 0
     * @param highRam bytes of RAM from 4 GiB
     */
    FwCfgItems items(long lowRam, long highRam) {
        FwCfgItems items = new FwCfgItems()
                .bootMenu(menu)
                .smbios(SmbiosFields.entries())
                .file("etc/e820", memoryMap(lowRam, highRam))
                .file("etc/boot-menu-wait", FwCfgItems.littleEndian(8, MENU_MILLIS))
                .file("etc/boot-fail-wait", FwCfgItems.littleEndian(8, FOR_EVER))
                .file("genroms/jeroboam.rom", OptionRom.fixUps())
                .file(TableLoader.RSDP_FILE, AcpiTables.rsdp(0))
                .file(TableLoader.TABLES_FILE, AcpiTables.tables(0))
                .file("etc/table-loader", TableLoader.commands());
        if (!bootOrder.isEmpty()) {
            items.file("bootorder", (bootOrder + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        if (videoRom != null) {
            items.file("vgaroms/vgabios.bin", videoRom);
        }
        return items;
    }

    /** RAM only: SeaBIOS itself takes out the areas below 1 MiB, its own tables and the ROM. */
    private static byte[] memoryMap(long lowRam, long highRam) {
        ByteBuffer map = ByteBuffer.allocate(highRam > 0 ? 40 : 20).order(ByteOrder.LITTLE_ENDIAN);
        map.putLong(0).putLong(lowRam).putInt(USABLE);
        if (highRam > 0) {
            map.putLong(HIGH_RAM).putLong(highRam).putInt(USABLE);
        }
        return map.array();
    }
}
