/** What a device sees of its machine: a scope of ports, pages, lines, timers and background work. */
@Export
@Version("1.0.0")
package org.jeroboam.hardware.board;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
