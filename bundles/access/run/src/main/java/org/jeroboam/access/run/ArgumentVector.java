package org.jeroboam.access.run;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The arguments that the launcher passes in a framework property: Base64 of UTF-8, each argument ended by a NUL. */
final class ArgumentVector {
    static final String PROPERTY = "jeroboam.run.args";

    private ArgumentVector() {}

    static String[] decode(String property) {
        String text = new String(Base64.getDecoder().decode(property), StandardCharsets.UTF_8);
        return text.isEmpty()
                ? new String[0]
                : text.substring(0, text.length() - 1).split("\0", -1);
    }
}
