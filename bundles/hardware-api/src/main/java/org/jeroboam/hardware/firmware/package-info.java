/** What puts a machine into its first state: a BIOS image or a kernel loaded directly. */
@Export
@Version("1.0.0")
package org.jeroboam.hardware.firmware;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
