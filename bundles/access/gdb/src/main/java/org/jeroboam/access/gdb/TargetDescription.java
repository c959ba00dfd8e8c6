package org.jeroboam.access.gdb;

import java.util.List;

/** The processor's registers as XML for GDB ("Debugging with GDB", appendix Target Descriptions). */
final class TargetDescription {
    static final String XML = build();

    private TargetDescription() {}

    private static String build() {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
                + "<target version=\"1.0\"><architecture>i386</architecture><feature name=\"org.gnu.gdb.i386.core\">"
                + "<flags id=\"i386_eflags\" size=\"4\">");
        String[] flags = {
            "CF", "", "PF", "", "AF", "", "ZF", "SF", "TF", "IF", "DF", "OF", "", "", "NT", "", "RF", "VM", "AC", "VIF",
            "VIP", "ID"
        };
        for (int bit = 0; bit < flags.length; bit++) {
            if (!flags[bit].isEmpty()) {
                xml.append("<field name=\"%1$s\" start=\"%2$d\" end=\"%2$d\"/>".formatted(flags[bit], bit));
            }
        }
        xml.append("</flags>");
        List.of("eax", "ecx", "edx", "ebx").forEach(name -> register(xml, name, 32, "int32"));
        register(xml, "esp", 32, "data_ptr");
        register(xml, "ebp", 32, "data_ptr");
        register(xml, "esi", 32, "int32");
        register(xml, "edi", 32, "int32");
        register(xml, "eip", 32, "code_ptr");
        register(xml, "eflags", 32, "i386_eflags");
        List.of("cs", "ss", "ds", "es", "fs", "gs").forEach(name -> register(xml, name, 32, "int32"));
        for (int i = 0; i < 8; i++) {
            register(xml, "st" + i, 80, "i387_ext");
        }
        List.of("fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop")
                .forEach(name -> register(xml, name, 32, "int"));
        xml.append("</feature><feature name=\"org.gnu.gdb.i386.sse\">"
                + "<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>"
                + "<vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>"
                + "<vector id=\"v16i8\" type=\"int8\" count=\"16\"/><vector id=\"v8i16\" type=\"int16\" count=\"8\"/>"
                + "<vector id=\"v4i32\" type=\"int32\" count=\"4\"/><vector id=\"v2i64\" type=\"int64\" count=\"2\"/>"
                + "<union id=\"vec128\"><field name=\"v4_float\" type=\"v4f\"/>"
                + "<field name=\"v2_double\" type=\"v2d\"/><field name=\"v16_int8\" type=\"v16i8\"/>"
                + "<field name=\"v8_int16\" type=\"v8i16\"/><field name=\"v4_int32\" type=\"v4i32\"/>"
                + "<field name=\"v2_int64\" type=\"v2i64\"/><field name=\"uint128\" type=\"uint128\"/></union>");
        for (int i = 0; i < 8; i++) {
            register(xml, "xmm" + i, 128, "vec128");
        }
        register(xml, "mxcsr", 32, "int32");
        xml.append("</feature><feature name=\"org.jeroboam.i386.system\">");
        List.of("cr0", "cr2", "cr3", "cr4", "cs_base", "ss_base", "ds_base", "es_base", "fs_base", "gs_base")
                .forEach(name -> register(xml, name, 32, "int32"));
        return xml.append("</feature></target>").toString();
    }

    private static void register(StringBuilder xml, String name, int bits, String type) {
        xml.append("<reg name=\"%s\" bitsize=\"%d\" type=\"%s\"/>".formatted(name, bits, type));
    }
}
