package org.jeroboam.platform.karafcompat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.PrivilegedAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.security.auth.Subject;
import org.jeroboam.platform.karafcompat.MethodOwnerRedirect.Method;
import org.jeroboam.platform.karafcompat.subject.Subjects;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClass;
import org.osgi.framework.wiring.BundleWiring;

class SubjectWeavingHookTest {

    private final Bundle own = bundle("own");
    private final Bundle karaf = bundle("karaf");
    private final SubjectWeavingHook hook = new SubjectWeavingHook(own);

    /** Written as Karaf writes it; on Java 25 the unwoven class throws. */
    @SuppressWarnings("removal")
    static final class LikeKaraf {
        static Object call() {
            Subject subject = new Subject();
            PrivilegedAction<Boolean> same =
                    () -> Subject.getSubject(java.security.AccessController.getContext()) == subject;
            return Subject.doAs(subject, same);
        }
    }

    @Test
    void aClassWrittenForOlderJavaFindsItsSubject() throws Throwable {
        assertThrows(UnsupportedOperationException.class, LikeKaraf::call);
        Woven woven = new Woven(karaf, "LikeKaraf", bytesOf(LikeKaraf.class));
        hook.weave(woven.proxy());
        MethodHandles.Lookup hidden = MethodHandles.lookup().defineHiddenClass(woven.bytes, true);
        MethodHandle call = hidden.findStatic(hidden.lookupClass(), "call", MethodType.methodType(Object.class));
        assertEquals(true, (Object) call.invokeExact());
        assertEquals(List.of(Subjects.class.getPackageName()), woven.imports);
    }

    @Test
    void everyRedirectedMethodHasItsStandIn() {
        for (Method method : SubjectWeavingHook.REDIRECTED) {
            boolean found = Arrays.stream(Subjects.class.getMethods())
                    .filter(candidate -> Modifier.isStatic(candidate.getModifiers()))
                    .anyMatch(candidate -> candidate.getName().equals(method.name())
                            && MethodType.methodType(candidate.getReturnType(), candidate.getParameterTypes())
                                    .toMethodDescriptorString()
                                    .equals(method.descriptor()));
            assertTrue(found, method.toString());
        }
    }

    @Test
    void classesThatDoNotNameASubjectAreNotEvenParsed() {
        byte[] noClassFile = "no class file, and nothing in it".getBytes(StandardCharsets.US_ASCII);
        Woven woven = new Woven(karaf, "Other", noClassFile);
        hook.weave(woven.proxy());
        assertFalse(woven.changed);
        assertEquals(List.of(), woven.imports);
    }

    @Test
    void ownClassesAreLeftAlone() throws Exception {
        Woven woven = new Woven(own, "LikeKaraf", bytesOf(LikeKaraf.class));
        hook.weave(woven.proxy());
        assertFalse(woven.changed);
    }

    @Test
    void aMalformedClassIsRefusedByNameAndNothingIsChanged() throws Exception {
        byte[] whole = bytesOf(LikeKaraf.class);
        int subject = new String(whole, StandardCharsets.ISO_8859_1).indexOf("javax/security/auth/Subject");
        byte[] cut = Arrays.copyOf(whole, subject + "javax/security/auth/Subject".length());
        Woven woven = new Woven(karaf, "org.example.Broken", cut);
        WeavingException e = assertThrows(WeavingException.class, () -> hook.weave(woven.proxy()));
        assertTrue(e.getMessage().contains("org.example.Broken of bundle karaf"), e.getMessage());
        assertFalse(woven.changed);
        assertArrayEquals(Arrays.copyOf(whole, cut.length), woven.bytes);
    }

    @Test
    void theActivatorRegistersTheHook() {
        AtomicReference<Object> registered = new AtomicReference<>();
        BundleContext context = proxy(BundleContext.class, (name, arguments) -> switch (name) {
            case "getBundle" -> own;
            case "registerService" -> {
                assertEquals(WeavingHook.class, arguments[0]);
                registered.set(arguments[1]);
                yield null;
            }
            default -> throw new AssertionError(name);
        });
        KarafCompatActivator activator = new KarafCompatActivator();
        activator.start(context);
        activator.stop(context);
        assertNotNull(registered.get());
    }

    private static final class Woven {
        private final Bundle bundle;
        private final String name;
        private final List<String> imports = new ArrayList<>();
        private byte[] bytes;
        private boolean changed;

        Woven(Bundle bundle, String name, byte[] bytes) {
            this.bundle = bundle;
            this.name = name;
            this.bytes = bytes;
        }

        WovenClass proxy() {
            BundleWiring wiring = SubjectWeavingHookTest.proxy(BundleWiring.class, (method, arguments) -> bundle);
            return SubjectWeavingHookTest.proxy(WovenClass.class, (method, arguments) -> switch (method) {
                case "getBundleWiring" -> wiring;
                case "getClassName" -> name;
                case "getBytes" -> bytes;
                case "getDynamicImports" -> imports;
                case "setBytes" -> {
                    bytes = (byte[]) arguments[0];
                    changed = true;
                    yield null;
                }
                default -> throw new AssertionError(method);
            });
        }
    }

    private interface Answer {
        Object to(String method, Object[] arguments);
    }

    private static Bundle bundle(String name) {
        return proxy(Bundle.class, (method, arguments) -> name);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> answer.to(method.getName(), arguments);
                }));
    }

    private static byte[] bytesOf(Class<?> type) throws IOException {
        String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
        try (InputStream in = type.getResourceAsStream(file)) {
            return in.readAllBytes();
        }
    }
}
