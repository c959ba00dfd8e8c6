package org.jeroboam.hardware.part;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Attribute;
import org.osgi.annotation.bundle.Capability;

/** The bundle provides a disk format. Stands on the class of the service. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@Capability(namespace = Part.NAMESPACE, attribute = "type=" + Part.DISK_FORMAT)
public @interface ProvidesDiskFormat {
    /**
     * The part's name.
     *
     * @return as in the service property {@value org.jeroboam.hardware.storage.DiskFormat#FORMAT}
     */
    @Attribute("name")
    String value();
}
