/** Keys and pointer movements on their way into a guest. */
@Export
@Version("1.0.0")
package org.jeroboam.hardware.input;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
