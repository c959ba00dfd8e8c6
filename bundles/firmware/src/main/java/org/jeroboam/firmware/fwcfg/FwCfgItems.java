package org.jeroboam.firmware.fwcfg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The items of fw_cfg by key, among them the files with their directory. */
final class FwCfgItems {
    private static final int SIGNATURE = 0x00;
    private static final int ID = 0x01;
    private static final int TRADITIONAL_INTERFACE = 1;
    private static final int PROCESSORS = 0x05;
    private static final int BOOT_MENU = 0x0E;
    private static final int MAX_PROCESSORS = 0x0F;
    private static final int FILE_DIRECTORY = 0x19;
    private static final int FIRST_FILE = 0x20;
    private static final int SMBIOS_ENTRIES = 0x8001;

    private static final int NAME_SIZE = 56;
    private static final int ENTRY_SIZE = 8 + NAME_SIZE;
    private static final byte[] NOTHING = {};

    private final Map<Integer, byte[]> items = new HashMap<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    FwCfgItems() {
        items.put(SIGNATURE, "QEMU".getBytes(StandardCharsets.US_ASCII));
        items.put(ID, littleEndian(4, TRADITIONAL_INTERFACE));
        items.put(PROCESSORS, littleEndian(2, 1));
        items.put(MAX_PROCESSORS, littleEndian(2, 1));
        items.put(BOOT_MENU, littleEndian(2, 0));
    }

    /** An item's bytes; none when nobody has put it, which reads as zeros. */
    byte[] find(int key) {
        return items.getOrDefault(key, NOTHING);
    }

    FwCfgItems bootMenu(boolean shown) {
        items.put(BOOT_MENU, littleEndian(2, shown ? 1 : 0));
        return this;
    }

    FwCfgItems smbios(byte[] entries) {
        items.put(SMBIOS_ENTRIES, entries);
        return this;
    }

    FwCfgItems file(String name, byte[] content) {
        if (name.length() >= NAME_SIZE) {
            throw new IllegalArgumentException("the name of the file " + name + " is too long");
        }
        files.put(name, content);
        int select = FIRST_FILE + files.size() - 1;
        items.put(select, content);
        items.put(FILE_DIRECTORY, directory());
        return this;
    }

    private byte[] directory() {
        ByteBuffer d = ByteBuffer.allocate(4 + files.size() * ENTRY_SIZE).order(ByteOrder.BIG_ENDIAN);
        d.putInt(files.size());
        int select = FIRST_FILE;
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            byte[] name = file.getKey().getBytes(StandardCharsets.US_ASCII);
            d.putInt(file.getValue().length).putShort((short) select++).putShort((short) 0);
            d.put(name).put(new byte[NAME_SIZE - name.length]);
        }
        return d.array();
    }

    /** A number as firmware reads it from items and files. */
    static byte[] littleEndian(int size, long value) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (value >> 8 * i);
        }
        return bytes;
    }
}
