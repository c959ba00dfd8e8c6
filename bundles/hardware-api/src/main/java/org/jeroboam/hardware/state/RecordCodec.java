package org.jeroboam.hardware.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns records into bytes and back. Component types: primitives and their boxes, {@code String}, {@code Instant}, enums, records,
 * sealed interfaces of records, arrays, and {@code List} and {@code Map} of these; any reference may be null. The bytes
 * carry no names but those of enum constants and of sealed alternatives, so a change of a record is a new version of its section.
 */
public final class RecordCodec {
    private RecordCodec() {}

    /**
     * Encodes a record.
     *
     * @param value the record
     * @return its bytes
     * @throws IllegalArgumentException when a component has a type that cannot be encoded
     */
    public static byte[] encode(Record value) {
        return encodeAs(value, value.getClass());
    }

    /**
     * Encodes a record as one of the alternatives of a sealed interface.
     *
     * @param value the record
     * @param type the record's class or a sealed interface above it; {@link #decode} must be given the same
     * @return its bytes
     */
    public static byte[] encodeAs(Object value, Class<?> type) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(new DataOutputStream(bytes), type, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Decodes what {@link #encode} gave.
     *
     * @param bytes the whole encoding
     * @param type the record's class, or the sealed interface it was encoded as
     * @param <T> the type
     * @return an equal record
     * @throws StateException when the bytes do not fit the type
     */
    public static <T> T decode(byte[] bytes, Class<T> type) throws StateException {
        ByteArrayInputStream raw = new ByteArrayInputStream(bytes);
        try {
            Object value = read(new DataInputStream(raw), raw, type);
            if (raw.available() > 0) {
                throw new StateException(
                        "damaged state of " + type.getSimpleName() + ": " + raw.available() + " bytes too many");
            }
            return type.cast(value);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw new StateException("damaged state of " + type.getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    private static void write(DataOutputStream out, Type type, Object value) throws IOException {
        Class<?> c = raw(type);
        if (c.isPrimitive()) {
            writePrimitive(out, c, value);
            return;
        }
        out.writeBoolean(value != null);
        if (value == null) {
            return;
        }
        if (c == String.class) {
            byte[] utf8 = ((String) value).getBytes(StandardCharsets.UTF_8);
            out.writeInt(utf8.length);
            out.write(utf8);
        } else if (isBoxed(c)) {
            writePrimitive(out, c, value);
        } else if (c == Instant.class) {
            out.writeLong(((Instant) value).getEpochSecond());
            out.writeInt(((Instant) value).getNano());
        } else if (c.isEnum()) {
            out.writeUTF(((Enum<?>) value).name());
        } else if (c == byte[].class) {
            out.writeInt(((byte[]) value).length);
            out.write((byte[]) value);
        } else if (c.isArray()) {
            int length = Array.getLength(value);
            out.writeInt(length);
            for (int i = 0; i < length; i++) {
                write(out, c.getComponentType(), Array.get(value, i));
            }
        } else if (c == List.class) {
            List<?> list = (List<?>) value;
            out.writeInt(list.size());
            for (Object element : list) {
                write(out, argument(type, 0), element);
            }
        } else if (c == Map.class) {
            Map<?, ?> map = (Map<?, ?>) value;
            out.writeInt(map.size());
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                write(out, argument(type, 0), entry.getKey());
                write(out, argument(type, 1), entry.getValue());
            }
        } else if (c.isRecord()) {
            for (RecordComponent component : c.getRecordComponents()) {
                write(out, component.getGenericType(), get(component, value));
            }
        } else if (c.isSealed()) {
            out.writeUTF(value.getClass().getSimpleName());
            write(out, value.getClass(), value);
        } else {
            throw new IllegalArgumentException("a state record cannot hold a " + c.getName());
        }
    }

    private static Object read(DataInputStream in, ByteArrayInputStream raw, Type type)
            throws IOException, StateException {
        Class<?> c = raw(type);
        if (c.isPrimitive()) {
            return readPrimitive(in, c);
        }
        if (!in.readBoolean()) {
            return null;
        }
        if (c == String.class) {
            return new String(readBytes(in, raw), StandardCharsets.UTF_8);
        } else if (isBoxed(c)) {
            return readPrimitive(in, MethodType.methodType(c).unwrap().returnType());
        } else if (c == Instant.class) {
            return Instant.ofEpochSecond(in.readLong(), in.readInt());
        } else if (c.isEnum()) {
            return constant(c, in.readUTF());
        } else if (c == byte[].class) {
            return readBytes(in, raw);
        } else if (c.isArray()) {
            int length = length(in, raw);
            Object array = Array.newInstance(c.getComponentType(), length);
            for (int i = 0; i < length; i++) {
                Array.set(array, i, read(in, raw, c.getComponentType()));
            }
            return array;
        } else if (c == List.class) {
            int length = length(in, raw);
            List<Object> list = new ArrayList<>(length);
            for (int i = 0; i < length; i++) {
                list.add(read(in, raw, argument(type, 0)));
            }
            return Collections.unmodifiableList(list);
        } else if (c == Map.class) {
            int length = length(in, raw);
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < length; i++) {
                Object key = read(in, raw, argument(type, 0));
                map.put(key, read(in, raw, argument(type, 1)));
            }
            return Collections.unmodifiableMap(map);
        } else if (c.isRecord()) {
            return readRecord(in, raw, c);
        } else if (c.isSealed()) {
            String name = in.readUTF();
            for (Class<?> alternative : c.getPermittedSubclasses()) {
                if (alternative.getSimpleName().equals(name)) {
                    return read(in, raw, alternative);
                }
            }
            throw new StateException(c.getSimpleName() + " has no alternative '" + name + "'");
        }
        throw new IllegalArgumentException("a state record cannot hold a " + c.getName());
    }

    private static Object readRecord(DataInputStream in, ByteArrayInputStream raw, Class<?> c)
            throws IOException, StateException {
        RecordComponent[] components = c.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = read(in, raw, components[i].getGenericType());
        }
        try {
            Constructor<?> constructor = c.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new StateException(
                    "damaged state of " + c.getSimpleName() + ": "
                            + e.getCause().getMessage(),
                    e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot make a " + c.getName(), e);
        }
    }

    private static void writePrimitive(DataOutputStream out, Class<?> c, Object value) throws IOException {
        switch (value) {
            case Boolean v -> out.writeBoolean(v);
            case Byte v -> out.writeByte(v);
            case Short v -> out.writeShort(v);
            case Character v -> out.writeChar(v);
            case Integer v -> out.writeInt(v);
            case Long v -> out.writeLong(v);
            case Float v -> out.writeFloat(v);
            case Double v -> out.writeDouble(v);
            default -> throw new IllegalArgumentException("a state record cannot hold a " + c.getName());
        }
    }

    private static Object readPrimitive(DataInputStream in, Class<?> c) throws IOException {
        return switch (c.getName()) {
            case "boolean" -> in.readBoolean();
            case "byte" -> in.readByte();
            case "short" -> in.readShort();
            case "char" -> in.readChar();
            case "int" -> in.readInt();
            case "long" -> in.readLong();
            case "float" -> in.readFloat();
            case "double" -> in.readDouble();
            default -> throw new IllegalArgumentException("a state record cannot hold a " + c.getName());
        };
    }

    private static byte[] readBytes(DataInputStream in, ByteArrayInputStream raw) throws IOException, StateException {
        byte[] bytes = new byte[length(in, raw)];
        in.readFully(bytes);
        return bytes;
    }

    /** Every element takes at least a byte, so a length beyond the rest is damage, found before anything is allocated. */
    private static int length(DataInputStream in, ByteArrayInputStream raw) throws IOException, StateException {
        int length = in.readInt();
        if (length < 0 || length > raw.available()) {
            throw new StateException("damaged state: a length of " + length + " exceeds what is left");
        }
        return length;
    }

    private static Object get(RecordComponent component, Object value) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot read " + component, e);
        }
    }

    private static Object constant(Class<?> c, String name) throws StateException {
        for (Object constant : c.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new StateException(c.getSimpleName() + " has no constant '" + name + "'");
    }

    private static boolean isBoxed(Class<?> c) {
        return MethodType.methodType(c).hasWrappers();
    }

    private static Class<?> raw(Type type) {
        return switch (type) {
            case Class<?> c -> c;
            case ParameterizedType p -> (Class<?>) p.getRawType();
            default -> throw new IllegalArgumentException("a state record cannot hold a " + type);
        };
    }

    private static Type argument(Type type, int index) {
        if (type instanceof ParameterizedType p) {
            return p.getActualTypeArguments()[index];
        }
        throw new IllegalArgumentException("a state record cannot hold a raw " + type);
    }
}
