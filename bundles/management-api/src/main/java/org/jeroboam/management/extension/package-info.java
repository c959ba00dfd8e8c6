/** What this server can do beyond the original object model: parts and their replacement, registers, consoles, direct kernel boot. */
@Export
@Version("2.0.0")
package org.jeroboam.management.extension;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
