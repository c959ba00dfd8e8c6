package org.jeroboam.access.vhd;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One JSON object (RFC 8259) on one line. */
final class Json {
    private final Map<String, String> members = new LinkedHashMap<>();

    Json put(String name, String value) {
        members.put(name, value == null ? "null" : quoted(value));
        return this;
    }

    Json put(String name, long value) {
        members.put(name, Long.toString(value));
        return this;
    }

    Json put(String name, boolean value) {
        members.put(name, Boolean.toString(value));
        return this;
    }

    Json put(String name, List<String> values) {
        members.put(name, values.stream().map(Json::quoted).collect(Collectors.joining(",", "[", "]")));
        return this;
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < 0x20) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    @Override
    public String toString() {
        return members.entrySet().stream()
                .map(member -> quoted(member.getKey()) + ":" + member.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }
}
