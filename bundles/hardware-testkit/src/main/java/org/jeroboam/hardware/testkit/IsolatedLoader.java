package org.jeroboam.hardware.testkit;

import java.net.URL;
import java.net.URLClassLoader;

/** Loads a device's bundle once more, apart from the test's own copy, as an OSGi framework would. */
final class IsolatedLoader extends URLClassLoader {
    IsolatedLoader(Class<?> inBundle) {
        super(new URL[] {inBundle.getProtectionDomain().getCodeSource().getLocation()}, inBundle.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            if (findResource(name.replace('.', '/') + ".class") != null) {
                return findClass(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
