/** Processor cores, their factories, and the architectural state that every core can take and give. */
@Export
@Version("1.1.0")
package org.jeroboam.hardware.cpu;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
