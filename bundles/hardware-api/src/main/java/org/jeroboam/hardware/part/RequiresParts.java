package org.jeroboam.hardware.part;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Several {@link RequiresPart}. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface RequiresParts {
    /**
     * The requirements.
     *
     * @return one or more
     */
    RequiresPart[] value();
}
