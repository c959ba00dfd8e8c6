package org.jeroboam.access.vhd;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jeroboam.hardware.device.ConfigurationException;

/** Sizes as people write them. A unit is a power of 1024, as everywhere in the product. */
final class Sizes {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,16})([KMGT]?)(i?B)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGT";
    private static final String[] NAMES = {"bytes", "KB", "MB", "GB", "TB"};

    private Sizes() {}

    /** Reads a size. */
    static long parse(String text) throws ConfigurationException {
        Matcher matcher = SIZE.matcher(text.strip());
        if (matcher.matches()) {
            String unit = matcher.group(2).toUpperCase(Locale.ROOT);
            int shift = unit.isEmpty() ? 0 : (UNITS.indexOf(unit) + 1) * 10;
            long number = Long.parseLong(matcher.group(1));
            if (number <= Long.MAX_VALUE >> shift) {
                return number << shift;
            }
        }
        throw new ConfigurationException("'" + text + "' is no size; write one such as 512M or 16G");
    }

    /** A size for people, exact bytes behind. */
    static String text(long bytes) {
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < NAMES.length - 1) {
            size /= 1024;
            unit++;
        }
        if (unit == 0) {
            return bytes + " bytes";
        }
        long tenths = Math.round(size * 10);
        boolean whole = size >= 100 || size == Math.rint(size);
        // Without a formatter, which would load what the JVM knows of languages.
        String number = whole ? Long.toString(Math.round(size)) : tenths / 10 + "." + tenths % 10;
        return number + " " + NAMES[unit] + " (" + bytes + " bytes)";
    }
}
