package org.jeroboam.platform.karafcompat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.apache.karaf.util.tracker.BaseActivator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WovenClass;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ManagedService;

/** With Karaf's own class, as it is and edited, and the Configuration Admin's thread where it does the most harm. */
class OrderlyActivatorTest {

    private static final String PID = "org.example";
    private static final Dictionary<String, Object> RAW = new Hashtable<>(Map.of("port", "$[prop:port]"));
    private static final Dictionary<String, Object> DELIVERED = new Hashtable<>(Map.of("port", "8101"));
    private static final Dictionary<String, Object> CHANGED = new Hashtable<>(Map.of("port", "8102"));

    private final Admin admin = new Admin();
    private final BundleContext context = context(admin);
    private Server server;

    /** What a test sees of an activator, whose class comes from a loader of its own. */
    public interface Server {
        void start(BundleContext context) throws Exception;

        void stop(BundleContext context) throws Exception;

        void updated(Dictionary<String, ?> configuration);

        /** The configurations with which it started, in order. */
        List<Object> starts();

        /** Runs something once at a point of its life. */
        void at(String point, Runnable action);

        /** Waits until it has done all that it was asked for. */
        void drain() throws Exception;
    }

    /** Written as Karaf's ssh server writes it. */
    public static final class LikeKaraf extends BaseActivator implements ManagedService, Server {
        private final List<Object> starts = new CopyOnWriteArrayList<>();
        private String point = "";
        private Runnable action;

        @Override
        protected void doOpen() throws Exception {
            trackService(ConfigurationAdmin.class);
            manage(PID);
            reach("opened");
        }

        @Override
        protected void doStart() throws Exception {
            if (ensureStartupConfiguration(PID)) {
                starts.add(getConfiguration());
            }
        }

        @Override
        protected void doStop() {
            reach("running");
            super.doStop();
        }

        private void reach(String where) {
            if (where.equals(point)) {
                point = "";
                action.run();
            }
        }

        @Override
        public void at(String where, Runnable what) {
            point = where;
            action = what;
        }

        @Override
        public List<Object> starts() {
            return starts;
        }

        @Override
        public void drain() throws Exception {
            // Each run may have asked for one more.
            for (int i = 0; i < 4; i++) {
                executor.submit(() -> {}).get();
            }
        }
    }

    /** The Configuration Admin: what it has stored, and the thread on which it delivers. */
    private static final class Admin {
        private final List<Thread> deliveries = new CopyOnWriteArrayList<>();
        private volatile Dictionary<String, Object> stored;

        /** Delivers and waits until that has been taken, or has to wait. */
        void deliver(Server to, Dictionary<String, Object> configuration) {
            Thread delivery = new Thread(() -> to.updated(configuration), "delivery");
            deliveries.add(delivery);
            delivery.start();
            while (delivery.isAlive() && delivery.getState() != Thread.State.BLOCKED) {
                LockSupport.parkNanos(100_000);
            }
        }

        void finish(Server of) throws Exception {
            for (Thread delivery : deliveries) {
                delivery.join();
            }
            of.drain();
        }
    }

    @AfterEach
    void stop() throws Exception {
        server.stop(context);
    }

    @Test
    void aConfigurationThatComesWhileItRunsStartsItOnce() throws Exception {
        assertEquals(List.of(DELIVERED), startsWhenDeliveredAt("running", edited()));
    }

    @Test
    void aConfigurationThatComesWhileItOpensStartsItOnce() throws Exception {
        assertEquals(List.of(DELIVERED), startsWhenDeliveredAt("opened", edited()));
    }

    @Test
    void unedited() throws Exception {
        assertEquals(List.of(DELIVERED, DELIVERED), startsWhenDeliveredAt("running", original()));
        server.stop(context);
        assertEquals(List.of(RAW, DELIVERED), startsWhenDeliveredLate(original()));
    }

    @Test
    void whatIsStoredWithPlaceholdersIsNotUsed() throws Exception {
        assertEquals(List.of(DELIVERED), startsWhenDeliveredLate(edited()));
    }

    @Test
    void aChangeStartsItAgain() throws Exception {
        startsWhenDeliveredAt("running", edited());
        admin.deliver(server, CHANGED);
        admin.finish(server);
        assertEquals(List.of(DELIVERED, CHANGED), server.starts());
    }

    @Test
    void theEditedClassIsOneThatTheVerifierAccepts() throws Exception {
        server = load(edited());
        assertEquals(List.of(), ClassFile.of().verify(edited()));
    }

    @Test
    void aClassOfAnotherShapeStaysTheSameArray() throws Exception {
        server = load(edited());
        byte[] other = bytesOf(LikeKaraf.class.getName());
        assertSame(other, OrderlyActivator.apply(other));
    }

    @Test
    void theHookEditsThatClassAlone() throws Exception {
        server = load(edited());
        byte[] before = original();
        assertNotSame(before, woven(OrderlyActivator.NAME, before));
        assertSame(before, woven("org.example.Other", before));
        byte[] broken = {1, 2, 3};
        WeavingException e = assertThrows(WeavingException.class, () -> woven(OrderlyActivator.NAME, broken));
        assertTrue(e.getMessage().contains("BaseActivator of bundle karaf"), e.getMessage());
    }

    private List<Object> startsWhenDeliveredAt(String point, byte[] activator) throws Exception {
        server = load(activator);
        server.at(point, () -> admin.deliver(server, DELIVERED));
        server.start(context);
        server.drain();
        admin.finish(server);
        return List.copyOf(server.starts());
    }

    private List<Object> startsWhenDeliveredLate(byte[] activator) throws Exception {
        server = load(activator);
        admin.stored = RAW;
        server.start(context);
        server.drain();
        admin.deliver(server, DELIVERED);
        admin.finish(server);
        return List.copyOf(server.starts());
    }

    private static byte[] original() throws IOException {
        return bytesOf(OrderlyActivator.NAME);
    }

    private static byte[] edited() throws IOException {
        byte[] before = original();
        byte[] after = OrderlyActivator.apply(before);
        assertNotSame(before, after, "this version of Karaf has another BaseActivator");
        return after;
    }

    private static byte[] bytesOf(String name) throws IOException {
        try (InputStream in = OrderlyActivatorTest.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }

    /** An activator over the given BaseActivator. */
    private static Server load(byte[] activator) throws Exception {
        Map<String, byte[]> own =
                Map.of(OrderlyActivator.NAME, activator, LikeKaraf.class.getName(), bytesOf(LikeKaraf.class.getName()));
        ClassLoader loader = new ClassLoader(OrderlyActivatorTest.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                synchronized (getClassLoadingLock(name)) {
                    Class<?> known = findLoadedClass(name);
                    if (known != null || !own.containsKey(name)) {
                        return known != null ? known : super.loadClass(name, resolve);
                    }
                    return defineClass(name, own.get(name), 0, own.get(name).length);
                }
            }
        };
        return (Server) loader.loadClass(LikeKaraf.class.getName())
                .getDeclaredConstructor()
                .newInstance();
    }

    private static byte[] woven(String name, byte[] bytes) {
        byte[][] now = {bytes};
        Bundle bundle = proxy(Bundle.class, Map.of("getSymbolicName", arguments -> "karaf"));
        BundleWiring wiring = proxy(BundleWiring.class, Map.of("getBundle", arguments -> bundle));
        new ActivatorWeavingHook()
                .weave(proxy(
                        WovenClass.class,
                        Map.of(
                                "getClassName", arguments -> name,
                                "getBundleWiring", arguments -> wiring,
                                "getBytes", arguments -> now[0],
                                "setBytes", arguments -> now[0] = (byte[]) arguments[0])));
        return now[0];
    }

    /** A framework that has no service but the Configuration Admin. */
    private static BundleContext context(Admin admin) {
        Configuration configuration = proxy(Configuration.class, Map.of("getProperties", arguments -> admin.stored));
        ConfigurationAdmin service =
                proxy(ConfigurationAdmin.class, Map.of("getConfiguration", arguments -> configuration));
        ServiceReference<?> reference = proxy(ServiceReference.class, Map.of());
        ServiceRegistration<?> registration = proxy(ServiceRegistration.class, Map.of());
        return proxy(
                BundleContext.class,
                Map.of(
                        "getServiceReferences", arguments -> new ServiceReference<?>[] {reference},
                        "getService", arguments -> service,
                        "registerService", arguments -> registration));
    }

    private interface Answer {
        Object to(Object[] arguments);
    }

    /** Answers null or false to what it has no answer for. */
    private static <T> T proxy(Class<T> type, Map<String, Answer> answers) {
        Answer nothing = arguments -> null;
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    case "ungetService" -> true;
                    default -> answers.getOrDefault(method.getName(), nothing).to(arguments);
                }));
    }
}
