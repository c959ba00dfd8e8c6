package org.jeroboam.hardware.state;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Collects the state of one part as named, versioned sections. A section is one plain record (see {@link RecordCodec}
 * for the component types), so that what a part remembers is visible in one place. Not thread-safe.
 *
 * <p>Layout, big-endian: {@code int} magic, then per section: UTF name, {@code int} version, {@code int} length, bytes.
 */
public final class StateWriter {
    static final int MAGIC = 0x4A45_5253; // "JERS"

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final Set<String> names = new HashSet<>();

    /** Creates an empty state. */
    public StateWriter() {
        try {
            out.writeInt(MAGIC);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Adds a section.
     *
     * @param name unique within this state
     * @param version version of the record's layout, 1 or more; raise it whenever the record changes
     * @param state the section's whole content
     * @throws IllegalArgumentException when the name was used before or the record has a component no codec exists for
     */
    public void section(String name, int version, Record state) {
        if (!names.add(name)) {
            throw new IllegalArgumentException("state section '" + name + "' was written twice");
        }
        byte[] content = RecordCodec.encode(state);
        try {
            out.writeUTF(name);
            out.writeInt(version);
            out.writeInt(content.length);
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The state so far.
     *
     * @return a new array that {@link StateReader} reads
     */
    public byte[] toBytes() {
        return bytes.toByteArray();
    }
}
