/** Differencing disks and the parents below them: how parents are found, and how sectors are read through all of them. */
@Export
@Version("1.0.0")
package org.jeroboam.storage.vhd.chain;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
