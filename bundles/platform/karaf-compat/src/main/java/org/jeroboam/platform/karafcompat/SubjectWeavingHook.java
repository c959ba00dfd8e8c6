package org.jeroboam.platform.karafcompat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jeroboam.platform.karafcompat.MethodOwnerRedirect.Method;
import org.jeroboam.platform.karafcompat.subject.Subjects;
import org.osgi.framework.Bundle;
import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClass;

/**
 * Redirects Karaf's calls of {@code Subject.getSubject} and {@code Subject.doAs}, and of Karaf's own {@code
 * JaasHelper.doAs}, to {@link Subjects}.
 *
 * <p>Since Java 24 the first throws, the second forgets the subject in new threads, and the third relies on a
 * DomainCombiner that the JDK ignores. The hook only fails with a {@link WeavingException}: the framework refuses the
 * one class then, but keeps the hook. After any other exception it would go on without the hook (OSGi Core 8, 56.2).
 */
final class SubjectWeavingHook implements WeavingHook {

    private static final String SUBJECT = "javax/security/auth/Subject";
    private static final String JAAS_HELPER = "org/apache/karaf/util/jaas/JaasHelper";
    private static final String GET_SUBJECT = "(Ljava/security/AccessControlContext;)Ljavax/security/auth/Subject;";
    private static final String DO_AS =
            "(Ljavax/security/auth/Subject;Ljava/security/PrivilegedAction;)Ljava/lang/Object;";
    private static final String DO_AS_CHECKED =
            "(Ljavax/security/auth/Subject;Ljava/security/PrivilegedExceptionAction;)Ljava/lang/Object;";

    /** What {@link Subjects} stands in for. */
    static final Set<Method> REDIRECTED = Set.of(
            new Method(SUBJECT, "getSubject", GET_SUBJECT),
            new Method(SUBJECT, "doAs", DO_AS),
            new Method(SUBJECT, "doAs", DO_AS_CHECKED),
            new Method(JAAS_HELPER, "doAs", DO_AS),
            new Method(JAAS_HELPER, "doAs", DO_AS_CHECKED));

    private static final byte[] SUBJECT_BYTES = SUBJECT.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] JAAS_HELPER_BYTES = JAAS_HELPER.getBytes(StandardCharsets.US_ASCII);

    private final Bundle own;
    private final MethodOwnerRedirect redirect =
            new MethodOwnerRedirect(REDIRECTED, Subjects.class.getName().replace('.', '/'));

    /** @param own the bundle of this hook, whose classes are left alone */
    SubjectWeavingHook(Bundle own) {
        this.own = own;
    }

    @Override
    public void weave(WovenClass wovenClass) {
        if (wovenClass.getBundleWiring().getBundle().equals(own)) {
            return;
        }
        byte[] before = wovenClass.getBytes();
        if (!contains(before, SUBJECT_BYTES) && !contains(before, JAAS_HELPER_BYTES)) {
            return;
        }
        try {
            byte[] after = redirect.apply(before);
            if (after != before) {
                wovenClass.setBytes(after);
                wovenClass.getDynamicImports().add(Subjects.class.getPackageName());
            }
        } catch (RuntimeException e) {
            throw new WeavingException(
                    "The class " + wovenClass.getClassName() + " of bundle "
                            + wovenClass.getBundleWiring().getBundle().getSymbolicName()
                            + " cannot be adapted to this Java version: " + e.getMessage(),
                    e);
        }
    }

    /** Whether the text occurs anywhere; most classes are done after this scan. */
    private static boolean contains(byte[] bytes, byte[] text) {
        int last = bytes.length - text.length;
        for (int start = 0; start <= last; start++) {
            int i = 0;
            while (i < text.length && bytes[start + i] == text[i]) {
                i++;
            }
            if (i == text.length) {
                return true;
            }
        }
        return false;
    }
}
