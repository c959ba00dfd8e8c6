/** Devices and the services that make them. */
@Export
@Version("1.0.0")
package org.jeroboam.hardware.device;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
