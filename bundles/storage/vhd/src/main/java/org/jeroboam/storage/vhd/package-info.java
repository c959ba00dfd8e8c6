/**
 * The structures of virtual hard disk files (.vhd): footer, dynamic header, block allocation table, geometry. A plain
 * library without services, shared by the formats and by the tool. Source of all that is said about the format: Virtual
 * Hard Disk Image Format Specification 1.0 (October 2006).
 */
@Export
@Version("1.0.0")
package org.jeroboam.storage.vhd;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
