package org.jeroboam.machine.memory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All backings of a machine, by device and name. */
public final class BackingStore {
    private record Key(String device, String name) {}

    private static final long LARGEST = 1L << 30;

    private final PhysicalMap map;
    private final Map<Key, BackingMemory> backings = new LinkedHashMap<>();

    /**
     * Creates an empty store.
     *
     * @param map told of writes
     */
    public BackingStore(PhysicalMap map) {
        this.map = map;
    }

    /**
     * Finds or makes one.
     *
     * @param device the device's name
     * @param name the name within the device
     * @param size bytes
     * @return the same memory each time
     */
    public BackingMemory get(String device, String name, long size) {
        if (size <= 0 || size > LARGEST || (size & 0xFFF) != 0) {
            throw new IllegalArgumentException("backing " + name + " of " + device + " cannot have " + size
                    + " bytes; it takes a multiple of 4096, up to 1 GiB");
        }
        Key key = new Key(device, name);
        BackingMemory backing = backings.get(key);
        if (backing == null) {
            backing = new BackingMemory(device, name, size, map);
            backings.put(key, backing);
        } else if (backing.size() != size) {
            throw new IllegalArgumentException(
                    "backing " + name + " of " + device + " has " + backing.size() + " bytes, not " + size);
        }
        return backing;
    }

    /** All of them, in the order in which they were made. */
    public List<BackingMemory> all() {
        return new ArrayList<>(backings.values());
    }

    /** Frees all; no mapping and no thread may use them any more. */
    public void close() {
        backings.values().forEach(BackingMemory::close);
        backings.clear();
    }
}
