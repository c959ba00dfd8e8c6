package org.jeroboam.hardware.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    enum Colour {
        RED,
        GREEN
    }

    sealed interface Shape {
        record Circle(int radius) implements Shape {}

        record Square(int side, Shape inside) implements Shape {}
    }

    record Inner(String text, long number) {}

    record Everything(
            boolean flag,
            byte b,
            short s,
            char c,
            int i,
            long l,
            float f,
            double d,
            String text,
            Instant time,
            Colour colour,
            Inner inner,
            Shape shape,
            List<Inner> list,
            Map<String, Long> map,
            String nothing) {}

    record Arrays(byte[] bytes, int[] ints, boolean[] flags, Inner[] inners, long[][] nested) {}

    record Impossible(Thread thread) {}

    record Positive(int value) {
        Positive {
            if (value < 0) {
                throw new IllegalArgumentException("value must not be negative");
            }
        }
    }

    private static final Everything SAMPLE = new Everything(
            true,
            (byte) -1,
            (short) -2,
            'ß',
            -3,
            1L << 40,
            1.5f,
            -2.5,
            "Größe",
            Instant.ofEpochSecond(5, 6),
            Colour.GREEN,
            new Inner("x", 1),
            new Shape.Square(4, new Shape.Circle(2)),
            List.of(new Inner("a", 1), new Inner(null, 2)),
            Map.of("k", 7L),
            null);

    @Test
    void allComponentTypesSurvive() throws StateException {
        Everything copy = RecordCodec.decode(RecordCodec.encode(SAMPLE), Everything.class);
        assertEquals(SAMPLE, copy);
        assertNull(copy.nothing());
    }

    @Test
    void arraysSurvive() throws StateException {
        Arrays a = new Arrays(
                new byte[] {1, 2},
                new int[] {3},
                new boolean[] {true, false},
                new Inner[] {new Inner("y", 2), null},
                new long[][] {{1}, {2, 3}});
        Arrays copy = RecordCodec.decode(RecordCodec.encode(a), Arrays.class);
        assertArrayEquals(a.bytes(), copy.bytes());
        assertArrayEquals(a.ints(), copy.ints());
        assertArrayEquals(a.flags(), copy.flags());
        assertArrayEquals(a.inners(), copy.inners());
        assertArrayEquals(a.nested(), copy.nested());
    }

    @Test
    void sealedInterfaceNamesItsAlternative() throws StateException {
        byte[] bytes = RecordCodec.encodeAs(new Shape.Circle(9), Shape.class);
        assertEquals(new Shape.Circle(9), RecordCodec.decode(bytes, Shape.class));
    }

    @Test
    void unknownComponentTypeIsRefusedWhenWriting() {
        var e = assertThrows(
                IllegalArgumentException.class, () -> RecordCodec.encode(new Impossible(Thread.currentThread())));
        assertTrue(e.getMessage().contains("java.lang.Thread"), e.getMessage());
    }

    @Test
    void valuesThatTheRecordRefusesAreDamage() {
        byte[] minusOne = {-1, -1, -1, -1};
        byte[] bytes = new byte[5];
        bytes[0] = 1;
        System.arraycopy(minusOne, 0, bytes, 1, 4);
        var e = assertThrows(StateException.class, () -> RecordCodec.decode(bytes, Positive.class));
        assertTrue(e.getMessage().contains("must not be negative"), e.getMessage());
    }

    @Test
    void trailingBytesAreDamage() {
        byte[] bytes = RecordCodec.encode(new Positive(1));
        assertThrows(
                StateException.class,
                () -> RecordCodec.decode(java.util.Arrays.copyOf(bytes, bytes.length + 1), Positive.class));
    }

    @Test
    void damagedBytesAreAlwaysAStateException() {
        byte[] good = RecordCodec.encode(SAMPLE);
        Random random = new Random(20260101);
        for (int round = 0; round < 20_000; round++) {
            byte[] bad = java.util.Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int i = random.nextInt(4); i >= 0 && bad.length > 0; i--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            try {
                RecordCodec.decode(bad, Everything.class);
            } catch (StateException e) {
                assertTrue(e.getMessage().length() > 5);
            }
        }
    }

    @Test
    void sectionsAreFoundByNameInAnyOrder() throws StateException {
        StateWriter out = new StateWriter();
        out.section("one", 1, new Positive(1));
        out.section("two", 3, new Inner("t", 2));
        StateReader in = new StateReader(out.toBytes());
        assertEquals(3, in.version("two"));
        assertEquals(new Inner("t", 2), in.section("two", 3, Inner.class));
        assertEquals(new Positive(1), in.section("one", 1, Positive.class));
    }

    @Test
    void missingAndNewerSectionsAreNamed() throws StateException {
        StateWriter out = new StateWriter();
        out.section("one", 2, new Positive(1));
        StateReader in = new StateReader(out.toBytes());
        assertTrue(assertThrows(StateException.class, () -> in.section("uart", 1, Positive.class))
                .getMessage()
                .contains("'uart'"));
        assertTrue(assertThrows(StateException.class, () -> in.section("one", 1, Positive.class))
                .getMessage()
                .contains("version 2"));
    }

    @Test
    void aSectionIsWrittenOnce() {
        StateWriter out = new StateWriter();
        out.section("one", 1, new Positive(1));
        assertThrows(IllegalArgumentException.class, () -> out.section("one", 1, new Positive(1)));
    }

    @Test
    void damagedStatesAreAlwaysAStateException() {
        StateWriter out = new StateWriter();
        out.section("one", 1, SAMPLE);
        out.section("two", 1, new Positive(4));
        byte[] good = out.toBytes();
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            byte[] bad = java.util.Arrays.copyOf(good, random.nextInt(good.length + 1));
            if (bad.length > 0) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            try {
                StateReader in = new StateReader(bad);
                for (String name : in.names()) {
                    in.section(name, 1, Everything.class);
                }
            } catch (StateException e) {
                assertTrue(e.getMessage().length() > 5);
            }
        }
    }

    /** A state record, of which a bundle has its own class. */
    record Foreign(int number, List<String> texts, Inner inner) {
        record Inner(long value) {}
    }

    @Test
    void classesOfOldBundlesAreNotKept() throws Exception {
        java.lang.ref.WeakReference<ClassLoader> gone = useForeign();
        for (int i = 0; i < 100 && gone.get() != null; i++) {
            System.gc();
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        assertTrue(gone.refersTo(null), "the codec keeps the class loader of a record");
    }

    private static java.lang.ref.WeakReference<ClassLoader> useForeign() throws Exception {
        ClassLoader loader = new ClassLoader(RecordCodecTest.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (!name.startsWith(Foreign.class.getName())) {
                    return super.loadClass(name, resolve);
                }
                synchronized (getClassLoadingLock(name)) {
                    Class<?> loaded = findLoadedClass(name);
                    if (loaded != null) {
                        return loaded;
                    }
                    try (var in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                        byte[] bytes = in.readAllBytes();
                        return defineClass(name, bytes, 0, bytes.length);
                    } catch (java.io.IOException e) {
                        throw new ClassNotFoundException(name, e);
                    }
                }
            }
        };
        Class<?> type = loader.loadClass(Foreign.class.getName());
        assertEquals(loader, type.getClassLoader());
        byte[] bytes = RecordCodec.encode(new Foreign(7, List.of("a"), new Foreign.Inner(9)));
        Object copy = RecordCodec.decode(bytes, type);
        assertEquals(loader, copy.getClass().getClassLoader());
        assertArrayEquals(bytes, RecordCodec.encode((Record) copy));
        return new java.lang.ref.WeakReference<>(loader);
    }
}
