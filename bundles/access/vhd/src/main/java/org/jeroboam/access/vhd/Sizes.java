package org.jeroboam.access.vhd;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as people write them. A unit is a power of 1024, as everywhere in the product. */
final class Sizes implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,16})([KMGT]?)(i?B)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGT";
    private static final String[] NAMES = {"bytes", "KB", "MB", "GB", "TB"};

    /** For picocli. */
    Sizes() {}

    @Override
    public Long convert(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (matcher.matches()) {
            String unit = matcher.group(2).toUpperCase(Locale.ROOT);
            int shift = unit.isEmpty() ? 0 : (UNITS.indexOf(unit) + 1) * 10;
            long number = Long.parseLong(matcher.group(1));
            if (number <= Long.MAX_VALUE >> shift) {
                return number << shift;
            }
        }
        throw new TypeConversionException("'" + text + "' is no size; write one such as 512M or 16G");
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
        String number = String.format(Locale.ROOT, size >= 100 || size == Math.rint(size) ? "%.0f" : "%.1f", size);
        return number + " " + NAMES[unit] + " (" + bytes + " bytes)";
    }
}
