package org.jeroboam.hardware.part;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Requirement;

/**
 * The bundle cannot do without a part. Karaf's features and bnd's resolver refuse to install the bundle without it, by a
 * message that names it. The requirement is effective there only ({@code effective:=active}): the framework wires nothing
 * to the part, or a replacement of the part would restart the bundle.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@Repeatable(RequiresParts.class)
@Requirement(namespace = Part.NAMESPACE, filter = "(&(type=${#type})(name=${#name}))", effective = "active")
public @interface RequiresPart {
    /**
     * What kind of part.
     *
     * @return a constant of {@link Part}
     */
    String type();

    /**
     * Which one.
     *
     * @return its name
     */
    String name();
}
