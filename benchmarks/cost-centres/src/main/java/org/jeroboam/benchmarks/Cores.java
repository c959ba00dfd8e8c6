package org.jeroboam.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.util.Enumeration;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jeroboam.hardware.cpu.CpuCoreFactory;

/** The cores on the class path, found as OSGi would find them: by the components that their bundles declare. */
final class Cores {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final String COMPONENTS = "Service-Component";
    private static final Pattern NAME =
            Pattern.compile("<property name=\"" + Pattern.quote(CpuCoreFactory.CORE) + "\"[^>]*value=\"([^\"]*)\"");
    private static final Pattern CLASS = Pattern.compile("<implementation class=\"([^\"]*)\"");

    private Cores() {}

    /** The factory of a core, which must be usable on this host. */
    static CpuCoreFactory find(String name) throws IOException, ReflectiveOperationException {
        Enumeration<URL> manifests = Cores.class.getClassLoader().getResources(MANIFEST);
        while (manifests.hasMoreElements()) {
            URL place = manifests.nextElement();
            String components = components(place);
            if (components != null) {
                for (String file : components.split(",")) {
                    CpuCoreFactory factory = factory(place, file.strip(), name);
                    if (factory != null) {
                        return usable(factory, name);
                    }
                }
            }
        }
        throw new IllegalArgumentException(
                "there is no core '" + name + "' on the class path; give -p core= the name of one in pom.xml");
    }

    private static String components(URL manifest) throws IOException {
        try (InputStream in = manifest.openStream()) {
            return new Manifest(in).getMainAttributes().getValue(COMPONENTS);
        }
    }

    private static CpuCoreFactory factory(URL manifest, String file, String name)
            throws IOException, ReflectiveOperationException {
        String base = manifest.toString();
        URL place = URI.create(base.substring(0, base.length() - MANIFEST.length()) + file)
                .toURL();
        String text;
        try (InputStream in = place.openStream()) {
            text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
        Matcher core = NAME.matcher(text);
        Matcher type = CLASS.matcher(text);
        return core.find() && core.group(1).equals(name) && type.find()
                ? (CpuCoreFactory)
                        Class.forName(type.group(1)).getDeclaredConstructor().newInstance()
                : null;
    }

    private static CpuCoreFactory usable(CpuCoreFactory factory, String name) {
        CpuCoreFactory.Probe probe = factory.probe();
        if (!probe.usable()) {
            throw new IllegalStateException("the core " + name + " does not run here: " + probe.reason());
        }
        return factory;
    }
}
