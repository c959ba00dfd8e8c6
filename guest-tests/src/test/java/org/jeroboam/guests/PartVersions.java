package org.jeroboam.guests;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.PartCatalog;

/**
 * Makes versions of services: each is loaded from its jar by a class loader of its own, as an OSGi framework would, so that
 * it can be counted whether the loaders of former versions are gone. Libraries are the test's own.
 */
final class PartVersions {
    private static final List<Class<?>> KINDS = List.of(
            CpuCoreFactory.class, DeviceFactory.class, FirmwareFactory.class, DiskFormat.class, ImageLocks.class);

    private final PartCatalog catalog;
    private final Map<String, WeakReference<ClassLoader>> loaders = new LinkedHashMap<>();
    private int made;

    /** Puts versions of its own into a catalog in place of what is there, but for the locks, which stay held. */
    PartVersions(PartCatalog catalog) throws ReflectiveOperationException {
        this.catalog = catalog;
        for (Offer<?> offer : offers()) {
            if (offer.kind() != ImageLocks.class) {
                catalog.remove(offer);
                catalog.add(next(offer));
            }
        }
    }

    /** Loads its bundle first, and everything else from the test's class path. */
    private static final class VersionLoader extends URLClassLoader {
        VersionLoader(Class<?> inBundle) {
            super(
                    new URL[] {inBundle.getProtectionDomain().getCodeSource().getLocation()},
                    PartVersions.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded == null && findResource(name.replace('.', '/') + ".class") != null) {
                    loaded = findClass(name);
                }
                return loaded != null ? loaded : super.loadClass(name, resolve);
            }
        }
    }

    /** A new version of the service that an offer is of; not in the catalog yet. */
    <F> Offer<F> next(Offer<F> like) throws ReflectiveOperationException {
        String version = "1.0." + ++made;
        Class<?> type = like.service().getClass();
        VersionLoader loader = new VersionLoader(type);
        Object service = loader.loadClass(type.getName()).getConstructor().newInstance();
        if (service.getClass().getClassLoader() != loader) {
            throw new IllegalStateException(type + " does not come from a jar of its own");
        }
        loaders.put(version, new WeakReference<>(loader));
        return new Offer<>(
                like.kind(),
                like.name(),
                like.kind().cast(service),
                "bundle-" + like.name(),
                version,
                0,
                like.imperfections());
    }

    /** Everything in the catalog, the best first. */
    List<Offer<?>> offers() {
        List<Offer<?>> all = new ArrayList<>();
        for (Class<?> kind : KINDS) {
            all.addAll(catalog.all(kind));
        }
        return all;
    }

    PartCatalog catalog() {
        return catalog;
    }

    /** How many versions were made. */
    int made() {
        return made;
    }

    /** The versions whose class loaders are still there, with what made them. */
    Map<String, String> loaded() {
        Map<String, String> loaded = new LinkedHashMap<>();
        loaders.forEach((version, reference) -> {
            ClassLoader loader = reference.get();
            if (loader != null) {
                loaded.put(version, ((URLClassLoader) loader).getURLs()[0].getPath());
            }
        });
        return loaded;
    }
}
