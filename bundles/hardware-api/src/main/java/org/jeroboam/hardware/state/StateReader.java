package org.jeroboam.hardware.state;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Reads what {@link StateWriter} wrote. Bytes may come from outside: damage is a {@link StateException}, never anything else. */
public final class StateReader {
    private record Section(int version, byte[] content) {}

    private final Map<String, Section> sections = new LinkedHashMap<>();

    /**
     * Splits the bytes into sections.
     *
     * @param bytes a state as {@link StateWriter#toBytes()} gave it
     * @throws StateException when the bytes are not such a state
     */
    public StateReader(byte[] bytes) throws StateException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            if (in.getInt() != StateWriter.MAGIC) {
                throw new StateException("not a saved state: wrong magic number");
            }
            while (in.hasRemaining()) {
                byte[] name = new byte[Short.toUnsignedInt(in.getShort())];
                in.get(name);
                int version = in.getInt();
                int length = in.getInt();
                if (length < 0 || length > in.remaining()) {
                    throw new StateException("damaged saved state: a section is longer than the state");
                }
                byte[] content = new byte[length];
                in.get(content);
                sections.put(new String(name, StandardCharsets.UTF_8), new Section(version, content));
            }
        } catch (BufferUnderflowException e) {
            throw new StateException("damaged saved state: it ends within a section", e);
        }
    }

    /**
     * The sections' names.
     *
     * @return in the order in which they were written
     */
    public Set<String> names() {
        return Set.copyOf(sections.keySet());
    }

    /**
     * The version of a section, for parts that still read an older one.
     *
     * @param name the section
     * @return its version
     * @throws StateException when there is no such section
     */
    public int version(String name) throws StateException {
        return find(name).version();
    }

    /**
     * Reads a section.
     *
     * @param name the section
     * @param version the version that {@code type} describes
     * @param type the record that was written
     * @param <R> the record's type
     * @return the section's content
     * @throws StateException when the section is missing, has another version or is damaged
     */
    public <R extends Record> R section(String name, int version, Class<R> type) throws StateException {
        Section section = find(name);
        if (section.version() != version) {
            throw new StateException("state section '" + name + "' has version " + section.version()
                    + "; this part reads version " + version);
        }
        return RecordCodec.decode(section.content(), type);
    }

    private Section find(String name) throws StateException {
        Section section = sections.get(name);
        if (section == null) {
            throw new StateException("the saved state has no section '" + name + "'; it has " + sections.keySet());
        }
        return section;
    }
}
