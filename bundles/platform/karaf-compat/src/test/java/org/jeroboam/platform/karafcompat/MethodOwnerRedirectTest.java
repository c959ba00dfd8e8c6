package org.jeroboam.platform.karafcompat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Set;
import org.jeroboam.platform.karafcompat.MethodOwnerRedirect.Method;
import org.junit.jupiter.api.Test;

class MethodOwnerRedirectTest {

    private static final String OLD = MethodOwnerRedirectTest.class.getName().replace('.', '/') + "$Old";
    private static final String NEW = MethodOwnerRedirectTest.class.getName().replace('.', '/') + "$New";
    private static final String INT_TO_TEXT = "(I)Ljava/lang/String;";

    private final MethodOwnerRedirect redirect =
            new MethodOwnerRedirect(Set.of(new Method(OLD, "name", INT_TO_TEXT)), NEW);

    /** Whose calls are redirected. */
    static final class Old {
        static String name(int number) {
            return "old " + number;
        }

        static String name(long number) {
            return "old long " + number;
        }

        static String other(int number) {
            return "other " + number;
        }
    }

    /** Where they go. */
    static final class New {
        static String name(int number) {
            return "new " + number;
        }
    }

    /** Calls in all the ways a compiler makes: plain, by method reference, overloaded, and of another method. */
    static final class Caller {
        private static final long LARGE = 0x1234_5678_9ABC_DEF0L;

        static String call() {
            java.util.function.IntFunction<String> reference = Old::name;
            return String.join("|", Old.name(1), reference.apply(2), Old.name(LARGE), Old.other(3));
        }
    }

    /** Calls nothing that is redirected. */
    static final class Bystander {
        static String call() {
            return Old.other(4) + New.name(5);
        }
    }

    @Test
    void callsOfTheMethodGoToTheNewOwnerAndNoOthers() throws Throwable {
        byte[] before = bytesOf(Caller.class);
        byte[] copy = before.clone();
        byte[] after = redirect.apply(before);
        assertNotSame(before, after);
        assertTrue(Arrays.equals(copy, before), "the given bytes were changed");
        assertEquals("new 1|new 2|old long 1311768467463790320|other 3", run(after));
        assertEquals("old 1|old 2|old long 1311768467463790320|other 3", Caller.call());
    }

    @Test
    void theResultIsAClassThatTheVerifierAccepts() throws Exception {
        assertEquals(java.util.List.of(), ClassFile.of().verify(redirect.apply(bytesOf(Caller.class))));
    }

    @Test
    void aRedirectedClassIsNotChangedAgain() throws Exception {
        byte[] once = redirect.apply(bytesOf(Caller.class));
        assertSame(once, redirect.apply(once));
    }

    @Test
    void classesWithoutSuchCallsStayTheSameArray() throws Exception {
        for (Class<?> type : new Class<?>[] {Bystander.class, Old.class, Object.class, MethodOwnerRedirect.class}) {
            byte[] before = bytesOf(type);
            assertSame(before, redirect.apply(before), type.getName());
        }
    }

    @Test
    void everythingCutShortIsAnErrorThatSaysSo() throws Exception {
        byte[] whole = bytesOf(Caller.class);
        int poolEnd = poolEnd(whole);
        for (int length = 0; length < poolEnd; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> redirect.apply(cut), "length " + length);
            assertTrue(e.getMessage().contains("class file"), e.getMessage());
        }
    }

    @Test
    void anUnknownTagNamesTheEntry() throws Exception {
        byte[] broken = bytesOf(Caller.class);
        broken[10] = 99;
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> redirect.apply(broken));
        assertEquals("constant pool entry 1 has the unknown tag 99", e.getMessage());
    }

    @Test
    void aReferenceToTheWrongKindOfEntryNamesIt() {
        byte[] broken =
                new byte[] {(byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 0, 69, 0, 2, 10, 0, 1, 0, 1};
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> redirect.apply(broken));
        assertEquals("constant pool entry 1 should have the tag 7", e.getMessage());
        broken[12] = 9;
        e = assertThrows(IllegalArgumentException.class, () -> redirect.apply(broken));
        assertEquals("constant pool entry 9 should have the tag 7", e.getMessage());
    }

    @Test
    void aFullConstantPoolIsAnError() {
        byte[] full = ClassFile.of()
                .build(
                        ClassDesc.of("Full"),
                        type -> type.withMethodBody(
                                "call", MethodTypeDesc.of(ConstantDescs.CD_String), ClassFile.ACC_STATIC, code -> {
                                    var pool = type.constantPool();
                                    code.iconst_1()
                                            .invokestatic(
                                                    ClassDesc.ofInternalName(OLD),
                                                    "name",
                                                    MethodTypeDesc.ofDescriptor(INT_TO_TEXT))
                                            .areturn();
                                    for (int i = 0; pool.size() < 0xFFFF - 8; i++) {
                                        pool.intEntry(i + 100_000);
                                    }
                                }));
        byte[] room = full.clone();
        int count = (full[8] & 0xFF) << 8 | full[9] & 0xFF;
        assertTrue(count < 0xFFFF - 1, "the pool has room still: " + count);
        assertNotSame(room, redirect.apply(room));

        byte[] none = padded(full, 0xFFFF - 1);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> redirect.apply(none));
        assertEquals("the constant pool has no room for two more entries", e.getMessage());
    }

    /** Appends empty Utf8 entries up to the given constant_pool_count. */
    private static byte[] padded(byte[] classFile, int count) {
        int have = (classFile[8] & 0xFF) << 8 | classFile[9] & 0xFF;
        int end = poolEnd(classFile);
        byte[] out = new byte[classFile.length + (count - have) * 3];
        System.arraycopy(classFile, 0, out, 0, end);
        for (int i = 0; i < count - have; i++) {
            out[end + 3 * i] = 1;
        }
        System.arraycopy(classFile, end, out, end + (count - have) * 3, classFile.length - end);
        out[8] = (byte) (count >> 8);
        out[9] = (byte) count;
        return out;
    }

    /** Where access_flags begin: found from behind, since this class does not trust the code under test. */
    private static int poolEnd(byte[] classFile) {
        var model = ClassFile.of().parse(classFile);
        int flags = model.flags().flagsMask();
        int thisIndex = model.thisClass().index();
        for (int i = classFile.length - 4; i > 10; i--) {
            boolean found = u2(classFile, i) == flags
                    && u2(classFile, i + 2) == thisIndex
                    && u2(classFile, i + 4) == model.superclass().orElseThrow().index();
            if (found) {
                return i;
            }
        }
        throw new AssertionError("access_flags not found");
    }

    private static int u2(byte[] bytes, int offset) {
        return offset + 1 < bytes.length ? (bytes[offset] & 0xFF) << 8 | bytes[offset + 1] & 0xFF : -1;
    }

    /** Defines the bytes beside the original and calls it. */
    private static String run(byte[] classFile) throws Throwable {
        MethodHandles.Lookup hidden = MethodHandles.lookup().defineHiddenClass(classFile, true);
        MethodHandle call = hidden.findStatic(hidden.lookupClass(), "call", MethodType.methodType(String.class));
        return (String) call.invokeExact();
    }

    private static byte[] bytesOf(Class<?> type) throws IOException {
        String name = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
        try (InputStream in = type.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
