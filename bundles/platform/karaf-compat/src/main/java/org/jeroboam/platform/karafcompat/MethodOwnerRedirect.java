package org.jeroboam.platform.karafcompat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Makes a class call the static methods of another class, with the same names and descriptors, by editing nothing but
 * its constant pool (JVMS 4.4): the new owner is appended, and the Methodref entries point to it. Code, stack maps
 * and every existing index stay as they are.
 */
final class MethodOwnerRedirect {

    /** A method as a constant pool names it: internal class name, method name and descriptor. */
    record Method(String owner, String name, String descriptor) {}

    private static final int MAGIC = 0xCAFEBABE;
    private static final int POOL_COUNT = 8;
    private static final int POOL = 10;
    private static final int LARGEST_POOL = 0xFFFF;

    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int METHODREF = 10;
    private static final int NAME_AND_TYPE = 12;

    private final Set<Method> methods;
    private final String newOwner;

    /**
     * @param methods the methods whose calls are redirected
     * @param newOwner internal name of the class that has static methods of the same names and descriptors
     */
    MethodOwnerRedirect(Set<Method> methods, String newOwner) {
        this.methods = Set.copyOf(methods);
        this.newOwner = newOwner;
    }

    /**
     * @param classFile the bytes of a class file; not changed
     * @return new bytes, or the given array itself when the class refers to none of the methods
     * @throws IllegalArgumentException if the bytes are not a well-formed class file up to its constant pool's end
     */
    byte[] apply(byte[] classFile) {
        Pool pool = new Pool(classFile);
        byte[] edited = null;
        for (int index = 1; index < pool.count; index++) {
            if (pool.tag(index) == METHODREF && methods.contains(pool.method(index))) {
                if (edited == null) {
                    edited = classFile.clone();
                }
                putU2(edited, pool.offsets[index] + 1, pool.count + 1);
            }
        }
        return edited == null ? classFile : appendOwner(edited, pool);
    }

    /** Inserts the owner's Utf8 and Class entries behind the last entry of the pool. */
    private byte[] appendOwner(byte[] edited, Pool pool) {
        if (pool.count + 2 > LARGEST_POOL) {
            throw new IllegalArgumentException("the constant pool has no room for two more entries");
        }
        putU2(edited, POOL_COUNT, pool.count + 2);
        ByteArrayOutputStream out = new ByteArrayOutputStream(edited.length + 64);
        try (DataOutputStream data = new DataOutputStream(out)) {
            data.write(edited, 0, pool.end);
            data.writeByte(UTF8);
            data.writeUTF(newOwner);
            data.writeByte(CLASS);
            data.writeShort(pool.count);
            data.write(edited, pool.end, edited.length - pool.end);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    private static void putU2(byte[] bytes, int offset, int value) {
        bytes[offset] = (byte) (value >> 8);
        bytes[offset + 1] = (byte) value;
    }

    /** Where each constant pool entry lies; every read is checked against the end of the bytes. */
    private static final class Pool {
        private final byte[] bytes;
        private final Map<Integer, String> texts = new HashMap<>();
        final int count;
        final int[] offsets;
        final int end;

        Pool(byte[] bytes) {
            this.bytes = bytes;
            if (bytes.length < POOL || (u2(0) << 16 | u2(2)) != MAGIC) {
                throw new IllegalArgumentException("no class file: it does not start with CAFEBABE");
            }
            count = u2(POOL_COUNT);
            offsets = new int[count];
            int offset = POOL;
            for (int index = 1; index < count; index++) {
                offsets[index] = offset;
                int tag = u1(offset);
                offset += length(tag, offset, index);
                if (tag == LONG || tag == DOUBLE) {
                    index++;
                }
            }
            if (offset > bytes.length) {
                throw truncated(offset);
            }
            end = offset;
        }

        private int length(int tag, int offset, int index) {
            return switch (tag) {
                case UTF8 -> 3 + u2(offset + 1);
                case 3, 4, 9, METHODREF, 11, NAME_AND_TYPE, 17, 18 -> 5;
                case LONG, DOUBLE -> 9;
                case CLASS, 8, 16, 19, 20 -> 3;
                case 15 -> 4;
                default ->
                    throw new IllegalArgumentException("constant pool entry " + index + " has the unknown tag " + tag);
            };
        }

        /** The tag of an entry, or 0 for the unused index behind a long or double. */
        int tag(int index) {
            return offsets[index] == 0 ? 0 : u1(offsets[index]);
        }

        Method method(int index) {
            int owner = entry(u2(offsets[index] + 1), CLASS);
            int nameAndType = entry(u2(offsets[index] + 3), NAME_AND_TYPE);
            return new Method(text(u2(owner + 1)), text(u2(nameAndType + 1)), text(u2(nameAndType + 3)));
        }

        private String text(int index) {
            return texts.computeIfAbsent(index, i -> {
                int offset = entry(i, UTF8);
                // Latin-1 keeps the bytes apart one by one; the names looked for are plain ASCII
                return new String(bytes, offset + 3, u2(offset + 1), StandardCharsets.ISO_8859_1);
            });
        }

        private int entry(int index, int tag) {
            if (index <= 0 || index >= count || tag(index) != tag) {
                throw new IllegalArgumentException("constant pool entry " + index + " should have the tag " + tag);
            }
            return offsets[index];
        }

        private int u1(int offset) {
            if (offset >= bytes.length) {
                throw truncated(offset);
            }
            return bytes[offset] & 0xFF;
        }

        private int u2(int offset) {
            return u1(offset) << 8 | u1(offset + 1);
        }

        private IllegalArgumentException truncated(int offset) {
            return new IllegalArgumentException(
                    "the class file ends after " + bytes.length + " bytes, but byte " + offset + " is referred to");
        }
    }
}
