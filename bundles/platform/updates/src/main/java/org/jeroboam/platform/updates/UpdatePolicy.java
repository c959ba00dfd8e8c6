package org.jeroboam.platform.updates;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What happens when a part is updated: {@code etc/org.jeroboam.platform.updates.cfg}. */
@ObjectClassDefinition(
        name = "Jeroboam: updates of parts",
        description = "What happens when the bundle of a part is updated while machines run.")
@interface UpdatePolicy {
    /** Whether the spare comes back by itself. */
    @AttributeDefinition(
            description =
                    "Whether the previous version of a bundle comes back by itself when a machine that did not wait"
                            + " before an update still waits some seconds after it, or when the new version does not start.",
            options = {
                @Option(label = "when the update failed", value = "on-failure"),
                @Option(label = "never", value = "never")
            })
    String revert() default "on-failure";

    /** Seconds until an update counts as failed. */
    @AttributeDefinition(
            description = "How many seconds a machine may wait after an update until it counts as failed.",
            min = "1",
            max = "3600")
    int patience_seconds() default 10;
}
