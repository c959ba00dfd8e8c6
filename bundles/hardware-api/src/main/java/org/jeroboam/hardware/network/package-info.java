/** Ethernet ports and virtual networks. */
@Export
@Version("1.0.0")
package org.jeroboam.hardware.network;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
