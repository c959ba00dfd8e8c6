/**
 * Headers by annotation: which parts a bundle provides and which it cannot do without. Nobody writes
 * {@code Provide-Capability} by hand, and whoever installs features is told what is missing before anything is started.
 */
@Export
@Version("1.0.0")
package org.jeroboam.hardware.part;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
