/** Versioned state of parts as bytes: what save writes and restore reads. */
@Export
@Version("1.0.0")
package org.jeroboam.hardware.state;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
