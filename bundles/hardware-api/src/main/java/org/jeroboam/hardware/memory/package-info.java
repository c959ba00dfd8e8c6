/** Guest RAM and the physical address map. Physical addresses are {@code long}, pages are 4 KiB. */
@Export
@Version("1.1.0")
package org.jeroboam.hardware.memory;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
