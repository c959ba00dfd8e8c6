package org.jeroboam.platform.karafcompat;

import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Dictionary;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Edits {@code BaseActivator}, which each of Karaf's bundles carries a copy of, so that what waits for a configuration
 * (the ssh server, JMX) starts once, and with the configuration as it is meant.
 *
 * <p>Karaf 4.4 lets three threads at it: the one that starts the bundle, its own that runs {@code doStart}, and that of
 * the Configuration Admin. When the configuration arrives while {@code run} is on its way, what it starts is stopped and
 * started again, under the clients that have come by then. When it arrives later, {@code ensureStartupConfiguration}
 * fetches it before any plug-in has put the values in for its placeholders, and the start fails at a port number that
 * is none.
 *
 * <p>Here {@code start}, {@code run} and {@code updated} exclude each other, and {@code ensureStartupConfiguration} only
 * says whether the configuration has been delivered; {@code updated}, which delivers it, asks for a start itself.
 */
final class OrderlyActivator {

    /** The class, as bundles name it. */
    static final String NAME = "org.apache.karaf.util.tracker.BaseActivator";

    private static final ClassDesc TYPE = ClassDesc.of(NAME);
    private static final ClassDesc DICTIONARY =
            Dictionary.class.describeConstable().orElseThrow();
    private static final String CONFIGURATION = "configuration";
    private static final String ENSURE = "ensureStartupConfiguration(Ljava/lang/String;)Z";
    private static final Set<String> EXCLUSIVE =
            Set.of("start(Lorg/osgi/framework/BundleContext;)V", "run()V", "updated(Ljava/util/Dictionary;)V");

    private OrderlyActivator() {}

    /**
     * @param classFile the bytes of the class; not changed
     * @return new bytes, or the given array itself when the class is not built as expected: that of another version of
     *     Karaf may not need this
     * @throws IllegalArgumentException if the bytes are not a well-formed class file
     */
    static byte[] apply(byte[] classFile) {
        ClassFile format = ClassFile.of();
        ClassModel before = format.parse(classFile);
        return isKnown(before) ? format.transformClass(before, OrderlyActivator::edit) : classFile;
    }

    private static boolean isKnown(ClassModel type) {
        Set<String> methods =
                type.methods().stream().map(OrderlyActivator::signature).collect(Collectors.toSet());
        return methods.containsAll(EXCLUSIVE)
                && methods.contains(ENSURE)
                && type.fields().stream()
                        .anyMatch(field -> field.fieldName().equalsString(CONFIGURATION)
                                && field.fieldTypeSymbol().equals(DICTIONARY));
    }

    private static void edit(ClassBuilder type, ClassElement element) {
        if (!(element instanceof MethodModel method)) {
            type.with(element);
        } else if (EXCLUSIVE.contains(signature(method))) {
            synchronize(type, method);
        } else if (signature(method).equals(ENSURE)) {
            type.withMethodBody(
                    method.methodName(),
                    method.methodType(),
                    method.flags().flagsMask(),
                    OrderlyActivator::hasConfiguration);
        } else {
            type.with(method);
        }
    }

    private static void synchronize(ClassBuilder type, MethodModel method) {
        int flags = method.flags().flagsMask() | ClassFile.ACC_SYNCHRONIZED;
        type.withMethod(
                method.methodName(),
                method.methodType(),
                flags,
                copy -> method.forEach(part -> {
                    if (!(part instanceof AccessFlags)) {
                        copy.with(part);
                    }
                }));
    }

    /** {@code return Objects.nonNull(configuration);} */
    private static void hasConfiguration(CodeBuilder code) {
        code.aload(0)
                .getfield(TYPE, CONFIGURATION, DICTIONARY)
                .invokestatic(
                        Objects.class.describeConstable().orElseThrow(),
                        "nonNull",
                        MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object))
                .ireturn();
    }

    private static String signature(MethodModel method) {
        return method.methodName().stringValue() + method.methodType().stringValue();
    }
}
