/** Published screens: pixels with damage, and text. */
@Export
@Version("1.0.0")
package org.jeroboam.hardware.display;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
