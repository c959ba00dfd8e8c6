/** Byte streams behind serial and parallel ports. */
@Export
@Version("1.0.0")
package org.jeroboam.hardware.character;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
