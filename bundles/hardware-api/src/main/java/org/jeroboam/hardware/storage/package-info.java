/** Disk images, their formats, and the locks on their files. */
@Export
@Version("1.0.0")
package org.jeroboam.hardware.storage;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
