/** The narrow contract between the server and one machine: records in; state, events, counters and byte streams out. */
@Export
@Version("2.0.0")
package org.jeroboam.hardware.machine;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
