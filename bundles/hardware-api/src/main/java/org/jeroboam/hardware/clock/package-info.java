/** The one virtual clock of a machine, in nanoseconds, and timers on it. */
@Export
@Version("1.0.0")
package org.jeroboam.hardware.clock;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
