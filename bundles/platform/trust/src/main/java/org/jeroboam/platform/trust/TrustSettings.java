package org.jeroboam.platform.trust;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * What {@code etc/org.jeroboam.platform.trust.cfg} may say, for tools. {@link TrustActivator} reads the file itself: it starts
 * before there is a configuration service.
 */
@ObjectClassDefinition(
        pid = "org.jeroboam.platform.trust",
        name = "Jeroboam: trust in parts",
        description = "Which bundles may be parts of machines. Read at each start of the server.")
@interface TrustSettings {
    /** Whether parts must be trusted. */
    @AttributeDefinition(description = "Whether only trusted bundles may be parts; anything but false means so.")
    String required() default "false";

    /** The key store. */
    @AttributeDefinition(description = "PKCS #12 file with the certificates of signers, relative to etc.")
    String keystore() default "trusted-parts.p12";

    /** Its password. */
    @AttributeDefinition(description = "The key store's password.", type = AttributeType.PASSWORD)
    String password() default "";
}
